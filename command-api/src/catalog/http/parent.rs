//! The title that something is put under.
//!
//! Titles are never deleted, so what is found here is still there when the command is written.

use accession_event_log::Repository;
use accession_events::ids::TitleId;
use accession_service::problem::Problem;

use super::refusals::unknown_title;
use crate::catalog::title::Title;
use crate::http::failure::from_repository;

/// Refuses a title that is not in the catalog.
pub(super) async fn known_title(titles: &Repository<Title>, id: TitleId) -> Result<(), Problem> {
    let loaded = titles
        .load(&id.to_string())
        .await
        .map_err(|error| from_repository(&error))?;
    loaded
        .state
        .known()
        .map(|_| ())
        .map_err(|_| unknown_title(id))
}
