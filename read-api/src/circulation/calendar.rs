//! The due dates of somebody's loans as a calendar (iCalendar, RFC 5545): one all-day event a loan.
//!
//! Never tells who somebody is, and makes the same bytes of the same loans.

pub(super) mod subscribed;
mod writing;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use accession_events::ids::{AccountId, LibraryId};
use accession_projector::circulation::LoanDocument;
use accession_projector::library::LibraryDocument;
use accession_read_store::IndexRange;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;

use self::writing::Calendar;
use crate::answering::Answer;
use crate::asking::{Asked, LONGEST_PAGE};
use crate::cache::Standing;
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::Reads;

/// The due dates of what you have borrowed, in all libraries, as a calendar; the 200 that are due first.
#[utoipa::path(get, path = "/api/read/me/loans/calendar", tag = "circulation", security(("bearer" = [])), params(AtLeast),
    responses((status = 200, body = String, content_type = "text/calendar", description = "an iCalendar file"), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a session's token"),
        Problems))]
pub(super) async fn calendar(
    State(reads): State<Reads>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let who = asked.signed_in()?;
    reads.calendar_of(&asked, who.account).await
}

impl Reads {
    /// What somebody has borrowed as a calendar.
    async fn calendar_of(&self, asked: &Asked, account: AccountId) -> Result<Response, Problem> {
        let standing = self.standing(Model::Loan, asked).await?;
        let loans = self.open_loans_of(&standing, account).await?;
        let joins = self.joins(asked).await?;
        let titles = self
            .lent_titles(&joins, loans.iter().map(|loan| loan.title_id))
            .await?;
        let libraries = self.standing(Model::Library, asked).await?;
        let called = self.libraries_of(&libraries, &loans).await?;
        let mut file = Calendar::new();
        for loan in &loans {
            let title = titles.get(&loan.title_id).map_or("", |title| title.name());
            let library = called.get(&loan.library_id).map(String::as_str);
            file.event(loan, title, library);
        }
        let [titles, ..] = joins.standings();
        let body = file.finish();
        let tag = tag_of(&standing, &body);
        let answer = Answer::new(Bytes::from(body), tag, &standing).private(true);
        let mut response = answer.at(&titles).at(&libraries).respond(asked);
        let headers = response.headers_mut();
        if headers.contains_key(CONTENT_TYPE) {
            let calendar = HeaderValue::from_static("text/calendar; charset=utf-8");
            headers.insert(CONTENT_TYPE, calendar);
        }
        Ok(response)
    }

    async fn open_loans_of(
        &self,
        standing: &Standing,
        account: AccountId,
    ) -> Result<Vec<LoanDocument>, Problem> {
        let range = IndexRange {
            after: None,
            index: format!("account:{account}:open"),
            prefix: String::new(),
            descending: false,
            skip: 0,
            limit: LONGEST_PAGE,
        };
        let entries = self.entries(standing, &range).await?;
        let keys: Vec<String> = entries.into_iter().map(|entry| entry.key).collect();
        self.all(standing, &keys).await
    }

    /// What the libraries of these loans are called.
    async fn libraries_of(
        &self,
        standing: &Standing,
        loans: &[LoanDocument],
    ) -> Result<HashMap<LibraryId, String>, Problem> {
        let mut keys: Vec<String> = loans
            .iter()
            .map(|loan| loan.library_id.to_string())
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let libraries: Vec<LibraryDocument> = self.all(standing, &keys).await?;
        let called = libraries.into_iter();
        Ok(called
            .map(|library| (library.id, library.name.to_string()))
            .collect())
    }
}

fn tag_of(standing: &Standing, body: &str) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    let tag = format!("\"g{}-{:016x}\"", standing.generation(), hasher.finish());
    HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""))
}
