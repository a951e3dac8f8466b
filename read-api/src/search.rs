//! Finding: a search index of this process, kept true by the change feed of documents.
//!
//! The index holds ids; what is shown of a hit is read from the read store. It never tells more than what was published.

mod checkpoint;
mod edition_hits;
mod editions;
mod entries;
mod filters;
mod find;
mod finder;
mod follower;
mod following;
mod hits;
mod home;
mod lists;
mod names;
mod person_hits;
#[cfg(test)]
mod scoping;
mod seen;
mod suggest;
mod tail;
mod told;
mod trouble;
mod wishes;
mod writing;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::reads::Reads;
pub(crate) use filters::FILTERS;
pub(crate) use finder::Finder;
pub(crate) use follower::{Followed, follow};
pub(crate) use hits::away;
pub(crate) use lists::{Browse, Part, behind, part};

/// All questions that the search index answers.
pub(crate) fn router() -> OpenApiRouter<Reads> {
    OpenApiRouter::new()
        .routes(routes!(find::search))
        .routes(routes!(suggest::suggest))
        .routes(routes!(names::genres))
        .routes(routes!(names::authors))
}
