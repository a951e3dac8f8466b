//! `POST /api/v1/users/me/identities/{provider}/link` and `DELETE …/identities/{provider}`: who vouches for one's account.
//!
//! Never links behind somebody's back: whoever has a password shows it first.

use ::http::HeaderMap;
use accession_service::problem::Problem;
use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::begin::{Departure, depart, return_to};
use super::opening::SignInDesk;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::{NoBody, OptionalBody};
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::answer;
use crate::http::fields::{Secret, given};
use crate::identity::sign_in::Wanted;

/// The proof that it is the person and not only somebody at their desk, and where to come back to.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkRequest {
    /// The account's password, when it has one.
    #[schema(value_type = Option<String>, format = Password)]
    current_password: Option<Secret>,
    /// A path on our own pages.
    #[schema(example = "/settings")]
    return_to: Option<String>,
}

/// Leave for a provider, to link the person there to one's account. The callback, called while signed in to the same
/// session, makes the link.
#[utoipa::path(post, path = "/api/v1/users/me/identities/{provider}/link", tag = "identity",
    params(("provider" = String, Path, example = "google")), request_body = Option<LinkRequest>,
    responses((status = 200, description = "Where to go.", body = Departure), CommandProblems))]
pub(super) async fn begin_link(
    AccountCall {
        call,
        account,
        session,
    }: AccountCall,
    SignInDesk { sign_in, .. }: SignInDesk,
    Path(provider): Path<String>,
    headers: HeaderMap,
    OptionalBody { value, .. }: OptionalBody<LinkRequest>,
) -> Result<Response, Problem> {
    let path = return_to(value.return_to.as_deref())?;
    let password = value.current_password.as_ref().map(given);
    sign_in.prove(account, password).await?;
    let wanted = (Wanted::Link { account, session }, path);
    depart(&sign_in, &provider, wanted, &headers, call.now).await
}

/// Let a provider vouch for one's account no longer. 409 when nobody could sign in any more.
#[utoipa::path(delete, path = "/api/v1/users/me/identities/{provider}", tag = "identity",
    params(("provider" = String, Path, example = "google"), Conditions),
    responses((status = 200, description = "It does not any more.", body = Changed), CommandProblems))]
pub(super) async fn unlink_identity(
    AccountCall { call, account, .. }: AccountCall,
    SignInDesk { sign_in, .. }: SignInDesk,
    Path(provider): Path<String>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let reply = Reply::changed(account);
    let executed = sign_in
        .unlink(account, &provider, &call.given(&digest, &reply))
        .await?;
    answer(executed, reply)
}
