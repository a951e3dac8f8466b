//! goodbooks-10k: ten thousand popular books (`books.csv`), CC BY-SA 4.0, attribution: Zygmunt Zając, goodbooks-10k.
//!
//! A row is one work with its best-known edition. Its `isbn` lost leading zeros and its `isbn13` went through a float,
//! so the last digit lies: what can be recovered through the checksum is, the rest stays out of the ISBN index.

mod map;

use super::columns::{self, Dialect};
use super::{Description, Given, Reading, UnreadableInput};
use crate::looks::Look;

/// Name on the command line and in provenance.
const NAME: &str = "goodbooks";

pub(super) const SOURCE: Description = Description {
    name: NAME,
    expects: "books.csv of goodbooks-10k",
    looks: &[Look::Text],
    built_in: None,
    asked: None,
    read,
};

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
fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let rows = columns::read(given, Dialect::CSV, &NEEDED)?;
    let name = |row: &columns::Row| row.filled("goodreads_book_id").map(str::to_owned);
    Ok(columns::records(rows, name, map::items))
}
