//! Everything that is held about me, as one document to keep.
//!
//! Never about anybody else, and never for a session that somebody may have left open long ago.

mod document;
mod telling;

use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use jiff::{SignedDuration, Timestamp};

use crate::asking::{Asked, SignedIn};
use crate::described::{AtLeast, Problems};
use crate::reads::{Reads, now};
use crate::records::{PrivateRecord, RecordsAway};
use crate::viewing::not_kept;
use document::PersonalExport;
use telling::Telling;

/// A session that began longer ago gets no export: sign in again.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// Everything that is held about you, as one JSON document. Needs a session that began within the last hour. It is sent
/// as it is read: an answer that breaks off was not everything. What a document says of others is what you may see anyway.
#[utoipa::path(get, path = "/api/read/me/export", tag = "identity", params(AtLeast),
    responses((status = 200, body = PersonalExport),
        (status = 403, body = ProblemBody, content_type = "application/problem+json",
            description = "not a session's token (`forbidden`), or the session is older than an hour (`sign_in_again`)"),
        (status = 421, body = ProblemBody, content_type = "application/problem+json",
            description = "this process does not reach what is held; the command-api does"),
        Problems))]
pub(super) async fn export(State(reads): State<Reads>, asked: Asked) -> Result<Response, Problem> {
    asked.only(&[])?;
    asked.min_position()?;
    let who = asked.signed_in()?;
    let records = reads.records().ok_or_else(elsewhere)?.clone();
    let views = reads.views().ok_or_else(not_kept)?.clone();
    let private = records.private(who.account).await?;
    let now = now();
    refuse_stale(&private, &who, now)?;
    let (known, members) = reads.known_of(&asked, who.account, private, now).await?;
    let telling = Telling {
        account: who.account,
        known,
        members,
        records,
        views,
        reads,
    };
    let day = now.strftime("%Y-%m-%d");
    let name = format!("attachment; filename=\"accession-export-{day}.json\"");
    let name = HeaderValue::from_str(&name).map_err(|_| Problem::internal())?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, telling.start()).into_response())
}

fn refuse_stale(private: &PrivateRecord, who: &SignedIn, now: Timestamp) -> Result<(), Problem> {
    let asking = private.sessions.iter().find(|own| own.id == who.session);
    let fresh = asking.is_some_and(|own| now.duration_since(own.started_at) <= FRESH);
    if fresh {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "sign_in_again",
        "everything about you is given only to a session that began within the last hour: sign in again, then ask",
    ))
}

fn elsewhere() -> Problem {
    Problem::new(
        StatusCode::MISDIRECTED_REQUEST,
        "asked_of_the_wrong_process",
        "this process reaches documents only, and more than they say is held about you: the same question at the command-api is answered",
    )
}

impl From<RecordsAway> for Problem {
    fn from(away: RecordsAway) -> Self {
        tracing::error!(%away, "an export was refused");
        let detail = "what is held about you cannot be looked up just now; try again";
        Self::unavailable(detail, std::time::Duration::from_secs(2))
    }
}

#[cfg(test)]
mod tests {
    use accession_events::ids::{AccountId, SessionId};
    use uuid::Uuid;

    use super::*;
    use crate::records::SessionRecord;

    fn began(seconds_ago: i64) -> (PrivateRecord, SignedIn, Timestamp) {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let started_at = now - SignedDuration::from_secs(seconds_ago);
        let id = SessionId::new(Uuid::from_u128(5));
        let session = SessionRecord {
            id,
            started_at,
            refreshed_at: now,
            expires_at: now,
            ended_at: None,
            in_cookie: false,
            library_id: None,
        };
        let private = PrivateRecord {
            sessions: vec![session],
            mails: Vec::new(),
            calendar_links: Vec::new(),
        };
        let who = SignedIn {
            account: AccountId::new(Uuid::from_u128(1)),
            session: id,
        };
        (private, who, now)
    }

    #[test]
    fn a_session_of_an_hour_ago_gets_no_export_and_refreshing_it_does_not_help() {
        let (private, who, now) = began(3600);
        refuse_stale(&private, &who, now).unwrap();
        let (private, who, now) = began(3601);
        let refused = refuse_stale(&private, &who, now).unwrap_err();
        assert_eq!(
            (refused.status(), refused.code()),
            (StatusCode::FORBIDDEN, "sign_in_again")
        );
        let nothing = PrivateRecord::default();
        assert!(
            refuse_stale(&nothing, &who, now).is_err(),
            "an unknown session"
        );
    }
}
