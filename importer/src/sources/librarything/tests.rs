//! Both forms of the export say the same of a book.

use super::*;
use crate::record::Record;
use crate::sources::Source;
use crate::sources::Wishes;
use crate::sources::tests::{read_with, records_of};

const HEADER: &str = "Book Id\tTitle\tPrimary Author\tSecondary Author\tPublication\tDate\tReview\tRating\tMedia\tPage Count\tTags\tLanguages\tOriginal Languages\tISBN\tISBNs\tWork id";
const ROW: &str = "17\tA \"Made-up\" Book,\tAuthor, Ann\tOther, Bo\tSome Press (2000), Paperback, 356 pages\t2000\t\t4\tPaperback\t356 \tpoetry\tEnglish\tFrench\t[0439023483]\t0439023483, 9780439023481\t163";

fn book(record: &Record) -> (TitleItem, EditionItem) {
    let items = record.items.clone().unwrap();
    (items.title.unwrap(), items.editions[0].clone())
}

#[test]
fn a_row_of_the_tab_delimited_form_is_an_edition_of_its_work() {
    let record = records_of(Source::Librarything, &format!("{HEADER}\n{ROW}\n")).remove(0);
    let (title, edition) = book(&record);
    assert_eq!(
        (title.name.as_str(), title.source_id.as_str()),
        ("A \"Made-up\" Book", "work:163")
    );
    assert_eq!(title.authors, ["Ann Author", "Bo Other"]);
    assert_eq!(title.language.as_deref(), Some("fr"));
    assert_eq!(edition.isbn.as_deref(), Some("9780439023481"));
    assert_eq!(edition.publisher.as_deref(), Some("Some Press"));
    assert_eq!(
        (edition.page_count, edition.published_year),
        (Some(356), Some(2000))
    );
    let codes: Vec<&str> = record.notes.iter().map(|note| note.code).collect();
    assert_eq!(codes, ["shelves_not_taken", "rating_not_taken"]);
}

#[test]
fn the_older_export_in_utf_16_is_read_too() {
    let mut bytes = b"\xff\xfe".to_vec();
    let text = format!("{HEADER}\r\n{ROW}\r\n").replace("Ann", "Aña");
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let records = read_with(Source::Librarything, &bytes, &Wishes::default()).unwrap();
    assert_eq!(book(&records[0]).0.authors[0], "Aña Author");
}

#[test]
fn the_json_form_says_the_same() {
    let text = r#"{"17": {"books_id": "17", "title": "A Book", "primaryauthor": "Author, Ann",
        "authors": [{"lf": "Author, Ann", "fl": "Ann Author"}, {"lf": "Other, Bo"}], "tags": ["poetry"],
        "collections": ["Your library"], "originalisbn": "0439023483", "isbn": {"0": "0439023483", "2": "9780439023481"},
        "publication": "Some Press (2000), Paperback, 356 pages", "date": "2000", "language_codeA": ["eng", "xxx"],
        "subject": {"0": ["Poets", "Egypt"], "2": ["Poets", "Rome"]}, "workcode": "163",
        "format": [{"code": "1.1.1", "text": "Paperback"}], "pages": "356 "},
        "18": {"books_id": "18", "title": " "}, "19": 5}"#;
    let records = records_of(Source::Librarything, text);
    let (title, edition) = book(&records[0]);
    assert_eq!(
        (title.source_id.as_str(), title.genres.len()),
        ("work:163", 1)
    );
    assert_eq!(
        (edition.isbn.as_deref(), edition.language.as_deref()),
        (Some("9780439023481"), Some("eng"))
    );
    assert_eq!(records[1].items.as_ref().unwrap_err().code, "missing_field");
    assert_eq!(records[2].items.as_ref().unwrap_err().code, "bad_record");
}

#[test]
fn json_of_somebody_else_is_refused() {
    let error = read_with(
        Source::Librarything,
        br#"{"kind": "books#volumes"}"#,
        &Wishes::default(),
    )
    .unwrap_err();
    assert!(error.reason.contains("LibraryThing"), "{error}");
}
