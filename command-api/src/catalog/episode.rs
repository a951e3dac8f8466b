//! The episode aggregate: one part of a series or film, with the places where it can be watched.
//!
//! Its sources live in its stream, because "one source per address and name" is its invariant; it never looks into
//! its title's stream.

pub mod add_episode;
pub mod add_source;
pub mod assert_facts;
pub mod attach;
pub mod change_source;
pub mod detach;
#[cfg(test)]
mod examples;
pub mod import_record;
pub mod import_source;
pub mod lock_field;
pub mod remove_source;
pub mod renumber;
mod state;
pub mod undo;
pub mod unlock_field;

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use accession_events::catalog::{EpisodeEvent, EpisodeField};
use accession_events::ids::TitleId;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::catalog::undo::UndoError;

pub use state::{KnownEpisode, KnownSource};

/// An episode: nothing is known of it, or it stands in the catalog.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Episode {
    /// There is no such episode.
    #[default]
    Absent,
    /// It is in the catalog.
    Known(KnownEpisode),
}

/// What can be asked of an episode.
#[derive(Debug, Clone, PartialEq)]
pub enum EpisodeCommand {
    /// Enter it under a title.
    Add(add_episode::AddEpisode),
    /// Edit it as a person: say something about it, and give it another number.
    Edit(EditEpisode),
    /// Put it under a title, with everything it has.
    Attach(attach::Attach),
    /// Take it off its title.
    Detach(detach::Detach),
    /// Pin a field.
    LockField(EpisodeField),
    /// Let a field follow the order of authority again.
    UnlockField(EpisodeField),
    /// Add a place to watch it.
    AddSource(add_source::AddSource),
    /// Say something about a source.
    ChangeSource(change_source::ChangeSource),
    /// Take a source away for good.
    RemoveSource(remove_source::RemoveSource),
    /// Say what a source's record says; enters the episode when it is not there.
    ImportRecord(import_record::ImportRecord),
    /// Say what a source's record says about a place to watch it.
    ImportSource(import_source::ImportSource),
    /// Undo one of its changes, or one of its sources'.
    Undo(undo::UndoEpisodeChange),
}

/// An edit of an episode: both parts or none.
#[derive(Debug, Clone, PartialEq)]
pub struct EditEpisode {
    /// Its number from now on.
    pub renumber: Option<renumber::Renumber>,
    /// What is said about it.
    pub facts: assert_facts::AssertFacts,
}

/// Why an episode refuses a command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EpisodeError {
    /// There is no such episode.
    #[error("there is no such episode")]
    Unknown,
    /// The id is taken.
    #[error("this episode is in the catalog already")]
    AlreadyAdded,
    /// It stands under a title.
    #[error("this episode belongs to title {0}: detach it before attaching it to another")]
    Attached(TitleId),
    /// It stands under no title, so it has no number there.
    #[error("this episode is detached: attach it to a title to give it a number")]
    Detached,
    /// There is no such source, or it was removed.
    #[error("this episode has no such source")]
    UnknownSource,
    /// A source with this address and name is there.
    #[error("this episode has a source with this address and name already")]
    SourceAlreadyAdded,
    /// A change cannot be undone.
    #[error("{0}")]
    Undo(Box<UndoError>),
}

impl Episode {
    pub(crate) fn known(&self) -> Result<&KnownEpisode, EpisodeError> {
        match self {
            Self::Known(episode) => Ok(episode),
            Self::Absent => Err(EpisodeError::Unknown),
        }
    }
}

impl EditEpisode {
    fn decide(&self, episode: &KnownEpisode) -> Result<Vec<EpisodeEvent>, EpisodeError> {
        let mut events = match &self.renumber {
            Some(renumber) => renumber.decide(episode)?,
            None => Vec::new(),
        };
        events.extend(self.facts.decide(episode));
        Ok(events)
    }
}

impl Decider for Episode {
    const SCHEMA: &'static str = "episode/2";

    fn decide(&self, command: &EpisodeCommand) -> Result<Vec<EpisodeEvent>, EpisodeError> {
        match command {
            EpisodeCommand::Add(command) => command.decide(self),
            EpisodeCommand::Edit(command) => command.decide(self.known()?),
            EpisodeCommand::Attach(command) => command.decide(self.known()?),
            EpisodeCommand::Detach(command) => Ok(command.decide(self.known()?)),
            EpisodeCommand::LockField(field) => Ok(lock_field::decide(self.known()?, *field)),
            EpisodeCommand::UnlockField(field) => Ok(unlock_field::decide(self.known()?, *field)),
            EpisodeCommand::AddSource(command) => command.decide(self.known()?),
            EpisodeCommand::ChangeSource(command) => command.decide(self.known()?),
            EpisodeCommand::RemoveSource(command) => command.decide(self.known()?),
            EpisodeCommand::ImportRecord(command) => Ok(command.decide(self)),
            EpisodeCommand::Undo(command) => command.decide(self),
            EpisodeCommand::ImportSource(command) => Ok(command.decide(self.known()?)),
        }
    }
}

impl Aggregate for Episode {
    const TYPE: &'static str = EpisodeEvent::AGGREGATE;
    type Command = EpisodeCommand;
    type Event = EpisodeEvent;
    type Error = EpisodeError;
    type Services = ();

    async fn handle(
        &mut self,
        command: EpisodeCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), EpisodeError> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: EpisodeEvent) {
        match (&mut *self, event) {
            (Self::Known(episode), event) => episode.apply(event),
            (
                Self::Absent,
                EpisodeEvent::EpisodeAdded {
                    title_id,
                    number,
                    provenance,
                    facts,
                },
            ) => {
                *self = Self::Known(KnownEpisode::new(title_id, number, &provenance, &facts));
            }
            // No stream begins with another event.
            (Self::Absent, _) => {}
        }
    }
}
