//! Notes that an invitation was not answered in time.
//!
//! Nobody can accept it from the hour on, noted or not.

use accession_event_log::Repository;
use accession_events::RecordedEvent;
use accession_events::event::decode_as;
use accession_events::library::LibraryEvent;
use accession_secrets::reaction_book::KeptTimer;
use async_trait::async_trait;

use super::{library_of, step};
use crate::library::library::expire_invitation::ExpireInvitation;
use crate::library::library::{Library, LibraryCommand};
use crate::reactions::{Birth, Course, Policy, Reaction, ReactionError};

/// Expires invitations.
pub struct InvitationExpiry {
    libraries: Repository<Library>,
}

impl InvitationExpiry {
    /// Expires invitations to these libraries.
    #[must_use]
    pub const fn new(libraries: Repository<Library>) -> Self {
        Self { libraries }
    }
}

fn unreadable(reason: impl std::fmt::Display) -> ReactionError {
    ReactionError::Refused {
        reason: reason.to_string(),
    }
}

#[async_trait]
impl Reaction for InvitationExpiry {
    fn name(&self) -> &'static str {
        "invitation_expiry"
    }

    fn birth(&self) -> Birth {
        Birth::LogStart
    }

    fn policy(&self) -> Policy {
        Policy::ParkAfter(10)
    }

    fn listens_to(&self) -> &'static [&'static str] {
        &["MemberInvited", "InvitationResent"]
    }

    async fn react(&self, course: &Course, event: &RecordedEvent) -> Result<(), ReactionError> {
        let (LibraryEvent::MemberInvited {
            subject,
            expires_at: due,
            ..
        }
        | LibraryEvent::InvitationResent {
            subject,
            expires_at: due,
            ..
        }) = decode_as(event).map_err(unreadable)?
        else {
            return Ok(());
        };
        // A new mail sets the timer of the former anew.
        let name = format!("{}/{subject}", event.stream.aggregate_id);
        course.set_timer(&name, due, "").await
    }

    async fn on_timer(&self, course: &Course, timer: &KeptTimer) -> Result<(), ReactionError> {
        let parts = timer.name.split_once('/');
        let (library, subject) =
            parts.ok_or_else(|| unreadable("the timer names no invitation"))?;
        let expire = LibraryCommand::Expire(ExpireInvitation {
            subject: subject.parse().map_err(unreadable)?,
            now: course.now(),
        });
        step(&self.libraries, library_of(library)?, course, &expire).await?;
        Ok(())
    }
}
