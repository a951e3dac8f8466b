//! Select the library to work in: an access token in its context.
//!
//! Never believes the token: who is a member is asked now.

use accession_event_log::ExecuteError;
use accession_events::ids::{AccountId, LibraryId, SessionId};
use accession_secrets::sessions::Selected;
use jiff::Timestamp;

use super::{Sessions, SessionsError, Tokens};

impl Sessions {
    /// Selects a library for a session of this account.
    pub async fn select(
        &self,
        account: AccountId,
        id: SessionId,
        library: LibraryId,
        now: Timestamp,
    ) -> Result<Tokens, SessionsError> {
        let kept = self.own(account, id).await?;
        let mut kept = kept
            .filter(|kept| kept.goes_on(now))
            .ok_or(SessionsError::NoSession)?;
        let asked = self.standings.standing(account.as_uuid(), kept.since.get());
        let standing = asked.await?.ok_or(SessionsError::NoSession)?;
        if standing.member_of(library.as_uuid()).is_none() {
            return Err(SessionsError::NoMember);
        }
        // A library that voids selections does so with an event: this one came after all that are there now.
        let head = self.repository.log().store().head().await;
        let selected = Selected {
            library,
            since: head.map_err(ExecuteError::from)?,
        };
        self.store.select(id, Some(selected)).await?;
        kept.selected = Some(selected);
        self.tokens(&kept, Some(&standing), now)
    }
}
