//! Claims: values that must be unique across streams, made and released by events.
//!
//! A claim is written in the append's own transaction; it is never checked by reading first and writing later.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::LibraryId;
use crate::values::{Barcode, Provenance, SourceName, SourceRecordId};

/// Which kind of value is claimed. Alphabetical, append-only; the text form is what the log stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// `<library id>:<barcode>`, owned by the copy that carries it.
    CopyBarcode,
    /// Blind index of an e-mail address, owned by the account whose address it is.
    EmailIndex,
    /// `<title id>:<episode number>`, owned by an episode.
    EpisodeNumber,
    /// `<provider>:<blind index of its id of a person>`, owned by the account that signs in by it.
    ExternalIdentity,
    /// ISBN-13 in digits, owned by an edition.
    Isbn,
    /// `<source>:<input>` of an import run that is open, owned by the run.
    OpenImportRun,
    /// A copy that is out, owned by the patron who has it.
    OpenLoan,
    /// `<kind of thing>:<source>:<record id>`, owned by the aggregate that the record describes.
    SourceRecord,
    /// A title's slug, present or past: never released, so that links live for ever.
    TitleSlug,
    /// A video source's id, owned by the episode that holds it.
    VideoSource,
}

impl ClaimKind {
    /// The form in which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CopyBarcode => "copy_barcode",
            Self::EmailIndex => "email_index",
            Self::EpisodeNumber => "episode_number",
            Self::ExternalIdentity => "external_identity",
            Self::Isbn => "isbn",
            Self::OpenImportRun => "open_import_run",
            Self::OpenLoan => "open_loan",
            Self::SourceRecord => "source_record",
            Self::TitleSlug => "title_slug",
            Self::VideoSource => "video_source",
        }
    }

    /// The kind with this stored form.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        [
            Self::CopyBarcode,
            Self::EmailIndex,
            Self::EpisodeNumber,
            Self::ExternalIdentity,
            Self::Isbn,
            Self::OpenImportRun,
            Self::OpenLoan,
            Self::SourceRecord,
            Self::TitleSlug,
            Self::VideoSource,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for ClaimKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A value that can be claimed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimKey {
    /// Which kind of value.
    pub kind: ClaimKind,
    /// The value in its canonical form.
    pub value: Arc<str>,
}

impl ClaimKey {
    /// A key for a value in its canonical form.
    #[must_use]
    pub fn new(kind: ClaimKind, value: impl Into<Arc<str>>) -> Self {
        Self {
            kind,
            value: value.into(),
        }
    }

    /// The key by which a library finds the copy that carries a barcode.
    #[must_use]
    pub fn barcode(library: LibraryId, barcode: &Barcode) -> Self {
        Self::new(ClaimKind::CopyBarcode, format!("{library}:{barcode}"))
    }

    /// The key by which a source's record finds its aggregate; `what` is `title`, `edition` or `episode`.
    #[must_use]
    pub fn source_record(what: &str, source: &SourceName, record: &SourceRecordId) -> Self {
        Self::new(ClaimKind::SourceRecord, format!("{what}:{source}:{record}"))
    }

    /// The same, for the record that a statement came from, when it came from one.
    #[must_use]
    pub fn of_provenance(what: &str, provenance: &Provenance) -> Option<Self> {
        let record = provenance.record.as_ref()?;
        Some(Self::source_record(what, &provenance.source, record))
    }
}

/// What an event does to claims. The owner is always the id of the event's own stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimChange {
    /// From now on the value is this stream's. Fine when it is already.
    Make(ClaimKey),
    /// From now on the value is free. Fine when it is not held, refused when another stream holds it.
    Release(ClaimKey),
}
