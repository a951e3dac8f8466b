//! Orders of operators to the projector, on record in the read store, and what became of them.
//!
//! An order that was carried out stays for a while, so that who gave it hears of it; never for ever.

use accession_read_store::{ReadStore, ReadStoreError};
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::read_models::Asker;

/// Orders that are kept, the newest.
const KEPT: usize = 50;
/// How often a record that others change at the same moment is tried again.
const TRIES: usize = 20;

/// An order: take the parked events of a key in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Order {
    /// The document's key.
    pub(crate) key: String,
    /// Who gave it.
    pub(crate) by: String,
    /// When; with the key it tells orders apart.
    pub(crate) at: Timestamp,
    /// What became of it: events taken in, or the problem.
    pub(crate) outcome: Option<Result<usize, String>>,
}

impl Order {
    pub(crate) fn new(key: &str, asker: &Asker) -> Self {
        Self {
            key: key.to_owned(),
            by: asker.by.clone(),
            at: asker.at,
            outcome: None,
        }
    }

    fn is(&self, other: &Self) -> bool {
        (&self.key, &self.by, self.at) == (&other.key, &other.by, other.at)
    }
}

/// All orders of a model, the oldest first.
pub(crate) async fn read(store: &dyn ReadStore, model: &str) -> Result<Vec<Order>, ReadStoreError> {
    Ok(recorded(store, model).await?.1)
}

/// Puts an order on record, or what became of it.
pub(crate) async fn put(
    store: &dyn ReadStore,
    model: &str,
    order: Order,
) -> Result<(), ReadStoreError> {
    for _ in 0..TRIES {
        let (seen, mut orders) = recorded(store, model).await?;
        match orders.iter_mut().find(|known| known.is(&order)) {
            Some(known) => *known = order.clone(),
            None => orders.push(order.clone()),
        }
        let too_many = orders.len().saturating_sub(KEPT);
        orders.drain(..too_many);
        let bytes = serde_json::to_vec(&orders).map_err(|error| unreadable(model, &error))?;
        let bytes = Bytes::from(bytes);
        if store
            .replace_note(&name(model), seen.as_ref(), Some(&bytes))
            .await?
        {
            return Ok(());
        }
    }
    Err(ReadStoreError::Unavailable {
        reason: format!("others keep giving orders about {model}; try again"),
    })
}

/// What became of an order, if it was carried out.
pub(crate) async fn done(
    store: &dyn ReadStore,
    model: &str,
    order: &Order,
) -> Result<Option<Result<usize, String>>, ReadStoreError> {
    let orders = read(store, model).await?;
    let found = orders.into_iter().find(|known| known.is(order));
    Ok(found.and_then(|order| order.outcome))
}

async fn recorded(
    store: &dyn ReadStore,
    model: &str,
) -> Result<(Option<Bytes>, Vec<Order>), ReadStoreError> {
    let seen = store.note(&name(model)).await?;
    let orders = match &seen {
        Some(bytes) => serde_json::from_slice(bytes).map_err(|error| unreadable(model, &error))?,
        None => Vec::new(),
    };
    Ok((seen, orders))
}

fn name(model: &str) -> String {
    format!("orders/{model}")
}

fn unreadable(model: &str, error: &serde_json::Error) -> ReadStoreError {
    ReadStoreError::Corrupt {
        reason: format!("the orders about {model}: {error}"),
    }
}
