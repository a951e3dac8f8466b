//! Questions about what a library has: its places, its copies, what stands where, what happened, how many.
//!
//! Never answered to a stranger. Titles are joined here, so that no client has to; patrons and children are not told how a
//! copy came, whose it is, nor what is noted about it.

mod activity;
mod as_of;
mod bookcase;
mod copies;
mod copy_page;
mod export;
mod filter;
mod joined;
mod labels;
mod neighbours;
mod places;
mod statistics;
mod stocktakings;

pub use neighbours::{Neighbour, Neighbours};

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::reads::Reads;
pub(crate) use joined::{CopyView, Sources};

/// All questions about holdings.
pub(crate) fn router() -> OpenApiRouter<Reads> {
    OpenApiRouter::new()
        .routes(routes!(places::places))
        .routes(routes!(copies::copies))
        .routes(routes!(activity::copies_activity))
        .routes(routes!(copy_page::copy))
        .routes(routes!(activity::copy_history))
        .routes(routes!(as_of::copy_as_of))
        .routes(routes!(bookcase::bookcase))
        .routes(routes!(labels::labels))
        .routes(routes!(statistics::statistics))
        .routes(routes!(stocktakings::stocktakings))
        .routes(routes!(stocktakings::report::stocktaking))
        .routes(routes!(export::export))
}
