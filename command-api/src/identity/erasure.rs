//! Erasure: a person's account ends, every reader is told to drop what it knows, and the key of all that is sealed about
//! them is destroyed. The log itself does not change, so it still proves what it proved.
//!
//! Never destroys a key before the event stands, and never leaves one that should be gone: what was cut off in between is
//! finished at the next start.

mod farewell;
pub(crate) mod http;
pub mod orphaned_children;
mod parting;
pub mod reactions;
pub mod retention;
#[cfg(test)]
mod tests;
mod traces;

use accession_event_log::{
    Append, Decider as _, EventFilter, EventLog, ExecuteError, Executed, Given, Idempotency,
    Loaded, LogError, NewEvent, Outcome, Repository, RepositoryError, Search, StreamWrite,
};
use accession_events::identity::{AccountEvent, ErasureReason, Farewell, SubjectEvent};
use accession_events::ids::{AccountId, SubjectId};
use accession_events::{LoggedEvent as _, Position, StreamName};
use accession_secrets::{SealError, SecretsError, SubjectKeys};
use jiff::Timestamp;

use self::parting::{aliases, parting};
use self::traces::{PAGE, Traces};
use super::account::{Account, AccountCommand, AccountError};
use super::administrators;
use crate::ties::{Orphans, Ties, TiesError};

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
    /// What becomes of a library that would be without an admin.
    pub orphans: Orphans,
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
    /// Something could not go on without them.
    #[error(transparent)]
    Ties(#[from] TiesError),
    /// The last mail could not be sealed: the private tables could not be used.
    #[error(transparent)]
    Seal(#[from] SealError),
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

    /// Ends the account, if there is one, and everything that holds its owner, and tells every reader, in one append;
    /// then destroys the key. Safe to repeat: of somebody who is erased already only what is left is looked after.
    ///
    /// A key that cannot be destroyed just now does not fail it: the event stands, and [`Self::finish`] is called again by the reaction to the event.
    pub async fn erase(
        &self,
        erase: &Erase,
        ties: &dyn Ties,
        given: &Given,
    ) -> Result<Executed<Account>, ErasureError> {
        let own = self.accounts.stream(&erase.subject.to_string());
        for _ in 0..ATTEMPTS {
            let traces = traces::of(self.log(), &own, erase.subject).await?;
            if let Some(executed) = self.append(erase, &traces, ties, given).await? {
                self.finish_many(traces.subjects(erase.subject), erase.at)
                    .await;
                return Ok(executed);
            }
            self.accounts.forget(&erase.subject.to_string());
        }
        Err(self.overtaken(erase))
    }

    async fn finish_many(&self, subjects: impl IntoIterator<Item = SubjectId>, at: Timestamp) {
        for subject in subjects {
            if let Err(error) = self.finish(subject, at).await {
                tracing::error!(%subject, %error, "the key of an erased person is not destroyed yet; it is tried again");
            }
        }
    }

    fn overtaken(&self, erase: &Erase) -> ErasureError {
        let stream = self.accounts.stream(&erase.subject.to_string());
        ExecuteError::Conflict {
            stream,
            attempts: ATTEMPTS,
        }
        .into()
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

    /// None: others were faster, and everything is to be looked at anew.
    async fn append(
        &self,
        erase: &Erase,
        traces: &Traces,
        ties: &dyn Ties,
        given: &Given,
    ) -> Result<Option<Executed<Account>>, ErasureError> {
        let id = erase.subject.to_string();
        let account = self.accounts.load(&id).await?;
        if account.version == 0 && traces.libraries.is_empty() {
            return Err(ErasureError::Unknown(erase.subject));
        }
        let mut writes = ties.part(&parting(erase, traces), given).await?;
        let farewell = self.farewell(&id, &account, given).await?;
        let closing = closing(&account, farewell, given)?;
        if !traces.erased.contains(&erase.subject) {
            let about = traces.account;
            writes.push(erased(erase.subject, about, erase, traces, given)?);
        }
        writes.extend(aliases(erase, traces, given)?);
        if account.state.administers() {
            let own = AccountId::new(erase.subject.as_uuid());
            writes.push(administrators::another(&self.accounts, own).await?);
        }
        if !closing.is_empty() {
            let ids = || (given.event_ids)();
            writes.push(self.accounts.prepare(&id, &account, &closing, ids)?);
        }
        let version = account.version + closing.len() as u64;
        if writes.is_empty() && given.idempotency.is_none() {
            return Ok(Some(done(account, *self.log().head().borrow())));
        }
        let append = Append {
            writes,
            metadata: serde_json::to_string(&given.metadata).unwrap_or_default(),
            idempotency: idempotency(given, version),
        };
        match self.log().append(append).await? {
            Outcome::Committed(committed) => {
                let after = self.accounts.after(&account, &closing);
                self.accounts.forget(&id);
                Ok(Some(done(after, committed.last)))
            }
            Outcome::Conflict { .. } => Ok(None),
            Outcome::Claimed { key, owner } => Err(ExecuteError::Claimed { key, owner }.into()),
            Outcome::Replayed(answer) => {
                let mut executed = done(account, answer.position);
                executed.replayed = Some(answer);
                Ok(Some(executed))
            }
            Outcome::KeyReused => Err(ExecuteError::KeyReused.into()),
        }
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
fn closing(
    account: &Loaded<Account>,
    farewell: Option<Farewell>,
    given: &Given,
) -> Result<Vec<AccountEvent>, ErasureError> {
    if let Some(expected) = given.expected_version
        && expected != account.version
    {
        let actual = account.version;
        return Err(ExecuteError::StaleVersion { expected, actual }.into());
    }
    Ok(account
        .state
        .decide(&AccountCommand::Delete(farewell.map(Box::new)))
        .unwrap_or_default())
}

/// What tells every reader that a subject is erased.
fn erased(
    subject: SubjectId,
    account: Option<AccountId>,
    erase: &Erase,
    traces: &Traces,
    given: &Given,
) -> Result<StreamWrite, RepositoryError> {
    let stream = StreamName::new(SubjectEvent::AGGREGATE, subject);
    let event = SubjectEvent::SubjectErased {
        subject,
        account,
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
