//! How the search index does, as its follower tells it and health repeats it.
//!
//! Never asks the index or the store: a health check must not be one more load on what is in trouble.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use accession_events::Position;
use accession_read_store::Generation;
use accession_service::health::{Condition, PartStatus};
use serde_json::{Value, json};

use super::finder::Finder;

/// What the follower tells.
pub(crate) struct Told {
    now: Mutex<Now>,
}

struct Now {
    /// There are no documents: nobody has built them yet.
    has_nothing: bool,
    /// Why it does not follow.
    trouble: Option<String>,
    /// Why it is kept in memory although it should be in a directory.
    homeless: Option<String>,
    in_directory: bool,
    building: Option<Building>,
    origin: Option<Origin>,
    /// When it last contained all that the feeds had said.
    level: Instant,
}

struct Building {
    generation: Generation,
    entries: u64,
    since: Instant,
}

/// Where the index that answers comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Found in its directory and gone on with.
    Resumed,
    /// Filled from the documents.
    Filled,
}

impl Told {
    pub(super) fn new() -> Self {
        Self {
            now: Mutex::new(Now {
                has_nothing: false,
                trouble: None,
                homeless: None,
                in_directory: false,
                building: None,
                origin: None,
                level: Instant::now(),
            }),
        }
    }

    /// Where indexes are kept; with the reason when it should be elsewhere.
    pub(super) fn lives(&self, in_directory: bool, homeless: Option<String>) {
        let mut now = self.now();
        now.in_directory = in_directory;
        now.homeless = homeless;
    }

    /// There is nothing to make an index of.
    pub(super) fn has_nothing(&self) {
        let mut now = self.now();
        now.has_nothing = true;
        now.trouble = None;
        // Nobody is behind what there is not: an alert on the lag would be a false one.
        now.level = Instant::now();
    }

    /// The follower cannot go on; what is there stays and is told to be old. Whether that is news.
    pub(super) fn troubled(&self, trouble: String) -> bool {
        let mut now = self.now();
        now.building = None;
        let is_news = now.trouble.as_ref() != Some(&trouble);
        now.trouble = Some(trouble);
        is_news
    }

    /// The follower works; with whether the index contains all that it heard of.
    pub(super) fn follows(&self, is_level: bool) {
        let mut now = self.now();
        now.trouble = None;
        if is_level {
            now.level = Instant::now();
        }
    }

    /// An index is being filled, with so many pages so far.
    pub(super) fn builds(&self, generation: Generation, entries: u64) {
        let mut now = self.now();
        now.has_nothing = false;
        let since = now.building.as_ref().map(|building| building.since);
        now.building = Some(Building {
            generation,
            entries,
            since: since.unwrap_or_else(Instant::now),
        });
    }

    /// An index answers now that comes from there.
    pub(super) fn answers(&self, origin: Origin) {
        let mut now = self.now();
        now.building = None;
        now.origin = Some(origin);
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Now {
    fn condition(&self, answers: bool) -> (Condition, String) {
        if let Some(trouble) = &self.trouble {
            let message = format!("the search index does not follow the documents: {trouble}");
            return (Condition::Degraded, message);
        }
        if !answers {
            return self.without_an_index();
        }
        match &self.homeless {
            Some(reason) => (
                Condition::Degraded,
                format!("the search index is kept in memory and filled at each start: {reason}"),
            ),
            None => (Condition::Ok, String::new()),
        }
    }

    /// A replica is not ready before it can answer; where nothing was projected yet there is nothing to wait for.
    fn without_an_index(&self) -> (Condition, String) {
        let (condition, message) = if self.has_nothing {
            (
                Condition::Degraded,
                "there is nothing to make a search index of, for it was never built: start the projector",
            )
        } else {
            (
                Condition::Down,
                "the search index is being opened or filled; searching is refused until it has caught up",
            )
        };
        (condition, message.to_owned())
    }

    fn building(&self) -> Value {
        self.building.as_ref().map_or(Value::Null, |building| {
            json!({
                "generation": building.generation.0,
                "entries": building.entries,
                "seconds": building.since.elapsed().as_secs_f64(),
            })
        })
    }
}

impl Finder {
    /// How it does, beside where the documents stand.
    pub(crate) fn health(&self, documents: Option<Position>) -> PartStatus {
        let now = self.told.now();
        let answering = self.now();
        let reach = answering.as_ref().map(|(_, reach)| *reach);
        let entries = answering.as_ref().map(|(index, _)| index.count());
        let position = reach.map(|reach| reach.position.get());
        let behind = documents.zip(position);
        let lag = behind.map(|(documents, position)| documents.get().saturating_sub(position));
        let late = match lag {
            Some(0) => Duration::ZERO,
            _ => now.level.elapsed(),
        };
        self.note("accession_search_position", float(position.unwrap_or(0)));
        self.note("accession_search_entries", float(entries.unwrap_or(0)));
        self.note("accession_search_lag_events", float(lag.unwrap_or(0)));
        self.note("accession_search_lag_seconds", late.as_secs_f64());
        let is_building = now.building.is_some() || answering.is_none();
        self.note("accession_search_building", f64::from(is_building));
        let (condition, message) = now.condition(answering.is_some());
        PartStatus {
            name: self.topic.part().to_owned(),
            condition,
            message,
            details: json!({
                "position": position,
                "generation": reach.map(|reach| reach.generation.0),
                "lag_events": lag,
                "lag_seconds": late.as_secs_f64(),
                "age_seconds": reach.map(|reach| reach.since.elapsed().as_secs_f64()),
                "entries": entries,
                "kept": if now.in_directory { "directory" } else { "memory" },
                "origin": now.origin.map(|origin| match origin {
                    Origin::Resumed => "resumed",
                    Origin::Filled => "filled",
                }),
                "building": now.building(),
            }),
        }
    }

    fn note(&self, gauge: &'static str, value: f64) {
        metrics::gauge!(gauge, "index" => self.topic.as_str()).set(value);
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; exact to 2^53"
)]
fn float(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(told: &Told, answers: bool) -> Condition {
        told.now().condition(answers).0
    }

    #[test]
    fn a_process_is_not_ready_while_its_first_index_is_filled_and_ready_when_there_is_nothing_to_fill()
     {
        let told = Told::new();
        assert_eq!(condition(&told, false), Condition::Down);
        let begun = told.now().level;
        told.has_nothing();
        assert!(told.now().level > begun);
        assert_eq!(condition(&told, false), Condition::Degraded);
        told.builds(Generation(1), 1_000);
        assert_eq!(condition(&told, false), Condition::Down);
        // Searching goes on while another one is filled.
        assert_eq!(condition(&told, true), Condition::Ok);
        told.troubled("no room".into());
        assert_eq!(condition(&told, false), Condition::Degraded);
    }

    #[test]
    fn trouble_is_news_once_and_is_over_when_the_follower_works_again() {
        let told = Told::new();
        assert!(told.troubled("no room".into()));
        assert!(!told.troubled("no room".into()));
        assert_eq!(condition(&told, true), Condition::Degraded);
        told.follows(true);
        assert_eq!(condition(&told, true), Condition::Ok);
        told.lives(false, Some("it is read-only".into()));
        let (condition, message) = told.now().condition(true);
        assert_eq!(condition, Condition::Degraded);
        assert!(message.contains("it is read-only"), "{message}");
    }
}
