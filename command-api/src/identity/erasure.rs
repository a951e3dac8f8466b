//! Erasure: a person's account ends, every reader is told to drop what it knows, and the key of all that is sealed about
//! them is destroyed. The log itself does not change, so it still proves what it proved.
//!
//! Never destroys a key before the event stands, and never leaves one that should be gone: what was cut off in between is
//! finished at the next start.

pub(crate) mod http;
pub mod retention;
#[cfg(test)]
mod tests;
mod traces;

use accession_event_log::{
    Append, Decider as _, EventFilter, EventLog, ExecuteError, Executed, Given, Idempotency,
    Loaded, LogError, NewEvent, Outcome, Repository, RepositoryError, Search, StreamWrite,
};
use accession_events::identity::{AccountEvent, ErasureReason, SubjectEvent};
use accession_events::ids::{AccountId, SubjectId};
use accession_events::{LoggedEvent as _, Position, StreamName};
use accession_secrets::{SecretsError, SubjectKeys};
use jiff::Timestamp;

use self::traces::{PAGE, Traces};
use super::account::{Account, AccountCommand, AccountError};

/// How often an erasure is tried when others change the account at the same moment.
const ATTEMPTS: u32 = 5;

/// Whom to erase, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erase {
    /// Whom: an account's id, or that of somebody who was only ever invited.
    pub subject: SubjectId,
    /// With whose account it is done; none from the command line.
    pub by: Option<AccountId>,
    /// Why.
    pub reason: ErasureReason,
    /// When it was asked for.
    pub at: Timestamp,
}

/// Why somebody could not be erased.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// There is no account with this id, and no library tells of it.
    #[error("nothing is known of {0}")]
    Unknown(SubjectId),
    /// The log refused, or could not be read or written.
    #[error(transparent)]
    Execute(#[from] ExecuteError<AccountError>),
    /// The log could not be searched.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The account could not be loaded.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Erases people. Cheap to clone.
#[derive(Clone)]
pub struct Erasure {
    accounts: Repository<Account>,
    keys: SubjectKeys,
}

impl Erasure {
    /// Over these accounts and these keys.
    #[must_use]
    pub const fn new(accounts: Repository<Account>, keys: SubjectKeys) -> Self {
        Self { accounts, keys }
    }

    /// Ends the account, if there is one, and tells every reader, in one append; then destroys the key. Safe to repeat:
    /// of somebody who is erased already only the key is looked after.
    ///
    /// A key that cannot be destroyed just now does not fail it: the event stands, and [`Self::finish`] is called again by the reaction to the event.
    pub async fn erase(
        &self,
        erase: &Erase,
        given: &Given,
    ) -> Result<Executed<Account>, ErasureError> {
        let own = self.accounts.stream(&erase.subject.to_string());
        let traces = traces::of(self.log(), &own, erase.subject).await?;
        let executed = self.append(erase, &traces, given).await?;
        for subject in traces.aliases.into_iter().chain([erase.subject]) {
            if let Err(error) = self.finish(subject, erase.at).await {
                tracing::error!(%subject, %error, "the key of an erased person is not destroyed yet; it is tried again");
            }
        }
        Ok(executed)
    }

    /// Destroys the key of somebody whose erasure stands in the log; whether it was still there.
    pub async fn finish(&self, subject: SubjectId, at: Timestamp) -> Result<bool, SecretsError> {
        self.keys.destroy(subject, at).await
    }

    /// Destroys every key whose owner's erasure stands in the log after a position; how many were still there. For the
    /// start of a process, and for private tables that were restored from an older backup than the log.
    pub async fn finish_all(&self, after: Position, now: Timestamp) -> Result<u64, FinishError> {
        let store = self.log().store();
        let filter = EventFilter {
            aggregate_type: Some(SubjectEvent::AGGREGATE.to_owned()),
            ..EventFilter::default()
        };
        let mut search = Search::new(&**store, filter, after, store.head().await?);
        let mut destroyed = 0;
        loop {
            let page = search.next(PAGE).await?;
            if page.is_empty() {
                return Ok(destroyed);
            }
            for subject in page.iter().filter_map(accession_secrets::erased_by) {
                destroyed += u64::from(self.finish(subject, now).await?);
            }
        }
    }

    fn log(&self) -> &EventLog {
        self.accounts.log()
    }

    async fn append(
        &self,
        erase: &Erase,
        traces: &Traces,
        given: &Given,
    ) -> Result<Executed<Account>, ErasureError> {
        let id = erase.subject.to_string();
        let stream = subject_stream(erase.subject);
        for _ in 0..ATTEMPTS {
            let account = self.accounts.load(&id).await?;
            if account.version == 0 && traces.libraries.is_empty() {
                return Err(ErasureError::Unknown(erase.subject));
            }
            let closing = closing(&account, given)?;
            let mut writes = vec![erased(erase.subject, erase, traces, given)?];
            for alias in &traces.aliases {
                writes.push(erased(*alias, erase, traces, given)?);
            }
            if !closing.is_empty() {
                let ids = || (given.event_ids)();
                writes.push(self.accounts.prepare(&id, &account, &closing, ids)?);
            }
            let version = account.version + closing.len() as u64;
            let append = Append {
                writes,
                metadata: serde_json::to_string(&given.metadata).unwrap_or_default(),
                idempotency: idempotency(given, version),
            };
            match self.log().append(append).await? {
                Outcome::Committed(committed) => {
                    let after = self.accounts.after(&account, &closing);
                    self.accounts.forget(&id);
                    return Ok(done(after, committed.last));
                }
                Outcome::Conflict { stream: of, .. } if of == stream => {
                    self.accounts.forget(&id);
                    let position = *self.log().head().borrow();
                    return Ok(done(self.accounts.load(&id).await?, position));
                }
                Outcome::Conflict { .. } => self.accounts.forget(&id),
                Outcome::Claimed { key, owner } => {
                    return Err(ExecuteError::Claimed { key, owner }.into());
                }
                Outcome::Replayed(answer) => {
                    let mut executed = done(account, answer.position);
                    executed.replayed = Some(answer);
                    return Ok(executed);
                }
                Outcome::KeyReused => return Err(ExecuteError::KeyReused.into()),
            }
        }
        Err(ExecuteError::Conflict {
            stream: self.accounts.stream(&id),
            attempts: ATTEMPTS,
        }
        .into())
    }
}

/// Why keys could not be looked after.
#[derive(Debug, thiserror::Error)]
pub enum FinishError {
    /// The log could not be searched.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A key could not be destroyed.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
}

/// What ends the account; nothing when there is none, or none any more.
fn closing(account: &Loaded<Account>, given: &Given) -> Result<Vec<AccountEvent>, ErasureError> {
    if let Some(expected) = given.expected_version
        && expected != account.version
    {
        let actual = account.version;
        return Err(ExecuteError::StaleVersion { expected, actual }.into());
    }
    Ok(account
        .state
        .decide(&AccountCommand::Delete)
        .unwrap_or_default())
}

fn subject_stream(subject: SubjectId) -> StreamName {
    StreamName::new(SubjectEvent::AGGREGATE, subject)
}

/// What tells every reader that a subject is erased.
fn erased(
    subject: SubjectId,
    erase: &Erase,
    traces: &Traces,
    given: &Given,
) -> Result<StreamWrite, RepositoryError> {
    let stream = subject_stream(subject);
    let event = SubjectEvent::SubjectErased {
        subject,
        libraries: traces.libraries.iter().copied().collect(),
        by: erase.by,
        reason: erase.reason,
    };
    let payload = serde_json::to_string(&event).map_err(|error| RepositoryError::Unreadable {
        stream: stream.clone(),
        sequence: 1,
        event_type: event.name().to_owned(),
        reason: error.to_string(),
    })?;
    Ok(StreamWrite {
        stream,
        expected_version: 0,
        events: vec![NewEvent {
            id: (given.event_ids)(),
            event_type: event.name().into(),
            event_version: event.version(),
            payload,
        }],
        claims: event.claims(),
    })
}

fn idempotency(given: &Given, version: u64) -> Option<Idempotency> {
    let keyed = given.idempotency.as_ref()?;
    Some(Idempotency {
        scope: keyed.scope.clone(),
        key: keyed.key.clone(),
        fingerprint: keyed.fingerprint.clone(),
        response: (keyed.answer)(version),
    })
}

fn done(account: Loaded<Account>, position: Position) -> Executed<Account> {
    Executed {
        state: account.state,
        version: account.version,
        position,
        events: Vec::new(),
        replayed: None,
    }
}
