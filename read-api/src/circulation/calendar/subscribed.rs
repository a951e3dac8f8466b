//! The same calendar for a program that has no session, by a link with a secret of its own.
//!
//! Never answers to any other secret, and to whoever has none it tells nothing at all.

use accession_events::ids::AccountId;
use accession_projector::identity::StandingDocument;
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;

use crate::asking::Asked;
use crate::calendar_links::links_away;
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::Reads;

/// The due dates of whoever made the link, for a calendar program: make one with `POST /api/v1/users/me/calendar-links`. 404
/// when the link was revoked, or its owner's account is closed.
#[utoipa::path(get, path = "/api/read/calendars/loans", tag = "circulation", security(()),
    params(("token" = String, Query, description = "the secret of the link"), AtLeast),
    responses((status = 200, body = String, content_type = "text/calendar", description = "an iCalendar file"), NotModified, Problems))]
pub(in crate::circulation) async fn subscribed_calendar(
    State(reads): State<Reads>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["token"])?;
    let secret = asked.one("token").unwrap_or_default();
    let owner = reads.calendar_links().ok_or_else(|| links_away(None))?;
    let owner = owner.owner(secret).await;
    let owner = owner.map_err(|away| links_away(Some(&away)))?;
    match owner {
        Some(owner) if reads.is_open(&asked, owner).await? => {
            reads.calendar_of(&asked, owner).await
        }
        _ => Err(Problem::not_found(
            "there is no calendar under this address: the link was revoked, or was never made; make a new one in your account",
        )),
    }
}

impl Reads {
    /// Whether an account is there and neither disabled nor deleted.
    async fn is_open(&self, asked: &Asked, account: AccountId) -> Result<bool, Problem> {
        let standing = self.standing(Model::Standing, asked).await?;
        let found: Option<StandingDocument> = self.one(&standing, &account.to_string()).await?;
        Ok(found.is_some_and(|found| !found.disabled && !found.deleted))
    }
}
