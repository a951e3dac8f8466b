//! From what is stored to a state: snapshot plus tail, folded; and snapshots written behind the commands' backs.
//!
//! Folding is pure. A snapshot that cannot be read is as good as none.

use std::sync::Arc;

use accession_events::event::decode_parts;
use accession_events::{LoggedEvent, StreamName};

use super::{Loaded, Repository, RepositoryError};
use crate::decider::Decider;
use crate::error::LogError;
use crate::store::{Snapshot, StoredStream, StreamAfter, StreamEvent, StreamToRestore};

impl<A: Decider> Repository<A>
where
    A::Event: LoggedEvent,
{
    /// The state of an aggregate: the kept one, which may be older than the log, else from the log. An unknown id is
    /// a new aggregate at version 0.
    pub async fn load(&self, id: &str) -> Result<Loaded<A>, RepositoryError> {
        match self.kept.get(id) {
            Some(kept) => Ok(kept),
            None => self.load_stored(id).await,
        }
    }

    /// The kept state, if there is one.
    pub(super) fn kept(&self, id: &str) -> Option<Loaded<A>> {
        self.kept.get(id)
    }

    /// The state from the log, whatever is kept.
    pub(super) async fn load_stored(&self, id: &str) -> Result<Loaded<A>, RepositoryError> {
        let stream = self.stream(id);
        let stored = self.log.load(stream.clone(), A::SCHEMA).await?;
        self.restore(stream, stored).await
    }

    /// The states of many aggregates, in the order asked for: kept ones, and the others in as few round trips as the
    /// store can.
    pub async fn load_many(&self, ids: &[String]) -> Result<Vec<Loaded<A>>, RepositoryError> {
        let mut states: Vec<Option<Loaded<A>>> =
            ids.iter().map(|id| self.kept.get(id.as_str())).collect();
        let missing: Vec<StreamToRestore> = ids
            .iter()
            .zip(&states)
            .filter(|(_, state)| state.is_none())
            .map(|(id, _)| StreamToRestore {
                stream: self.stream(id),
                schema: A::SCHEMA,
            })
            .collect();
        if !missing.is_empty() {
            let stored = self.log.store().restore_streams(&missing).await?;
            let mut restored = Vec::with_capacity(missing.len());
            for (wanted, stored) in missing.into_iter().zip(stored) {
                restored.push(self.restore(wanted.stream, stored).await?);
            }
            for (state, restored) in states
                .iter_mut()
                .filter(|state| state.is_none())
                .zip(restored)
            {
                *state = Some(restored);
            }
        }
        Ok(states.into_iter().flatten().collect())
    }

    /// The state of an aggregate as the log holds it now, for whoever decides over several aggregates at once: a refusal
    /// that was decided on kept states has to be decided once more on these.
    pub async fn load_newest(&self, id: &str) -> Result<Loaded<A>, RepositoryError> {
        match self.kept(id) {
            Some(kept) => self.refresh(id, &kept).await,
            None => self.load_stored(id).await,
        }
    }

    /// A loaded state brought up to what the log holds now.
    pub(crate) async fn refresh(
        &self,
        id: &str,
        loaded: &Loaded<A>,
    ) -> Result<Loaded<A>, RepositoryError> {
        let stream = self.stream(id);
        let wanted = [StreamAfter {
            stream: stream.clone(),
            after: loaded.version,
        }];
        let tails = self.log.store().load_streams(&wanted).await?;
        let tail = tails.into_iter().next().unwrap_or_default();
        if tail.is_empty() {
            return Ok(loaded.clone());
        }
        let fresh = fold(&stream, A::clone(&loaded.state), loaded.version, tail)?;
        self.remember(id, fresh.version, Arc::clone(&fresh.state));
        Ok(fresh)
    }

    async fn restore(
        &self,
        stream: StreamName,
        stored: StoredStream,
    ) -> Result<Loaded<A>, RepositoryError> {
        let grown = stored.tail.len() as u64;
        let loaded = match stored.snapshot {
            None => fold(&stream, A::default(), 0, stored.tail)?,
            Some(snapshot) => match serde_json::from_str::<A>(&snapshot.state) {
                Ok(state) => fold(&stream, state, snapshot.version, stored.tail)?,
                Err(error) => {
                    tracing::warn!(%stream, %error, "a snapshot cannot be read; loading the whole stream");
                    let whole = [StreamAfter {
                        stream: stream.clone(),
                        after: 0,
                    }];
                    let tail = self
                        .log
                        .store()
                        .load_streams(&whole)
                        .await?
                        .into_iter()
                        .next()
                        .unwrap_or_default();
                    fold(&stream, A::default(), 0, tail)?
                }
            },
        };
        if loaded.version > 0 {
            self.remember(
                &stream.aggregate_id,
                loaded.version,
                Arc::clone(&loaded.state),
            );
        }
        if grown >= self.options.snapshot_every {
            self.snapshot_behind(stream, &loaded);
        }
        Ok(loaded)
    }

    /// Writes a snapshot when the stream has grown past a multiple of the interval.
    pub(super) fn snapshot_if_due(&self, id: &str, before: u64, loaded: &Loaded<A>) {
        let every = self.options.snapshot_every.max(1);
        if loaded.version / every > before / every {
            self.snapshot_behind(self.stream(id), loaded);
        }
    }

    /// In the background: no command waits for a snapshot, and none fails for want of one.
    fn snapshot_behind(&self, stream: StreamName, loaded: &Loaded<A>) {
        let (log, loaded) = (self.log.clone(), loaded.clone());
        tokio::spawn(async move {
            let saved = match serde_json::to_string(&*loaded.state) {
                Ok(state) => {
                    let schema = A::SCHEMA.to_owned();
                    log.store()
                        .save_snapshot(&Snapshot {
                            stream: stream.clone(),
                            version: loaded.version,
                            schema,
                            state,
                        })
                        .await
                }
                Err(error) => Err(LogError::Permanent {
                    reason: error.to_string(),
                }),
            };
            if let Err(error) = saved {
                tracing::warn!(%stream, version = loaded.version, %error, "a snapshot was not saved; loads take longer");
            }
        });
    }
}

/// A state after the events that follow it.
pub(crate) fn fold<A: Decider>(
    stream: &StreamName,
    mut state: A,
    mut version: u64,
    tail: Vec<StreamEvent>,
) -> Result<Loaded<A>, RepositoryError>
where
    A::Event: LoggedEvent,
{
    for event in tail {
        if event.sequence != version + 1 {
            let reason = format!(
                "{stream} goes from sequence {version} to {}",
                event.sequence
            );
            return Err(LogError::Corrupt { reason }.into());
        }
        let decoded = decode_parts(&event.event_type, event.event_version, &event.payload)
            .map_err(|reason| RepositoryError::Unreadable {
                stream: stream.clone(),
                sequence: event.sequence,
                event_type: event.event_type.clone(),
                reason,
            })?;
        state.apply(decoded);
        version = event.sequence;
    }
    Ok(Loaded {
        state: Arc::new(state),
        version,
    })
}
