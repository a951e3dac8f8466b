//! What is compared: a record as a source gives it, and the same made ready once, so that a pair costs little.
//!
//! Never knows where a record comes from, nor which fields a source leaves out: every field may be empty.

use accession_events::values::Isbn;

use crate::numbers::{Counted, Numbers, take};
use crate::person::{Person, people};
use crate::series::{self, Numbered};
use crate::text::{fold, hash, spaced, word_id, words};
use crate::title::Title;

/// A work or an edition as some source describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The main title first, then translations, originals and other names.
    pub titles: Vec<String>,
    /// Statements of responsibility, in any of the usual forms; one may name several people.
    pub creators: Vec<String>,
    /// Of publication or first showing.
    pub year: Option<u16>,
    /// Pages, or minutes of a film.
    pub extent: Option<u32>,
    /// As printed.
    pub publisher: Option<String>,
    /// Any one form of naming languages, the same for all records that are compared.
    pub language: Option<String>,
    /// ISBN-10 or ISBN-13 in any spelling; what is none is left out.
    pub isbns: Vec<String>,
    /// Other identifiers as `scheme:value`, equal only for the same thing (`shikimori:21`).
    pub identifiers: Vec<String>,
    /// Series with their numbers, as catalogues print them.
    pub series: Vec<String>,
    /// The edition statement: `Fifth edition`.
    pub edition: Option<String>,
}

/// A record ready to be compared with many others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prepared {
    pub(crate) title: Title,
    pub(crate) people: Vec<Person>,
    pub(crate) year: Option<u16>,
    pub(crate) extent: Option<u32>,
    pub(crate) publisher: Vec<u32>,
    pub(crate) language: Option<u32>,
    pub(crate) isbns: Vec<Isbn>,
    pub(crate) identifiers: Vec<u64>,
    pub(crate) series: Vec<Numbered>,
}

impl Prepared {
    /// Its names in plain form, for people who look at judgements.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let people = self.people.iter().map(|person| person.surname.as_str());
        let faces = self.title.faces.iter().map(|face| face.text.as_str());
        faces.chain(people).collect()
    }

    /// Folds and takes apart all fields; some ten microseconds a record.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        let mut title = Title::read(record.titles.iter().map(String::as_str));
        if let Some(edition) = &record.edition {
            edition_number(edition, &mut title.numbers);
        }
        Self {
            people: people(record.creators.iter().map(String::as_str)),
            year: record.year,
            extent: record.extent.filter(|extent| *extent > 0),
            publisher: record
                .publisher
                .as_deref()
                .map(publisher)
                .unwrap_or_default(),
            language: record.language.as_deref().and_then(language),
            isbns: record
                .isbns
                .iter()
                .filter_map(|text| Isbn::parse(text).ok())
                .collect(),
            identifiers: record
                .identifiers
                .iter()
                .map(|text| hash(text.trim().bytes()))
                .collect(),
            series: series::read(record.series.iter().map(String::as_str)),
            title,
        }
    }
}

fn edition_number(statement: &str, numbers: &mut Numbers) {
    let spaced = spaced(&fold(statement));
    let found: Vec<&str> = words(&spaced).collect();
    let mut all = Numbers::default();
    take(&found, false, false, &mut all);
    for number in all.of(Counted::Edition) {
        numbers.add(Counted::Edition, number, false);
    }
}

/// The words of a publisher's name that tell it from others.
fn publisher(name: &str) -> Vec<u32> {
    let spaced = spaced(&fold(name));
    let telling = |word: &&str| {
        word.len() > 2
            && !matches!(
                *word,
                "the"
                    | "and"
                    | "inc"
                    | "ltd"
                    | "llc"
                    | "corp"
                    | "company"
                    | "group"
                    | "publishing"
                    | "publishers"
                    | "publisher"
                    | "press"
                    | "books"
                    | "book"
                    | "usa"
                    | "pub"
                    | "publications"
                    | "verlag"
                    | "new"
                    | "york"
                    | "london"
                    | "for"
                    | "young"
                    | "readers"
                    | "children"
                    | "childrens"
                    | "imprint"
                    | "international"
                    | "house"
                    | "editions"
                    | "nan"
                    | "none"
            )
    };
    words(&spaced).filter(telling).map(word_id).collect()
}

fn language(name: &str) -> Option<u32> {
    let spaced = spaced(&fold(name));
    let first = words(&spaced).next()?;
    (!matches!(first, "nan" | "none" | "und")).then(|| word_id(first))
}
