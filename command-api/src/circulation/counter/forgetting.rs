//! Forgetting somebody outside: what they are called can be read by nobody any more, and their loans stay, with nobody's name.
//!
//! Never while they have a copy or wait for one, and never a member: their data is the account's.

use accession_event_log::{Append, Given, Idempotency, NewEvent, Outcome, StreamWrite};
use accession_events::identity::{ErasureReason, SubjectEvent};
use accession_events::ids::{AccountId, LibraryId, PatronId, SubjectId};
use accession_events::{LoggedEvent as _, StreamName};
use jiff::Timestamp;

use super::{Counter, Done};
use crate::circulation::error::CirculationError;
use crate::circulation::patron::PatronError;

/// How often it is looked at anew after a conflict.
const RETRIES: u32 = 3;

/// Forget somebody outside.
#[derive(Debug, Clone, Copy)]
pub struct Forget {
    /// Whose list they are on.
    pub library: LibraryId,
    /// Who they are.
    pub patron: PatronId,
    /// Who says so; nobody when the library's end does.
    pub by: Option<AccountId>,
    /// When.
    pub at: Timestamp,
}

impl Counter {
    /// Forgets them: the word that they are erased first, then the key of their name. A crash in between is mended by the reaction that
    /// destroys the keys of whoever was erased.
    pub async fn forget(&self, forget: &Forget, given: &Given) -> Result<Done, CirculationError> {
        let subject = SubjectId::new(forget.patron.as_uuid());
        for _ in 0..=RETRIES {
            let id = forget.patron.to_string();
            let patron = self.patrons.load_newest(&id).await?;
            let known = patron.state.known.ok_or(PatronError::Unknown)?;
            if known.library != forget.library || known.account.is_some() {
                return Err(PatronError::Unknown.into());
            }
            let (loans, holds) = (patron.state.loans.len(), patron.state.holds.len());
            if loans > 0 || holds > 0 {
                return Err(PatronError::StillBorrows { loans, holds }.into());
            }
            let erased = erased(forget, subject, given);
            let stream = erased.stream.clone();
            let append = Append {
                writes: vec![
                    erased,
                    self.patrons
                        .prepare(&id, &patron, &[], || (given.event_ids)())?,
                ],
                metadata: serde_json::to_string(&given.metadata).unwrap_or_default(),
                idempotency: given.idempotency.as_ref().map(|keyed| Idempotency {
                    scope: keyed.scope.clone(),
                    key: keyed.key.clone(),
                    fingerprint: keyed.fingerprint.clone(),
                    response: (keyed.answer)(patron.version),
                }),
            };
            let (position, replayed) = match self.log().append(append).await? {
                Outcome::Committed(committed) => (committed.last, None),
                // They were forgotten before.
                Outcome::Conflict { stream: of, .. } if of == stream => {
                    (*self.log().head().borrow(), None)
                }
                Outcome::Conflict { .. } => continue,
                Outcome::Claimed { key, .. } => return Err(CirculationError::Claimed(key)),
                Outcome::Replayed(stored) => (stored.position, Some(stored)),
                Outcome::KeyReused => return Err(CirculationError::KeyReused),
            };
            let destroyed = self.sealer.destroy(subject, forget.at).await;
            if let Err(error) = destroyed {
                tracing::warn!(%error, "a name that was forgotten is not destroyed yet; the server tries again");
            }
            return Ok(Done {
                version: patron.version,
                position,
                events: Vec::new(),
                replayed,
            });
        }
        Err(CirculationError::Overtaken)
    }
}

fn erased(forget: &Forget, subject: SubjectId, given: &Given) -> StreamWrite {
    let event = SubjectEvent::SubjectErased {
        subject,
        account: None,
        libraries: vec![forget.library],
        by: forget.by,
        reason: match forget.by {
            Some(_) => ErasureReason::Asked,
            None => ErasureReason::RetentionOver,
        },
    };
    StreamWrite {
        stream: StreamName::new(SubjectEvent::AGGREGATE, subject),
        expected_version: 0,
        events: vec![NewEvent {
            id: (given.event_ids)(),
            event_type: event.name().into(),
            event_version: event.version(),
            // Ids and a word: this cannot fail, and an empty payload is refused.
            payload: serde_json::to_string(&event).unwrap_or_default(),
        }],
        claims: event.claims(),
    }
}
