//! What was done that changed who may come in: to anybody, for admins; by or to oneself, for everybody.
//!
//! Never tells a person of an act that neither they did nor was done to them.

use accession_projector::identity::{SecurityActDocument, SecurityAuditModel};
use accession_service::access::Audience;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use uuid::Uuid;

use crate::asking::{Asked, bad, excerpt};
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{List, Page};
use crate::reads::Reads;
use crate::viewing::Viewer;

/// As views of this question are written down.
const ALL: &str = "/api/read/admin/security-audit";

/// The longest name of an event.
const LONGEST_KIND: usize = 60;

/// Acts of security, the newest first. Needs a token with the role `admin`.
#[utoipa::path(get, path = "/api/read/admin/security-audit", tag = "identity",
    params(("account" = Option<String>, Query, description = "only acts by or to this account"),
        ("kind" = Option<String>, Query, description = "only this kind, for example `PasswordChanged`"), Paging),
    responses((status = 200, body = Page<SecurityActDocument>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not an admin"),
        Problems))]
pub(super) async fn security_audit(
    State(reads): State<Reads>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["account", "kind", "cursor", "limit"])?;
    let viewer = asked.viewer(Audience::Admins)?;
    let account = account(&asked)?;
    acts(&reads, &asked, account.as_deref(), Some(viewer)).await
}

/// What was done by you or to you that changed who may come in as you, the newest first.
#[utoipa::path(get, path = "/api/read/me/security", tag = "identity",
    params(("kind" = Option<String>, Query, description = "only this kind, for example `PasswordChanged`"), Paging),
    responses((status = 200, body = Page<SecurityActDocument>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not an account's token"),
        Problems))]
pub(super) async fn my_security(
    State(reads): State<Reads>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["kind", "cursor", "limit"])?;
    let signed_in = asked.signed_in()?;
    acts(&reads, &asked, Some(&signed_in.account.to_string()), None).await
}

async fn acts(
    reads: &Reads,
    asked: &Asked,
    account: Option<&str>,
    viewer: Option<Viewer>,
) -> Result<Response, Problem> {
    let list = List {
        index: SecurityAuditModel::index(account, kind(asked)?),
        descending: true,
    };
    let standing = reads.standing(Model::SecurityAudit, asked).await?;
    let (entries, next) = reads.entries_of(asked, &standing, list).await?;
    if let Some(viewer) = viewer {
        let shown = reads.shown(&standing, &entries).await?;
        let concerned = shown.iter().filter_map(|act| done_to(&act.body));
        reads.looked(viewer, ALL, concerned).await?;
    }
    let answer = reads.page_of(&standing, &entries, next).await?;
    Ok(answer.private(true).respond(asked))
}

/// The account that an act was done to.
fn done_to(act: &[u8]) -> Option<Uuid> {
    let act: SecurityActDocument = serde_json::from_slice(act).ok()?;
    act.account?.parse().ok()
}

/// The account that is asked about, as the log writes its id.
fn account(asked: &Asked) -> Result<Option<String>, Problem> {
    let Some(text) = asked.one("account") else {
        return Ok(None);
    };
    let id = Uuid::parse_str(text).map_err(|_| {
        let message = format!(
            "`account` is {}; expected the id of an account",
            excerpt(text)
        );
        bad("account", message)
    })?;
    Ok(Some(id.to_string()))
}

fn kind(asked: &Asked) -> Result<Option<&str>, Problem> {
    let Some(text) = asked.one("kind") else {
        return Ok(None);
    };
    let named = (1..=LONGEST_KIND).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if named {
        return Ok(Some(text));
    }
    let message = format!(
        "`kind` is {}; expected the name of an event, for example `PasswordChanged`",
        excerpt(text)
    );
    Err(bad("kind", message))
}
