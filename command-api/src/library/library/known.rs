//! What a library knows of itself: who belongs to it as what, and who has been asked to.
//!
//! Never forgets that somebody belonged to it; who comes back takes the same place.

use std::collections::BTreeMap;

use accession_events::ids::{AccountId, ChallengeId, SubjectId};
use accession_events::library::{LibraryEvent, LibraryKind, MemberRole};
use accession_events::values::{EmailIndex, LongText, ShortText};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::LibraryError;

/// How far a library's life has gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Life {
    /// Things are done in it.
    Live,
    /// It is being taken down.
    Ending,
    /// It has been taken down.
    Ended,
}

/// Where somebody stands who belongs, or belonged, to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MemberStanding {
    /// May act.
    Active,
    /// May not act for now.
    Suspended,
    /// Belongs to it no longer.
    Revoked,
}

/// Somebody who belongs, or belonged, to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// As what.
    pub role: MemberRole,
    /// Whether they may act.
    pub standing: MemberStanding,
}

/// Somebody who was asked to join and has not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// What the token in the newest mail proves.
    pub challenge: ChallengeId,
    /// The account that had the address when the mail went out.
    pub account: Option<AccountId>,
    /// The address.
    pub email_index: EmailIndex,
    /// What they are to be.
    pub role: MemberRole,
    /// Until when they may accept.
    pub expires_at: Timestamp,
}

/// A library that was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KnownLibrary {
    /// What it is called.
    pub name: ShortText,
    /// How it is described.
    pub description: Option<LongText>,
    /// What kind of tenant it is.
    pub kind: LibraryKind,
    /// Whether children's accounts are allowed.
    pub kids_mode: bool,
    /// How far its life has gone.
    pub life: Life,
    /// Everyone who belongs or belonged to it.
    pub members: BTreeMap<AccountId, Member>,
    /// Everyone who was asked and has not answered.
    pub invitations: BTreeMap<SubjectId, Invitation>,
}

impl Invitation {
    /// Whether it was addressed to this account, or to an address that is this account's.
    #[must_use]
    pub fn is_for(&self, account: AccountId, address: Option<EmailIndex>) -> bool {
        self.account == Some(account) || address == Some(self.email_index)
    }
}

impl KnownLibrary {
    pub(super) const fn new(name: ShortText, kind: LibraryKind) -> Self {
        Self {
            name,
            description: None,
            kind,
            kids_mode: false,
            life: Life::Live,
            members: BTreeMap::new(),
            invitations: BTreeMap::new(),
        }
    }

    /// The role of somebody who may act in it now.
    #[must_use]
    pub fn role_of(&self, account: AccountId) -> Option<MemberRole> {
        let member = self.members.get(&account)?;
        (member.standing == MemberStanding::Active).then_some(member.role)
    }

    /// Somebody who belongs to it now, suspended or not.
    #[must_use]
    pub fn member(&self, account: AccountId) -> Option<Member> {
        let member = self.members.get(&account)?;
        (member.standing != MemberStanding::Revoked).then_some(*member)
    }

    /// Everyone who belongs to it now, suspended or not.
    pub fn present(&self) -> impl Iterator<Item = AccountId> {
        self.members
            .iter()
            .filter(|(_, member)| member.standing != MemberStanding::Revoked)
            .map(|(account, _)| *account)
    }

    /// Whether somebody else than this account may act as its admin.
    #[must_use]
    pub fn has_other_admin(&self, account: AccountId) -> bool {
        self.members.iter().any(|(other, member)| {
            *other != account
                && member.role == MemberRole::Admin
                && member.standing == MemberStanding::Active
        })
    }

    /// Refuses to let somebody go, or go down, without whom nobody could act as admin.
    pub(super) fn spares(&self, account: AccountId) -> Result<(), LibraryError> {
        let acts_as_admin = self.role_of(account) == Some(MemberRole::Admin);
        if acts_as_admin && !self.has_other_admin(account) {
            return Err(LibraryError::LastAdmin);
        }
        Ok(())
    }

    /// The one who acts, having to be its admin now, whatever the route has looked at.
    pub fn admin(&self, by: AccountId) -> Result<(), LibraryError> {
        match self.role_of(by).ok_or(LibraryError::NotAMember)? {
            MemberRole::Admin => Ok(()),
            role => Err(LibraryError::NotAllowed { role }),
        }
    }

    /// The open invitation with this challenge.
    #[must_use]
    pub fn invitation(&self, challenge: ChallengeId) -> Option<(SubjectId, &Invitation)> {
        self.invitations
            .iter()
            .find(|(_, invitation)| invitation.challenge == challenge)
            .map(|(subject, invitation)| (*subject, invitation))
    }

    /// The open invitation of this address.
    #[must_use]
    pub fn invitation_to(&self, address: EmailIndex) -> Option<(SubjectId, &Invitation)> {
        self.invitations
            .iter()
            .find(|(_, invitation)| invitation.email_index == address)
            .map(|(subject, invitation)| (*subject, invitation))
    }

    fn stand(&mut self, account: AccountId, standing: MemberStanding) {
        if let Some(member) = self.members.get_mut(&account) {
            member.standing = standing;
        }
    }

    pub(super) fn apply(&mut self, event: LibraryEvent) {
        match event {
            // Making it is what made it known; a second time cannot happen and would change nothing.
            LibraryEvent::LibraryCreated { .. }
            // A child joins with the event that follows.
            | LibraryEvent::ChildCreated { .. }
            // Sessions are no part of it.
            | LibraryEvent::LibrarySessionsRevoked { .. } => {}
            LibraryEvent::LibraryRenamed { name, .. } => self.name = name,
            LibraryEvent::LibraryDescribed { description, .. } => self.description = description,
            LibraryEvent::KidsModeSet { on, .. } => self.kids_mode = on,
            LibraryEvent::LibraryDeletionStarted { .. } => self.life = Life::Ending,
            LibraryEvent::LibraryDeletionCompleted {} => self.life = Life::Ended,
            event => self.apply_to_invitations(event),
        }
    }

    fn apply_to_invitations(&mut self, event: LibraryEvent) {
        match event {
            LibraryEvent::MemberInvited {
                subject,
                challenge,
                account,
                email_index,
                role,
                expires_at,
                ..
            } => {
                let invitation = Invitation {
                    challenge,
                    account,
                    email_index,
                    role,
                    expires_at,
                };
                self.invitations.insert(subject, invitation);
            }
            LibraryEvent::InvitationResent {
                subject,
                challenge,
                expires_at,
                ..
            } => {
                if let Some(invitation) = self.invitations.get_mut(&subject) {
                    (invitation.challenge, invitation.expires_at) = (challenge, expires_at);
                }
            }
            LibraryEvent::InvitationWithdrawn { subject, .. }
            | LibraryEvent::InvitationExpired { subject }
            | LibraryEvent::InvitationDeclined { subject, .. } => {
                self.invitations.remove(&subject);
            }
            event => self.apply_to_members(&event),
        }
    }

    fn apply_to_members(&mut self, event: &LibraryEvent) {
        match event {
            LibraryEvent::MemberJoined {
                account,
                role,
                invitation,
                ..
            } => {
                if let Some(subject) = invitation {
                    self.invitations.remove(subject);
                }
                let standing = MemberStanding::Active;
                let role = *role;
                self.members.insert(*account, Member { role, standing });
            }
            LibraryEvent::RoleChanged { account, to, .. } => {
                if let Some(member) = self.members.get_mut(account) {
                    member.role = *to;
                }
            }
            LibraryEvent::MemberSuspended { account, .. } => {
                self.stand(*account, MemberStanding::Suspended);
            }
            LibraryEvent::MemberReinstated { account, .. } => {
                self.stand(*account, MemberStanding::Active);
            }
            LibraryEvent::MemberRemoved { account, .. } | LibraryEvent::MemberLeft { account } => {
                self.stand(*account, MemberStanding::Revoked);
            }
            // The others are dealt with before.
            _ => {}
        }
    }
}
