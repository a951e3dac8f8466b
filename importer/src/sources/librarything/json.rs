//! The JSON form: one object whose values are the books; lists appear as lists or as objects with numbers for names.

use serde_json::{Map, Value};

use super::super::document::{self, list, text};
use super::super::{Given, Reading, UnreadableInput};
use super::Book;
use crate::record::{Items, Note, Record, Reject};

/// What the owner says, and how the report calls it.
const PERSONAL: [(&str, &str); 9] = [
    ("tags", "shelves_not_taken"),
    ("collections", "shelves_not_taken"),
    ("entrydate", "dates_not_taken"),
    ("dateread", "dates_not_taken"),
    ("dateacquired", "dates_not_taken"),
    ("rating", "rating_not_taken"),
    ("review", "review_not_taken"),
    ("comment", "private_notes_not_taken"),
    ("fromwhere", "purchase_not_taken"),
];

pub(super) fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let source = given.provenance.clone();
    let Value::Object(books) = document::read(given)? else {
        return Err(UnreadableInput::new(
            "the JSON is no object of books; expected the JSON file that LibraryThing exports",
        ));
    };
    let is_book = |book: &Value| book.get("books_id").is_some() || book.get("title").is_some();
    if !books.values().any(is_book) {
        return Err(UnreadableInput::new(
            "none of the JSON's entries has a `books_id` or a `title`; expected the JSON file that LibraryThing exports",
        ));
    }
    let records = books
        .into_iter()
        .zip(1..)
        .map(move |((key, book), number)| {
            let mut notes = Vec::new();
            let items = items(&source, &key, &book, &mut notes);
            Ok(Record {
                number,
                name: key,
                raw: vec![book.to_string()],
                items,
                notes,
                end: None,
            })
        });
    Ok(Reading {
        columns: vec!["book".into()],
        records: Box::new(records),
    })
}

fn items(source: &str, key: &str, book: &Value, notes: &mut Vec<Note>) -> Result<Items, Reject> {
    let Value::Object(book) = book else {
        return Err(Reject::new(
            "bad_record",
            format!("entry {key} is no object"),
        ));
    };
    let mut known = Vec::new();
    for (field, code) in PERSONAL {
        let said = book.get(field).is_some_and(|value| !list(value).is_empty());
        if said && !known.contains(&code) {
            known.push(code);
            notes.push(Note {
                code,
                detail: format!("book {key}"),
            });
        }
    }
    described(key, book).items(source, notes)
}

fn described(key: &str, book: &Map<String, Value>) -> Book {
    let texts = |field: &str| book.get(field).map(list).unwrap_or_default();
    let one = |field: &str| book.get(field).and_then(text).unwrap_or_default();
    let authors = book.get("authors").and_then(Value::as_array);
    let names = authors.into_iter().flatten();
    let names = names.filter_map(|author| author.get("lf").and_then(text));
    let mut authors: Vec<String> = names.collect();
    if authors.is_empty() {
        authors.extend(book.get("primaryauthor").and_then(text));
    }
    let mut isbns = vec![one("originalisbn")];
    isbns.extend(texts("isbn"));
    let format = book.get("format").and_then(Value::as_array);
    let format = format.and_then(|list| list.first()?.get("text").and_then(text));
    // `All` with the code `xxx` means nothing more than that there are languages.
    let codes = |field: &str| {
        let codes = texts(field).into_iter();
        codes.filter(|code| code != "xxx").collect()
    };
    Book {
        id: book
            .get("books_id")
            .and_then(text)
            .unwrap_or_else(|| key.to_owned()),
        work: book.get("workcode").and_then(text),
        title: one("title"),
        authors,
        publication: one("publication"),
        date: one("date"),
        languages: codes("language_codeA"),
        original_languages: codes("originallanguage_codeA"),
        pages: one("pages"),
        format,
        isbns,
        subjects: subjects(book),
    }
}

/// The headings' first words; what follows them narrows them down and is no genre.
fn subjects(book: &Map<String, Value>) -> Vec<String> {
    let Some(subjects) = book.get("subject") else {
        return Vec::new();
    };
    let headings: Vec<&Value> = match subjects {
        Value::Object(map) => map.values().collect(),
        Value::Array(list) => list.iter().collect(),
        _ => Vec::new(),
    };
    let mut found: Vec<String> = Vec::new();
    for heading in headings {
        let first = list(heading).into_iter().next();
        found.extend(first.filter(|word| !found.contains(word)));
    }
    found
}
