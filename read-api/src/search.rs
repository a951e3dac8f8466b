//! Finding: a search index of this process, kept true by the change feed of documents.
//!
//! The index holds ids; what is shown of a hit is read from the read store. It never tells more than what was published.

mod entries;
mod find;
mod finder;
mod follower;
mod hits;
mod suggest;
mod wishes;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::reads::Reads;
pub(crate) use finder::Finder;
pub(crate) use follower::follow;

/// All questions that the search index answers.
pub(crate) fn router() -> OpenApiRouter<Reads> {
    OpenApiRouter::new()
        .routes(routes!(find::search))
        .routes(routes!(suggest::suggest))
}
