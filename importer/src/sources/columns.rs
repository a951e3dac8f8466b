//! Rows of a CSV file by the names of their columns. Knows nothing of what a column means.

use std::io::Read;
use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};

use super::UnreadableInput;

/// One row, whose fields are found by the header's names.
pub(crate) struct Row {
    header: Arc<StringRecord>,
    fields: StringRecord,
    /// Line in the file, from 1.
    pub(crate) line: u64,
}

/// A row that the CSV reader could not read.
pub(crate) struct BadRow {
    /// Line in the file, from 1.
    pub(crate) line: u64,
    /// What is wrong with it.
    pub(crate) reason: String,
}

impl Row {
    /// The field of this column, trimmed; empty when the row is too short.
    pub(crate) fn field(&self, column: &str) -> &str {
        let index = self.header.iter().position(|name| name == column);
        index
            .and_then(|index| self.fields.get(index))
            .map_or("", str::trim)
    }

    /// The field, or none when it is empty.
    pub(crate) fn filled(&self, column: &str) -> Option<&str> {
        Some(self.field(column)).filter(|text| !text.is_empty())
    }

    /// All fields as they came.
    pub(crate) fn raw(&self) -> Vec<String> {
        self.fields.iter().map(str::to_owned).collect()
    }
}

/// A header and rows in file order.
pub(crate) type Rows = (
    Vec<String>,
    Box<dyn Iterator<Item = Result<Row, BadRow>> + Send>,
);

/// Reads a CSV with a header that has at least the `needed` columns.
pub(crate) fn read(input: Box<dyn Read + Send>, needed: &[&str]) -> Result<Rows, UnreadableInput> {
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(input);
    let header = reader
        .headers()
        .map_err(|error| UnreadableInput {
            reason: format!("the file cannot be read as CSV: {error}"),
        })?
        .clone();
    let missing: Vec<&str> = needed
        .iter()
        .copied()
        .filter(|name| !header.iter().any(|found| found == *name))
        .collect();
    if !missing.is_empty() {
        return Err(UnreadableInput {
            reason: format!(
                "the header lacks {}; found {}",
                missing.join(", "),
                header.iter().take(12).collect::<Vec<_>>().join(", ")
            ),
        });
    }
    let names = header.iter().map(str::to_owned).collect();
    let header = Arc::new(header);
    let rows = reader.into_records().map(move |result| match result {
        Ok(fields) => {
            let line = fields.position().map_or(0, csv::Position::line);
            Ok(Row {
                header: Arc::clone(&header),
                fields,
                line,
            })
        }
        Err(error) => Err(BadRow {
            line: error.position().map_or(0, csv::Position::line),
            reason: format!("the row cannot be read as CSV: {error}"),
        }),
    });
    Ok((names, Box::new(rows)))
}
