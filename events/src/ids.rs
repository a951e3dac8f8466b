//! Every kind of id, in one alphabetical, append-only list; raw `Uuid`s never travel between rooms.
//!
//! Ids are `UUIDv7`, made where a command enters the system; nothing here draws a new one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is not the id it was given as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not a {kind}: expected a UUID such as 0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c")]
pub struct IdError {
    /// Which kind of id was expected, in words.
    pub kind: &'static str,
    /// The text that was found.
    pub found: String,
}

/// Declares id types: data only, no control flow.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $words:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that is known to be this kind of id.
            #[must_use]
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID, for binding to a column and nothing else.
            #[must_use]
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.as_hyphenated(), f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text)
                    .map(Self)
                    .map_err(|_| IdError { kind: $words, found: text.chars().take(80).collect() })
            }
        }
    )*};
}

ids! {
    /// A person's account: one identity over every context.
    AccountId, "account id";
    /// Something that a person was asked to prove, by a token that was mailed.
    ChallengeId, "challenge id";
    /// One physical thing that a library owns.
    CopyId, "copy id";
    /// A bibliographic record under a title.
    EditionId, "edition id";
    /// One episode of a series, or the single part of a film.
    EpisodeId, "episode id";
    /// One event in the log; chosen by the writer, so that a retry can be recognised.
    EventId, "event id";
    /// Somebody's place in the queue for a copy.
    HoldId, "hold id";
    /// One run of an importer.
    ImportRunId, "import run id";
    /// A tenant: a family's, a lending library's or a shop's.
    LibraryId, "library id";
    /// One time that a copy is out.
    LoanId, "loan id";
    /// One password that an account had or has; names its hash in the private tables.
    PasswordId, "password id";
    /// Somebody who borrows from one library: a member, or an outside borrower by name.
    PatronId, "patron id";
    /// A room, a bookcase, a section or a shelf of a library.
    PlaceId, "place id";
    /// One reading of a scanner in a stock-taking; drawn by the scanner, so that a repeat is recognised.
    ScanId, "scan id";
    /// A credential of a service such as an importer.
    ServiceCredentialId, "service credential id";
    /// One family of refresh tokens: somebody signed in on one device.
    SessionId, "session id";
    /// One stock-taking: somebody goes along the shelves and scans what is there.
    StocktakingId, "stock-taking id";
    /// Whom sealed personal data is about: an account, or somebody who was invited and has none yet.
    SubjectId, "subject id";
    /// A work that a person can follow: a book, a series, a film.
    TitleId, "title id";
    /// One place where an episode can be watched.
    VideoSourceId, "video source id";
}
