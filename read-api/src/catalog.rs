//! Questions about the catalog: one a file.
//!
//! Never shows what a curator took away, except to curators.

mod anime;
mod anime_list;
mod anime_page;
mod cards;
mod duplicates;
mod edition;
mod edition_by_isbn;
mod episode;
mod episodes;
mod found;
mod history;
mod led_on;
mod provenance;
mod similar;
mod title;
mod titles;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::reads::Reads;

/// All questions about the catalog.
pub(crate) fn router() -> OpenApiRouter<Reads> {
    OpenApiRouter::new()
        .routes(routes!(titles::titles))
        .routes(routes!(title::title))
        .routes(routes!(similar::similar_titles))
        .routes(routes!(duplicates::duplicates_of_title))
        .routes(routes!(episodes::episodes_of_title))
        .routes(routes!(provenance::provenance_of_title))
        .routes(routes!(provenance::provenance_of_editions))
        .routes(routes!(provenance::provenance_of_episodes))
        .routes(routes!(provenance::provenance_of_edition))
        .routes(routes!(provenance::provenance_of_episode))
        .routes(routes!(history::history_of_title))
        .routes(routes!(history::history_of_edition))
        .routes(routes!(history::history_of_episode))
        .routes(routes!(edition::edition))
        .routes(routes!(edition_by_isbn::edition_by_isbn))
        .routes(routes!(episode::episode))
        .routes(routes!(anime_list::anime_list))
        .routes(routes!(anime_page::anime_page))
}
