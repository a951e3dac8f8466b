//! The library aggregate: a tenant with everyone who belongs to it, so that "somebody has to be its admin" is decided
//! in one place.
//!
//! It holds no name and no address of a person: what is sealed passes through it unread.

pub mod accept_invitation;
pub mod add_child;
pub mod change_member;
pub mod create_library;
pub mod decline_invitation;
pub mod depart;
pub mod edit_library;
mod error;
#[cfg(test)]
mod examples;
pub mod expire_invitation;
pub mod invite_member;
mod known;
pub mod leave;
#[cfg(test)]
mod properties;
pub mod remove_member;
pub mod revoke_sessions;
pub mod take_down;

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use accession_events::library::LibraryEvent;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

pub use error::LibraryError;
pub use known::{Invitation, KnownLibrary, Life, Member, MemberStanding};

/// A library: nothing is known of it, or somebody made it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Library {
    /// There is no such library.
    #[default]
    Absent,
    /// It was made. It stays known when it has been taken down.
    Known(KnownLibrary),
}

/// What can be asked of a library.
#[derive(Debug, Clone, PartialEq)]
pub enum LibraryCommand {
    /// Make it.
    Create(create_library::CreateLibrary),
    /// Say otherwise what it is called, how it is described, whether children have accounts in it.
    Edit(edit_library::EditLibrary),
    /// Ask somebody to join.
    Invite(invite_member::InviteMember),
    /// Join, having been asked.
    Accept(accept_invitation::AcceptInvitation),
    /// Do not join.
    Decline(decline_invitation::DeclineInvitation),
    /// Note that an invitation was not answered in time.
    Expire(expire_invitation::ExpireInvitation),
    /// Have a child join with an account that was made for it.
    AddChild(add_child::AddChild),
    /// Give a member another role, suspend or reinstate them.
    ChangeMember(change_member::ChangeMember),
    /// Have somebody belong to it no longer, or take an invitation back.
    Remove(remove_member::RemoveMember),
    /// Belong to it no longer.
    Leave(leave::Leave),
    /// Belong to it no longer because there is no such account any more.
    Depart(depart::Depart),
    /// End what its members do in it until they select it again.
    RevokeSessions(revoke_sessions::RevokeSessions),
    /// Begin to take it down.
    StartDeletion(take_down::StartDeletion),
    /// End some of what is left while it is being taken down.
    WindUp(take_down::WindUp),
    /// Note that nothing is left.
    CompleteDeletion,
}

impl Library {
    /// The library, being one that was made and not taken down to the end.
    pub fn known(&self) -> Result<&KnownLibrary, LibraryError> {
        match self {
            Self::Known(library) if library.life != Life::Ended => Ok(library),
            Self::Known(_) | Self::Absent => Err(LibraryError::Unknown),
        }
    }

    /// The library, being one in which things are still done.
    pub fn live(&self) -> Result<&KnownLibrary, LibraryError> {
        let library = self.known()?;
        match library.life {
            Life::Live => Ok(library),
            Life::Ending | Life::Ended => Err(LibraryError::BeingTakenDown),
        }
    }
}

impl Decider for Library {
    const SCHEMA: &'static str = "library/1";

    fn decide(&self, command: &LibraryCommand) -> Result<Vec<LibraryEvent>, LibraryError> {
        match command {
            LibraryCommand::Create(command) => command.decide(self),
            LibraryCommand::Edit(command) => command.decide(self.live()?),
            LibraryCommand::Invite(command) => command.decide(self.live()?),
            LibraryCommand::Accept(command) => command.decide(self.live()?),
            LibraryCommand::Decline(command) => command.decide(self.live()?),
            LibraryCommand::Expire(command) => Ok(command.decide(self.live()?)),
            LibraryCommand::AddChild(command) => command.decide(self.live()?),
            LibraryCommand::ChangeMember(command) => command.decide(self.live()?),
            LibraryCommand::Remove(command) => command.decide(self.live()?),
            LibraryCommand::Leave(command) => command.decide(self.live()?),
            LibraryCommand::Depart(command) => command.decide(self),
            LibraryCommand::RevokeSessions(command) => command.decide(self.live()?),
            LibraryCommand::StartDeletion(command) => command.decide(self.known()?),
            LibraryCommand::WindUp(command) => command.decide(self),
            LibraryCommand::CompleteDeletion => take_down::complete(self),
        }
    }
}

impl Aggregate for Library {
    const TYPE: &'static str = LibraryEvent::AGGREGATE;
    type Command = LibraryCommand;
    type Event = LibraryEvent;
    type Error = LibraryError;
    type Services = ();

    async fn handle(
        &mut self,
        command: LibraryCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), LibraryError> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: LibraryEvent) {
        match (&mut *self, event) {
            (Self::Known(library), event) => library.apply(event),
            (Self::Absent, LibraryEvent::LibraryCreated { name, kind, .. }) => {
                *self = Self::Known(KnownLibrary::new(name, kind));
            }
            // No stream begins with another event.
            (Self::Absent, _) => {}
        }
    }
}
