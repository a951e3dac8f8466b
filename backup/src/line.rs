//! The lines of a file about the library itself: each refers only to lines before it.
//!
//! Never changes its meaning under one version number. Ids are good within the file alone: they tell which line is meant.

use accession_events::catalog::{ReleaseStatus, TitleKind};
use accession_events::circulation::LendingTerms;
use accession_events::holdings::{Acquisition, Condition, CopyState, CopyTag, PlaceKind};
use accession_events::ids::{AccountId, CopyId, EditionId, LibraryId, PlaceId, TitleId};
use accession_events::library::LibraryKind;
use accession_events::values::{
    Barcode, Isbn, LanguageTag, LongText, PersonName, ShortText, Slug, TitleName, WebUrl, Year,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::people::{BorrowerLine, HoldLine, LoanLine, MemberLine};

/// A line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Line {
    /// The first: which library it is, and on which terms it lends.
    Library(LibraryLine),
    /// A place, after the one it is in and those before it there.
    Place(PlaceLine),
    /// A title of which the library has copies.
    Title(TitleLine),
    /// An edition of such a title.
    Edition(EditionLine),
    /// Somebody who belongs to the library.
    Member(MemberLine),
    /// Somebody who borrows or has borrowed.
    Borrower(BorrowerLine),
    /// A copy, in the order in which they were taken in.
    Copy(CopyLine),
    /// A loan, in the order in which they began.
    Loan(LoanLine),
    /// Somebody who waits, in the order of the queue.
    Hold(HoldLine),
    /// The last: how many lines there were, and their digest.
    End(EndLine),
}

/// The library.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LibraryLine {
    /// What the file calls itself.
    pub schema: String,
    /// Version of its shape.
    pub version: u32,
    /// When it was made.
    pub made_at: Timestamp,
    /// It contains everything up to this position of its server's log.
    pub position: u64,
    /// The library.
    pub id: LibraryId,
    /// What it is called.
    pub name: ShortText,
    /// What kind it is.
    pub kind: LibraryKind,
    /// How it is described.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<LongText>,
    /// On which terms it lends.
    pub terms: LendingTerms,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceLine {
    /// Which.
    pub id: PlaceId,
    /// What kind it is.
    pub kind: PlaceKind,
    /// What it is called.
    pub name: ShortText,
    /// The place it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<PlaceId>,
    /// How it is described.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<LongText>,
    /// Address of a picture of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<WebUrl>,
}

/// A title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TitleLine {
    /// Which.
    pub id: TitleId,
    /// Book, series or film.
    pub kind: TitleKind,
    /// Its readable address.
    pub slug: Slug,
    /// What it is called.
    pub name: TitleName,
    /// What it is called in its original language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_name: Option<TitleName>,
    /// Other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternative_names: Vec<TitleName>,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<PersonName>,
    /// Its genres.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub genres: Vec<ShortText>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<LongText>,
    /// When it first came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<Year>,
    /// Whether more of it is to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ReleaseStatus>,
    /// Its original language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<LanguageTag>,
    /// Address of a cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poster: Option<WebUrl>,
}

/// An edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionLine {
    /// Which.
    pub id: EditionId,
    /// Of which title.
    pub title: TitleId,
    /// Its ISBN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isbn: Option<Isbn>,
    /// What somebody gave as an ISBN and which is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unverified_isbn: Option<ShortText>,
    /// The name on its title page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<TitleName>,
    /// Who published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<ShortText>,
    /// When it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_year: Option<Year>,
    /// Its language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<LanguageTag>,
    /// How many pages it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_count: Option<u32>,
    /// Its form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<ShortText>,
    /// Address of a cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<WebUrl>,
}

/// A copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyLine {
    /// Which.
    pub id: CopyId,
    /// What it is a copy of.
    pub title: TitleId,
    /// Which edition, as far as that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<EditionId>,
    /// The number on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcode: Option<Barcode>,
    /// What it looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// How it came.
    #[serde(default, skip_serializing_if = "Acquisition::is_unknown")]
    pub acquisition: Acquisition,
    /// The member whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<AccountId>,
    /// The library's words for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<CopyTag>,
    /// What the library notes about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<LongText>,
    /// Where it is in its life.
    pub state: CopyState,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceId>,
    /// Its slot there, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<u32>,
    /// When it was taken in; for people: a server notes its own time.
    pub added_at: Timestamp,
}

/// The end of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndLine {
    /// How many lines there are before this one.
    pub lines: u64,
    /// SHA-256 of all bytes before this line, in hexadecimal digits.
    pub sha256: String,
}
