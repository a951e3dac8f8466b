//! A lease that can be given away while its holder still believes in it.
//!
//! It decides nothing by itself; the world says who holds it and who believes so.

use std::sync::Arc;

use accession_feed::relay::lease::{Lease, LeaseError};
use async_trait::async_trait;

use super::world::Shared;

pub(super) struct SimulatedLease {
    pub(super) world: Arc<Shared>,
    pub(super) relay: u64,
}

#[async_trait]
impl Lease for SimulatedLease {
    async fn try_acquire(&mut self) -> Result<bool, LeaseError> {
        let mut state = self.world.lock();
        if state.lease_unknown {
            return Err(unknown());
        }
        if state.holder.is_none() {
            state.holder = Some(self.relay);
            state.note(&format!("relay {} takes the lease", self.relay));
        }
        Ok(state.holder == Some(self.relay))
    }

    async fn is_held(&mut self) -> Result<bool, LeaseError> {
        let state = self.world.lock();
        if state.lease_unknown {
            return Err(unknown());
        }
        Ok(state.holder == Some(self.relay) || state.believer == Some(self.relay))
    }

    async fn release(&mut self) {
        let mut state = self.world.lock();
        if state.holder == Some(self.relay) {
            state.holder = None;
        }
    }
}

fn unknown() -> LeaseError {
    LeaseError {
        reason: "the simulation cut the line".into(),
    }
}
