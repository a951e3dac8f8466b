//! One command: load, decide, append; on a conflict reload and decide again, a few times.
//!
//! The decision itself is the aggregate's and pure; nothing here knows what a command means.

use std::sync::Arc;

use accession_events::LoggedEvent;

use super::{ExecuteError, Executed, Given, Keyed, Loaded, Repository, RepositoryError};
use crate::append::{Append, Idempotency, Outcome, StoredResponse};
use crate::decider::Decider;

/// How often a command is decided again after a conflict.
const RETRIES: u32 = 3;

/// What a look at a loaded state says about a command.
enum Decision<A: Decider>
where
    A::Event: LoggedEvent,
{
    Write(Vec<A::Event>),
    Nothing,
    Refuse(ExecuteError<A::Error>),
}

/// What became of one attempt.
enum Attempt<A: Decider>
where
    A::Event: LoggedEvent,
{
    Done(Executed<A>),
    /// The stream stands at this version.
    Overtaken(u64),
}

impl<A: Decider> Repository<A>
where
    A::Event: LoggedEvent,
    A::Error: 'static,
{
    /// Executes a command on an aggregate, which may be new.
    pub async fn execute(
        &self,
        id: &str,
        given: &Given,
        command: &A::Command,
    ) -> Result<Executed<A>, ExecuteError<A::Error>> {
        if let Some(kept) = self.kept(id) {
            return self.execute_on(id, kept, false, given, command).await;
        }
        let stored = self.load_stored(id).await?;
        self.execute_on(id, stored, true, given, command).await
    }

    /// Executes a command on an aggregate whose id was drawn just now, so that there is nothing to load. Should the id
    /// be known after all, it is noticed by its version and handled as by [`Repository::execute`].
    pub async fn execute_new(
        &self,
        id: &str,
        given: &Given,
        command: &A::Command,
    ) -> Result<Executed<A>, ExecuteError<A::Error>> {
        self.execute_on(id, Loaded::default(), false, given, command)
            .await
    }

    /// `verified`: the state was read from the log after the command came in.
    async fn execute_on(
        &self,
        id: &str,
        mut loaded: Loaded<A>,
        mut verified: bool,
        given: &Given,
        command: &A::Command,
    ) -> Result<Executed<A>, ExecuteError<A::Error>> {
        let mut queued = None;
        let mut conflicts = 0;
        loop {
            let decision = decide(&loaded, given, command);
            if !verified && !matches!(decision, Decision::Write(_)) {
                // It will not reach the log's own check of the version, so it is checked here.
                let version = loaded.version;
                loaded = self.refresh(id, &loaded).await?;
                verified = true;
                if loaded.version != version {
                    continue;
                }
            }
            let events = match decision {
                Decision::Write(events) => events,
                Decision::Nothing if given.idempotency.is_some() => Vec::new(),
                Decision::Nothing => return Ok(self.unchanged(loaded, None)),
                Decision::Refuse(error) => return self.refuse(loaded, given, error).await,
            };
            let actual = match self.attempt(id, &loaded, given, events).await? {
                Attempt::Done(executed) => return Ok(executed),
                Attempt::Overtaken(actual) => actual,
            };
            if let Some(expected) = given.expected_version {
                self.refresh(id, &loaded).await?;
                return Err(ExecuteError::StaleVersion { expected, actual });
            }
            if conflicts == RETRIES {
                return Err(ExecuteError::Conflict {
                    stream: self.stream(id),
                    attempts: conflicts + 1,
                });
            }
            conflicts += 1;
            metrics::counter!("accession_log_conflicts_total").increment(1);
            if queued.is_none()
                && let Some(queue) = self.queue(id)
            {
                queued = Some(queue.lock().await);
            }
            loaded = self.after_conflict(id, loaded, actual).await?;
            verified = true;
        }
    }

    /// A state that is at least as new as what the log's check has found.
    async fn after_conflict(
        &self,
        id: &str,
        loaded: Loaded<A>,
        actual: u64,
    ) -> Result<Loaded<A>, RepositoryError> {
        let newest = self
            .kept(id)
            .filter(|kept| kept.version >= loaded.version)
            .unwrap_or(loaded);
        if newest.version >= actual {
            Ok(newest)
        } else {
            self.refresh(id, &newest).await
        }
    }

    async fn attempt(
        &self,
        id: &str,
        loaded: &Loaded<A>,
        given: &Given,
        events: Vec<A::Event>,
    ) -> Result<Attempt<A>, ExecuteError<A::Error>> {
        let version = loaded.version + events.len() as u64;
        let append = Append {
            writes: vec![self.prepare(id, loaded, &events, || (given.event_ids)())?],
            metadata: serde_json::to_string(&given.metadata).unwrap_or_default(),
            idempotency: given
                .idempotency
                .as_ref()
                .map(|keyed| keyed.for_version(version)),
        };
        match self.log.append(append).await? {
            Outcome::Committed(committed) => {
                let after = self.after(loaded, &events);
                if version > 0 {
                    self.remember(id, version, Arc::clone(&after.state));
                }
                self.snapshot_if_due(id, loaded.version, &after);
                let (state, position) = (after.state, committed.last);
                Ok(Attempt::Done(Executed {
                    state,
                    version,
                    position,
                    events,
                    replayed: None,
                }))
            }
            Outcome::Conflict { actual, .. } => Ok(Attempt::Overtaken(actual)),
            Outcome::Claimed { key, owner } => Err(ExecuteError::Claimed { key, owner }),
            Outcome::Replayed(answer) => {
                Ok(Attempt::Done(self.unchanged(loaded.clone(), Some(answer))))
            }
            Outcome::KeyReused => Err(ExecuteError::KeyReused),
        }
    }

    /// A refusal, unless this very request was accepted before: then its answer is told again.
    async fn refuse(
        &self,
        loaded: Loaded<A>,
        given: &Given,
        error: ExecuteError<A::Error>,
    ) -> Result<Executed<A>, ExecuteError<A::Error>> {
        let Some(keyed) = &given.idempotency else {
            return Err(error);
        };
        match self
            .log
            .store()
            .stored_response(&keyed.scope, &keyed.key)
            .await?
        {
            None => Err(error),
            Some(answer) if answer.fingerprint == keyed.fingerprint => {
                Ok(self.unchanged(loaded, Some(answer)))
            }
            Some(_) => Err(ExecuteError::KeyReused),
        }
    }

    fn unchanged(&self, loaded: Loaded<A>, replayed: Option<StoredResponse>) -> Executed<A> {
        let position = replayed
            .as_ref()
            .map_or_else(|| *self.log.head().borrow(), |answer| answer.position);
        Executed {
            state: loaded.state,
            version: loaded.version,
            position,
            events: Vec::new(),
            replayed,
        }
    }
}

fn decide<A: Decider>(loaded: &Loaded<A>, given: &Given, command: &A::Command) -> Decision<A>
where
    A::Event: LoggedEvent,
{
    if let Some(expected) = given.expected_version
        && expected != loaded.version
    {
        return Decision::Refuse(ExecuteError::StaleVersion {
            expected,
            actual: loaded.version,
        });
    }
    match loaded.state.decide(command) {
        Ok(events) if events.is_empty() => Decision::Nothing,
        Ok(events) => Decision::Write(events),
        Err(error) => Decision::Refuse(ExecuteError::Refused(error)),
    }
}

impl Keyed {
    fn for_version(&self, version: u64) -> Idempotency {
        Idempotency {
            scope: self.scope.clone(),
            key: self.key.clone(),
            fingerprint: self.fingerprint.clone(),
            response: (self.answer)(version),
        }
    }
}
