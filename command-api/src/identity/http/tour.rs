//! `POST /api/v1/users/me/tour/{complete,reset}`: whether the person was shown around.
//!
//! Never an error to say it twice.

use accession_service::problem::Problem;
use axum::extract::State;

use crate::http::answer::{Answer, Changed};
use crate::http::body::NoBody;
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::identity::account::AccountCommand;
use crate::identity::account::tour::MarkTour;
use crate::identity::accounts::Accounts;

/// Note that the person was shown around, or would not be.
#[utoipa::path(post, path = "/api/v1/users/me/tour/complete", tag = "identity", params(Conditions),
    responses((status = 200, description = "It is noted.", body = Changed), CommandProblems))]
pub(super) async fn complete_tour(
    AccountCall { call, account, .. }: AccountCall,
    State(accounts): State<Accounts>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let command = AccountCommand::MarkTour(MarkTour { completed: true });
    change(accounts.repository(), account, &call, &digest, &command).await
}

/// Be shown around again.
#[utoipa::path(post, path = "/api/v1/users/me/tour/reset", tag = "identity", params(Conditions),
    responses((status = 200, description = "The tour begins anew.", body = Changed), CommandProblems))]
pub(super) async fn reset_tour(
    AccountCall { call, account, .. }: AccountCall,
    State(accounts): State<Accounts>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let command = AccountCommand::MarkTour(MarkTour { completed: false });
    change(accounts.repository(), account, &call, &digest, &command).await
}
