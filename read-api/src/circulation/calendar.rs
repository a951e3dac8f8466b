//! The due dates of one's own loans as a calendar (iCalendar, RFC 5545): one all-day event a loan.
//!
//! Never tells who somebody is, and makes the same bytes of the same loans: times of the events are the loans' own.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use accession_projector::circulation::LoanDocument;
use accession_read_store::IndexRange;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use jiff::Timestamp;

use crate::answering::Answer;
use crate::asking::{Asked, LONGEST_PAGE};
use crate::cache::Standing;
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::Reads;

/// A line is folded after so many bytes.
const LONGEST_LINE: usize = 75;

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
    let standing = reads.standing(Model::Loan, &asked).await?;
    let range = IndexRange {
        after: None,
        index: format!("account:{}:open", who.account),
        prefix: String::new(),
        descending: false,
        skip: 0,
        limit: LONGEST_PAGE,
    };
    let entries = reads.entries(&standing, &range).await?;
    let keys: Vec<String> = entries.into_iter().map(|entry| entry.key).collect();
    let loans: Vec<LoanDocument> = reads.all(&standing, &keys).await?;
    let joins = reads.joins(&asked).await?;
    let titles = reads
        .lent_titles(&joins, loans.iter().map(|loan| loan.title_id))
        .await?;
    let mut file = Calendar::new();
    for loan in &loans {
        let title = titles.get(&loan.title_id);
        file.event(loan, title.map_or("", |title| title.name()));
    }
    let [titles, ..] = joins.standings();
    let body = file.finish();
    let tag = tag_of(&standing, &body);
    let answer = Answer::new(Bytes::from(body), tag, &standing).private(true);
    let mut response = answer.at(&titles).respond(&asked);
    let headers = response.headers_mut();
    if headers.contains_key(CONTENT_TYPE) {
        let calendar = HeaderValue::from_static("text/calendar; charset=utf-8");
        headers.insert(CONTENT_TYPE, calendar);
    }
    Ok(response)
}

fn tag_of(standing: &Standing, body: &str) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    let tag = format!("\"g{}-{:016x}\"", standing.generation(), hasher.finish());
    HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""))
}

/// A calendar in the making.
struct Calendar(String);

impl Calendar {
    fn new() -> Self {
        let mut calendar = Self(String::new());
        for line in [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Accession//Loans//EN",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
        ] {
            calendar.line(line);
        }
        calendar
    }

    fn event(&mut self, loan: &LoanDocument, title: &str) {
        let title = if title.is_empty() { "?" } else { title };
        let day = loan.due_at.strftime("%Y%m%d");
        self.line("BEGIN:VEVENT");
        self.line(&format!("UID:{}@accession", loan.id));
        self.line(&format!("DTSTAMP:{}", stamp(loan.lent_at)));
        self.line(&format!("SEQUENCE:{}", loan.renewals));
        self.line(&format!("DTSTART;VALUE=DATE:{day}"));
        self.line(&format!("SUMMARY:{}", escaped(title)));
        self.line("TRANSP:TRANSPARENT");
        self.line("END:VEVENT");
    }

    fn finish(mut self) -> String {
        self.line("END:VCALENDAR");
        self.0
    }

    /// A line, folded where it is longer than a line may be, never within a character.
    fn line(&mut self, text: &str) {
        let mut room = LONGEST_LINE;
        for character in text.chars() {
            if character.len_utf8() > room {
                self.0.push_str("\r\n ");
                room = LONGEST_LINE - 1;
            }
            self.0.push(character);
            room -= character.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

fn stamp(time: Timestamp) -> String {
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as RFC 5545 wants it.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => {
                let _ = write!(written, "\\{character}");
            }
            '\n' => written.push_str("\\n"),
            '\r' => {}
            other => written.push(other),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use accession_projector::circulation::LoanDocument;
    use serde_json::json;

    use super::*;

    fn loan() -> LoanDocument {
        let id = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d";
        serde_json::from_value(json!({ "id": id, "library_id": id, "copy_id": id, "title_id": id, "patron_id": id,
            "account_id": null, "state": "open", "lent_at": "2026-11-21T10:00:00Z", "due_at": "2026-12-05T23:59:59Z",
            "how": "desk", "renewals": 1, "ended_at": null, "position": 7 }))
        .unwrap()
    }

    #[test]
    fn a_loan_is_a_day_in_a_calendar() {
        let mut calendar = Calendar::new();
        calendar.event(&loan(), "Pride; and, Prejudice");
        let file = calendar.finish();
        for line in [
            "BEGIN:VCALENDAR\r\n",
            "UID:0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d@accession\r\n",
            "DTSTAMP:20261121T100000Z\r\n",
            "SEQUENCE:1\r\n",
            "DTSTART;VALUE=DATE:20261205\r\n",
            "SUMMARY:Pride\\; and\\, Prejudice\r\n",
            "END:VEVENT\r\nEND:VCALENDAR\r\n",
        ] {
            assert!(file.contains(line), "{line} in {file}");
        }
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let mut calendar = Calendar::new();
        let title = "Ж".repeat(200);
        calendar.event(&loan(), &title);
        let file = calendar.finish();
        assert!(file.split("\r\n").all(|line| line.len() <= LONGEST_LINE));
        assert!(file.replace("\r\n ", "").contains(&title));
    }
}
