//! Who am I? One's own account, as it is.
//!
//! Never somebody else's: whose it is stands in the token.

use accession_projector::identity::AccountDocument;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;

use crate::answering::Answer;
use crate::asking::Asked;
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::{Reads, unavailable};

/// One's own account. Needs an access token of a session.
#[utoipa::path(get, path = "/api/read/me", tag = "identity", security(("bearer" = [])), params(AtLeast),
    responses((status = 200, body = AccountDocument), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a session's token"),
        Problems))]
pub(super) async fn me(State(reads): State<Reads>, asked: Asked) -> Result<Response, Problem> {
    asked.only(&[])?;
    let signed_in = asked.signed_in()?;
    let standing = reads.standing(Model::Account, &asked).await?;
    let key = signed_in.account.to_string();
    let found = reads.hot().document(&standing, &key).await;
    let Some(account) = found.map_err(|trouble| unavailable(&trouble))? else {
        let detail =
            "your account is not in this read model yet: ask again with a minimum position";
        return reads.miss(&standing, detail.into()).await;
    };
    let answer = Answer::document(&account, &standing);
    Ok(answer.private(true).respond(&asked))
}
