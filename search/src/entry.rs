//! What the index is told of one thing that can be found: a title with its editions, a person, a copy of a library.
//!
//! Carries values, no rank: how they count is decided in `weights` when somebody asks.

use crate::copy::CopyFacts;

/// What kind of thing an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryKind {
    /// A title with its editions.
    Title,
    /// Somebody who wrote.
    Person,
    /// A copy in a library.
    Copy,
    /// An edition of a title.
    Edition,
}

impl EntryKind {
    /// As a number of the index.
    #[must_use]
    pub const fn code(self) -> u64 {
        match self {
            Self::Title => 0,
            Self::Person => 1,
            Self::Copy => 2,
            Self::Edition => 3,
        }
    }

    /// From a number of the index.
    #[must_use]
    pub const fn of(code: u64) -> Self {
        match code {
            1 => Self::Person,
            2 => Self::Copy,
            3 => Self::Edition,
            _ => Self::Title,
        }
    }

    /// As a word, for terms and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Person => "person",
            Self::Copy => "copy",
            Self::Edition => "edition",
        }
    }
}

/// One thing that can be found.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its kind.
    pub what: EntryKind,
    /// Its id, by which its document is fetched.
    pub id: u128,
    /// The title that it is a part of: it goes with it, and comes back only when it is added again.
    pub part_of: Option<u128>,
    /// Its name, with the series suffix if it has one.
    pub name: String,
    /// Subtitle, original and alternative names.
    pub other_names: Vec<String>,
    /// Series, publishers and whatever else it may be found by.
    pub more: Vec<String>,
    /// What it is about: never searched, but told by its rarer words what it is like.
    pub about: Option<String>,
    /// Authors, in order.
    pub people: Vec<String>,
    /// ISBNs of its editions, in any spelling.
    pub isbns: Vec<String>,
    /// `book`, `series`, `film`.
    pub kind: String,
    /// Genres, as they are shown.
    pub genres: Vec<String>,
    /// Language tag.
    pub language: Option<String>,
    /// `ongoing`, `completed`, `upcoming`.
    pub status: Option<String>,
    /// Year of first release.
    pub year: Option<i16>,
    /// How many have rated, hold or read it.
    pub popularity: u64,
    /// What those who rated it say on average, in hundredths of a star.
    pub rating: Option<u16>,
    /// How much is known of it, of 255.
    pub completeness: u8,
    /// When it was added, as any number that grows.
    pub added: u64,
    /// What it is sorted under.
    pub sort_name: String,
    /// The libraries and roles that may see it, as `library/role`; empty for what everybody may see.
    pub reach: Vec<String>,
    /// What only a copy says of itself.
    pub copy: Option<CopyFacts>,
}

impl Entry {
    /// A title with nothing but its name.
    #[must_use]
    pub fn title(id: u128, name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            what: EntryKind::Title,
            id,
            part_of: None,
            sort_name: name.to_lowercase(),
            name,
            other_names: Vec::new(),
            more: Vec::new(),
            about: None,
            people: Vec::new(),
            isbns: Vec::new(),
            kind: "book".to_owned(),
            genres: Vec::new(),
            language: None,
            status: None,
            year: None,
            popularity: 0,
            rating: None,
            completeness: 0,
            added: 0,
            reach: Vec::new(),
            copy: None,
        }
    }
}
