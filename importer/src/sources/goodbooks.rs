//! goodbooks-10k: ten thousand popular books (`books.csv`), CC BY-SA 4.0, attribution: Zygmunt Zając, goodbooks-10k.
//!
//! A row is one work with its best-known edition. Its `isbn` lost leading zeros and its `isbn13` went through a float,
//! so the last digit lies: what can be recovered through the checksum is, the rest stays out of the ISBN index.

mod map;

use std::io::Read;

use super::{Records, UnreadableInput, columns};
use crate::record::{Record, Reject};

/// Name on the command line and in provenance.
pub(super) const NAME: &str = "goodbooks";

const NEEDED: [&str; 8] = [
    "goodreads_book_id",
    "work_id",
    "isbn",
    "isbn13",
    "authors",
    "original_publication_year",
    "original_title",
    "title",
];

/// Reads the file row by row.
pub(super) fn read(input: Box<dyn Read + Send>) -> Result<(Vec<String>, Records), UnreadableInput> {
    let (header, rows) = columns::read(input, &NEEDED)?;
    let records = rows.zip(1..).map(|(row, number)| {
        Ok(match row {
            Ok(row) => map::record(number, &row),
            Err(bad) => Record {
                number,
                name: format!("line {}", bad.line),
                raw: Vec::new(),
                items: Err(Reject::new("bad_row", bad.reason)),
                notes: Vec::new(),
            },
        })
    });
    Ok((header, Box::new(records)))
}
