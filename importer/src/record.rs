//! One record of a source, as items for the catalog or as a reason why it cannot be.

use accession_events::ingestion::items::{EditionItem, EpisodeItem, SourceItem, TitleItem};

/// What one record says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Items {
    /// The title that the record is about; none when the record only adds to a title that another record described.
    pub title: Option<TitleItem>,
    /// Editions of it.
    pub editions: Vec<EditionItem>,
    /// Episodes of it.
    pub episodes: Vec<EpisodeItem>,
    /// Where its episodes can be watched.
    pub sources: Vec<SourceItem>,
}

impl Items {
    /// A book with one edition.
    pub(crate) fn book(title: TitleItem, edition: EditionItem) -> Self {
        Self {
            title: Some(title),
            editions: vec![edition],
            ..Self::default()
        }
    }
}

/// Why a record was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Machine-readable reason, for example `bad_number`.
    pub code: String,
    /// Which value, and what is expected.
    pub detail: String,
}

impl Reject {
    /// A reason and an explanation.
    pub fn new(code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            detail: detail.into(),
        }
    }
}

/// Something about an accepted record that its owner should know, for example an ISBN that could not be recovered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Machine-readable kind; the report counts them.
    pub code: &'static str,
    /// Which value, and what became of it.
    pub detail: String,
}

/// One record of the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its number in the input, from 1.
    pub number: u64,
    /// How a person finds it: the record's id at its source, or its line.
    pub name: String,
    /// The fields as they came, for the file of rejected rows.
    pub raw: Vec<String>,
    /// What it says, or why it cannot be read.
    pub items: Result<Items, Reject>,
    /// What its owner should know.
    pub notes: Vec<Note>,
    /// The byte of the unpacked input behind it, when a later attempt may go on there.
    pub end: Option<u64>,
}

/// How far an input has been done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The last record that is done, with all before it.
    pub(crate) number: u64,
    /// The byte of the unpacked input behind it; 0 when it is not known, then the input is read from its start.
    pub(crate) byte: u64,
}

impl Place {
    /// `17` or `17@4096`, as a checkpoint keeps it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (number, byte) = text.split_once('@').unwrap_or((text, "0"));
        Some(Self {
            number: number.parse().ok()?,
            byte: byte.parse().ok()?,
        })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.byte {
            0 => write!(f, "{}", self.number),
            byte => write!(f, "{}@{byte}", self.number),
        }
    }
}
