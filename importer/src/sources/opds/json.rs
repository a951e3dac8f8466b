//! OPDS 2.0: publications of a JSON feed, alone or in groups.

use accession_events::catalog::TitleKind;
use accession_events::ingestion::items::{EditionItem, TitleItem};
use serde_json::Value;

use super::super::book::{id_of, set_isbn, squeezed, year_in};
use super::super::document::{self, list, text};
use super::super::markup::plain;
use super::super::{Given, Reading, UnreadableInput};
use super::{SOURCE, isbn_of};
use crate::record::{Items, Note, Record, Reject};

pub(super) fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let source = given.provenance.clone();
    let feed = document::read(given)?;
    let publications = publications(feed)?;
    let records = publications
        .into_iter()
        .zip(1..)
        .map(move |(publication, number)| {
            let mut notes = Vec::new();
            let items = items(&source, &publication, &mut notes);
            let name = publication.pointer("/metadata/identifier").and_then(text);
            Ok(Record {
                number,
                name: name.unwrap_or_else(|| format!("publication {number}")),
                raw: vec![publication.to_string()],
                items,
                notes,
                end: None,
            })
        });
    Ok(Reading {
        columns: vec!["publication".into()],
        records: Box::new(records),
    })
}

fn publications(mut feed: Value) -> Result<Vec<Value>, UnreadableInput> {
    let is_publication = feed.get("metadata").is_some() && feed.get("images").is_some();
    let mut found: Vec<Value> = Vec::new();
    let mut is_feed = feed.get("navigation").is_some();
    if let Some(Value::Array(list)) = feed.get_mut("publications").map(Value::take) {
        is_feed = true;
        found.extend(list);
    }
    if let Some(Value::Array(groups)) = feed.get_mut("groups").map(Value::take) {
        is_feed = true;
        for mut group in groups {
            if let Some(Value::Array(list)) = group.get_mut("publications").map(Value::take) {
                found.extend(list);
            }
        }
    }
    if !is_feed && is_publication {
        found.push(feed);
    } else if !is_feed {
        return Err(UnreadableInput::new(format!(
            "the JSON document is neither a feed nor a publication; opds expects {}",
            SOURCE.expects
        )));
    }
    Ok(found)
}

fn items(source: &str, publication: &Value, notes: &mut Vec<Note>) -> Result<Items, Reject> {
    let missing =
        |field: &str| Reject::new("missing_field", format!("`{field}` is missing or empty"));
    let metadata = publication
        .get("metadata")
        .ok_or_else(|| missing("metadata"))?;
    let field = |name: &str| metadata.get(name);
    let name = name_of(metadata).ok_or_else(|| missing("title"))?;
    let authors: Vec<String> = field("author").map(names).unwrap_or_default();
    let identifier = field("identifier").and_then(text);
    let id = identifier
        .clone()
        .unwrap_or_else(|| id_of(&[&name, &authors.join(";")]));
    let language = field("language").and_then(|value| list(value).into_iter().next());
    let title = TitleItem {
        source: source.into(),
        source_id: id.clone(),
        kind: Some(TitleKind::Book),
        name: name.clone(),
        authors,
        genres: field("subject").map(names).unwrap_or_default(),
        description: field("description").and_then(text).map(|text| plain(&text)),
        language: language.clone(),
        ..TitleItem::default()
    };
    let is_audio = field("@type")
        .and_then(text)
        .is_some_and(|kind| kind.ends_with("Audiobook"));
    let mut edition = EditionItem {
        source: source.into(),
        source_id: id.clone(),
        title_source_id: id,
        name: Some(name),
        publisher: field("publisher").and_then(|value| names(value).into_iter().next()),
        published_year: field("published")
            .and_then(text)
            .as_deref()
            .and_then(year_in),
        language,
        page_count: field("numberOfPages")
            .and_then(Value::as_u64)
            .and_then(|count| u32::try_from(count).ok()),
        format: Some(if is_audio { "audiobook" } else { "e-book" }.to_owned()),
        cover: cover(publication),
        ..EditionItem::default()
    };
    let mut identifiers: Vec<String> = identifier.into_iter().collect();
    identifiers.extend(field("altIdentifier").map(list).unwrap_or_default());
    set_isbn(
        &mut edition,
        identifiers.iter().filter_map(|text| isbn_of(text)),
        notes,
    );
    Ok(Items::book(title, edition))
}

fn name_of(metadata: &Value) -> Option<String> {
    let name = metadata
        .get("title")
        .and_then(worded)
        .map(|text| squeezed(&text))?;
    Some(match metadata.get("subtitle").and_then(worded) {
        Some(subtitle) => format!("{name}: {}", squeezed(&subtitle)),
        None => name,
    })
}

/// A text, or the first of a map from languages to texts.
fn worded(value: &Value) -> Option<String> {
    text(value).or_else(|| value.as_object()?.values().find_map(text))
}

/// Names of people, publishers or subjects: a text, an object with a name, or a list of either.
fn names(value: &Value) -> Vec<String> {
    let one = |value: &Value| text(value).or_else(|| value.get("name").and_then(worded));
    let found: Vec<String> = match value {
        Value::Array(values) => values.iter().filter_map(one).collect(),
        other => one(other).into_iter().collect(),
    };
    let mut unique: Vec<String> = Vec::new();
    for name in found.iter().map(|name| squeezed(name)) {
        if !unique.contains(&name) {
            unique.push(name);
        }
    }
    unique
}

fn cover(publication: &Value) -> Option<String> {
    let images = publication.get("images")?.as_array()?;
    let address = images
        .iter()
        .find_map(|image| image.get("href").and_then(text))?;
    address.contains("://").then_some(address)
}
