//! Dumps line by line, the table of authors, and answers in their shapes.

use accession_events::ingestion::items::TitleItem;

use crate::record::{Place, Record};
use crate::sources::tests::{read_with, records_of};
use crate::sources::{Source, Wishes};

const AUTHOR: &str = "/type/author\t/authors/OL1A\t1\t2010-01-01\t{\"name\": \"Ann Author\", \"key\": \"/authors/OL1A\"}";
const WORK: &str = "/type/work\t/works/OL1W\t2\t2010-01-01\t{\"key\": \"/works/OL1W\", \"title\": \"A book\", \"subtitle\": \"a novel\", \"authors\": [{\"type\": \"/type/author_role\", \"author\": {\"key\": \"/authors/OL1A\"}}], \"covers\": [-1, 7], \"subjects\": [\"Whales\"], \"description\": {\"type\": \"/type/text\", \"value\": \"About.\"}, \"first_publish_date\": \"July 1997\"}";
const EDITION: &str = "/type/edition\t/books/OL1M\t2\t2010-01-01\t{\"key\": \"/books/OL1M\", \"title\": \"A book\", \"works\": [{\"key\": \"/works/OL1W\"}], \"isbn_10\": [\"0439023483\"], \"publishers\": [\"Some Press\"], \"publish_date\": \"1998\", \"number_of_pages\": 12, \"languages\": [{\"key\": \"/languages/eng\"}]}";

fn title(record: &Record) -> TitleItem {
    record.items.clone().unwrap().title.unwrap()
}

#[test]
fn works_and_editions_of_a_dump_become_titles_and_editions() {
    let records = records_of(Source::OpenLibraryDump, &[AUTHOR, WORK, EDITION].join("\n"));
    let work = title(&records[1]);
    assert_eq!(
        (work.name.as_str(), work.source_id.as_str()),
        ("A book: a novel", "OL1W")
    );
    assert_eq!(
        (work.authors.as_slice(), work.year),
        (["Ann Author".to_owned()].as_slice(), Some(1997))
    );
    assert_eq!(
        work.poster.as_deref(),
        Some("https://covers.openlibrary.org/b/id/7-L.jpg")
    );
    assert_eq!(work.description.as_deref(), Some("About."));
    let items = records[2].items.clone().unwrap();
    assert_eq!(items.title, None);
    let edition = &items.editions[0];
    assert_eq!(
        (edition.title_source_id.as_str(), edition.isbn.as_deref()),
        ("OL1W", Some("9780439023481"))
    );
    assert_eq!(
        (edition.language.as_deref(), edition.page_count),
        (Some("eng"), Some(12))
    );
}

#[test]
fn bad_lines_are_rejected_and_other_types_are_skipped() {
    let lines = [
        "/type/redirect\t/works/OL2W\t1\t2010\t{\"location\": \"/works/OL1W\"}",
        "/type/work\tonly",
        "/type/work\t/works/OL3W\t1\t2010\t{broken",
        "/type/work\t/works/OL4W\t1\t2010\t{\"key\": \"/works/OL4W\"}",
        "/type/edition\t/books/OL5M\t1\t2010\t{\"key\": \"/books/OL5M\", \"title\": \"Alone\"}",
    ];
    let records = records_of(Source::OpenLibraryDump, &lines.join("\n"));
    assert_eq!(records[0].notes[0].code, "type_skipped");
    let codes: Vec<String> = records[1..4]
        .iter()
        .map(|record| record.items.as_ref().unwrap_err().code.clone())
        .collect();
    assert_eq!(codes, ["bad_line", "bad_json", "missing_field"]);
    assert_eq!(title(&records[4]).source_id, "OL5M");
}

#[test]
fn authors_of_another_file_are_found_and_a_place_behind_a_line_is_a_place_to_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let authors = folder.path().join("authors.txt");
    std::fs::write(&authors, format!("{AUTHOR}\n")).unwrap();
    let wishes = Wishes {
        authors: Some(authors),
        ..Wishes::default()
    };
    let text = format!("{WORK}\n{EDITION}\n");
    let whole = read_with(Source::OpenLibraryDump, text.as_bytes(), &wishes).unwrap();
    assert_eq!(title(&whole[0]).authors, ["Ann Author"]);
    let behind = whole[0].end.unwrap();
    let rest = text.as_bytes()[usize::try_from(behind).unwrap()..].to_vec();
    let start = Place {
        number: 1,
        byte: behind,
    };
    let rest = Source::OpenLibraryDump
        .read(Box::new(std::io::Cursor::new(rest)), &wishes, start)
        .unwrap();
    let rest: Vec<Record> = rest.records.map(|record| record.unwrap()).collect();
    assert_eq!(
        (rest.len(), rest[0].number, &rest[0].items, rest[0].end),
        (1, 2, &whole[1].items, whole[1].end)
    );
}

#[test]
fn lines_behind_authors_are_no_place_to_go_on() {
    let records = records_of(Source::OpenLibraryDump, &[WORK, AUTHOR, WORK].join("\n"));
    assert!(records[0].end.is_some() && records[2].end.is_none());
    assert_eq!(records[0].notes[0].code, "author_without_a_name");
}

#[test]
fn answers_come_in_many_shapes() {
    let books = r#"{"ISBN:9780439023481": {"key": "/books/OL1M", "title": "A book", "authors": [{"name": "Ann Author", "url": "x"}],
        "publishers": [{"name": "Some Press"}], "identifiers": {"isbn_10": ["0439023483"]}, "cover": {"medium": "https://example.org/m.jpg"},
        "subjects": [{"name": "Whales"}], "number_of_pages": 12, "publish_date": "July 28, 2008"}}"#;
    let record = records_of(Source::OpenLibrary, books).remove(0);
    assert_eq!(title(&record).authors, ["Ann Author"]);
    assert_eq!(
        record.items.unwrap().editions[0].isbn.as_deref(),
        Some("9780439023481")
    );
    let search = r#"{"numFound": 1, "docs": [{"key": "/works/OL1W", "title": "A book", "author_name": ["Ann"], "first_publish_year": 1954, "isbn": ["1"]}]}"#;
    assert_eq!(
        title(&records_of(Source::OpenLibrary, search)[0]).year,
        Some(1954)
    );
    let edition = records_of(Source::OpenLibrary, EDITION.rsplit('\t').next().unwrap()).remove(0);
    let edition = edition.items.unwrap();
    assert_eq!(
        (edition.title, edition.editions[0].title_source_id.as_str()),
        (None, "OL1W")
    );
    let author = records_of(
        Source::OpenLibrary,
        r#"[{"key": "/authors/OL1A", "name": "Ann"}]"#,
    )
    .remove(0);
    assert_eq!(author.items.unwrap_err().code, "no_title");
    let error = read_with(
        Source::OpenLibrary,
        b"{\"kind\": \"x\"}",
        &Wishes::default(),
    )
    .unwrap_err();
    assert!(
        error.reason.contains("no answer of Open Library"),
        "{error}"
    );
}
