//! Fields that several routes of libraries read. All faults of a body are told at once.
//!
//! Never asked for anything that names a person; those are read as accounts read them.

use accession_events::values::{LongText, ShortText};

use crate::http::fields::Faults;

/// A library's name.
pub(super) fn library_name(faults: &mut Faults, text: &str) -> Option<ShortText> {
    faults.shown("name", "bad_name", text, ShortText::parse)
}

/// A library's description; nothing but blanks is none.
#[expect(
    clippy::option_option,
    reason = "a fault, no description and a description are three different things"
)]
pub(super) fn description(faults: &mut Faults, text: Option<&str>) -> Option<Option<LongText>> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        None => Some(None),
        Some(text) => faults
            .take("description", "bad_text", LongText::parse(text))
            .map(Some),
    }
}
