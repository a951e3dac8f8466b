//! A reaction that writes down what it is called for and fails as it is told.
//!
//! Never does anything to the log.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use accession_events::{Position, RecordedEvent};
use accession_secrets::reaction_book::KeptTimer;
use async_trait::async_trait;
use jiff::SignedDuration;

use crate::reactions::{Birth, Course, Policy, Reaction, ReactionError};

/// One that rings for every `Rang`.
pub(super) struct Bell {
    pub(super) birth: Birth,
    pub(super) policy: Policy,
    pub(super) heard: Mutex<Vec<(Position, String)>>,
    pub(super) fired: Mutex<Vec<String>>,
    pub(super) failures: Mutex<BTreeMap<Position, ReactionError>>,
    pub(super) fail_timers: AtomicU32,
    pub(super) timer: Option<SignedDuration>,
}

impl Bell {
    pub(super) fn new(birth: Birth, policy: Policy) -> Self {
        Self {
            birth,
            policy,
            heard: Mutex::default(),
            fired: Mutex::default(),
            failures: Mutex::default(),
            fail_timers: AtomicU32::new(0),
            timer: None,
        }
    }

    pub(super) fn heard(&self) -> Vec<u64> {
        self.heard
            .lock()
            .unwrap()
            .iter()
            .map(|(position, _)| position.get())
            .collect()
    }

    pub(super) fn fail(&self, position: Position, error: Option<ReactionError>) {
        let mut failures = self.failures.lock().unwrap();
        match error {
            Some(error) => drop(failures.insert(position, error)),
            None => drop(failures.remove(&position)),
        }
    }
}

pub(super) fn refused() -> ReactionError {
    ReactionError::Refused {
        reason: "the rope is torn".into(),
    }
}

#[async_trait]
impl Reaction for Bell {
    fn name(&self) -> &'static str {
        "bell"
    }

    fn birth(&self) -> Birth {
        self.birth
    }

    fn policy(&self) -> Policy {
        self.policy
    }

    fn listens_to(&self) -> &'static [&'static str] {
        &["Rang"]
    }

    async fn react(&self, course: &Course, event: &RecordedEvent) -> Result<(), ReactionError> {
        let key = course.given("answer").idempotency.unwrap().key;
        self.heard.lock().unwrap().push((event.position, key));
        if let Some(after) = self.timer {
            let due = course.now().checked_add(after).unwrap();
            course
                .set_timer("echo", due, &event.position.to_string())
                .await?;
        }
        let failure = self.failures.lock().unwrap().get(&event.position).cloned();
        failure.map_or(Ok(()), Err)
    }

    async fn on_timer(&self, _course: &Course, timer: &KeptTimer) -> Result<(), ReactionError> {
        self.fired.lock().unwrap().push(timer.note.clone());
        if self.fail_timers.load(Ordering::SeqCst) > 0 {
            self.fail_timers.fetch_sub(1, Ordering::SeqCst);
            return Err(refused());
        }
        Ok(())
    }
}
