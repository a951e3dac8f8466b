//! How a follower says where it stands: its status, its log lines, its numbers.
//!
//! Never decides anything.

use accession_events::Position;

use super::Follower;
use crate::reactions::failure::ReactionError;
use crate::reactions::status::ReactionState;

impl Follower {
    pub(super) fn count(&self, done: &Result<(), ReactionError>) {
        let outcome = match done {
            Ok(()) => "done",
            Err(ReactionError::Away { .. }) => "away",
            Err(ReactionError::Refused { .. }) => "refused",
        };
        metrics::counter!("accession_reactions_total", "reaction" => self.name(), "outcome" => outcome)
            .increment(1);
    }

    pub(super) fn interrupted(&self, reason: String) {
        tracing::warn!(
            reaction = self.name(),
            reason,
            "a reaction is interrupted and tries again"
        );
        self.status
            .send_modify(|status| status.state = ReactionState::Interrupted { reason });
    }

    pub(super) async fn stopped(&self, reason: String) {
        tracing::error!(reaction = self.name(), reason, "a reaction has stopped");
        self.status
            .send_modify(|status| status.state = ReactionState::Stopped { reason });
        std::future::pending::<()>().await;
    }

    #[expect(clippy::cast_precision_loss, reason = "a gauge need not be exact")]
    pub(super) fn note_parked(&self, parked: u64) {
        metrics::gauge!("accession_reactions_parked", "reaction" => self.name()).set(parked as f64);
        self.status.send_modify(|status| status.parked = parked);
    }

    #[expect(clippy::cast_precision_loss, reason = "a gauge need not be exact")]
    pub(super) fn note_place(&self, position: Position, head: Position) {
        let lag = head.get().saturating_sub(position.get());
        metrics::gauge!("accession_reactions_lag_events", "reaction" => self.name())
            .set(lag as f64);
        self.status.send_modify(|status| {
            status.state = ReactionState::Following;
            (status.position, status.head) = (position, head);
        });
    }
}
