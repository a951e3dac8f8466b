//! Finding: a search index of this process, kept true by the change feed of documents.
//!
//! The index holds ids; what is shown of a hit is read from the read store. It never tells more than what was published.

mod checkpoint;
mod copy_entries;
mod copy_hits;
mod copy_list;
mod copy_wishes;
mod edition_hits;
mod editions;
mod entries;
mod filters;
mod find;
mod finder;
mod follower;
mod following;
mod held;
mod hits;
mod home;
mod in_library;
mod joining;
mod lists;
mod names;
mod person_hits;
#[cfg(test)]
mod scoping;
mod seen;
mod suggest;
mod tail;
mod told;
mod topic;
mod trouble;
mod wishes;
mod writing;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::reads::Reads;
pub(crate) use copy_list::CopyQuestion;
pub(crate) use copy_wishes::sort as copy_sort;
pub(crate) use filters::FILTERS;
pub(crate) use finder::Finder;
pub(crate) use follower::{Followed, follow};
pub(crate) use hits::away;
pub(crate) use lists::{Browse, Part, behind, part};
pub(crate) use topic::Topic;

/// All questions that the search index answers.
pub(crate) fn router() -> OpenApiRouter<Reads> {
    OpenApiRouter::new()
        .routes(routes!(find::search))
        .routes(routes!(suggest::suggest))
        .routes(routes!(names::genres))
        .routes(routes!(names::authors))
        .routes(routes!(in_library::search_library))
        .routes(routes!(in_library::suggest_in_library))
}
