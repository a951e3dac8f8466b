//! Which accounts are there? All of them or those of one status, the newest first; and one by its id.
//!
//! Never shown to anyone but admins.

use std::str::FromStr;

use accession_projector::identity::AccountDocument;
use accession_service::access::Audience;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use uuid::Uuid;

use crate::answering::Answer;
use crate::asking::{Asked, Segment, bad, excerpt};
use crate::described::{AtLeast, NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{List, Page};
use crate::reads::{Reads, unavailable};

/// As views of these questions are written down.
const LIST: &str = "/api/read/admin/accounts";
const ONE: &str = "/api/read/admin/accounts/{id}";

/// What an account's status can be.
const STATUSES: [&str; 3] = ["active", "disabled", "deleted"];

/// Accounts, the newest first. Needs a token with the role `admin`.
#[utoipa::path(get, path = "/api/read/admin/accounts", tag = "identity", security(("bearer" = [])),
    params(("status" = Option<String>, Query, description = "only active, disabled or deleted ones"), Paging),
    responses((status = 200, body = Page<AccountDocument>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not an admin"),
        Problems))]
pub(super) async fn accounts(
    State(reads): State<Reads>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["status", "cursor", "limit"])?;
    let viewer = asked.viewer(Audience::Admins)?;
    let index = match asked.one("status") {
        None => "all".to_owned(),
        Some(status) if STATUSES.contains(&status) => format!("status:{status}"),
        Some(status) => {
            let known = STATUSES.join(", ");
            let detail = format!("`{}` is no status; known: {known}", excerpt(status));
            return Err(bad("status", detail));
        }
    };
    let list = List {
        index,
        descending: true,
    };
    let standing = reads.standing(Model::Account, &asked).await?;
    let (entries, next) = reads.entries_of(&asked, &standing, list).await?;
    let shown = entries.iter().filter_map(|entry| entry.key.parse().ok());
    reads.looked(viewer, LIST, shown).await?;
    let answer = reads.page_with_hidden(&standing, &entries, next).await?;
    Ok(answer.private(true).respond(&asked))
}

/// One account. Needs a token with the role `admin`.
#[utoipa::path(get, path = "/api/read/admin/accounts/{id}", tag = "identity", security(("bearer" = [])),
    params(("id" = String, Path, description = "the account's id"), AtLeast),
    responses((status = 200, body = AccountDocument), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not an admin"),
        Problems))]
pub(super) async fn account(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let viewer = asked.viewer(Audience::Admins)?;
    let standing = reads.standing(Model::Account, &asked).await?;
    let whose = Uuid::from_str(&id);
    let found = match &whose {
        Ok(id) => reads.hot().document(&standing, &id.to_string()).await,
        Err(_) => Ok(None),
    };
    let Some(account) = found.map_err(|trouble| unavailable(&trouble))? else {
        let detail = format!("there is no account with the id {}", excerpt(&id));
        return reads.miss(&standing, detail).await;
    };
    reads.looked(viewer, ONE, whose.ok()).await?;
    let answer = Answer::document(&account, &standing);
    Ok(answer.private(true).respond(&asked))
}
