//! Submits a batch to `append_events` and finds out what became of it, also when the connection breaks on the commit.
//!
//! Never says "not written" of something that may yet be written: the lost server process is ended before the look-up.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{PgConnection, Row};
use tokio::sync::Mutex;
use tokio::time::Instant;
use uuid::Uuid;

use super::batch::Batch;
use super::columns::position;
use super::fault::{Fault, classify, is_not_new};
use super::session::{Identity, Session};
use super::verdicts::outcomes;
use crate::append::{Append, Committed, Outcome};
use crate::error::LogError;

const APPEND: &str = "SELECT head, outcomes, places, numbers, texts FROM append_events(
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
    $26, $27)";

/// Longest wait for an answer of the server before the connection is given up; above its own statement time-out.
const ANSWER_PATIENCE: Duration = Duration::from_secs(40);
/// Longest wait for one connection attempt.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// First and longest pause between attempts to reach the server again.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

/// The one connection that appends.
pub(crate) struct Appender {
    options: PgConnectOptions,
    /// How long to look for the answer after a connection broke on a commit.
    resolve_patience: Duration,
    session: Mutex<Option<Session>>,
}

impl Appender {
    pub(crate) fn new(options: PgConnectOptions, resolve_patience: Duration) -> Self {
        Self {
            options,
            resolve_patience,
            session: Mutex::new(None),
        }
    }

    /// Writes a batch; see [`crate::LogStore::append`].
    pub(crate) async fn append(&self, batch: &[Append]) -> Result<Vec<Outcome>, LogError> {
        let mut held = self.session.lock().await;
        // Taken out, so that a caller who stops waiting leaves no connection with a half-read answer behind.
        let mut session = match held.take() {
            Some(session) => session,
            None => Session::open(&self.options, CONNECT_PATIENCE).await?,
        };
        let appends: Vec<&Append> = batch.iter().collect();
        match submit(&mut session.connection, &appends).await {
            Ok(outcomes) => {
                *held = Some(session);
                Ok(outcomes)
            }
            Err(Fault::Refused(error)) => {
                *held = Some(session);
                Err(error)
            }
            Err(Fault::Lost(reason)) => {
                tracing::warn!(
                    reason,
                    appends = batch.len(),
                    "lost Postgres during an append; looking up what became of it"
                );
                metrics::counter!("accession_log_lost_commits_total").increment(1);
                let (session, outcomes) = self.resolve(session.identity, &appends, reason).await?;
                *held = Some(session);
                outcomes
            }
        }
    }

    /// After the connection `lost` broke: what was written of the batch, and the rest once more.
    async fn resolve(
        &self,
        mut lost: Identity,
        batch: &[&Append],
        mut reason: String,
    ) -> Result<(Session, Result<Vec<Outcome>, LogError>), LogError> {
        let deadline = Instant::now() + self.resolve_patience;
        let mut known: Vec<Option<Outcome>> = vec![None; batch.len()];
        let mut pause = PAUSES.0;
        loop {
            if let Ok(mut session) = Session::open(&self.options, CONNECT_PATIENCE).await {
                match self.settle(&mut session, &lost, batch, &mut known).await {
                    Ok(()) => return Ok((session, Ok(known.into_iter().flatten().collect()))),
                    Err(Some(Fault::Refused(error))) if known.iter().all(Option::is_none) => {
                        return Ok((session, Err(error)));
                    }
                    Err(Some(Fault::Refused(error))) => reason = error.to_string(),
                    Err(Some(Fault::Lost(why))) => {
                        reason = why;
                        lost = session.identity;
                    }
                    Err(None) => {}
                }
            }
            if Instant::now() + pause > deadline {
                return Err(LogError::Ambiguous { reason });
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    /// One attempt: `Err(None)` when the lost process has not ended yet.
    async fn settle(
        &self,
        session: &mut Session,
        lost: &Identity,
        batch: &[&Append],
        known: &mut [Option<Outcome>],
    ) -> Result<(), Option<Fault>> {
        if !session.ended(lost).await.map_err(|_| None)? {
            return Err(None);
        }
        for (append, outcome) in batch
            .iter()
            .zip(known.iter_mut())
            .filter(|(_, outcome)| outcome.is_none())
        {
            let ids: Vec<Uuid> = append
                .writes
                .iter()
                .flat_map(|write| &write.events)
                .map(|event| event.id.as_uuid())
                .collect();
            *outcome = written(&mut session.connection, &ids)
                .await
                .map_err(|_| None)?
                .map(Outcome::Committed);
        }
        let open: Vec<&Append> = batch
            .iter()
            .zip(known.iter())
            .filter(|(_, outcome)| outcome.is_none())
            .map(|(append, _)| *append)
            .collect();
        if open.is_empty() {
            return Ok(());
        }
        let answers = submit(&mut session.connection, &open).await.map_err(Some)?;
        for (outcome, answer) in known
            .iter_mut()
            .filter(|outcome| outcome.is_none())
            .zip(answers)
        {
            *outcome = Some(answer);
        }
        Ok(())
    }
}

/// Where these events stand, if all of them were written.
async fn written(
    connection: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Option<Committed>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT count(*) AS found, min(e.position) AS first, max(e.position) AS last
         FROM unnest($1) AS t (id) JOIN events e ON e.event_id = t.id",
    )
    .bind(ids)
    .fetch_one(connection)
    .await?;
    if ids.is_empty() || row.try_get::<i64, _>("found")? != ids.len() as i64 {
        return Ok(None);
    }
    Ok(Some(Committed {
        first: position(row.try_get("first")?),
        last: position(row.try_get("last")?),
    }))
}

/// One round trip, or two when a stream that was expected to be new is not.
async fn submit(connection: &mut PgConnection, appends: &[&Append]) -> Result<Vec<Outcome>, Fault> {
    let mut batch = Batch::of(appends);
    if let Some(outcomes) = call(connection, appends, &batch).await? {
        return Ok(outcomes);
    }
    batch.careful = true;
    call(connection, appends, &batch).await?.ok_or_else(|| {
        Fault::Refused(LogError::Corrupt {
            reason: "a sequence of table events was written outside the log's lock".to_owned(),
        })
    })
}

/// The statement is its own transaction, so its answer comes after its commit. None when it was rolled back because a
/// stream that was expected to be new is not.
async fn call(
    connection: &mut PgConnection,
    appends: &[&Append],
    batch: &Batch<'_>,
) -> Result<Option<Vec<Outcome>>, Fault> {
    let query = sqlx::query(APPEND)
        .bind(&batch.stream_types)
        .bind(&batch.stream_ids)
        .bind(&batch.claim_kinds)
        .bind(&batch.claim_values)
        .bind(&batch.key_scopes)
        .bind(&batch.key_names)
        .bind(&batch.metadatas)
        .bind(&batch.append_keys)
        .bind(&batch.fingerprints)
        .bind(&batch.responses)
        .bind(&batch.writes_until)
        .bind(&batch.changes_until)
        .bind(&batch.events_until)
        .bind(&batch.write_streams)
        .bind(&batch.write_expecteds)
        .bind(&batch.write_counts)
        .bind(&batch.change_claims)
        .bind(&batch.change_streams)
        .bind(&batch.change_makes)
        .bind(&batch.event_appends)
        .bind(&batch.event_streams)
        .bind(&batch.event_sequences)
        .bind(&batch.event_ids)
        .bind(&batch.event_types)
        .bind(&batch.event_versions)
        .bind(&batch.payloads)
        .bind(batch.careful);
    // All rows, not the first: the row is sent before the commit, and only the end of the answer says that it took.
    let answer = tokio::time::timeout(ANSWER_PATIENCE, query.fetch_all(connection))
        .await
        .map_err(|_| Fault::Lost(format!("no answer within {ANSWER_PATIENCE:?}")))?;
    let rows = match answer {
        Err(error) if is_not_new(&error) => return Ok(None),
        answer => answer.map_err(Fault::of)?,
    };
    let row = rows
        .first()
        .ok_or_else(|| Fault::Lost("append_events answered nothing".to_owned()))?;
    outcomes(row, appends, batch).map(Some).map_err(|error| {
        Fault::Lost(format!(
            "the answer to an append cannot be read: {}",
            classify(error)
        ))
    })
}
