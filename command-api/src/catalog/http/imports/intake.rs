//! The way of a batch from the wire to the log and back.
//!
//! Never lets one bad item hold up the others: only a body that is no batch is refused as a whole.

use std::time::Duration;

use accession_event_log::Repository;
use accession_events::ids::{EventId, ImportRunId};
use accession_events::ingestion::RejectedItem;
use accession_events::ingestion::items::MAX_ITEMS;
use accession_service::problem::{FieldError, Problem};
use http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::catalog::import::Importing;
use crate::catalog::import::batch::{Batch, Done, Kind, Writing};
use crate::catalog::import::item::{Circumstances, Fate, Rejection};
use crate::catalog::reading::Fault;
use crate::http::answer::{Answer, Reply};
use crate::http::body::{RawBody, field_error, is_object, parse};
use crate::http::call::{Call, new_id};
use crate::http::failure::from_repository;
use crate::http::keyed;
use crate::services::Policy;

/// How the fields of one kind of item are read.
pub(super) type Read<I, R> = fn(&I, &Circumstances<'_>) -> Result<R, Vec<Fault>>;

/// One call of an importer, and what it works with.
pub(super) struct Intake<'a> {
    pub(super) importing: &'a Importing,
    pub(super) policy: &'a Policy,
    pub(super) call: &'a Call,
}

/// In whose name items are taken through, and what becomes of them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Terms {
    /// The run that sends them.
    pub(super) run: Option<ImportRunId>,
    /// Whether they are written.
    pub(super) writing: Writing,
}

/// A batch whose items have not been read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBatch<'a> {
    #[serde(default)]
    run_id: Option<ImportRunId>,
    #[serde(default)]
    preview: bool,
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
}

impl Intake<'_> {
    /// Takes a whole batch through.
    pub(super) async fn batch<K: Kind, I: DeserializeOwned>(
        &self,
        repository: &Repository<K::Aggregate>,
        kind: &K,
        body: &RawBody,
        read: Read<I, K::Item>,
    ) -> Result<Answer, Problem> {
        if let Some(answer) =
            keyed::answered_before(repository.log(), self.call, &body.digest).await?
        {
            return Ok(answer);
        }
        let batch: RawBatch<'_> = parse(&body.bytes)?;
        refuse_size(batch.items.len())?;
        let terms = Terms {
            run: batch.run_id,
            writing: if batch.preview {
                Writing::Preview
            } else {
                Writing::Log
            },
        };
        if let Some(run) = batch.run_id {
            self.importing.rejections().require_open(run).await?;
        }
        let with = Circumstances {
            policy: self.policy,
            run: batch.run_id,
        };
        let items = batch
            .items
            .iter()
            .map(|raw| read_item(raw, read, &with))
            .collect();
        let done = self.take(repository, kind, items, terms).await?;
        if batch.preview {
            // It says how things stand now, so a repeat is asked anew: nothing is kept under its key.
            let position = done.position;
            return Ok(Reply::with_body(results(done)).unversioned(position));
        }
        self.note(&batch, &done.fates).await?;
        let position = done.position;
        let reply = Reply::with_body(results(done));
        let answer = reply.clone().unversioned(position);
        keyed::keep(repository.log(), self.call, &body.digest, reply, answer).await
    }

    /// Takes items through that have been read.
    pub(super) async fn take<K: Kind>(
        &self,
        repository: &Repository<K::Aggregate>,
        kind: &K,
        items: Vec<Result<K::Item, Rejection>>,
        terms: Terms,
    ) -> Result<Done, Problem> {
        let _place = self.importing.place().ok_or_else(busy)?;
        self.with(repository, kind, terms)
            .run(items)
            .await
            .map_err(|error| from_repository(&error))
    }

    /// A batch of this call.
    pub(super) fn with<'b, K: Kind>(
        &self,
        repository: &'b Repository<K::Aggregate>,
        kind: &'b K,
        terms: Terms,
    ) -> Batch<'b, K> {
        let mut metadata = self.call.metadata();
        metadata.import_run = terms.run.map(|run| run.to_string());
        let metadata = serde_json::to_string(&metadata).unwrap_or_else(|_| String::from("{}"));
        Batch {
            kind,
            repository,
            metadata,
            event_ids: || EventId::new(new_id()),
            writing: terms.writing,
            order: self.policy.order,
        }
    }

    async fn note(&self, batch: &RawBatch<'_>, fates: &[Fate]) -> Result<(), Problem> {
        let Some(run) = batch.run_id else {
            return Ok(());
        };
        let rejected: Vec<RejectedItem> = batch
            .items
            .iter()
            .zip(fates)
            .enumerate()
            .filter_map(|(index, (raw, fate))| match fate {
                Fate::Rejected(Rejection { code, detail }) => Some(RejectedItem {
                    record: record_of(raw, index),
                    code: code.clone(),
                    detail: detail.clone(),
                }),
                Fate::Accepted(_) | Fate::Unchanged(_) => None,
            })
            .collect();
        if rejected.is_empty() {
            return Ok(());
        }
        self.importing
            .rejections()
            .note(run, rejected, self.call.metadata())
            .await
    }
}

/// The results as the body tells them.
fn results(done: Done) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("results".to_owned(), told(done));
    body
}

/// One result an item.
pub(super) fn told(done: Done) -> Value {
    let mut foreseen = done.foreseen.into_iter();
    let told = done.fates.into_iter().enumerate().map(|(index, fate)| {
        let mut told = fate.told(index);
        if let Some(foreseen) = foreseen.next().flatten() {
            (told.new, told.changes) = (foreseen.new, foreseen.changes);
            told.conflicts = foreseen.conflicts;
        }
        told
    });
    serde_json::to_value(told.collect::<Vec<_>>()).unwrap_or_default()
}

/// What one item's rejection is for a caller who sent only that.
pub(super) fn problem_of(rejection: &Rejection) -> Problem {
    let status = match rejection.code.as_str() {
        "unknown_title" | "unknown_episode" => StatusCode::NOT_FOUND,
        "conflict" | "isbn_taken" | "episode_number_taken" | "episode_of_other_title" => {
            StatusCode::CONFLICT
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Problem::new(status, rejection.code.clone(), rejection.detail.clone())
}

pub(super) fn read_item<I: DeserializeOwned, R>(
    raw: &RawValue,
    read: Read<I, R>,
    with: &Circumstances<'_>,
) -> Result<R, Rejection> {
    if !is_object(raw.get().as_bytes()) {
        return Err(Rejection::new("wrong_type", "expected a JSON object"));
    }
    match serde_json::from_str::<I>(raw.get()) {
        Ok(item) => read(&item, with).map_err(|faults| Rejection::unreadable(&faults)),
        Err(_) => Err(misshapen::<I>(raw)),
    }
}

/// Reads again, slower, to be able to say where it went wrong.
fn misshapen<I: DeserializeOwned>(raw: &RawValue) -> Rejection {
    let mut reader = serde_json::Deserializer::from_str(raw.get());
    let error = serde_path_to_error::deserialize::<_, I>(&mut reader).err();
    let FieldError {
        field,
        code,
        message,
    } = error.map_or_else(
        || field_error("", "bad value"),
        |error| field_error(&error.path().to_string(), &error.inner().to_string()),
    );
    let place = if field.is_empty() {
        String::new()
    } else {
        format!("{field}: ")
    };
    Rejection::new(code, format!("{place}{message}"))
}

/// The record's own id, as far as it can be seen in an item that is refused.
fn record_of(raw: &RawValue, index: usize) -> String {
    let item: Value = serde_json::from_str(raw.get()).unwrap_or_default();
    let named = ["source_id", "source_episode_id"]
        .iter()
        .find_map(|key| item.get(key).and_then(Value::as_str));
    named.map_or_else(
        || format!("item {index}"),
        |text| text.chars().take(200).collect(),
    )
}

fn refuse_size(found: usize) -> Result<(), Problem> {
    if (1..=MAX_ITEMS).contains(&found) {
        return Ok(());
    }
    let (code, message) = (
        if found == 0 { "empty" } else { "too_many" },
        format!("a batch holds 1 to {MAX_ITEMS} items; this one holds {found}"),
    );
    Err(Problem::invalid(
        message.clone(),
        vec![FieldError::new("items", code, message)],
    ))
}

pub(super) fn busy() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "too_many_batches",
        "as many import batches are under way as the server takes on; send this one again in a moment",
    )
    .retry_after(Duration::from_secs(1))
}
