//! Google Books: volumes, as its API answers them, over HTTP or as files.
//!
//! The service's terms allow showing its metadata with attribution and forbid keeping a copy of its catalogue: volumes are
//! asked for one by one, facts are attributed to `google-books`, covers are linked and never copied. A volume is an edition;
//! its title is its own, because the service knows no works.

mod asked;

use accession_events::catalog::TitleKind;
use accession_events::ingestion::items::{EditionItem, RatingItem, TitleItem};
use serde_json::Value;

use super::book::{set_isbn, squeezed, year_in};
use super::document::{self, list, text};
use super::markup::plain;
use super::{Description, Given, Reading, UnreadableInput};
use crate::looks::Look;
use crate::record::{Items, Note, Reject};

pub(super) const SOURCE: Description = Description {
    name: "google-books",
    expects: "a JSON answer of the Google Books API (a volume or a list of volumes)",
    looks: &[Look::Json],
    built_in: None,
    asked: Some(&asked::ASKED),
    read,
};

fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let mut volumes = Vec::new();
    for answer in document::read_all(given)? {
        let of_answer = volumes_of(answer).ok_or_else(|| {
            UnreadableInput::new(format!(
                "the JSON is no answer of Google Books; google-books expects {}",
                SOURCE.expects
            ))
        })?;
        volumes.extend(of_answer);
    }
    Ok(document::records(volumes, "id", items))
}

/// The volumes of an answer; none when it is not one. An answer without volumes is one.
pub(super) fn volumes_of(mut answer: Value) -> Option<Vec<Value>> {
    let kind = answer.get("kind").and_then(text);
    if kind.as_deref() == Some("books#volumes") || answer.get("totalItems").is_some() {
        return Some(match answer.get_mut("items").map(Value::take) {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        });
    }
    if answer.get("volumeInfo").is_some() {
        return Some(vec![answer]);
    }
    // Lists that others made of answers keep the service's id.
    match answer.get_mut("books").map(Value::take) {
        Some(Value::Array(books))
            if books
                .iter()
                .any(|book| book.get("google_books_id").is_some()) =>
        {
            Some(books.iter().map(flattened).collect())
        }
        _ => None,
    }
}

/// A flattened volume in the service's own form.
fn flattened(book: &Value) -> Value {
    let field = |name: &str| book.get(name).cloned().unwrap_or_default();
    serde_json::json!({
        "id": field("google_books_id"),
        "volumeInfo": {
            "title": field("title"), "subtitle": field("subtitle"), "authors": field("authors"),
            "publisher": field("publisher"), "publishedDate": field("published_date"), "description": field("description"),
            "categories": field("categories"), "pageCount": field("page_count"), "language": field("language"),
            "industryIdentifiers": [{"identifier": field("isbn_13")}, {"identifier": field("isbn_10")}],
        },
    })
}

/// What a volume says.
pub(super) fn items(volume: &Value, notes: &mut Vec<Note>) -> Result<Items, Reject> {
    let missing =
        |field: &str| Reject::new("missing_field", format!("`{field}` is missing or empty"));
    let id = volume
        .get("id")
        .and_then(text)
        .ok_or_else(|| missing("id"))?;
    let info = volume
        .get("volumeInfo")
        .ok_or_else(|| missing("volumeInfo"))?;
    let field = |name: &str| info.get(name).and_then(text);
    let name = squeezed(&field("title").ok_or_else(|| missing("title"))?);
    let name = match field("subtitle") {
        Some(subtitle) => format!("{name}: {}", squeezed(&subtitle)),
        None => name,
    };
    let language = field("language").filter(|language| language != "un");
    let published = field("publishedDate").as_deref().and_then(year_in);
    let cover = cover(info);
    let title = TitleItem {
        source: SOURCE.name.into(),
        source_id: id.clone(),
        kind: Some(TitleKind::Book),
        name: name.clone(),
        authors: info.get("authors").map(list).unwrap_or_default(),
        genres: info.get("categories").map(list).unwrap_or_default(),
        description: field("description").map(|text| plain(&text)),
        language: language.clone(),
        poster: cover.clone(),
        rating: rating(info),
        ..TitleItem::default()
    };
    let pages = info
        .get("pageCount")
        .and_then(Value::as_u64)
        .filter(|pages| *pages > 0);
    let mut edition = EditionItem {
        source: SOURCE.name.into(),
        source_id: id.clone(),
        title_source_id: id,
        name: Some(name),
        publisher: field("publisher").map(|name| squeezed(&name)),
        published_year: published,
        language,
        page_count: pages.and_then(|pages| u32::try_from(pages).ok()),
        cover,
        ..EditionItem::default()
    };
    set_isbn(&mut edition, isbns(info).iter().map(String::as_str), notes);
    Ok(Items::book(title, edition))
}

/// The longer number first; numbers of other services (`OTHER`, `ISSN`) are no ISBNs.
fn isbns(info: &Value) -> Vec<String> {
    let identifiers = info
        .get("industryIdentifiers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let mut numbers: Vec<(bool, String)> = identifiers
        .filter(|identifier| {
            let kind = identifier.get("type").and_then(text);
            kind.is_none_or(|kind| kind.starts_with("ISBN"))
        })
        .filter_map(|identifier| identifier.get("identifier").and_then(text))
        .map(|number| (number.len() != 13, number))
        .collect();
    numbers.sort_by_key(|(is_short, _)| *is_short);
    numbers.into_iter().map(|(_, number)| number).collect()
}

/// The address of the cover, encrypted.
fn cover(info: &Value) -> Option<String> {
    let address = info
        .pointer("/imageLinks/thumbnail")
        .or_else(|| info.pointer("/imageLinks/smallThumbnail"));
    let address = address.and_then(text)?;
    Some(address.replacen("http://", "https://", 1))
}

fn rating(info: &Value) -> Option<RatingItem> {
    let mean = info
        .get("averageRating")
        .and_then(Value::as_f64)
        .filter(|mean| (0.0..=5.0).contains(mean))?;
    let votes = info.get("ratingsCount").and_then(Value::as_u64)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 500 by the filter above"
    )]
    let hundredths = (mean * 100.0).round() as u16;
    Some(RatingItem { hundredths, votes })
}

#[cfg(test)]
mod tests {
    use crate::sources::tests::{read_with, records_of};
    use crate::sources::{Source, Wishes};

    const ANSWER: &str = r#"{"kind": "books#volumes", "totalItems": 2, "items": [{"id": "x1", "volumeInfo": {"title": "A book", "subtitle": "A novel",
        "authors": ["Ann Author"], "publishedDate": "2009-05-18", "description": "<p>One &amp; two.</p>", "averageRating": 4.5, "ratingsCount": 10,
        "industryIdentifiers": [{"type": "ISBN_10", "identifier": "0439023483"}, {"type": "OTHER", "identifier": "UOM:39"}, {"type": "ISBN_13", "identifier": "9780439023481"}],
        "pageCount": 0, "categories": ["Fiction"], "imageLinks": {"thumbnail": "http://books.example.org/x"}, "language": "en"}}, {"id": "x2", "volumeInfo": {}}]}"#;

    #[test]
    fn a_volume_becomes_a_title_and_its_edition() {
        let records = records_of(Source::GoogleBooks, ANSWER);
        let items = records[0].items.clone().unwrap();
        let title = items.title.unwrap();
        assert_eq!(
            (title.name.as_str(), title.description.as_deref()),
            ("A book: A novel", Some("One & two."))
        );
        assert_eq!(
            title.rating.map(|rating| (rating.hundredths, rating.votes)),
            Some((450, 10))
        );
        let edition = &items.editions[0];
        assert_eq!(
            (edition.isbn.as_deref(), edition.page_count),
            (Some("9780439023481"), None)
        );
        assert_eq!(
            edition.cover.as_deref(),
            Some("https://books.example.org/x")
        );
        assert_eq!(records[1].items.as_ref().unwrap_err().code, "missing_field");
    }

    #[test]
    fn no_volume_is_an_answer_and_something_else_is_none() {
        assert!(
            records_of(
                Source::GoogleBooks,
                r#"{"kind": "books#volumes", "totalItems": 0}"#
            )
            .is_empty()
        );
        let error =
            read_with(Source::GoogleBooks, b"{\"error\": {}}", &Wishes::default()).unwrap_err();
        assert!(
            error.reason.contains("no answer of Google Books"),
            "{error}"
        );
    }
}
