//! A work or an edition as Open Library writes it, in dumps and in answers alike.
//!
//! Its documents grew over years, so the same thing comes in several shapes; each is read, none is guessed.

use accession_events::catalog::TitleKind;
use accession_events::ingestion::items::{EditionItem, TitleItem};
use serde_json::Value;

use super::super::book::{set_isbn, squeezed, year_in};
use super::super::document::{list, text};
use super::PROVENANCE;
use crate::fit::note;
use crate::record::{Items, Note, Reject};

/// Finds the name of an author by the last part of the key, such as `OL1A`.
pub(super) type Names<'a> = &'a dyn Fn(&str) -> Option<String>;

/// `/works/OL1W` is `OL1W`.
pub(super) fn last_part(key: &str) -> &str {
    key.trim_end_matches('/').rsplit('/').next().unwrap_or(key)
}

/// The id in a document's key.
pub(super) fn id_of(document: &Value) -> Result<String, Reject> {
    let key = document.get("key").and_then(text);
    let id = key.as_deref().map(last_part).filter(|id| !id.is_empty());
    id.map(str::to_owned)
        .ok_or_else(|| Reject::new("missing_field", "`key` is missing"))
}

fn name_of(document: &Value) -> Result<String, Reject> {
    let title = document.get("title").and_then(text);
    let title = title.ok_or_else(|| Reject::new("missing_field", "`title` is missing or empty"))?;
    let prefix = document
        .get("title_prefix")
        .and_then(text)
        .unwrap_or_default();
    let title = squeezed(&format!("{prefix} {title}"));
    Ok(match document.get("subtitle").and_then(text) {
        Some(subtitle) => format!("{title}: {}", squeezed(&subtitle)),
        None => title,
    })
}

/// A text, or an object that holds one as its value.
pub(super) fn worded(value: &Value) -> Option<String> {
    text(value).or_else(|| value.get("value").and_then(text))
}

/// Authors by name; a key without a name is counted.
fn authors(document: &Value, names: Names<'_>, notes: &mut Vec<Note>) -> Vec<String> {
    let entries = document.get("authors").and_then(Value::as_array);
    let mut found: Vec<String> = Vec::new();
    for entry in entries.into_iter().flatten() {
        let author = entry.get("author").unwrap_or(entry);
        let given = author.get("name").and_then(text);
        let key = || author.get("key").and_then(text).or_else(|| text(author));
        let name = given.or_else(|| {
            let key = key()?;
            let name = names(last_part(&key));
            if name.is_none() {
                notes.push(note("author_without_a_name", &key));
            }
            name
        });
        found.extend(
            name.map(|name| squeezed(&name))
                .filter(|name| !found.contains(name)),
        );
    }
    found
}

/// The address of the first cover. A negative number means that there was one and it was taken away.
fn cover(document: &Value) -> Option<String> {
    let covers = document.get("covers")?.as_array()?;
    let number = covers
        .iter()
        .filter_map(Value::as_i64)
        .find(|number| *number > 0)?;
    Some(format!(
        "https://covers.openlibrary.org/b/id/{number}-L.jpg"
    ))
}

/// `{"key": "/languages/eng"}` is `eng`.
fn language(document: &Value) -> Option<String> {
    let first = document.get("languages")?.as_array()?.first()?;
    let key = first.get("key").and_then(text).or_else(|| text(first))?;
    Some(last_part(&key).to_owned())
}

/// What a work says: a title.
pub(super) fn work(
    document: &Value,
    names: Names<'_>,
    notes: &mut Vec<Note>,
) -> Result<Items, Reject> {
    Ok(Items {
        title: Some(title(document, id_of(document)?, names, notes)?),
        ..Items::default()
    })
}

fn title(
    document: &Value,
    id: String,
    names: Names<'_>,
    notes: &mut Vec<Note>,
) -> Result<TitleItem, Reject> {
    let first_published = document.get("first_publish_date").and_then(text);
    Ok(TitleItem {
        source: PROVENANCE.into(),
        source_id: id,
        kind: Some(TitleKind::Book),
        name: name_of(document)?,
        authors: authors(document, names, notes),
        genres: document.get("subjects").map(list).unwrap_or_default(),
        description: document.get("description").and_then(worded),
        year: first_published.as_deref().and_then(year_in),
        poster: cover(document),
        ..TitleItem::default()
    })
}

/// What an edition says: an edition of its work, or of a title of its own when it has none.
pub(super) fn edition(
    document: &Value,
    names: Names<'_>,
    notes: &mut Vec<Note>,
) -> Result<Items, Reject> {
    let id = id_of(document)?;
    let work = document.pointer("/works/0/key").and_then(text);
    let work = work.as_deref().map(last_part).map(str::to_owned);
    let title = match work {
        Some(_) => None,
        None => Some(title(document, id.clone(), names, notes)?),
    };
    let first = |field: &str| {
        document
            .get(field)
            .and_then(|value| list(value).into_iter().next())
    };
    let published = document.get("publish_date").and_then(text);
    let pages = document.get("number_of_pages").and_then(Value::as_u64);
    let mut edition = EditionItem {
        source: PROVENANCE.into(),
        source_id: id.clone(),
        title_source_id: work.unwrap_or(id),
        name: Some(name_of(document)?),
        publisher: first("publishers").map(|name| squeezed(&name)),
        published_year: published.as_deref().and_then(year_in),
        language: language(document),
        page_count: pages.and_then(|pages| u32::try_from(pages).ok()),
        format: document.get("physical_format").and_then(text),
        cover: cover(document),
        ..EditionItem::default()
    };
    let numbers: Vec<String> = ["isbn_13", "isbn_10", "isbn"]
        .iter()
        .filter_map(|field| document.get(*field))
        .flat_map(list)
        .collect();
    set_isbn(&mut edition, numbers.iter().map(String::as_str), notes);
    Ok(Items {
        title,
        editions: vec![edition],
        ..Items::default()
    })
}
