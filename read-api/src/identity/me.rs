//! Who am I? One's own account, as it is, and what of its agreements is asked anew.
//!
//! Never somebody else's: whose it is stands in the token.

use accession_projector::identity::AccountDocument;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answering::Answer;
use crate::asking::Asked;
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::Reads;

/// One's own account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    #[serde(flatten)]
    account: AccountDocument,
    /// The texts (`privacy`, `terms`) that have another version now than the person agreed to. Show them, and agree with
    /// `POST /api/v1/users/me/consents`.
    #[schema(value_type = Vec<String>, example = json!(["terms"]))]
    consents_outdated: Vec<&'static str>,
}

/// One's own account. Needs an access token of a session.
#[utoipa::path(get, path = "/api/read/me", tag = "identity", security(("bearer" = [])), params(AtLeast),
    responses((status = 200, body = Me), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a session's token"),
        Problems))]
pub(super) async fn me(State(reads): State<Reads>, asked: Asked) -> Result<Response, Problem> {
    asked.only(&[])?;
    let signed_in = asked.signed_in()?;
    let standing = reads.standing(Model::Account, &asked).await?;
    let key = signed_in.account.to_string();
    let found: Option<AccountDocument> = reads.one(&standing, &key).await?;
    let Some(account) = found else {
        let detail =
            "your account is not in this read model yet: ask again with a minimum position";
        return reads.miss(&standing, detail.into()).await;
    };
    let me = Me {
        consents_outdated: reads.texts().outdated(
            &account.accepted_privacy_version,
            &account.accepted_terms_version,
        ),
        account,
    };
    let answer = Answer::made(&me, &standing)?;
    Ok(answer.private(true).respond(&asked))
}
