//! Answers of Open Library's API: works, editions, authors, `/api/books`, `/search.json`, one document or several in a file.
//!
//! An answer of a search names works with few facts, one of `/api/books` an edition without its work. Both speak in names of
//! their own (`open-library:search`, `open-library:books`), so that they never withdraw what a whole document said.

use accession_events::catalog::TitleKind;
use accession_events::ingestion::items::{EditionItem, TitleItem};
use serde_json::Value;

use super::super::book::{set_isbn, squeezed, year_in};
use super::super::document::{self, list, text};
use super::super::{Description, Given, Reading, UnreadableInput};
use super::documents::{self, last_part};
use crate::looks::Look;
use crate::record::{Items, Note, Record, Reject};

pub(in crate::sources) const SOURCE: Description = Description {
    name: "open-library",
    expects: "a JSON answer of Open Library's API (works, editions, /api/books or /search.json)",
    looks: &[Look::Json],
    built_in: None,
    asked: Some(&super::asked::ASKED),
    read,
};

const OF_BOOKS: &str = "open-library:books";
const OF_SEARCH: &str = "open-library:search";

/// What an answer holds.
enum Piece {
    Work(Value),
    Edition(Value),
    /// A book of `/api/books?jscmd=data`, which has names instead of keys.
    Book(Value),
    /// A work as a search finds it.
    Found(Value),
    /// An author, or a key without more.
    Other(Value),
}

fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let pieces: Vec<Piece> = document::read_all(given)?
        .into_iter()
        .flat_map(pieces)
        .collect();
    if pieces.is_empty() {
        return Err(UnreadableInput::new(format!(
            "the JSON is no answer of Open Library; open-library expects {}",
            SOURCE.expects
        )));
    }
    let records = pieces
        .into_iter()
        .zip(1..)
        .map(|(piece, number)| Ok(record(&piece, number)));
    Ok(Reading {
        columns: vec!["document".into()],
        records: Box::new(records),
    })
}

/// The records of one answer.
pub(super) fn records_of(answer: Value) -> Vec<Record> {
    pieces(answer)
        .iter()
        .map(|piece| record(piece, 0))
        .collect()
}

fn pieces(answer: Value) -> Vec<Piece> {
    match answer {
        Value::Array(values) => values.into_iter().flat_map(pieces).collect(),
        Value::Object(mut map) => {
            if let Some(Value::Array(found)) = map.remove("docs") {
                return found.into_iter().map(Piece::Found).collect();
            }
            if !map.is_empty() && map.keys().all(|key| key.contains(':')) {
                return map.into_iter().map(|(_, book)| Piece::Book(book)).collect();
            }
            let key = map.get("key").and_then(text).unwrap_or_default();
            let value = Value::Object(map);
            match key {
                key if key.starts_with("/works/") => vec![Piece::Work(value)],
                key if key.starts_with("/books/") && value.get("title").is_some() => {
                    vec![Piece::Edition(value)]
                }
                key if key.starts_with('/') => vec![Piece::Other(value)],
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn record(piece: &Piece, number: u64) -> Record {
    let mut notes = Vec::new();
    let nobody = |_: &str| None;
    let (value, items) = match piece {
        Piece::Work(value) => (value, documents::work(value, &nobody, &mut notes)),
        Piece::Edition(value) => (value, documents::edition(value, &nobody, &mut notes)),
        Piece::Book(value) => (value, book(value, &mut notes)),
        Piece::Found(value) => (value, found(value, &mut notes)),
        Piece::Other(value) => (
            value,
            Err(Reject::new(
                "no_title",
                "an author, a redirect or a key alone: it describes no title",
            )),
        ),
    };
    let name = value.get("key").and_then(text);
    Record {
        number,
        name: name.map_or_else(
            || format!("document {number}"),
            |key| last_part(&key).to_owned(),
        ),
        raw: vec![value.to_string()],
        items,
        notes,
        end: None,
    }
}

fn missing(field: &str) -> Reject {
    Reject::new("missing_field", format!("`{field}` is missing or empty"))
}

/// The names in a list of objects.
fn names(value: Option<&Value>) -> Vec<String> {
    let entries = value.and_then(Value::as_array).into_iter().flatten();
    entries
        .filter_map(|entry| entry.get("name").and_then(text).or_else(|| text(entry)))
        .map(|name| squeezed(&name))
        .collect()
}

fn book(value: &Value, notes: &mut Vec<Note>) -> Result<Items, Reject> {
    // Another form of the same answer wraps the edition.
    let value = value.get("details").unwrap_or(value);
    let id = documents::id_of(value)?;
    let name = value
        .get("title")
        .and_then(text)
        .ok_or_else(|| missing("title"))?;
    let name = match value.get("subtitle").and_then(text) {
        Some(subtitle) => format!("{}: {}", squeezed(&name), squeezed(&subtitle)),
        None => squeezed(&name),
    };
    let cover = ["large", "medium", "small"]
        .iter()
        .find_map(|size| value.pointer(&format!("/cover/{size}")).and_then(text));
    let pages = value.get("number_of_pages").and_then(Value::as_u64);
    let published = value.get("publish_date").and_then(text);
    let title = TitleItem {
        source: OF_BOOKS.into(),
        source_id: id.clone(),
        kind: Some(TitleKind::Book),
        name: name.clone(),
        authors: names(value.get("authors")),
        genres: names(value.get("subjects")),
        poster: cover.clone(),
        ..TitleItem::default()
    };
    let mut edition = EditionItem {
        source: OF_BOOKS.into(),
        source_id: id.clone(),
        title_source_id: id,
        name: Some(name),
        publisher: names(value.get("publishers")).into_iter().next(),
        published_year: published.as_deref().and_then(year_in),
        page_count: pages.and_then(|pages| u32::try_from(pages).ok()),
        cover,
        ..EditionItem::default()
    };
    let numbers = |field: &str| {
        value
            .pointer(&format!("/identifiers/{field}"))
            .or_else(|| value.get(field))
            .map(list)
            .unwrap_or_default()
    };
    let numbers = [numbers("isbn_13"), numbers("isbn_10")].concat();
    set_isbn(&mut edition, numbers.iter().map(String::as_str), notes);
    Ok(Items::book(title, edition))
}

/// A work with what a search says of it; its ISBNs belong to many editions and stay behind.
fn found(value: &Value, notes: &mut Vec<Note>) -> Result<Items, Reject> {
    let id = documents::id_of(value)?;
    let name = value
        .get("title")
        .and_then(text)
        .ok_or_else(|| missing("title"))?;
    let cover = value
        .get("cover_i")
        .and_then(Value::as_i64)
        .filter(|number| *number > 0);
    if value.get("isbn").is_some() {
        notes.push(crate::fit::note("isbns_of_editions_not_taken", &id));
    }
    Ok(Items {
        title: Some(TitleItem {
            source: OF_SEARCH.into(),
            source_id: id,
            kind: Some(TitleKind::Book),
            name: squeezed(&name),
            authors: value.get("author_name").map(list).unwrap_or_default(),
            year: value
                .get("first_publish_year")
                .and_then(Value::as_i64)
                .and_then(|year| i32::try_from(year).ok()),
            poster: cover
                .map(|number| format!("https://covers.openlibrary.org/b/id/{number}-L.jpg")),
            ..TitleItem::default()
        }),
        ..Items::default()
    })
}
