//! A catalogue of e-books as an OPDS feed: 1.2 (Atom) or 2.0 (JSON), one publication a title and its edition.
//!
//! The feed's publisher answers for its licence; facts are attributed to `opds`, or to `opds:NAME` with `--as NAME`. Entries
//! that lead to other feeds describe no publication. Loans, holds and licences are not the catalog's and are not taken.

mod atom;
mod json;

use super::{Description, Given, Reading, UnreadableInput};
use crate::looks::Look;

pub(super) const SOURCE: Description = Description {
    name: "opds",
    expects: "an OPDS feed or entry (1.2 in Atom, 2.0 in JSON)",
    looks: &[Look::Xml, Look::Json],
    built_in: None,
    asked: None,
    read,
};

fn read(given: Given) -> Result<Reading, UnreadableInput> {
    if given.look == Look::Json {
        json::read(given)
    } else {
        atom::read(given)
    }
}

/// The number in `urn:isbn:…`, `isbn:…` and the like; none for other identifiers.
fn isbn_of(identifier: &str) -> Option<&str> {
    let lower = identifier.to_ascii_lowercase();
    lower
        .starts_with("urn:isbn:")
        .then(|| identifier.get(9..))
        .flatten()
}

#[cfg(test)]
mod tests;
