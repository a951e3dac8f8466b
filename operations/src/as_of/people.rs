//! Whose personal data an answer about the past shows: what is told of by a document's kind, or named in it.
//!
//! Never looks into documents of the catalogue: those who wrote it are not whom it is about.

use std::collections::BTreeSet;

use serde_json::Value;
use uuid::Uuid;

use super::{Answer, Kind, Question};

/// Names of fields that hold the account that a document tells of.
const ACCOUNTS: [&str; 4] = ["account", "account_id", "member", "owner"];

impl Kind {
    /// Whether such a document is about one person, whose id is its key.
    const fn is_about_a_person(self) -> bool {
        matches!(
            self,
            Self::Account | Self::Standing | Self::Sessions | Self::Member | Self::Invitation
        )
    }

    /// Whether such a document may tell of several people.
    const fn tells_of_people(self) -> bool {
        matches!(
            self,
            Self::SecurityAudit
                | Self::Library
                | Self::LibraryActivity
                | Self::Loan
                | Self::Availability
                | Self::Patron
                | Self::Copy
        )
    }
}

impl Answer {
    /// Whose data it shows.
    #[must_use]
    pub fn people(&self, question: &Question) -> BTreeSet<Uuid> {
        let mut people = BTreeSet::new();
        if question.kind.is_about_a_person() {
            people.extend(question.id.parse::<Uuid>());
        }
        if question.kind.tells_of_people()
            && let Ok(body) = serde_json::from_slice(&self.body)
        {
            collect(&body, &mut people);
        }
        people
    }
}

fn collect(value: &Value, people: &mut BTreeSet<Uuid>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, people)),
        Value::Object(entries) => entries.iter().for_each(|(name, value)| {
            match value.as_str().filter(|_| ACCOUNTS.contains(&&**name)) {
                Some(id) => people.extend(id.parse::<Uuid>()),
                None => collect(value, people),
            }
        }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use accession_events::Position;
    use serde_json::json;

    use super::*;
    use crate::as_of::{FoundBy, When};

    fn people(kind: Kind, body: &Value) -> Vec<u128> {
        let answer = Answer {
            body: body.to_string().into_bytes(),
            hidden: false,
            position: Position::START,
            events: 1,
            found_by: FoundBy::OwnStream,
            parked: None,
        };
        let question = Question {
            kind,
            id: Uuid::from_u128(1).to_string(),
            when: When::Position(Position::START),
            before: None,
            limit: 50,
        };
        let people = answer.people(&question);
        people.iter().map(Uuid::as_u128).collect()
    }

    #[test]
    fn a_document_of_a_person_is_theirs_and_one_of_a_library_of_whom_it_names() {
        let named =
            json!({ "items": [{ "account_id": Uuid::from_u128(7), "by": Uuid::from_u128(8) }] });
        assert_eq!(people(Kind::Account, &named), [1]);
        assert_eq!(people(Kind::LibraryActivity, &named), [7]);
        assert_eq!(people(Kind::Title, &named), [0; 0]);
    }
}
