//! The tab-delimited form: quotation marks mean themselves, ISBNs stand in square brackets.

use super::super::book::parts;
use super::super::columns::{self, Dialect, Row};
use super::super::personal::{Personal, note_personal};
use super::super::{Given, Reading, UnreadableInput};
use super::{Book, language};
use crate::record::{Items, Note, Reject};

const NEEDED: [&str; 4] = ["Book Id", "Title", "Primary Author", "ISBN"];

const PERSONAL: [Personal; 7] = [
    Personal::of("shelves_not_taken", &["Tags", "Collections"]),
    Personal::of(
        "dates_not_taken",
        &["Acquired", "Date Started", "Date Read", "Entry Date"],
    ),
    Personal::number("rating_not_taken", &["Rating"]),
    Personal::of("review_not_taken", &["Review"]),
    Personal::of(
        "private_notes_not_taken",
        &["Private Comment", "Comment", "Comments"],
    ),
    Personal::of("lending_not_taken", &["Lending Patron", "Lending Status"]),
    Personal::of(
        "purchase_not_taken",
        &["From Where", "Purchase Price", "Barcode", "BCID"],
    ),
];

pub(super) fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let source = given.provenance.clone();
    // Rejected rows come back with commas, like those of every other source.
    let first = given.sample.split(|byte| *byte == b'\n').next();
    let dialect = if first.unwrap_or_default().contains(&b'\t') {
        Dialect::TABS
    } else {
        Dialect::CSV
    };
    let rows = columns::read(given, dialect, &NEEDED)?;
    let name = |row: &Row| row.filled("Book Id").map(str::to_owned);
    Ok(columns::records(rows, name, move |row, notes| {
        items(&source, row, notes)
    }))
}

fn items(source: &str, row: &Row, notes: &mut Vec<Note>) -> Result<Items, Reject> {
    let languages = |column: &str| -> Vec<String> {
        let words = parts(row.field(column), &[',']);
        words.iter().filter_map(|word| language(word)).collect()
    };
    let mut authors = vec![row.field("Primary Author").to_owned()];
    authors.extend(parts(row.field("Secondary Author"), &['|']));
    let mut isbns = vec![row.field("ISBN").to_owned()];
    isbns.extend(parts(row.field("ISBNs"), &[',']));
    let book = Book {
        id: row.needed("Book Id")?.to_owned(),
        work: row.filled("Work id").map(str::to_owned),
        title: row.field("Title").to_owned(),
        authors,
        publication: row.field("Publication").to_owned(),
        date: row.field("Date").to_owned(),
        languages: languages("Languages"),
        original_languages: languages("Original Languages"),
        pages: row.field("Page Count").to_owned(),
        format: row.filled("Media").map(str::to_owned),
        isbns,
        subjects: Vec::new(),
    };
    note_personal(row, &PERSONAL, notes);
    book.items(source, notes)
}
