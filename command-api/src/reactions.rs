//! Reactions: what follows from an event by itself. Events in, commands out, one process at a time.
//!
//! A reaction never relies on being called once: whatever it does is named by the event that caused it, so that a second
//! time changes nothing. It is not called for a rebuild, for an import of the log, or for what was before its birth.

mod course;
mod failure;
mod follower;
mod runner;
mod status;

use accession_events::RecordedEvent;
use accession_secrets::reaction_book::KeptTimer;
use async_trait::async_trait;

pub use course::Course;
pub use failure::{Birth, Policy, ReactionError};
pub use runner::{ReactionOptions, Reactions};
pub use status::{ReactionState, ReactionStatus};

/// What follows from certain events.
#[async_trait]
pub trait Reaction: Send + Sync + 'static {
    /// Its name, for ever: its checkpoint and the ids of its commands go by it.
    fn name(&self) -> &'static str;

    /// Where in the log it begins when it is switched on for the first time.
    fn birth(&self) -> Birth;

    /// What becomes of an event that it cannot do anything with.
    fn policy(&self) -> Policy;

    /// Names of the event types that it hears of; it gets no others.
    fn listens_to(&self) -> &'static [&'static str];

    /// What follows from this event. Called in the order of the log, one event at a time, and again for the same event
    /// after a failure or a crash. Personal fields are sealed, as the log keeps them.
    async fn react(&self, course: &Course, event: &RecordedEvent) -> Result<(), ReactionError>;

    /// What it meant to do at this time. Called until it works, in no order beside events.
    async fn on_timer(&self, _course: &Course, timer: &KeptTimer) -> Result<(), ReactionError> {
        Err(ReactionError::Refused {
            reason: format!(
                "it sets no timers and has one called `{}`: an older or newer version of it is running beside this one",
                timer.name
            ),
        })
    }
}

#[cfg(test)]
mod tests;
