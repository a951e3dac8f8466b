//! Messages on their way, in the table `messages` beside the log.
//!
//! The table comes with the log's migrations; this never creates or changes it.

use accession_events::ids::SubjectId;
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    MessageLine, MessageState, NewMessage, Outbox, OutboxCounts, Settled, TakenMessage, count,
    line, taken, time,
};
use crate::error::{During, SecretsError};

pub(super) struct PostgresOutbox(pub(super) PgPool);

#[async_trait]
impl Outbox for PostgresOutbox {
    async fn queue(&self, message: &NewMessage) -> Result<bool, SecretsError> {
        let done = sqlx::query(
            "INSERT INTO messages (id, subject, kind, letter, state, queued_at, due_at, expires_at, ended_at) \
             VALUES ($1, $2, $3, $4, $5, to_timestamp($6::double precision / 1000000), to_timestamp($6::double precision / 1000000), to_timestamp($7::double precision / 1000000), CASE WHEN $5 = 'queued' THEN NULL ELSE to_timestamp($6::double precision / 1000000) END) \
             ON CONFLICT DO NOTHING",
        )
        .bind(message.id)
        .bind(message.subject.as_uuid())
        .bind(&message.kind)
        .bind(&message.letter)
        .bind(message.state.as_str())
        .bind(message.queued_at.as_microsecond())
        .bind(message.expires_at.map(Timestamp::as_microsecond))
        .execute(&self.0)
        .await
        .during("queueing a message")?;
        Ok(done.rows_affected() > 0)
    }

    async fn take(
        &self,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<TakenMessage>, SecretsError> {
        let row = sqlx::query_as(
            "UPDATE messages SET state = 'sending', attempts = attempts + 1, due_at = to_timestamp($2::double precision / 1000000) \
             WHERE id = (SELECT id FROM messages WHERE state IN ('queued', 'sending') AND due_at <= to_timestamp($1::double precision / 1000000) \
                         ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) \
             RETURNING id::text, kind, letter, attempts::bigint, (extract(epoch FROM expires_at) * 1000000)::bigint",
        )
        .bind(now.as_microsecond())
        .bind(until.as_microsecond())
        .fetch_optional(&self.0)
        .await
        .during("taking a message to send")?;
        row.map(taken).transpose()
    }

    async fn settle(
        &self,
        message: &TakenMessage,
        settled: &Settled,
    ) -> Result<bool, SecretsError> {
        let done = sqlx::query(
            "UPDATE messages SET state = $3, problem = $5, \
             due_at = CASE WHEN $3 = 'queued' THEN to_timestamp($4::double precision / 1000000) ELSE due_at END, \
             ended_at = CASE WHEN $3 = 'queued' THEN NULL ELSE to_timestamp($4::double precision / 1000000) END, \
             letter = CASE WHEN $3 IN ('queued', 'failed') THEN letter ELSE '' END \
             WHERE id = $1 AND state = 'sending' AND attempts = $2",
        )
        .bind(message.id)
        .bind(i64::from(message.attempts))
        .bind(settled.state.as_str())
        .bind(settled.at.as_microsecond())
        .bind(&settled.problem)
        .execute(&self.0)
        .await
        .during("noting what became of a message")?;
        Ok(done.rows_affected() > 0)
    }

    async fn drop_of(&self, subject: SubjectId, at: Timestamp) -> Result<u64, SecretsError> {
        let done = sqlx::query(
            "UPDATE messages SET state = 'dropped', letter = '', ended_at = to_timestamp($2::double precision / 1000000), problem = 'its receiver was erased' \
             WHERE subject = $1 AND state IN ('queued', 'sending', 'failed')",
        )
        .bind(subject.as_uuid())
        .bind(at.as_microsecond())
        .execute(&self.0)
        .await
        .during("dropping the messages of somebody who was erased")?;
        Ok(done.rows_affected())
    }

    async fn counts(&self) -> Result<OutboxCounts, SecretsError> {
        let (waiting, failed, next): (i64, i64, Option<i64>) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM messages WHERE state IN ('queued', 'sending')), \
                    (SELECT count(*) FROM messages WHERE state = 'failed'), \
                    (SELECT (extract(epoch FROM min(due_at)) * 1000000)::bigint FROM messages WHERE state IN ('queued', 'sending'))",
        )
        .fetch_one(&self.0)
        .await
        .during("counting messages")?;
        Ok(OutboxCounts {
            waiting: count(waiting),
            failed: count(failed),
            next_due: next.map(time).transpose()?,
        })
    }

    async fn list(&self, at_most: u32) -> Result<Vec<MessageLine>, SecretsError> {
        let rows = sqlx::query_as(
            "SELECT id::text, kind, state, attempts::bigint, (extract(epoch FROM queued_at) * 1000000)::bigint, (extract(epoch FROM due_at) * 1000000)::bigint, problem \
             FROM messages WHERE state IN ('queued', 'sending', 'failed') ORDER BY queued_at, id LIMIT $1",
        )
        .bind(i64::from(at_most))
        .fetch_all(&self.0)
        .await
        .during("listing messages")?;
        rows.into_iter().map(line).collect()
    }

    async fn of(&self, subject: SubjectId, at_most: u32) -> Result<Vec<MessageLine>, SecretsError> {
        let rows = sqlx::query_as(
            "SELECT id::text, kind, state, attempts::bigint, (extract(epoch FROM queued_at) * 1000000)::bigint, (extract(epoch FROM due_at) * 1000000)::bigint, problem \
             FROM messages WHERE subject = $1 ORDER BY queued_at DESC, id LIMIT $2",
        )
        .bind(subject.as_uuid())
        .bind(i64::from(at_most))
        .fetch_all(&self.0)
        .await
        .during("listing the messages of somebody")?;
        rows.into_iter().map(line).collect()
    }

    async fn retry(&self, id: Uuid, now: Timestamp) -> Result<bool, SecretsError> {
        let done = sqlx::query(
            "UPDATE messages SET state = 'queued', attempts = 0, problem = NULL, ended_at = NULL, due_at = to_timestamp($2::double precision / 1000000) \
             WHERE id = $1 AND state = $3",
        )
        .bind(id)
        .bind(now.as_microsecond())
        .bind(MessageState::Failed.as_str())
        .execute(&self.0)
        .await
        .during("having a message tried again")?;
        Ok(done.rows_affected() > 0)
    }

    async fn discard(&self, id: Uuid, now: Timestamp) -> Result<bool, SecretsError> {
        let done = sqlx::query(
            "UPDATE messages SET state = 'dropped', letter = '', ended_at = to_timestamp($2::double precision / 1000000) \
             WHERE id = $1 AND state IN ('queued', 'sending', 'failed')",
        )
        .bind(id)
        .bind(now.as_microsecond())
        .execute(&self.0)
        .await
        .during("discarding a message")?;
        Ok(done.rows_affected() > 0)
    }

    async fn purge(&self, before: Timestamp, but_for: &str) -> Result<u64, SecretsError> {
        let done = sqlx::query(
            "DELETE FROM messages WHERE ended_at < to_timestamp($1::double precision / 1000000) AND state IN ('sent', 'dropped') AND kind <> $2",
        )
        .bind(before.as_microsecond())
        .bind(but_for)
        .execute(&self.0)
        .await
        .during("forgetting messages")?;
        Ok(done.rows_affected())
    }
}
