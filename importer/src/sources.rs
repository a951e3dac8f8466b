//! The sources: one folder or file each, all behind one small interface. A source reads and maps; it never sends.

mod anime_list;
mod asking;
mod book;
mod columns;
mod csv;
mod document;
mod elements;
mod goodbooks;
mod goodreads;
mod google_books;
mod kodik;
mod librarything;
mod mal_xml;
mod marc;
mod markup;
mod onix;
mod opds;
mod open_library;
mod personal;
mod sample;
mod shikimori;
mod storygraph;
mod video;
mod wishes;

use std::io::{self, Read};

use crate::fit::fit;
use crate::looks::{Look, SAMPLE};
use crate::record::{Place, Record};
pub use wishes::Wishes;

/// Records in the order of the input.
pub(crate) type Records = Box<dyn Iterator<Item = Result<Record, UnreadableInput>> + Send>;

/// The input as a whole cannot be read as what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct UnreadableInput {
    /// What was found and what is expected.
    pub(crate) reason: String,
    /// Whether the same may be there later: its provider did not answer.
    pub(crate) is_out_of_reach: bool,
}

impl UnreadableInput {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            is_out_of_reach: false,
        }
    }

    pub(crate) fn out_of_reach(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            is_out_of_reach: true,
        }
    }
}

/// What is given to a source to read.
pub(crate) struct Given {
    /// The input from its first byte on, unpacked.
    pub(crate) reader: Box<dyn Read + Send>,
    /// The first bytes of it.
    pub(crate) sample: Vec<u8>,
    /// What the sample looks like.
    pub(crate) look: Look,
    /// What was asked for on the command line.
    pub(crate) wishes: Wishes,
    /// The name in the provenance of what is read.
    pub(crate) provenance: String,
    /// Where the reader stands in the input.
    pub(crate) start: Place,
}

/// What a source reads.
pub(crate) struct Reading {
    /// Names of the fields in `Record::raw`.
    pub(crate) columns: Vec<String>,
    /// The records.
    pub(crate) records: Records,
}

impl Reading {
    /// No records.
    pub(crate) fn nothing() -> Self {
        Self {
            columns: Vec::new(),
            records: Box::new(std::iter::empty()),
        }
    }
}

/// What is known of a source before it reads.
pub(crate) struct Description {
    /// Its name on the command line and in provenance.
    pub(crate) name: &'static str,
    /// The file that it expects, in words.
    pub(crate) expects: &'static str,
    /// What such a file looks like.
    pub(crate) looks: &'static [Look],
    /// The input that it brings along, if it does.
    pub(crate) built_in: Option<fn() -> Vec<u8>>,
    /// How it is asked over HTTP, if it can be.
    asked: Option<&'static asking::Asked>,
    /// Reads and maps.
    pub(crate) read: fn(Given) -> Result<Reading, UnreadableInput>,
}

/// A source that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The goodbooks-10k list of books.
    Goodbooks,
    /// A list of anime titles with genres, type and episode counts.
    AnimeList,
    /// The hand-written collection that `accession demo` shows.
    Sample,
    /// A person's library as Goodreads exports it.
    Goodreads,
    /// A person's library as `StoryGraph` exports it.
    Storygraph,
    /// A library as `LibraryThing` exports it.
    Librarything,
    /// Any CSV file, with a mapping of its columns.
    Csv,
    /// A person's list as `MyAnimeList` exports it.
    MalXml,
    /// A library's catalogue in the binary form of MARC 21.
    Marc,
    /// A library's catalogue in MARCXML.
    Marcxml,
    /// Publishers' product information in ONIX for Books.
    Onix,
    /// A catalogue of e-books as an OPDS feed.
    Opds,
    /// A monthly dump of Open Library.
    OpenLibraryDump,
    /// Answers of Open Library's API.
    OpenLibrary,
    /// Answers of the Google Books API.
    GoogleBooks,
    /// Answers of Shikimori's API.
    Shikimori,
    /// Answers of Kodik's API.
    Kodik,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Goodbooks,
        Self::AnimeList,
        Self::Sample,
        Self::Goodreads,
        Self::Storygraph,
        Self::Librarything,
        Self::Csv,
        Self::MalXml,
        Self::Marc,
        Self::Marcxml,
        Self::Onix,
        Self::Opds,
        Self::OpenLibraryDump,
        Self::OpenLibrary,
        Self::GoogleBooks,
        Self::Shikimori,
        Self::Kodik,
    ];

    const fn description(self) -> &'static Description {
        match self {
            Self::Goodbooks => &goodbooks::SOURCE,
            Self::AnimeList => &anime_list::SOURCE,
            Self::Sample => &sample::SOURCE,
            Self::Goodreads => &goodreads::SOURCE,
            Self::Storygraph => &storygraph::SOURCE,
            Self::Librarything => &librarything::SOURCE,
            Self::Csv => &csv::SOURCE,
            Self::MalXml => &mal_xml::SOURCE,
            Self::Marc => &marc::BINARY,
            Self::Marcxml => &marc::XML,
            Self::Onix => &onix::SOURCE,
            Self::Opds => &opds::SOURCE,
            Self::OpenLibraryDump => &open_library::DUMP,
            Self::OpenLibrary => &open_library::ANSWERS,
            Self::GoogleBooks => &google_books::SOURCE,
            Self::Shikimori => &shikimori::SOURCE,
            Self::Kodik => &kodik::SOURCE,
        }
    }

    /// Its name on the command line and in provenance.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.description().name
    }

    /// The file that it expects, in words.
    #[must_use]
    pub const fn expects(self) -> &'static str {
        self.description().expects
    }

    /// The source with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }

    /// Whether it can be asked over HTTP, without a file.
    #[must_use]
    pub const fn can_be_asked(self) -> bool {
        self.description().asked.is_some()
    }

    /// Asks the provider, and reads what it answers as the catalog can take it.
    pub(crate) fn ask(self, wishes: &Wishes, start: Place) -> Result<Reading, UnreadableInput> {
        let asked = self
            .description()
            .asked
            .ok_or_else(|| UnreadableInput::new("no file was given; name one with --file"))?;
        let mut reading = asking::begin(asked, wishes, start)?;
        reading.records = Box::new(reading.records.map(|record| record.map(fitted)));
        Ok(reading)
    }

    /// Whether it brings its input along.
    #[must_use]
    pub const fn is_built_in(self) -> bool {
        self.description().built_in.is_some()
    }

    /// The input that a built-in source brings along; empty for others.
    pub(crate) fn built_in(self) -> Vec<u8> {
        self.description()
            .built_in
            .map_or_else(Vec::new, |bring| bring())
    }

    /// Reads the records of an input, as the catalog can take them.
    pub(crate) fn read(
        self,
        mut input: Box<dyn Read + Send>,
        wishes: &Wishes,
        start: Place,
    ) -> Result<Reading, UnreadableInput> {
        let description = self.description();
        let sample = first_bytes(&mut input).map_err(|error| {
            UnreadableInput::new(format!("its first bytes cannot be read: {error}"))
        })?;
        let look = Look::of(&sample);
        let is_spent = start.number > 0 && look == Look::Empty;
        if !description.looks.contains(&look) && !is_spent {
            return Err(UnreadableInput::new(format!(
                "this looks like {}; {} expects {}",
                look.words(),
                description.name,
                description.expects
            )));
        }
        let given = Given {
            reader: Box::new(io::Cursor::new(sample.clone()).chain(input)),
            sample,
            look,
            provenance: wishes.provenance(description.name)?,
            wishes: wishes.clone(),
            start,
        };
        let mut reading = (description.read)(given)?;
        reading.records = Box::new(reading.records.map(|record| record.map(fitted)));
        Ok(reading)
    }
}

fn fitted(mut record: Record) -> Record {
    record.items = match record.items {
        Ok(items) => fit(items, &mut record.notes),
        Err(reject) => Err(reject),
    };
    record
}

fn first_bytes(input: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut sample = Vec::with_capacity(SAMPLE);
    let limit = u64::try_from(SAMPLE).unwrap_or(u64::MAX);
    input.take(limit).read_to_end(&mut sample)?;
    Ok(sample)
}

#[cfg(test)]
mod shared_files;
#[cfg(test)]
mod tests;
