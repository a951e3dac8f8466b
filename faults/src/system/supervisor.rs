//! Starts a process of ours again when it has ended by itself, as an operator's supervisor does.
//!
//! Never one that a fault holds down, and never a store: those come back when the fault is over.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::{Machine, System};
use crate::scenario::Part;

const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Which of our processes a fault keeps down. The lock of one is held while it is started.
#[derive(Debug)]
pub(super) struct Held(BTreeMap<Part, Mutex<bool>>);

impl Default for Held {
    fn default() -> Self {
        let roles = [
            Part::AllInOne,
            Part::CommandApi,
            Part::SecondCommandApi,
            Part::Projector,
            Part::SecondProjector,
            Part::ReadApi,
        ];
        Self(roles.map(|part| (part, Mutex::default())).into())
    }
}

impl System {
    /// Takes a part from its supervisor, once a start that is under way has ended.
    pub(crate) async fn hold(&self, part: Part) {
        self.set_held(part, true).await;
    }

    /// Lets the supervisor have a part again.
    pub(crate) async fn release(&self, part: Part) {
        self.set_held(part, false).await;
    }

    async fn set_held(&self, part: Part, held: bool) {
        // Stores have no supervisor.
        if let Some(entry) = self.held.0.get(&part) {
            *entry.lock().await = held;
        }
    }

    /// Watches all processes of ours until the handle is aborted.
    pub(crate) fn supervise(&self) -> JoinHandle<()> {
        let watched: Vec<(Part, Arc<dyn Machine>)> = self
            .machines
            .iter()
            .filter(|(part, _)| part.is_role())
            .map(|(part, machine)| (*part, Arc::clone(machine)))
            .collect();
        let held = Arc::clone(&self.held);
        tokio::spawn(async move {
            let each = watched
                .into_iter()
                .map(|(part, machine)| watch(part, machine, Arc::clone(&held)));
            futures_util::future::join_all(each).await;
        })
    }
}

async fn watch(part: Part, machine: Arc<dyn Machine>, held: Arc<Held>) {
    let Some(entry) = held.0.get(&part) else {
        return;
    };
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let is_held = entry.lock().await;
        if !*is_held && machine.has_ended() {
            // When it does not come up, the next look tries again.
            let _ = machine.try_restart().await;
        }
    }
}
