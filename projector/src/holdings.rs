//! Holdings: the places of a library, what stands where, each copy with its story, and how many there are.
//!
//! Nothing here is for everyone: whoever answers from these documents looks first at who asks. Titles are joined when
//! somebody asks; no document here keeps what the catalogue says.

mod copy;
mod copy_story;
mod places;
mod shelf;
mod stocktaking;
mod tally;

pub use copy::{CopyDocument, CopyModel};
pub use copy_story::{CopyStoryModel, StoryDocument, StoryKind};
pub use places::{PlaceView, PlacesDocument, PlacesModel};
pub use shelf::{ShelfDocument, ShelfModel};
pub use stocktaking::{
    NotedScan, StocktakingCounts, StocktakingDocument, StocktakingModel, StocktakingStage,
};
pub use tally::{TallyDocument, TallyModel, shards_of};
