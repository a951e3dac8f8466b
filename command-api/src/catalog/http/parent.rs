//! The title that something is put under.
//!
//! Titles are never deleted, so what is found here is still there when the command is written.

use accession_event_log::Repository;
use accession_events::ids::TitleId;
use accession_service::problem::Problem;

use super::refusals::unknown_title;
use crate::catalog::merging::root_of;
use crate::catalog::title::Title;
use crate::http::failure::from_repository;

/// The title that stands for this one: itself, unless it was merged. Refuses a title that is not in the catalog.
pub(super) async fn known_title(
    titles: &Repository<Title>,
    id: TitleId,
) -> Result<TitleId, Problem> {
    let root = root_of(titles, id).await;
    let root = root.map_err(|error| from_repository(&error))?;
    root.ok_or_else(|| unknown_title(id))
}
