//! Given events, then documents: what the tests of this crate are written in.
//!
//! Never compiled into a release.

mod counting;
mod faults;
mod history;
mod memory_feed;
mod people;
mod random;
mod store;

use accession_events::RecordedEvent;
use serde_json::Value;

pub(crate) use counting::Counting;
pub(crate) use faults::FaultyStore;
pub(crate) use history::{History, by, curator, id};
pub(crate) use memory_feed::{MemoryLog, feeds_of};
pub(crate) use people::{histories_of_people, keys_of_people, opened_late, opened_now};
pub(crate) use random::histories;
pub(crate) use store::{
    PATIENCE, contents, embedded, entries, live, project, quick, redis, run_to, until,
};

use crate::model::ReadModel;
use crate::runner::{Model, fold_alone};

/// A model that has taken a history in.
pub(crate) struct Given {
    model: Model,
    events: Vec<RecordedEvent>,
}

/// What a model makes of one key.
#[derive(Debug)]
pub(crate) struct Then {
    pub(crate) body: Value,
    pub(crate) hidden: bool,
    /// `index sort → key`, sorted.
    pub(crate) entries: Vec<String>,
}

/// A model, given a history.
pub(crate) fn given(model: impl ReadModel, history: &History) -> Given {
    Given {
        model: Model::of(model),
        events: history.events(),
    }
}

impl Given {
    /// What the model shows under a key, after every event was taken in by itself, from the stored state.
    pub(crate) fn then(&self, key: &str) -> Then {
        let outcome =
            fold_alone(&self.model, key, &self.events).expect("the history can be folded");
        let entries = outcome
            .entries
            .iter()
            .map(|entry| format!("{} {} → {}", entry.index, entry.sort, entry.key));
        Then {
            body: outcome.body.map_or(Value::Null, |body| {
                serde_json::from_slice(&body).expect("a body is JSON")
            }),
            hidden: outcome.hidden,
            entries: entries.collect(),
        }
    }

    /// Why the history cannot be folded.
    pub(crate) fn then_error(&self, key: &str) -> String {
        fold_alone(&self.model, key, &self.events)
            .expect_err("the history should be refused")
            .reason
    }
}
