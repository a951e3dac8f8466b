//! What an aggregate is to us: a `cqrs-es` aggregate whose decisions are one pure function.
//!
//! No clock, no I/O, no randomness: ids and times arrive inside commands.

use accession_events::LoggedEvent;
use cqrs_es::Aggregate;

/// A state that decides: command in, events or a refusal out.
///
/// `Aggregate::handle` of an implementer calls [`Decider::decide`] and writes the events to the sink, nothing more.
pub trait Decider: Aggregate + Clone + 'static
where
    Self::Event: LoggedEvent,
{
    /// Name of the state's shape; change it whenever the state's fields or `apply` change, so that snapshots of the
    /// former shape are not read.
    const SCHEMA: &'static str;

    /// What happens if this command is given now. No events: it is already so.
    fn decide(&self, command: &Self::Command) -> Result<Vec<Self::Event>, Self::Error>;
}
