//! A calendar as RFC 5545 writes it: lines that are folded, texts that are escaped.
//!
//! Never makes other bytes of the same loans: times of the events are the loans' own.

use std::fmt::Write as _;

use accession_projector::circulation::LoanDocument;
use jiff::Timestamp;

/// A line is folded after so many bytes.
const LONGEST_LINE: usize = 75;

/// A calendar in the making.
pub(super) struct Calendar(String);

impl Calendar {
    /// An empty one.
    pub(super) fn new() -> Self {
        let mut calendar = Self(String::new());
        for line in [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Accession//Loans//EN",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
            "X-PUBLISHED-TTL:PT6H",
        ] {
            calendar.line(line);
        }
        calendar
    }

    /// The day on which a loan is due: what was lent, and where it has to be back.
    pub(super) fn event(&mut self, loan: &LoanDocument, title: &str, library: Option<&str>) {
        let title = if title.is_empty() { "?" } else { title };
        let day = loan.due_at.strftime("%Y%m%d");
        self.line("BEGIN:VEVENT");
        self.line(&format!("UID:{}@accession", loan.id));
        self.line(&format!("DTSTAMP:{}", stamp(loan.lent_at)));
        self.line(&format!("SEQUENCE:{}", loan.renewals));
        self.line(&format!("DTSTART;VALUE=DATE:{day}"));
        self.line(&format!("SUMMARY:{}", escaped(title)));
        if let Some(library) = library {
            self.line(&format!("LOCATION:{}", escaped(library)));
        }
        self.line("TRANSP:TRANSPARENT");
        self.alarm(title);
        self.line("END:VEVENT");
    }

    /// At noon of the day before, as the mails: the event begins with its day.
    fn alarm(&mut self, title: &str) {
        self.line("BEGIN:VALARM");
        self.line("ACTION:DISPLAY");
        self.line(&format!("DESCRIPTION:{}", escaped(title)));
        self.line("TRIGGER:-PT12H");
        self.line("END:VALARM");
    }

    /// The whole file.
    pub(super) fn finish(mut self) -> String {
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
        calendar.event(&loan(), "Pride; and, Prejudice", Some("Lambton"));
        let file = calendar.finish();
        for line in [
            "BEGIN:VCALENDAR\r\n",
            "UID:0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d@accession\r\n",
            "DTSTAMP:20261121T100000Z\r\n",
            "SEQUENCE:1\r\n",
            "DTSTART;VALUE=DATE:20261205\r\n",
            "SUMMARY:Pride\\; and\\, Prejudice\r\n",
            "LOCATION:Lambton\r\n",
            "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Pride\\; and\\, Prejudice\r\nTRIGGER:-PT12H\r\nEND:VALARM\r\n",
            "END:VEVENT\r\nEND:VCALENDAR\r\n",
        ] {
            assert!(file.contains(line), "{line} in {file}");
        }
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let mut calendar = Calendar::new();
        let title = "Ж".repeat(200);
        calendar.event(&loan(), &title, None);
        let file = calendar.finish();
        assert!(file.split("\r\n").all(|line| line.len() <= LONGEST_LINE));
        assert!(file.replace("\r\n ", "").contains(&title));
    }
}
