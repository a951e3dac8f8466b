//! `GET` and `POST /api/v1/users/me/calendar-links`, `DELETE …/{link}`: links by which calendar programs fetch due dates.
//!
//! Never shows the secret of a link again: whoever lost it makes another one.

// tidy: allow wall because links are kept with what else belongs to an account, and go with it

use accession_secrets::calendar_links::{CalendarLink, CalendarToken};
use accession_service::problem::Problem;
use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::body::NoBody;
use crate::http::call::{AccountCall, new_id};
use crate::http::describe::CommandProblems;
use crate::http::failure::from_secrets;
use crate::identity::accounts::Accounts;

/// The most links of one person: one for each of their programs.
const MOST: u32 = 10;

/// A link that is good.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OwnCalendarLink {
    /// Its id, to revoke it by.
    id: Uuid,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// One's own links.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OwnCalendarLinks {
    /// They, the oldest first.
    items: Vec<OwnCalendarLink>,
    /// Always null: they all fit on one page.
    next_cursor: Option<String>,
}

/// A link that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NewCalendarLink {
    /// Its id, to revoke it by.
    id: Uuid,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Where the calendar is, on the address of the read API. It is told this once: whoever has it sees the due dates.
    #[schema(example = "/api/read/calendars/loans?token=acl_…")]
    address: String,
}

/// One's own links of calendars, without their secrets.
#[utoipa::path(get, path = "/api/v1/users/me/calendar-links", tag = "circulation",
    responses((status = 200, body = OwnCalendarLinks), CommandProblems))]
pub(super) async fn own_calendar_links(
    AccountCall { account, .. }: AccountCall,
    State(accounts): State<Accounts>,
) -> Result<Json<OwnCalendarLinks>, Problem> {
    let links = accounts.calendar_links().of(account).await;
    let links = links.map_err(|error| from_secrets(&error))?.into_iter();
    let items = links.map(|link| OwnCalendarLink {
        id: link.id,
        created_at: link.created_at,
    });
    Ok(Json(OwnCalendarLinks {
        items: items.collect(),
        next_cursor: None,
    }))
}

/// Make a link by which a calendar program fetches the due dates of what you have borrowed, without your password. Each call
/// makes another one (an `Idempotency-Key` is not kept, as the answer holds a secret); 409 `too_many_calendar_links` at ten.
#[utoipa::path(post, path = "/api/v1/users/me/calendar-links", tag = "circulation",
    responses((status = 201, description = "Give `address` to your calendar program.", body = NewCalendarLink), CommandProblems))]
pub(super) async fn make_calendar_link(
    AccountCall { call, account, .. }: AccountCall,
    State(accounts): State<Accounts>,
    _body: NoBody,
) -> Result<(StatusCode, Json<NewCalendarLink>), Problem> {
    let token = CalendarToken::new().map_err(|error| {
        tracing::error!(%error, "the secret of a calendar link could not be made");
        Problem::internal()
    })?;
    let link = CalendarLink {
        id: new_id(),
        account,
        created_at: call.now,
    };
    let kept = accounts.calendar_links().keep(&link, &token, MOST).await;
    if !kept.map_err(|error| from_secrets(&error))? {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "too_many_calendar_links",
            format!(
                "you have {MOST} links of calendars, and that is the most; revoke one that no program uses any more"
            ),
        ));
    }
    let made = NewCalendarLink {
        id: link.id,
        created_at: link.created_at,
        address: format!("/api/read/calendars/loans?token={}", token.text()),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revoke a link: programs that fetch by it are told that there is nothing.
#[utoipa::path(delete, path = "/api/v1/users/me/calendar-links/{link}", tag = "circulation",
    params(("link" = Uuid, Path, description = "the link's id")),
    responses((status = 204, description = "It opens nothing any more."), CommandProblems))]
pub(super) async fn revoke_calendar_link(
    AccountCall { account, .. }: AccountCall,
    State(accounts): State<Accounts>,
    Path(link): Path<String>,
) -> Result<StatusCode, Problem> {
    let not_there = || Problem::not_found("you have no link of a calendar with this id");
    let link = Uuid::parse_str(&link).map_err(|_| not_there())?;
    let revoked = accounts.calendar_links().revoke(account, link).await;
    if revoked.map_err(|error| from_secrets(&error))? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(not_there())
}
