//! The last mail: its address is sealed for a subject of its own, because the person's key is gone before it leaves.
//!
//! Never keeps a key for longer than the mail takes: who sends it destroys that key, and so does time.

use accession_event_log::{Given, Loaded};
use accession_events::identity::Farewell;
use accession_events::ids::SubjectId;
use accession_secrets::{SealError, Sealer};

use super::{Erasure, ErasureError};
use crate::identity::account::Account;

impl Erasure {
    /// What the last mail to the account's owner is written from. None for a child, whose mail is a grown-up's, and for
    /// somebody whose address nobody can read any more.
    pub(super) async fn farewell(
        &self,
        id: &str,
        account: &Loaded<Account>,
        given: &Given,
    ) -> Result<Option<Farewell>, ErasureError> {
        let Ok(live) = account.state.live() else {
            return Ok(None);
        };
        if live.guardian.is_some() {
            return Ok(None);
        }
        let stream = self.accounts.stream(id);
        let sealer = Sealer::new(self.keys.clone());
        let opened = async {
            let email = sealer.open(&stream, "email", &live.email).await?;
            let name = sealer.open(&stream, "name", &live.name).await?;
            Ok::<_, SealError>(email.zip(name))
        };
        let (email, name) = match opened.await {
            Ok(Some(opened)) => opened,
            Ok(None) => return Ok(None),
            Err(SealError::Secrets(error)) if error.is_transient() => {
                return Err(SealError::Secrets(error).into());
            }
            // That they cannot be written to is no reason to keep them.
            Err(error) => {
                tracing::warn!(%error, "an account ends without a last mail");
                return Ok(None);
            }
        };
        let subject = SubjectId::new((given.event_ids)().as_uuid());
        let sealer = sealer.of(subject).await?;
        Ok(Some(Farewell {
            subject,
            email: sealer.seal(&stream, "email", &email)?,
            name: sealer.seal(&stream, "name", &name)?,
            language: live.preferences.language,
        }))
    }
}
