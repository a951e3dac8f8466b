//! Carrying out orders about parked events.
//!
//! One after the other, as they were given; what became of each is put on record.

use accession_read_store::ReadStoreError;

use super::Room;
use crate::parked::orders::{self, Order};

impl Room {
    /// Carries out the orders that wait.
    pub(super) async fn tend_parked(&mut self) -> Result<(), ReadStoreError> {
        let name = self.model.name();
        let store = self.models.store();
        for order in orders::read(store, name).await? {
            if order.outcome.is_some() {
                continue;
            }
            let retried = self.projector.retry_parked(name, &order.key).await;
            let outcome = match retried {
                Ok(retried) => Ok(retried.taken_in),
                Err(error) => Err(error.to_string()),
            };
            tracing::info!(model = name, key = order.key, ?outcome, "parked.retried");
            let order = Order {
                outcome: Some(outcome),
                ..order
            };
            orders::put(store, name, order).await?;
        }
        Ok(())
    }
}
