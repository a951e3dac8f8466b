//! What became of a file: what was made, what was found in the catalogue, and what could not be restored, and why.
//!
//! Never a name: whoever restores a library has the file.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The most refusals that are told one by one.
const MOST_TOLD: usize = 500;

/// What became of a file.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = RestoreReport)]
pub struct Report {
    /// How many of which kind are there because of the file.
    pub restored: Made,
    /// How many are the catalogue's own, found by ISBN, or by name and authors.
    pub deduplicated: Found,
    /// What could not be restored, 500 at most.
    pub rejected: Vec<Rejected>,
    /// How many could not be restored.
    pub rejected_in_all: u64,
}

/// How many were made.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = RestoredCounts)]
pub struct Made {
    /// Places.
    pub places: u64,
    /// Titles.
    pub titles: u64,
    /// Editions.
    pub editions: u64,
    /// Copies.
    pub copies: u64,
    /// Loans.
    pub loans: u64,
    /// Holds.
    pub holds: u64,
}

/// How many were found.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = DeduplicatedCounts)]
pub struct Found {
    /// Titles.
    pub titles: u64,
    /// Editions.
    pub editions: u64,
}

/// Something that could not be restored.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RestoreRejection)]
pub struct Rejected {
    /// In which line of the file it is.
    pub line: u64,
    /// What it is: `place`, `member`, `owner`, `copy`, `loan`, `hold`.
    #[schema(value_type = String, example = "member")]
    pub what: &'static str,
    /// Why, in one word.
    pub code: String,
    /// Why, in a sentence.
    pub message: String,
}

impl Report {
    /// Notes that something could not be restored.
    pub(super) fn reject(
        &mut self,
        line: u64,
        what: &'static str,
        code: impl Into<String>,
        message: impl Into<String>,
    ) {
        self.rejected_in_all += 1;
        if self.rejected.len() < MOST_TOLD {
            self.rejected.push(Rejected {
                line,
                what,
                code: code.into(),
                message: message.into(),
            });
        }
    }

    /// As members of an answer.
    pub(super) fn members(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        }
    }
}
