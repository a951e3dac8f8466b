//! What a person says about a book in an export: the journal's, not the catalog's. It is counted and left where it is.
//!
//! Never repeats a value: a review or a private note has no place in a report.

use super::columns::Row;
use crate::record::Note;

/// A kind of personal fact and the columns that hold it.
pub(super) struct Personal {
    code: &'static str,
    columns: &'static [&'static str],
    /// Zero and "no" mean that nothing is said.
    zero_is_nothing: bool,
}

impl Personal {
    /// A text or a date.
    pub(super) const fn of(code: &'static str, columns: &'static [&'static str]) -> Self {
        Self {
            code,
            columns,
            zero_is_nothing: false,
        }
    }

    /// A number or a yes.
    pub(super) const fn number(code: &'static str, columns: &'static [&'static str]) -> Self {
        Self {
            code,
            columns,
            zero_is_nothing: true,
        }
    }

    fn is_said(&self, text: &str) -> bool {
        let nothing = ["0", "0.0", "No", "no"];
        !(self.zero_is_nothing && nothing.contains(&text))
    }
}

/// Notes which kinds of personal facts a row carries.
pub(super) fn note_personal(row: &Row, kinds: &[Personal], notes: &mut Vec<Note>) {
    for kind in kinds {
        let mut said = kind.columns.iter().filter_map(|column| row.filled(column));
        if said.any(|text| kind.is_said(text)) {
            notes.push(Note {
                code: kind.code,
                detail: format!("line {}", row.line),
            });
        }
    }
}
