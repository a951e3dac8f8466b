//! OPDS 1.2: entries of an Atom feed.

use accession_events::catalog::TitleKind;
use accession_events::ingestion::items::{EditionItem, TitleItem};

use super::super::book::{set_isbn, squeezed, year_in};
use super::super::elements::records;
use super::super::markup::plain;
use super::super::{Given, Reading, UnreadableInput};
use super::{SOURCE, isbn_of};
use crate::record::{Items, Note, Reject};
use crate::xml::{Elements, Node};

pub(super) fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let source = given.provenance.clone();
    let elements = Elements::open(given.reader, &given.sample, |name| name == "entry")?;
    let root = elements
        .root()
        .map(|root| root.name.clone())
        .unwrap_or_default();
    if !matches!(root.as_str(), "feed" | "entry") {
        return Err(UnreadableInput::new(format!(
            "the XML document is a `{root}`; opds expects {}",
            SOURCE.expects
        )));
    }
    let name = |entry: &Node| entry.text_in("id");
    Ok(records(elements, name, move |entry, notes| {
        items(&source, entry, notes)
    }))
}

fn items(source: &str, entry: &Node, notes: &mut Vec<Note>) -> Result<Items, Reject> {
    if is_navigation(entry) {
        return Err(Reject::new(
            "no_publication",
            "an entry that leads to another feed",
        ));
    }
    let missing =
        |field: &str| Reject::new("missing_field", format!("`{field}` is missing or empty"));
    let id = entry.text_in("id").ok_or_else(|| missing("id"))?;
    let mut name = squeezed(&entry.text_in("title").ok_or_else(|| missing("title"))?);
    if let Some(subtitle) = entry.text_in("alternativeHeadline") {
        name = format!("{name}: {}", squeezed(&subtitle));
    }
    let authors = entry
        .all("author")
        .filter_map(|author| author.text_in("name"));
    let language = entry.text_in("language");
    let issued = entry.text_in("issued").as_deref().and_then(year_in);
    let cover = link(entry, "http://opds-spec.org/image");
    let title = TitleItem {
        source: source.into(),
        source_id: id.clone(),
        kind: Some(TitleKind::Book),
        name: name.clone(),
        authors: authors.map(|name| squeezed(&name)).collect(),
        genres: categories(entry),
        description: entry
            .text_in("summary")
            .or_else(|| entry.text_in("content"))
            .map(|text| plain(&text)),
        language: language.clone(),
        ..TitleItem::default()
    };
    let mut edition = EditionItem {
        source: source.into(),
        source_id: id.clone(),
        title_source_id: id.clone(),
        name: Some(name),
        publisher: entry.text_in("publisher"),
        published_year: issued,
        language,
        format: Some(format(entry).to_owned()),
        cover,
        ..EditionItem::default()
    };
    let identifiers: Vec<String> = entry
        .all("identifier")
        .filter_map(Node::filled)
        .chain([id])
        .collect();
    set_isbn(
        &mut edition,
        identifiers.iter().filter_map(|text| isbn_of(text)),
        notes,
    );
    Ok(Items::book(title, edition))
}

/// Without anything to acquire, a link to a catalogue makes it a signpost.
fn is_navigation(entry: &Node) -> bool {
    let rel = |link: &Node| link.attribute("rel").unwrap_or_default().to_owned();
    let acquires = entry
        .all("link")
        .any(|link| rel(link).contains("opds-spec.org/acquisition"));
    let leads = entry.all("link").any(|link| {
        let is_catalog = link
            .attribute("type")
            .is_some_and(|kind| kind.contains("opds-catalog") && !kind.contains("type=entry"));
        is_catalog && !rel(link).contains("related") && rel(link) != "alternate"
    });
    !acquires && leads
}

/// The absolute address behind a relation.
fn link(entry: &Node, wanted: &str) -> Option<String> {
    let found = entry
        .all("link")
        .find(|link| link.attribute("rel") == Some(wanted));
    let address = found.and_then(|link| link.attribute("href"))?;
    address.contains("://").then(|| address.to_owned())
}

fn categories(entry: &Node) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    for category in entry.all("category") {
        let scheme = category.attribute("scheme").unwrap_or_default();
        // Ages and audiences are no subjects.
        if scheme.contains("audience")
            || scheme.contains("typicalAgeRange")
            || scheme.contains("fiction")
        {
            continue;
        }
        let label = category
            .attribute("label")
            .or_else(|| category.attribute("term"))
            .map(squeezed);
        labels.extend(label.filter(|label| !labels.contains(label)));
    }
    labels
}

fn format(entry: &Node) -> &'static str {
    let kind = entry.attribute("additionalType").unwrap_or_default();
    let is_audio = kind.ends_with("Audiobook");
    if is_audio { "audiobook" } else { "e-book" }
}
