//! Joining: as somebody new who follows the link of a mail, or as a child whose parent makes the account.
//!
//! Makes the account first: a library never names an account that is not there. One that was made and did not get into the
//! library stays an ordinary account.

use accession_event_log::{Executed, Given};
use accession_events::identity::Consents;
use accession_events::ids::{AccountId, ChallengeId, LibraryId, PasswordId};
use accession_events::values::{EmailAddress, LanguageTag, PersonName, Year};
use accession_secrets::challenges::ChallengePurpose;
use jiff::Timestamp;

use super::{Libraries, LibrariesError};
use crate::front_desk::{NewAccount, Password, Registered, Vouching, subject_of};
use crate::library::library::accept_invitation::AcceptInvitation;
use crate::library::library::add_child::AddChild;
use crate::library::library::{Library, LibraryCommand, LibraryError};

/// Somebody new who follows the link of an invitation.
pub struct Newcomer {
    /// The account's id.
    pub account: AccountId,
    /// The address that the invitation went to.
    pub email: EmailAddress,
    /// What they are called.
    pub name: PersonName,
    /// Language of pages and mails.
    pub language: LanguageTag,
    /// What they agreed to.
    pub consents: Consents,
    /// The password and the name of its hash.
    pub password: (PasswordId, Password),
    /// When.
    pub now: Timestamp,
}

/// A child whose parent makes the account.
pub struct NewChild {
    /// The account's id.
    pub account: AccountId,
    /// What it is called.
    pub name: PersonName,
    /// When it was born, if that was said.
    pub birth_year: Option<Year>,
    /// Language of pages.
    pub language: LanguageTag,
    /// What the parent agreed to.
    pub consents: Consents,
    /// The password and the name of its hash.
    pub password: (PasswordId, Password),
    /// Who answers for it.
    pub guardian: AccountId,
    /// When.
    pub now: Timestamp,
}

/// The address of a child's account: a name to sign in with, at a domain that cannot exist (RFC 2606).
pub fn undeliverable(account: AccountId) -> Result<EmailAddress, LibrariesError> {
    let simple = account.as_uuid().simple().to_string();
    // Ids end in randomness: twelve characters of it are short enough to be typed.
    let tail = simple.get(20..).unwrap_or(&simple);
    EmailAddress::parse(&format!("child-{tail}@children.invalid"))
        .map_err(|_| LibraryError::Unknown.into())
}

impl Libraries {
    /// The library and the invitation that a token is for.
    pub async fn invited_by(
        &self,
        token: &str,
    ) -> Result<(LibraryId, ChallengeId), LibrariesError> {
        let purpose = ChallengePurpose::Invitation;
        let found = self.desk.challenges().answered_by(token, purpose).await?;
        let found = found.ok_or(LibraryError::NotInvited)?;
        Ok((LibraryId::new(found.about), found.id))
    }

    /// Makes an account for whoever follows the link of an invitation, and has them join. The link proves the address.
    pub async fn join_as_newcomer(
        &self,
        (library, challenge): (LibraryId, ChallengeId),
        new: Newcomer,
        given: &Given,
    ) -> Result<Executed<Library>, LibrariesError> {
        let index = self.desk.indexer().email(&new.email);
        let known = self.find(library).await?;
        let (_, invitation) = known
            .invitation(challenge)
            .ok_or(LibraryError::NotInvited)?;
        if invitation.email_index != index {
            return Err(LibraryError::NotInvited.into());
        }
        if invitation.expires_at <= new.now {
            return Err(LibraryError::InvitationExpired.into());
        }
        let (account, now) = (new.account, new.now);
        let unkeyed = unkeyed(given);
        let registered = self.desk.register(
            NewAccount {
                id: account,
                email: new.email,
                name: new.name,
                language: new.language,
                consents: new.consents,
                password: Some(new.password),
                vouching: Vouching::Operator,
                guardian: None,
                role: None,
                now,
            },
            &unkeyed,
        );
        // The same request came before and was cut off between its two appends: it goes on.
        if let Registered::Taken { owner } = registered.await?
            && owner != account
        {
            return Err(LibrariesError::SignInInstead);
        }
        let accept = LibraryCommand::Accept(AcceptInvitation {
            account,
            address: Some(index),
            challenge: Some(challenge),
            now,
        });
        self.execute(library, given, &accept).await
    }

    /// Makes an account for a child and has it join; `email` is what it signs in with, by [`undeliverable`].
    pub async fn add_child(
        &self,
        library: LibraryId,
        new: NewChild,
        email: EmailAddress,
        given: &Given,
    ) -> Result<Executed<Library>, LibrariesError> {
        self.find(library).await?.parent(new.guardian)?;
        let stream = self.repository.stream(&library.to_string());
        let sealer = self.desk.sealer().of(subject_of(new.account)).await?;
        let command = LibraryCommand::AddChild(AddChild {
            account: new.account,
            name: sealer.seal(&stream, "name", &new.name)?,
            birth_year: match &new.birth_year {
                Some(year) => Some(sealer.seal(&stream, "birth_year", year)?),
                None => None,
            },
            guardian: new.guardian,
        });
        let (unkeyed, child) = (unkeyed(given), new.account);
        let registered = self.desk.register(
            NewAccount {
                id: child,
                email,
                name: new.name,
                language: new.language,
                consents: new.consents,
                password: Some(new.password),
                vouching: Vouching::None,
                guardian: Some(new.guardian),
                role: None,
                now: new.now,
            },
            &unkeyed,
        );
        match registered.await? {
            // The request came before and was cut off, or its answer was lost: it goes on, or gets that answer.
            Registered::Taken { owner } if owner != child => Err(LibrariesError::SignInInstead),
            Registered::New { .. } | Registered::Taken { .. } => {
                self.execute(library, given, &command).await
            }
        }
    }
}

/// The key of a request belongs to the last of its appends, whose answer is kept under it.
fn unkeyed(given: &Given) -> Given {
    Given {
        expected_version: None,
        idempotency: None,
        ..given.clone()
    }
}
