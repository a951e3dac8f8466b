//! A title that was merged leads to the one that stands for it: 308, and the body says so, too.
//!
//! Never kept by a cache without asking again: a merge can be undone.

use accession_service::problem::Problem;
use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use super::found::{Found, no_title};
use crate::answering::POSITION;
use crate::asking::{Asked, Reader};
use crate::cache::Standing;
use crate::models::Model;
use crate::reads::{Reads, unavailable};

/// How many merges one after the other are followed.
const MOST_STEPS: usize = 64;
/// The place of the id or slug in `/api/read/titles/{id_or_slug}/…`.
const SEGMENT: usize = 4;

/// Where a merged title or edition leads.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MergedTitle {
    /// The title or edition that was asked for.
    #[schema(value_type = Uuid)]
    id: String,
    /// The one that stands for it.
    #[schema(value_type = Uuid)]
    merged_into: String,
    /// The same question about that one.
    location: String,
}

/// It was merged into another one.
#[derive(IntoResponses)]
#[response(
    status = 308,
    description = "it was merged: `Location` and `merged_into` lead to the one that stands for it"
)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub(super) struct LedOn(#[to_schema] MergedTitle);

impl Reads {
    /// The title that stands for a merged one, if the reader may see it.
    async fn stands_for(
        &self,
        standing: &Standing,
        reader: Reader,
        merged_into: &str,
    ) -> Result<Option<Box<str>>, Problem> {
        let mut at: Box<str> = merged_into.into();
        for _ in 0..MOST_STEPS {
            let held = self.hot().document(standing, &at).await;
            let held = held.map_err(|trouble| unavailable(&trouble))?;
            let Some(held) = held else { return Ok(None) };
            match &held.merged {
                Some(merged) => at.clone_from(&merged.into),
                None => return Ok((!held.hidden || reader.curates).then_some(at)),
            }
        }
        Ok(None)
    }

    /// The answer to a question about a merged title.
    pub(super) async fn led_on(
        &self,
        asked: &Asked,
        reader: Reader,
        found: &Found,
        merged_into: &str,
        id_or_slug: &str,
    ) -> Result<Response, Problem> {
        let standing = &found.standing;
        let Some(into) = self.stands_for(standing, reader, merged_into).await? else {
            return self.miss(standing, no_title(id_or_slug)).await;
        };
        let location = led(asked.path(), asked.query(), &into);
        Ok(leading(found, &into, &location))
    }

    /// The answer to a question about a merged edition; none for any other.
    pub(super) async fn edition_led_on(
        &self,
        asked: &Asked,
        reader: Reader,
        found: &Found,
    ) -> Result<Option<Response>, Problem> {
        let Some(merged) = &found.held.merged else {
            return Ok(None);
        };
        // What was found may claim no more than its title's page, which is another model.
        let editions = self.standing(Model::Edition, asked).await?;
        let into = self.stands_for(&editions, reader, &merged.into).await?;
        let Some(into) = into else {
            let missing = "there is no edition with this id".to_owned();
            return self.miss(&editions, missing).await.map(Some);
        };
        let location = format!("/api/read/editions/{into}");
        Ok(Some(leading(found, &into, &location)))
    }
}

fn leading(found: &Found, into: &str, location: &str) -> Response {
    let standing = &found.standing;
    let merged = MergedTitle {
        id: found.held.key.to_string(),
        merged_into: into.to_owned(),
        location: location.to_owned(),
    };
    let body = serde_json::to_vec(&merged).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(POSITION, HeaderValue::from(standing.position.get()));
    if let Ok(location) = HeaderValue::from_str(location) {
        headers.insert(LOCATION, location);
    }
    response
}

/// The same address with another title in it.
fn led(path: &str, query: Option<&str>, into: &str) -> String {
    let segments = path.split('/').enumerate();
    let segments = segments.map(|(place, segment)| if place == SEGMENT { into } else { segment });
    let path = segments.collect::<Vec<_>>().join("/");
    match query {
        Some(query) => format!("{path}?{query}"),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_stays_the_same_but_for_the_title() {
        assert_eq!(
            led("/api/read/titles/emma-1", None, "w"),
            "/api/read/titles/w"
        );
        assert_eq!(
            led("/api/read/titles/titles/episodes", Some("limit=2"), "w"),
            "/api/read/titles/w/episodes?limit=2"
        );
        assert_eq!(led("/api/read/anime/emma", None, "w"), "/api/read/anime/w");
    }
}
