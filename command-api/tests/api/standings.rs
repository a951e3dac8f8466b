//! How accounts stand, folded from the log for each question: what the projector and the hot documents do otherwise.
//!
//! Never behind, so that a test of a route need not wait.

use std::sync::Arc;

use accession_event_log::LogStore;
use accession_events::Position;
use accession_projector::alone::Alone;
use accession_projector::identity::StandingModel;
use accession_projector::{Model, ReadModel as _};
use accession_read_api::standing_of;
use accession_service::access::{Standing, StandingAway, Standings};
use async_trait::async_trait;
use uuid::Uuid;

/// Standings out of the log itself.
pub(crate) struct LoggedStandings {
    pub(crate) log: Arc<dyn LogStore>,
}

#[async_trait]
impl Standings for LoggedStandings {
    async fn standing(
        &self,
        account: Uuid,
        _at_least: u64,
    ) -> Result<Option<Arc<Standing>>, StandingAway> {
        let events = self.log.read_feed(Position::START, 100_000).await;
        let events = events.map_err(|error| StandingAway::Unreachable {
            reason: format!("{}: {error}", StandingModel::NAME),
        })?;
        let mut alone = Alone::new(&Model::of(StandingModel), &account.to_string());
        for event in &events {
            alone.take(event).unwrap();
        }
        let body = alone.rendered().unwrap().body;
        Ok(body.map(|body| Arc::new(standing_of(&serde_json::from_slice(&body).unwrap()))))
    }

    async fn reached(&self, _position: u64) -> Result<(), StandingAway> {
        Ok(())
    }
}
