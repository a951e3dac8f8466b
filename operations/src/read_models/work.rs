//! What is being done to a read model, on record in the read store: who asked for it, what was found, how it ended.
//!
//! Never changed by anyone who has not seen what it says: one piece of work at a time, whoever asks from wherever.

use accession_projector::Model;
use accession_read_store::{ReadStore, ReadStoreError};
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::compare::Comparison;

/// A rebuild or a rollback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Work {
    /// What is done.
    pub what: WorkKind,
    /// The generation that readers are to be sent to.
    pub generation: u32,
    /// The fold that builds it.
    pub fold_version: String,
    /// How far it is.
    pub stage: Stage,
    /// Whether it waits for `promote` when all is done but the last step.
    pub hold: bool,
    /// Who asked for it.
    pub by: String,
    /// When.
    #[schema(value_type = String)]
    pub begun: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>)]
    pub ended: Option<Timestamp>,
    /// What comparing it with the live generation found.
    pub comparison: Option<Comparison>,
    /// Why it does not go on by itself.
    pub problem: Option<String>,
}

/// What is done to a read model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    /// It is built anew from the log, beside the live generation.
    Rebuild,
    /// Readers go back to the generation before, once it has caught up.
    Rollback,
}

/// How far a piece of work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The log is taken in.
    Building,
    /// It is compared with the live generation.
    Comparing,
    /// It is kept up and waits for an operator to promote it.
    Held,
    /// Readers are being sent to it.
    Promoting,
    /// Readers are sent to it.
    Done,
    /// An operator has given it up.
    Cancelled,
}

impl Work {
    /// Whether somebody is, or should be, at it.
    #[must_use]
    pub fn is_active(&self) -> bool {
        !matches!(self.stage, Stage::Done | Stage::Cancelled)
    }
}

/// A record as it was read: what it says, and the bytes by which it is recognised.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) work: Option<Work>,
    bytes: Option<Bytes>,
}

impl Recorded {
    /// The work, if somebody is at it.
    pub(crate) fn active(&self) -> Option<&Work> {
        self.work.as_ref().filter(|work| work.is_active())
    }
}

/// Reads the record of a model.
pub(crate) async fn read(store: &dyn ReadStore, model: &str) -> Result<Recorded, ReadStoreError> {
    let bytes = store.note(&name(model)).await?;
    let work = match &bytes {
        Some(bytes) => Some(parse(model, bytes)?),
        None => None,
    };
    Ok(Recorded { work, bytes })
}

/// Replaces a record that still says what it said when it was read; whether it did.
pub(crate) async fn replace(
    store: &dyn ReadStore,
    model: &Model,
    read: &Recorded,
    work: &Work,
) -> Result<bool, ReadStoreError> {
    let bytes = serde_json::to_vec(work).map_err(|error| unreadable(model.name(), &error))?;
    let (name, bytes) = (name(model.name()), Bytes::from(bytes));
    store
        .replace_note(&name, read.bytes.as_ref(), Some(&bytes))
        .await
}

fn name(model: &str) -> String {
    format!("work/{model}")
}

fn parse(model: &str, bytes: &Bytes) -> Result<Work, ReadStoreError> {
    serde_json::from_slice(bytes).map_err(|error| unreadable(model, &error))
}

fn unreadable(model: &str, error: &serde_json::Error) -> ReadStoreError {
    ReadStoreError::Corrupt {
        reason: format!("the record of the work on {model}: {error}"),
    }
}
