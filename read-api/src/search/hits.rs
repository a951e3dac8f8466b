//! Hits as answers: ids become cards from the read store, with the parts of them that fit what was typed.
//!
//! Never shows a card that is hidden or gone: a hit without one is left out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use accession_projector::catalog::TitleCardDocument;
use accession_search::{Found, Hit, Question, SearchError, SearchIndex, marks};
use accession_service::problem::Problem;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use super::finder::{Finder, Reach};
use crate::asking::Asked;
use crate::cache::{Held, Standing};
use crate::reads::{Reads, unavailable};

/// A title that was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundTitle {
    /// Its card.
    #[schema(value_type = TitleCardDocument)]
    title: Box<RawValue>,
    /// The parts of its name and of its authors' names that fit what was typed.
    highlights: Highlights,
}

/// Parts of texts, as pairs of begin and end in characters.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Highlights {
    /// In the name.
    name: Vec<[usize; 2]>,
    /// In each author's name, in their order.
    authors: Vec<Vec<[usize; 2]>>,
}

/// A value of a facet and how many titles have it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FacetValue {
    value: String,
    count: u64,
}

/// Facets by name, most first, fifty values at most.
pub(super) fn facets(found: &Found) -> BTreeMap<&'static str, Vec<FacetValue>> {
    let facet = |values: &[accession_search::FacetCount]| {
        let value = |count: &accession_search::FacetCount| FacetValue {
            value: count.value.clone(),
            count: count.count,
        };
        values.iter().map(value).collect()
    };
    found
        .facets
        .iter()
        .map(|(name, values)| (name.as_str(), facet(values)))
        .collect()
}

impl Reads {
    /// The search index: at the reader's minimum position or later. Waits for it within the reader's patience.
    pub(crate) async fn index(&self, asked: &Asked) -> Result<(SearchIndex, Reach), Problem> {
        at_least(self.finder(), asked).await
    }

    /// The same of copies.
    pub(crate) async fn copies_index(
        &self,
        asked: &Asked,
    ) -> Result<(SearchIndex, Reach), Problem> {
        at_least(self.copies_finder(), asked).await
    }

    /// The cards of hits, in their order.
    pub(super) async fn cards(
        &self,
        standing: &Standing,
        hits: &[Hit],
        question: &Question,
    ) -> Result<Vec<FoundTitle>, Problem> {
        let held = self.hot().documents(standing, &keys_of(hits)).await;
        let held = held.map_err(|trouble| unavailable(&trouble))?;
        let shown = held.into_iter().flatten().filter(|held| !held.hidden);
        Ok(shown
            .filter_map(|held| found_title(&held, question))
            .collect())
    }
}

async fn at_least(finder: Option<&Finder>, asked: &Asked) -> Result<(SearchIndex, Reach), Problem> {
    let wanted = asked.min_position()?.unwrap_or_default();
    let finder = finder.ok_or_else(switched_off)?;
    let stands = match finder.now() {
        Some((index, reach)) if reach.position >= wanted => return Ok((index, reach)),
        Some((_, reach)) => Some(reach.position),
        None => None,
    };
    // An index that is being filled is soon whole: waiting is kinder than refusing.
    let there = finder.at_least(wanted, asked.patience()).await;
    there.ok_or_else(|| late(stands, wanted))
}

fn switched_off() -> Problem {
    let detail =
        "this server keeps no search index: whoever runs it has switched it off (setting `search`)";
    Problem::unavailable(detail, Duration::from_hours(1))
}

fn late(stands: Option<Position>, wanted: Position) -> Problem {
    let soon = Duration::from_secs(1);
    let Some(stands) = stands else {
        let filling = "the search index is being filled from the documents: try again";
        return Problem::unavailable(filling, soon);
    };
    let detail = format!(
        "the search index stood at position {stands} when asked and did not reach {wanted} in time: try again, or ask \
         without a minimum position"
    );
    let status = http::StatusCode::SERVICE_UNAVAILABLE;
    Problem::new(status, "projection_behind", detail).retry_after(soon)
}

fn found_title(held: &Arc<Held>, question: &Question) -> Option<FoundTitle> {
    let card: TitleCardDocument = serde_json::from_slice(&held.body).ok()?;
    let authors = card
        .authors
        .iter()
        .map(|author| parts(author.as_str(), question));
    Some(FoundTitle {
        highlights: Highlights {
            name: parts(&card.name, question),
            authors: authors.collect(),
        },
        title: raw(held)?,
    })
}

/// A document as it is.
pub(super) fn raw(held: &Held) -> Option<Box<RawValue>> {
    let body = std::str::from_utf8(&held.body).ok()?.to_owned();
    RawValue::from_string(body).ok()
}

/// The keys of the documents of hits.
pub(super) fn keys_of(hits: &[Hit]) -> Vec<String> {
    let ids = hits.iter().map(|hit| Uuid::from_u128(hit.id));
    ids.map(|id| id.to_string()).collect()
}

/// In characters, so that a client of any language finds them.
pub(super) fn parts(text: &str, question: &Question) -> Vec<[usize; 2]> {
    let count = |bytes: usize| text.get(..bytes).map_or(0, |before| before.chars().count());
    let part = |range: std::ops::Range<usize>| [count(range.start), count(range.end)];
    marks(text, question).into_iter().map(part).collect()
}

/// Work on the index, away from the threads that answer.
pub(crate) async fn away<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SearchError> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await;
    match done {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => {
            tracing::error!(%error, "the search index failed a question");
            Err(Problem::internal())
        }
        Err(error) => {
            tracing::error!(%error, "a question to the search index ended early");
            Err(Problem::internal())
        }
    }
}
