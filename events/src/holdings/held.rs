//! What a library holds of one title: one stream a library and title, `<library id>.<title id>`.
//!
//! It exists so that "we have this already" is known, and known for certain, before a copy is taken in.

use serde::{Deserialize, Serialize};

use crate::event::LoggedEvent;
use crate::ids::{CopyId, LibraryId, TitleId};

/// What happened to a library's copies of a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeldEvent {
    /// The library has one more copy of the title.
    TitleHeld {
        /// Which library.
        library_id: LibraryId,
        /// Which title.
        title_id: TitleId,
        /// The copy.
        copy_id: CopyId,
    },
    /// The library lists one copy of the title less.
    TitleLetGo {
        /// Which library.
        library_id: LibraryId,
        /// Which title.
        title_id: TitleId,
        /// The copy.
        copy_id: CopyId,
    },
}

impl HeldEvent {
    /// The id of the stream of a library and a title.
    #[must_use]
    pub fn stream_id(library: LibraryId, title: TitleId) -> String {
        format!("{library}.{title}")
    }
}

impl LoggedEvent for HeldEvent {
    const AGGREGATE: &'static str = "holdings.held";

    fn name(&self) -> &'static str {
        match self {
            Self::TitleHeld { .. } => "TitleHeld",
            Self::TitleLetGo { .. } => "TitleLetGo",
        }
    }
}
