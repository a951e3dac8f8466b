//! Catalog: what works exist, in which editions and episodes, and who says what about them.
//!
//! It owns titles, editions, and episodes with their video sources. It never knows who owns a copy of anything.

mod edition;
mod episode;
mod title;

pub use edition::{EditionEvent, EditionFact, EditionField, MovedEdition, TakenEdition};
pub use episode::{
    AttachedEpisode, AttachedSource, EpisodeEvent, EpisodeFact, EpisodeField, PlayerKind,
    SourceFact, SourceField,
};
pub use title::{ReleaseStatus, TakenTitle, TitleEvent, TitleFact, TitleField, TitleKind};
