//! The repository as a `cqrs-es` event store, so that a `CqrsFramework` works over our log.
//!
//! It adds nothing of its own: order, claims and durability are the log's. It ignores `cqrs-es` snapshots, which apply
//! events twice.

use std::collections::HashMap;
use std::sync::Arc;

use accession_events::LoggedEvent;
use cqrs_es::{AggregateContext, AggregateError, EventEnvelope, EventStore};

use crate::append::{Append, Outcome};
use crate::decider::Decider;
use crate::error::LogError;
use crate::repository::{Given, Loaded, Repository, RepositoryError};

/// What `cqrs-es` holds between loading an aggregate and committing its events.
pub struct LoadedAggregate<A> {
    id: String,
    version: u64,
    before: Arc<A>,
    state: A,
}

impl<A: Decider> AggregateContext<A> for LoadedAggregate<A>
where
    A::Event: LoggedEvent,
{
    fn aggregate(&mut self) -> &mut A {
        &mut self.state
    }
}

impl<A: Decider> EventStore<A> for Repository<A>
where
    A::Event: LoggedEvent,
    A::Error: 'static,
{
    type AC = LoadedAggregate<A>;

    async fn load_events(
        &self,
        aggregate_id: &str,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let stream = self.stream(aggregate_id);
        let mut envelopes = Vec::new();
        loop {
            let after = envelopes.len() as u64;
            let page = self
                .log()
                .store()
                .read_stream(&stream, after, PAGE)
                .await
                .map_err(of_log)?;
            let last = page.len() < PAGE;
            for event in page {
                let payload = accession_events::event::decode_as(&event)
                    .map_err(|error| AggregateError::DeserializationError(error.into()))?;
                envelopes.push(EventEnvelope {
                    aggregate_id: aggregate_id.to_owned(),
                    sequence: usize::try_from(event.sequence).unwrap_or(usize::MAX),
                    payload,
                    metadata: serde_json::from_str(&event.metadata).unwrap_or_default(),
                });
            }
            if last {
                return Ok(envelopes);
            }
        }
    }

    async fn load_aggregate(
        &self,
        aggregate_id: &str,
    ) -> Result<LoadedAggregate<A>, AggregateError<A::Error>> {
        // The kept state may be behind; `cqrs-es` does not decide again after a conflict, so it is brought up to date.
        let loaded = self.load(aggregate_id).await.map_err(of_repository)?;
        let loaded = self
            .refresh(aggregate_id, &loaded)
            .await
            .map_err(of_repository)?;
        Ok(LoadedAggregate {
            id: aggregate_id.to_owned(),
            version: loaded.version,
            state: A::clone(&loaded.state),
            before: loaded.state,
        })
    }

    async fn commit(
        &self,
        events: Vec<A::Event>,
        context: LoadedAggregate<A>,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let loaded = Loaded {
            state: context.before,
            version: context.version,
        };
        let ids = Given::default().event_ids;
        let append = Append {
            writes: vec![
                self.prepare(&context.id, &loaded, &events, || ids())
                    .map_err(of_repository)?,
            ],
            metadata: serde_json::to_string(&metadata)
                .map_err(|error| AggregateError::UnexpectedError(error.into()))?,
            idempotency: None,
        };
        match self.log().append(append).await.map_err(of_log)? {
            Outcome::Committed(_) => {}
            Outcome::Conflict { .. } => {
                self.forget(&context.id);
                return Err(AggregateError::AggregateConflict);
            }
            other => return Err(AggregateError::UnexpectedError(refusal(&other).into())),
        }
        self.remember(
            &context.id,
            loaded.version + events.len() as u64,
            Arc::new(context.state),
        );
        Ok(events
            .into_iter()
            .zip(loaded.version + 1..)
            .map(|(payload, sequence)| EventEnvelope {
                aggregate_id: context.id.clone(),
                sequence: usize::try_from(sequence).unwrap_or(usize::MAX),
                payload,
                metadata: metadata.clone(),
            })
            .collect())
    }
}

/// Events of one round trip of `load_events`.
const PAGE: usize = 1000;

fn refusal(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Claimed { key, owner } => {
            format!("{} `{}` belongs to {owner} already", key.kind, key.value)
        }
        other => format!("the log answered {other:?} to an append without an idempotency key"),
    }
}

fn of_log<E: std::error::Error>(error: LogError) -> AggregateError<E> {
    AggregateError::DatabaseConnectionError(error.into())
}

fn of_repository<E: std::error::Error>(error: RepositoryError) -> AggregateError<E> {
    match error {
        RepositoryError::Log(error) => of_log(error),
        error @ RepositoryError::Unreadable { .. } => {
            AggregateError::DeserializationError(error.into())
        }
    }
}
