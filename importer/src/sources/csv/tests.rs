//! Mapped and usual columns, separators, ids.

use super::*;
use crate::record::Record;
use crate::sources::Source;
use crate::sources::Wishes;
use crate::sources::tests::{read_with, records_of};

fn mapped(text: &str, mapping: &str) -> Result<Vec<Record>, UnreadableInput> {
    let wishes = Wishes {
        columns: Wishes::columns_of(mapping).unwrap(),
        ..Wishes::default()
    };
    read_with(Source::Csv, text.as_bytes(), &wishes)
}

#[test]
fn a_mapping_says_which_column_holds_what() {
    let records = mapped(
        "Nr;Name;Writers;Code;Shop\n5;A book;Ann Author | Le Guin, Ursula K.;978-0-439-02348-1;x\n",
        "title=Name,authors=Writers,isbn=Code,id=Nr",
    )
    .unwrap();
    let items = records[0].items.clone().unwrap();
    let title = items.title.unwrap();
    assert_eq!(
        (title.name.as_str(), title.source_id.as_str()),
        ("A book", "5")
    );
    assert_eq!(title.authors, ["Ann Author", "Le Guin, Ursula K."]);
    assert_eq!(items.editions[0].isbn.as_deref(), Some("9780439023481"));
    assert_eq!(
        (
            records[0].notes[0].code,
            records[0].notes[0].detail.as_str()
        ),
        ("columns_not_taken", "Shop")
    );
}

#[test]
fn usual_names_need_no_mapping_and_an_isbn_is_an_id() {
    let records = records_of(
        Source::Csv,
        "Title,author_text,ISBN_10,isbn_13,pubdate\nA book,Ann,0439023483,,2019-03-05T01:00:00+01:00\nNo isbn,Ann,,,\n",
    );
    let items = records[0].items.clone().unwrap();
    assert_eq!(items.editions[0].source_id, "9780439023481");
    assert_eq!(items.editions[0].published_year, Some(2019));
    let other = records[1].items.clone().unwrap();
    assert!(other.editions[0].source_id.starts_with('h'));
}

#[test]
fn a_mapping_that_cannot_be_is_refused_with_what_was_found() {
    let error = mapped("Name\nx\n", "title=Nome").unwrap_err();
    assert!(
        error.reason.contains("no column `Nome`; found Name"),
        "{error}"
    );
    let error = mapped("Name\nx\n", "titel=Name").unwrap_err();
    assert!(error.reason.contains("`titel` is not a field"), "{error}");
    let error = mapped("a,b\nx,y\n", "").unwrap_err();
    assert!(error.reason.contains("--map title=COLUMN"), "{error}");
}

#[test]
fn a_row_without_a_title_is_rejected_and_the_rest_goes_on() {
    let records = records_of(Source::Csv, "title\tauthor\n\tAnn\nA book\tAnn\n");
    assert_eq!(records[0].items.as_ref().unwrap_err().code, "missing_field");
    assert!(records[1].items.is_ok());
}
