//! Idempotency keys of calls that are not one command on one aggregate, such as import batches.
//!
//! Their effects are idempotent by themselves; the kept answer makes the repeat's answer the same, too.
//!
//! The answer is kept by an append of its own, after those of the effects: one batch is many appends, each item all or
//! nothing, and no single one of them could carry it. A crash in between loses nothing that was acknowledged, for nothing
//! was: the caller got no answer. Its repeat finds the key free and carries the request out again; an item that was
//! written is then `unchanged`, because its record and the hash of its content are known, and a rejection that was noted
//! on the run is not noted again. So never use this for effects that would happen twice.

use accession_event_log::{Append, EventLog, Idempotency, Keyed, Outcome};
use accession_service::problem::Problem;

use super::answer::{Answer, Reply};
use super::body::BodyDigest;
use super::call::Call;
use super::failure::{from_log, key_reused};

/// The answer that this very request got before, if it did.
pub async fn answered_before(
    log: &EventLog,
    call: &Call,
    body: &BodyDigest,
) -> Result<Option<Answer>, Problem> {
    let Some(key) = call.key() else {
        return Ok(None);
    };
    let stored = log
        .store()
        .stored_response(&call.caller.actor(), key)
        .await
        .map_err(|error| from_log(&error))?;
    match stored {
        None => Ok(None),
        Some(stored) if stored.fingerprint == call.fingerprint(body) => {
            Answer::replayed(&stored).map(Some)
        }
        Some(_) => Err(key_reused()),
    }
}

/// The answer that this very call of anybody got before, if it did.
pub async fn open_answered_before(
    log: &EventLog,
    keyed: Option<&Keyed>,
) -> Result<Option<Answer>, Problem> {
    let Some(Keyed {
        scope,
        key,
        fingerprint,
        ..
    }) = keyed
    else {
        return Ok(None);
    };
    let stored = log.store().stored_response(scope, key).await;
    match stored.map_err(|error| from_log(&error))? {
        None => Ok(None),
        Some(stored) if stored.fingerprint == *fingerprint => Answer::replayed(&stored).map(Some),
        Some(_) => Err(key_reused()),
    }
}

/// Keeps the answer under the call's key, if it has one. When the same request was answered at the same time, that
/// answer counts.
pub async fn keep(
    log: &EventLog,
    call: &Call,
    body: &BodyDigest,
    reply: Reply,
    answer: Answer,
) -> Result<Answer, Problem> {
    let Some(key) = call.key() else {
        return Ok(answer);
    };
    let append = Append {
        writes: Vec::new(),
        metadata: String::from("{}"),
        idempotency: Some(Idempotency {
            scope: call.caller.actor(),
            key: key.to_owned(),
            fingerprint: call.fingerprint(body),
            response: reply.stored_unversioned(),
        }),
    };
    match log.append(append).await.map_err(|error| from_log(&error))? {
        Outcome::Committed(committed) => Ok(reply.unversioned(committed.last)),
        Outcome::Replayed(stored) => Answer::replayed(&stored),
        Outcome::KeyReused => Err(key_reused()),
        Outcome::Conflict { .. } | Outcome::Claimed { .. } => Ok(answer),
    }
}
