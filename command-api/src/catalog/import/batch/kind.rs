//! What a batch has to know of the kind of its items.
//!
//! Never how many there are, or whether they are written.

use accession_event_log::Decider;
use accession_events::{ClaimKey, LoggedEvent};

use crate::catalog::import::foresight::{Fields, Shown};
use crate::catalog::import::item::Rejection;
use crate::catalog::import::table::{Owners, States};

/// One kind of item: what it needs to be looked up, and which command it is.
pub trait Kind: Sync {
    /// The aggregate that its items are about.
    type Aggregate: Decider<Event: LoggedEvent> + Shown;
    /// An item that could be read.
    type Item: Send + Sync;

    /// Values whose holders decide what an item is about.
    fn keys(&self, item: &Self::Item, keys: &mut Vec<ClaimKey>);

    /// More of them, once the first are known.
    fn more_keys(&self, item: &Self::Item, owners: &Owners, keys: &mut Vec<ClaimKey>);

    /// Aggregates that an item may be about.
    fn ids(&self, item: &Self::Item, owners: &Owners, ids: &mut Vec<String>);

    /// What an item is about, and the command.
    fn resolve(
        &self,
        item: &Self::Item,
        owners: &Owners,
        states: &States<Self::Aggregate>,
    ) -> Result<Target<Self::Aggregate>, Rejection>;

    /// What an item says, by fields.
    fn says(&self, item: &Self::Item) -> Fields;

    /// What the fields of its aggregate that an item is about begin with; nothing when it is about all of it.
    fn prefix(&self, _item: &Self::Item) -> String {
        String::new()
    }
}

/// What an item is about, and what is asked of it.
pub struct Target<A: Decider<Event: LoggedEvent>> {
    /// The aggregate.
    pub id: String,
    /// The command.
    pub command: A::Command,
}
