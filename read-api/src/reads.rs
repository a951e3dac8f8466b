//! What every question needs: where models stand, and how trouble is told.
//!
//! Never decides what a question means, and never who may ask it.

use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use accession_read_store::ReadStoreError;
use accession_service::problem::Problem;
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;

use crate::answering::problem_at;
use crate::asking::Asked;
use crate::cache::{HotDocuments, Standing, Trouble};
use crate::calendar_links::CalendarOwners;
use crate::models::Model;
use crate::records::PersonalRecords;
use crate::search::Finder;
use crate::texts::CurrentTexts;
use crate::viewing::Views;

/// When a reader may try again after trouble.
const SOON: Duration = Duration::from_secs(1);

/// State of all questions. It is cloned with every request, and for that it is one reference.
#[derive(Clone)]
pub(crate) struct Reads {
    from: Arc<Sources>,
}

/// Where answers come from.
pub(crate) struct Sources {
    /// The documents.
    pub(crate) hot: Arc<HotDocuments>,
    /// Where it is written down who looks at whose data, if this process reaches it.
    pub(crate) views: Option<Views>,
    /// What is held about people beside the documents, if this process reaches it.
    pub(crate) records: Option<Arc<dyn PersonalRecords>>,
    /// Whose calendar a link opens, if this process can tell.
    pub(crate) calendars: Option<Arc<dyn CalendarOwners>>,
    /// The search index, in a process that keeps one.
    pub(crate) finder: Option<Arc<Finder>>,
    /// The same of copies.
    pub(crate) copies: Option<Arc<Finder>>,
    /// The texts that people have to agree to.
    pub(crate) texts: CurrentTexts,
}

impl Reads {
    /// Questions that are answered from these.
    pub(crate) fn of(sources: Sources) -> Self {
        Self {
            from: Arc::new(sources),
        }
    }

    /// The search index, in a process that keeps one.
    pub(crate) fn finder(&self) -> Option<&Finder> {
        self.from.finder.as_deref()
    }

    /// The search index of copies, in a process that keeps one.
    pub(crate) fn copies_finder(&self) -> Option<&Finder> {
        self.from.copies.as_deref()
    }

    /// The texts that people have to agree to.
    pub(crate) fn texts(&self) -> &CurrentTexts {
        &self.from.texts
    }

    /// Where it is written down who looks at whose data, if this process reaches it.
    pub(crate) fn views(&self) -> Option<&Views> {
        self.from.views.as_ref()
    }

    /// What is held about people beside the documents, if this process reaches it.
    pub(crate) fn records(&self) -> Option<&Arc<dyn PersonalRecords>> {
        self.from.records.as_ref()
    }

    /// Whose calendar a link opens, if this process can tell.
    pub(crate) fn calendar_links(&self) -> Option<&Arc<dyn CalendarOwners>> {
        self.from.calendars.as_ref()
    }

    /// The documents.
    pub(crate) fn hot(&self) -> &HotDocuments {
        &self.from.hot
    }

    /// Where a model stands: at the reader's minimum position or later. Waits for it within the reader's patience.
    pub(crate) async fn standing(
        &self,
        model: Model,
        asked: &Asked,
    ) -> Result<Arc<Standing>, Problem> {
        let wanted = asked.min_position()?;
        let standing = match self.from.hot.standing(model) {
            Some(standing) => standing,
            None => self.ask_standing(model).await?,
        };
        match wanted {
            Some(wanted) if standing.position < wanted => {
                let reached = self
                    .from
                    .hot
                    .wait_for(model, wanted, asked.patience())
                    .await;
                reached.ok_or_else(|| behind(&standing, wanted))
            }
            _ => Ok(standing),
        }
    }

    async fn ask_standing(&self, model: Model) -> Result<Arc<Standing>, Problem> {
        let standing = self.from.hot.ask_standing(model).await;
        standing
            .map_err(|trouble| unavailable(&trouble))?
            .ok_or_else(|| not_built(model))
    }

    /// What a reader hears who found nothing: that there is no such thing, once the store has confirmed that the
    /// generation which was asked is still there as a whole, live or not: what it lacks was not there as of its position.
    pub(crate) async fn miss(
        &self,
        standing: &Standing,
        detail: String,
    ) -> Result<Response, Problem> {
        let known = self.from.hot.known(standing.model).await;
        let known = known.map_err(|trouble| unavailable(&trouble))?;
        let asked = standing.generation();
        let is_there = known.generations.iter().any(|(there, _)| *there == asked);
        match known.live {
            Some(_) if is_there => Ok(problem_at(Problem::not_found(detail), standing)),
            Some(_) => Err(Problem::unavailable(
                format!(
                    "the read model {} was replaced by a new build in this moment: ask again",
                    standing.model.name()
                ),
                SOON,
            )),
            None => Err(not_built(standing.model)),
        }
    }
}

/// The earlier of two models' standings: what an answer from both contains.
pub(crate) fn earlier<'a>(one: &'a Standing, other: &'a Standing) -> &'a Standing {
    if other.position < one.position {
        other
    } else {
        one
    }
}

/// The store's trouble as a problem.
pub(crate) fn unavailable(trouble: &Trouble) -> Problem {
    if matches!(**trouble, ReadStoreError::Unavailable { .. }) {
        return Problem::unavailable(
            "the read store cannot be reached now, and this document is not in memory: try again",
            SOON,
        );
    }
    tracing::error!(error = %trouble, "the read store failed a read");
    Problem::internal()
}

fn not_built(model: Model) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "read_model_not_built",
        format!(
            "the read model {} was never built, so nothing can be said about this: the operator has to start the projector",
            model.name()
        ),
    )
}

fn behind(standing: &Standing, wanted: Position) -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "projection_behind",
        format!(
            "{} stood at position {} when asked and did not reach {wanted} in time: try again, or ask without a minimum \
             position",
            standing.model.name(),
            standing.position
        ),
    )
    .retry_after(SOON)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge reads the clock: what has ended is told as of the time of the request"
)]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
