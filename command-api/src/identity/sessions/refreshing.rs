//! Refresh: a token for its successor. One conditional update decides who made it; all who lost get the same one.
//!
//! Never forgives a token that comes back late: its whole family is over then.

use accession_event_log::Given;
use accession_secrets::RefreshToken;
use accession_secrets::sessions::{KeptSession, Rotation};
use jiff::Timestamp;

use super::{SessionCommand, Sessions, SessionsError, Tokens};

/// What a token that was shown is to its family.
enum Shown {
    /// The newest one.
    Newest,
    /// The one before, and its successor is so young that this is a race.
    LostRace,
    /// An old one.
    Replay,
}

impl Sessions {
    /// The successor of a refresh token, with a new access token.
    pub async fn refresh(
        &self,
        text: &str,
        given: &Given,
        now: Timestamp,
    ) -> Result<Tokens, SessionsError> {
        let shown = RefreshToken::read(text).ok_or(SessionsError::NoSession)?;
        let kept = self.ours(&shown, now).await?;
        let asked = self
            .standings
            .standing(kept.account.as_uuid(), kept.since.get());
        let standing = asked.await?.ok_or(SessionsError::NoSession)?;
        standing.admits(&accession_service::access::Session {
            id: kept.id.as_uuid(),
            account: kept.account.as_uuid(),
            since: kept.since.get(),
        })?;
        let kept = match self.judge(&shown, &kept, now) {
            Shown::Newest => self.rotate(&shown, kept, given, now).await?,
            Shown::LostRace => kept,
            Shown::Replay => return self.replayed(&kept, given, now).await,
        };
        self.tokens(&kept, Some(&standing), now)
    }

    /// The session that a refresh token of ours belongs to, when it goes on; for log-out.
    pub async fn session_of(
        &self,
        text: &str,
        now: Timestamp,
    ) -> Result<KeptSession, SessionsError> {
        let shown = RefreshToken::read(text).ok_or(SessionsError::NoSession)?;
        self.ours(&shown, now).await
    }

    async fn ours(
        &self,
        shown: &RefreshToken,
        now: Timestamp,
    ) -> Result<KeptSession, SessionsError> {
        let kept = self.store.get(shown.session()).await?;
        kept.filter(|kept| kept.goes_on(now) && self.refresh.made(shown, &kept.seed))
            .ok_or(SessionsError::NoSession)
    }

    fn judge(&self, shown: &RefreshToken, kept: &KeptSession, now: Timestamp) -> Shown {
        if shown.generation() >= kept.generation {
            return Shown::Newest;
        }
        let young = now.duration_since(kept.rotated_at) <= self.options.grace;
        if shown.generation() + 1 == kept.generation && young {
            Shown::LostRace
        } else {
            Shown::Replay
        }
    }

    /// Makes the successor the newest; when somebody else did at this moment, theirs is the same one.
    async fn rotate(
        &self,
        shown: &RefreshToken,
        kept: KeptSession,
        given: &Given,
        now: Timestamp,
    ) -> Result<KeptSession, SessionsError> {
        let generation = shown.generation().saturating_add(1);
        let successor = self.refresh.token(kept.id, &kept.seed, generation);
        let rotation = Rotation {
            id: kept.id,
            generation: shown.generation(),
            shown: shown.hash(),
            successor: successor.hash(),
            now,
            expires_at: now + self.options.lifetime,
        };
        if self.store.rotate(&rotation).await? {
            return Ok(KeptSession {
                generation,
                token_hash: rotation.successor,
                rotated_at: now,
                expires_at: rotation.expires_at,
                ..kept
            });
        }
        let kept = self.ours(shown, now).await?;
        match self.judge(shown, &kept, now) {
            Shown::LostRace => Ok(kept),
            Shown::Replay => self.replayed(&kept, given, now).await,
            Shown::Newest => Err(SessionsError::NoSession),
        }
    }

    /// Ends the family and says so.
    async fn replayed<T>(
        &self,
        kept: &KeptSession,
        given: &Given,
        now: Timestamp,
    ) -> Result<T, SessionsError> {
        let id = kept.id.to_string();
        let noted = self
            .repository
            .execute(&id, given, &SessionCommand::NoteReplay)
            .await;
        self.store.end(kept.id, now).await?;
        let position = noted?.position;
        // The thief's access token should be worth nothing when this is answered; if that takes too long, it is soon.
        if let Err(error) = self.settled(position).await {
            tracing::warn!(%error, "a replayed session has ended, and standings do not say so yet");
        }
        Err(SessionsError::Replayed)
    }
}
