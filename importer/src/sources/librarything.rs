//! A library as `LibraryThing` exports it ("More", "Import/Export"): tab-delimited text (UTF-8 or UTF-16) or JSON.
//!
//! The file belongs to its owner; facts in it are attributed to `librarything`. A work of `LibraryThing` is a title, a book
//! of the library an edition of it. Tags, collections, ratings, reviews, comments and lending are the owner's: counted,
//! never taken.

mod json;
mod tabs;

use accession_events::catalog::TitleKind;
use accession_events::ingestion::items::{EditionItem, TitleItem};

use super::book::{count_in, forename_first, set_isbn, squeezed, year_in};
use super::{Description, Given, Reading, UnreadableInput};
use crate::looks::Look;
use crate::record::{Items, Note, Reject};

pub(super) const SOURCE: Description = Description {
    name: "librarything",
    expects: "the tab-delimited or JSON file that LibraryThing exports (More, Import/Export)",
    looks: &[Look::Text, Look::Json],
    built_in: None,
    asked: None,
    read,
};

fn read(given: Given) -> Result<Reading, UnreadableInput> {
    if given.look == Look::Json {
        json::read(given)
    } else {
        tabs::read(given)
    }
}

/// A book as either form of the export describes it.
#[derive(Debug, Default)]
struct Book {
    id: String,
    work: Option<String>,
    title: String,
    /// Names as they came, family name first.
    authors: Vec<String>,
    /// `University of California Press (2000), Edition: Updated, Paperback, 356 pages`
    publication: String,
    date: String,
    languages: Vec<String>,
    original_languages: Vec<String>,
    pages: String,
    format: Option<String>,
    isbns: Vec<String>,
    subjects: Vec<String>,
}

impl Book {
    fn items(self, source: &str, notes: &mut Vec<Note>) -> Result<Items, Reject> {
        let name = squeezed(self.title.trim().trim_end_matches([',', '/', ':']));
        if name.is_empty() {
            return Err(Reject::new(
                "missing_field",
                format!("book {}: the title is empty", self.id),
            ));
        }
        // Without a work the book stands for itself; the prefix keeps the two kinds of ids apart.
        let work = self.work.map_or_else(
            || format!("book:{}", self.id),
            |work| format!("work:{work}"),
        );
        let year = year_in(&self.date);
        let title = TitleItem {
            source: source.into(),
            source_id: work.clone(),
            kind: Some(TitleKind::Book),
            name: name.clone(),
            authors: self
                .authors
                .iter()
                .map(|name| forename_first(name))
                .collect(),
            genres: self.subjects,
            language: self.original_languages.into_iter().next(),
            ..TitleItem::default()
        };
        let mut edition = EditionItem {
            source: source.into(),
            source_id: self.id,
            title_source_id: work,
            name: Some(name),
            publisher: publisher(&self.publication),
            published_year: year.or_else(|| year_in(&self.publication)),
            language: self.languages.into_iter().next(),
            page_count: count_in(&self.pages),
            format: self.format,
            ..EditionItem::default()
        };
        set_isbn(&mut edition, self.isbns.iter().map(String::as_str), notes);
        Ok(Items::book(title, edition))
    }
}

/// What stands before the year in brackets.
fn publisher(publication: &str) -> Option<String> {
    let (name, rest) = publication.split_once('(')?;
    let is_year = rest
        .chars()
        .next()
        .is_some_and(|sign| sign.is_ascii_digit());
    Some(squeezed(name)).filter(|name| is_year && !name.is_empty())
}

/// `English` and `eng`: the export writes languages as words.
fn language(word: &str) -> Option<String> {
    let known = [
        ("english", "en"),
        ("french", "fr"),
        ("german", "de"),
        ("italian", "it"),
        ("spanish", "es"),
        ("portuguese", "pt"),
        ("dutch", "nl"),
        ("russian", "ru"),
        ("japanese", "ja"),
        ("chinese", "zh"),
        ("latin", "la"),
        ("greek", "el"),
        ("greek (ancient)", "grc"),
        ("greek, ancient", "grc"),
        ("arabic", "ar"),
        ("hebrew", "he"),
        ("swedish", "sv"),
        ("danish", "da"),
        ("norwegian", "no"),
        ("finnish", "fi"),
        ("polish", "pl"),
        ("czech", "cs"),
        ("hungarian", "hu"),
        ("turkish", "tr"),
        ("persian", "fa"),
        ("korean", "ko"),
        ("catalan", "ca"),
        ("hindi", "hi"),
        ("sanskrit", "sa"),
    ];
    let word = word.trim().to_lowercase();
    known
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, code)| (*code).to_owned())
}

#[cfg(test)]
mod tests;
