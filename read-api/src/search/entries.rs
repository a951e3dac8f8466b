//! What of a title's page can be found, and how.
//!
//! Never reads what a curator hid: a hidden page has no entry.

use accession_events::catalog::ReleaseStatus;
use accession_events::ids::TitleId;
use accession_projector::catalog::TitlePageDocument;
use accession_read_store::Document;
use accession_search::{Entry, EntryKind, IndexWriter, SearchError};
use uuid::Uuid;

use super::editions::entries_of_editions;

/// Puts what can be found of a page in the place of what was known of it; takes it out when it is gone or hidden.
pub(super) fn put(
    writer: &mut IndexWriter,
    key: &str,
    document: Option<&Document>,
) -> Result<(), SearchError> {
    let Ok(id) = key.parse::<Uuid>() else {
        return Ok(());
    };
    writer.remove(EntryKind::Title, id.as_u128());
    add(writer, key, document)
}

/// Adds what can be found of a page and its editions of which the index has nothing yet.
pub(super) fn add(
    writer: &mut IndexWriter,
    key: &str,
    document: Option<&Document>,
) -> Result<(), SearchError> {
    let page = document
        .filter(|document| !document.hidden && key.parse::<Uuid>().is_ok())
        .and_then(|document| serde_json::from_slice::<TitlePageDocument>(&document.body).ok());
    let Some(page) = page else {
        return Ok(());
    };
    let title = entry_of(&page);
    writer.add(&title)?;
    for edition in entries_of_editions(&page, &title) {
        writer.add(&edition)?;
    }
    Ok(())
}

/// The entry of a page.
pub(super) fn entry_of(page: &TitlePageDocument) -> Entry {
    let texts = |values: &mut dyn Iterator<Item = Option<String>>| values.flatten().collect();
    let editions = page.editions.iter();
    Entry {
        what: EntryKind::Title,
        id: key_of(page.id),
        part_of: None,
        name: page.name.clone(),
        other_names: texts(
            &mut page
                .alternative_names
                .iter()
                .chain(&page.original_name)
                .map(|name| Some(name.as_str().to_owned()))
                .chain(
                    editions
                        .clone()
                        .map(|edition| edition.name.as_ref().map(|name| name.as_str().to_owned())),
                )
                .filter(|name| name.as_deref() != Some(page.name.as_str())),
        ),
        more: texts(&mut editions.clone().map(|edition| {
            edition
                .publisher
                .as_ref()
                .map(|name| name.as_str().to_owned())
        })),
        people: page
            .authors
            .iter()
            .map(|author| author.as_str().to_owned())
            .collect(),
        about: page
            .description
            .as_ref()
            .map(|text| text.as_str().to_owned()),
        isbns: texts(&mut editions.map(|edition| edition.isbn13.as_ref().map(ToString::to_string))),
        kind: page.kind.as_str().to_owned(),
        genres: page
            .genres
            .iter()
            .map(|genre| genre.as_str().to_owned())
            .collect(),
        language: page.language.as_ref().map(|tag| tag.as_str().to_owned()),
        status: page.status.map(|status| status_of(status).to_owned()),
        year: page.year.and_then(|year| year.to_string().parse().ok()),
        popularity: page.rating.as_ref().map_or(0, |rating| rating.votes),
        rating: page
            .rating
            .as_ref()
            .map(|rating| hundredths(rating.average)),
        completeness: completeness(page),
        added: u64::try_from(page.added_at.as_microsecond()).unwrap_or_default(),
        sort_name: accession_projector::sort_name::sort_name(&page.name),
        reach: Vec::new(),
        copy: None,
    }
}

/// A title's id as a number of the index.
pub(super) fn key_of(id: TitleId) -> u128 {
    id.as_uuid().as_u128()
}

/// Where a work can stand in its release, as an index and its readers name it.
pub(super) const STATUSES: [&str; 3] = ["ongoing", "completed", "upcoming"];

fn status_of(status: ReleaseStatus) -> &'static str {
    match status {
        ReleaseStatus::Ongoing => "ongoing",
        ReleaseStatus::Completed => "completed",
        ReleaseStatus::Upcoming => "upcoming",
    }
}

/// A mean with its two decimals as a whole number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded on both sides; a fraction of a hundredth counts for nothing"
)]
fn hundredths(mean: f64) -> u16 {
    (mean * 100.0).round().clamp(0.0, f64::from(u16::MAX)) as u16
}

/// How many of the things that a reader looks for are known, of 255.
fn completeness(page: &TitlePageDocument) -> u8 {
    let known = [
        !page.authors.is_empty(),
        !page.genres.is_empty(),
        page.description.is_some(),
        page.year.is_some(),
        page.poster.is_some(),
    ];
    let count = known.into_iter().filter(|known| *known).count();
    u8::try_from(count * 51).unwrap_or(u8::MAX)
}
