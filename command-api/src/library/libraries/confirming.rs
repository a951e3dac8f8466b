//! Confirming that a library is to be taken down: who knows the password and the name gets a token that is good for five
//! minutes, once, for this person and this library.
//!
//! Nothing is taken down here.

use accession_events::ids::{AccountId, ChallengeId, LibraryId};
use accession_secrets::challenges::{ChallengePurpose, KeptChallenge};
use jiff::Timestamp;
use uuid::Uuid;

use super::{CONFIRMED_FOR, Libraries, LibrariesError};
use crate::front_desk::Password;

/// Who confirms, with what.
pub struct Confirming {
    /// Which library.
    pub library: LibraryId,
    /// Who.
    pub account: AccountId,
    /// Their password.
    pub password: Password,
    /// What they say the library is called.
    pub name: String,
    /// Names the token.
    pub challenge: ChallengeId,
    /// When.
    pub now: Timestamp,
}

impl Libraries {
    /// The token, and until when it is good.
    pub async fn confirm_deletion(
        &self,
        with: Confirming,
    ) -> Result<(String, Timestamp), LibrariesError> {
        let known = self.find(with.library).await?;
        known.admin(with.account)?;
        self.desk
            .reauthenticate(with.account, with.password)
            .await?;
        if known.name.as_str() != with.name.trim() {
            return Err(LibrariesError::OtherName);
        }
        let expires_at = with
            .now
            .saturating_add(CONFIRMED_FOR)
            .unwrap_or(Timestamp::MAX);
        let purpose = ChallengePurpose::DeleteLibrary;
        let challenges = self.desk.challenges();
        let kept = KeptChallenge {
            id: with.challenge,
            purpose,
            about: about(with.library, with.account),
            expires_at,
        };
        challenges.keep(&kept).await?;
        let token = challenges.tokens().token(purpose, with.challenge);
        Ok((token, expires_at))
    }

    /// The confirmation that a token stands for: of this person, that this library is to be taken down.
    pub async fn confirmed(
        &self,
        library: LibraryId,
        account: AccountId,
        token: &str,
        now: Timestamp,
    ) -> Result<ChallengeId, LibrariesError> {
        let purpose = ChallengePurpose::DeleteLibrary;
        let challenges = self.desk.challenges();
        let found = challenges.answered_by(token, purpose).await?;
        let found = found
            .filter(|kept| kept.about == about(library, account) && kept.expires_at > now)
            .ok_or(LibrariesError::NotConfirmed)?;
        Ok(found.id)
    }

    /// Uses a confirmation up, when what it confirmed stands in the log.
    pub async fn use_up(&self, confirmation: ChallengeId) -> Result<(), LibrariesError> {
        let challenges = self.desk.challenges();
        challenges.store().forget(confirmation).await?;
        Ok(())
    }
}

/// One id for a library and a person.
fn about(library: LibraryId, account: AccountId) -> Uuid {
    Uuid::new_v5(&library.as_uuid(), account.as_uuid().as_bytes())
}
