//! Inviting: by an address, whether or not an account has it.
//!
//! Never tells the caller which of the two it was: the same is done, and the same is answered.

use accession_event_log::{Executed, Given};
use accession_events::ids::{AccountId, ChallengeId, LibraryId, SubjectId};
use accession_events::library::MemberRole;
use accession_events::values::{EmailAddress, EmailIndex, PersonName};
use accession_secrets::SealError;
use accession_secrets::challenges::{ChallengePurpose, KeptChallenge};
use jiff::Timestamp;

use super::{INVITED_FOR, Libraries, LibrariesError};
use crate::front_desk::subject_of;
use crate::library::library::invite_member::InviteMember;
use crate::library::library::{Library, LibraryCommand};

/// Whom to invite. Ids are drawn by the caller.
pub struct NewInvitation {
    /// Where the mail goes.
    pub email: EmailAddress,
    /// What the one who invites calls them.
    pub name: Option<PersonName>,
    /// What they are to be.
    pub role: MemberRole,
    /// Names the token in the mail.
    pub challenge: ChallengeId,
    /// Whom the sealed fields are about, if nobody is known by the address.
    pub stranger: SubjectId,
    /// Who invites.
    pub by: AccountId,
    /// When.
    pub now: Timestamp,
}

impl Libraries {
    /// Invites somebody. The answer's library has the open invitation.
    pub async fn invite(
        &self,
        library: LibraryId,
        new: NewInvitation,
        given: &Given,
    ) -> Result<Executed<Library>, LibrariesError> {
        let known = self.find(library).await?;
        known.admin(new.by)?;
        // Each invitation is a mail to somebody who did not ask for it: whoever sends them can be reached themselves.
        if self.desk.proven_address(new.by).await?.is_none() {
            return Err(LibrariesError::NotReachable);
        }
        let email_index = self.desk.indexer().email(&new.email);
        let account = self.proven_owner(&new.email, email_index).await?;
        let asked = known.invitation_to(email_index).map(|(subject, _)| subject);
        let subject = account.map(subject_of).or(asked).unwrap_or(new.stranger);
        let stream = self.repository.stream(&library.to_string());
        let sealer = match self.desk.sealer().of(subject).await {
            // Who was erased is a stranger again.
            Err(SealError::Erased(_)) => self.desk.sealer().of(new.stranger).await?,
            sealer => sealer?,
        };
        let email = sealer.seal(&stream, "email", &new.email.as_str().to_owned())?;
        let name = match &new.name {
            Some(name) => Some(sealer.seal(&stream, "name", name)?),
            None => None,
        };
        let subject = sealer.subject();
        let expires_at = new
            .now
            .saturating_add(INVITED_FOR)
            .unwrap_or(Timestamp::MAX);
        let kept = KeptChallenge {
            id: new.challenge,
            purpose: ChallengePurpose::Invitation,
            about: library.as_uuid(),
            expires_at,
        };
        self.desk.challenges().keep(&kept).await?;
        let command = LibraryCommand::Invite(InviteMember {
            subject,
            challenge: new.challenge,
            account,
            email,
            email_index,
            name,
            role: new.role,
            expires_at,
            by: new.by,
        });
        self.execute(library, given, &command).await
    }

    /// The account whose owner has shown that this address is theirs. Somebody who only claims it is a stranger: an
    /// invitation is not for whoever registered with an address of others.
    async fn proven_owner(
        &self,
        address: &EmailAddress,
        index: EmailIndex,
    ) -> Result<Option<AccountId>, LibrariesError> {
        let Some(owner) = self.desk.owner_of(address).await? else {
            return Ok(None);
        };
        let proven = self.desk.proven_address(owner).await?;
        Ok((proven == Some(index)).then_some(owner))
    }
}
