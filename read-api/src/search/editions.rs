//! What of the editions on a title's page can be found, and how.
//!
//! Never an edition that is not on the page: what was withdrawn has no entry.

use accession_events::values::{LanguageTag, TitleName};
use accession_projector::catalog::{TitlePageDocument, TitlePageEdition};
use accession_search::{Entry, EntryKind};

/// The entries of a page's editions; `title` is the entry of the page itself.
pub(super) fn entries_of_editions(page: &TitlePageDocument, title: &Entry) -> Vec<Entry> {
    let editions = page.editions.iter();
    editions.map(|edition| entry_of(edition, title)).collect()
}

fn entry_of(edition: &TitlePageEdition, title: &Entry) -> Entry {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let own = text(edition.name.as_ref().map(TitleName::as_str));
    let year = edition.published_year.as_ref();
    let details = [&edition.publisher, &edition.format];
    Entry {
        what: EntryKind::Edition,
        id: edition.id.as_uuid().as_u128(),
        part_of: Some(title.id),
        name: own.unwrap_or_else(|| title.name.clone()),
        other_names: vec![title.name.clone()],
        more: (details.into_iter().flatten())
            .map(|detail| detail.as_str().to_owned())
            .collect(),
        about: None,
        isbns: edition.isbn13.iter().map(ToString::to_string).collect(),
        language: text(edition.language.as_ref().map(LanguageTag::as_str))
            .or_else(|| title.language.clone()),
        year: year
            .and_then(|year| year.to_string().parse().ok())
            .or(title.year),
        ..title.clone()
    }
}
