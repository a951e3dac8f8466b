//! The sessions in the table `sessions` beside the log.
//!
//! The table comes with the log's migrations; this never creates or changes it.

use accession_events::Position;
use accession_events::ids::{AccountId, LibraryId, SessionId};
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row as _};
use uuid::Uuid;

use super::{KeptSession, Rotation, Selected, SessionStore};
use crate::error::{During, SecretsError};
use crate::steps::{step_of, sweep_postgres};

/// Everything of a row, times as microseconds since 1970.
macro_rules! all_of {
    () => {
        "SELECT id, account, since, seed, generation, token_hash, in_cookie, library, library_since, \
         (extract(epoch FROM started_at) * 1000000)::bigint AS started, \
         (extract(epoch FROM rotated_at) * 1000000)::bigint AS rotated, \
         (extract(epoch FROM expires_at) * 1000000)::bigint AS expires, \
         (extract(epoch FROM ended_at) * 1000000)::bigint AS ended FROM sessions "
    };
}

/// A parameter with microseconds since 1970 as a time.
macro_rules! time {
    ($place:literal) => {
        concat!(
            "to_timestamp(0) + $",
            $place,
            "::bigint * interval '1 microsecond'"
        )
    };
}

pub(super) struct PostgresSessions(pub(super) PgPool);

#[async_trait]
impl SessionStore for PostgresSessions {
    async fn begin(&self, session: &KeptSession) -> Result<(), SecretsError> {
        let selected = session.selected;
        sqlx::query(concat!(
            "INSERT INTO sessions (id, account, since, seed, generation, token_hash, in_cookie, library, library_since, \
             started_at, rotated_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, ",
            time!("10"), ", ", time!("11"), ", ", time!("12"), ")"
        ))
        .bind(session.id.as_uuid())
        .bind(session.account.as_uuid())
        .bind(session.since.get() as i64)
        .bind(session.seed.as_slice())
        .bind(session.generation as i32)
        .bind(session.token_hash.as_slice())
        .bind(session.in_cookie)
        .bind(selected.map(|selected| selected.library.as_uuid()))
        .bind(selected.map(|selected| selected.since.get() as i64))
        .bind(session.started_at.as_microsecond())
        .bind(session.rotated_at.as_microsecond())
        .bind(session.expires_at.as_microsecond())
        .execute(&self.0)
        .await
        .during("keeping a session")?;
        Ok(())
    }

    async fn get(&self, id: SessionId) -> Result<Option<KeptSession>, SecretsError> {
        let row = sqlx::query(concat!(all_of!(), "WHERE id = $1"))
            .bind(id.as_uuid())
            .fetch_optional(&self.0)
            .await;
        let row = row.during("looking up a session")?;
        row.as_ref().map(session_of).transpose()
    }

    async fn of_account(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<KeptSession>, SecretsError> {
        let rows = sqlx::query(concat!(
            all_of!(),
            "WHERE account = $1 AND ended_at IS NULL AND expires_at > ",
            time!("2"),
            " ORDER BY started_at DESC, id DESC"
        ))
        .bind(account.as_uuid())
        .bind(now.as_microsecond())
        .fetch_all(&self.0)
        .await
        .during("looking up the sessions of an account")?;
        rows.iter().map(session_of).collect()
    }

    async fn kept_of(
        &self,
        account: AccountId,
        at_most: u32,
    ) -> Result<Vec<KeptSession>, SecretsError> {
        let rows = sqlx::query(concat!(
            all_of!(),
            "WHERE account = $1 ORDER BY started_at DESC, id DESC LIMIT $2"
        ))
        .bind(account.as_uuid())
        .bind(i64::from(at_most))
        .fetch_all(&self.0)
        .await
        .during("looking up all sessions of an account")?;
        rows.iter().map(session_of).collect()
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<bool, SecretsError> {
        let done = sqlx::query(concat!(
            "UPDATE sessions SET generation = generation + 1, token_hash = $1, rotated_at = ",
            time!("2"),
            ", expires_at = ",
            time!("3"),
            " WHERE id = $4 AND generation = $5 AND token_hash = $6 AND ended_at IS NULL AND expires_at > ",
            time!("2")
        ))
        .bind(rotation.successor.as_slice())
        .bind(rotation.now.as_microsecond())
        .bind(rotation.expires_at.as_microsecond())
        .bind(rotation.id.as_uuid())
        .bind(rotation.generation as i32)
        .bind(rotation.shown.as_slice())
        .execute(&self.0)
        .await
        .during("rotating a refresh token")?;
        Ok(done.rows_affected() > 0)
    }

    async fn select(&self, id: SessionId, selected: Option<Selected>) -> Result<(), SecretsError> {
        sqlx::query("UPDATE sessions SET library = $2, library_since = $3 WHERE id = $1")
            .bind(id.as_uuid())
            .bind(selected.map(|selected| selected.library.as_uuid()))
            .bind(selected.map(|selected| selected.since.get() as i64))
            .execute(&self.0)
            .await
            .during("selecting a library for a session")?;
        Ok(())
    }

    async fn end(&self, id: SessionId, now: Timestamp) -> Result<bool, SecretsError> {
        let done = sqlx::query(concat!(
            "UPDATE sessions SET ended_at = ",
            time!("2"),
            " WHERE id = $1 AND ended_at IS NULL"
        ))
        .bind(id.as_uuid())
        .bind(now.as_microsecond())
        .execute(&self.0)
        .await
        .during("ending a session")?;
        Ok(done.rows_affected() > 0)
    }

    async fn end_all(
        &self,
        account: AccountId,
        except: Option<SessionId>,
        now: Timestamp,
    ) -> Result<u64, SecretsError> {
        let done = sqlx::query(concat!(
            "UPDATE sessions SET ended_at = ",
            time!("3"),
            " WHERE account = $1 AND ended_at IS NULL AND ($2::uuid IS NULL OR id <> $2)"
        ))
        .bind(account.as_uuid())
        .bind(except.map(|id| id.as_uuid()))
        .bind(now.as_microsecond())
        .execute(&self.0)
        .await
        .during("ending the sessions of an account")?;
        Ok(done.rows_affected())
    }

    async fn expired(&self, now: Timestamp, limit: u32) -> Result<Vec<KeptSession>, SecretsError> {
        let rows = sqlx::query(concat!(
            all_of!(),
            "WHERE ended_at IS NULL AND expires_at <= ",
            time!("1"),
            " ORDER BY expires_at LIMIT $2"
        ))
        .bind(now.as_microsecond())
        .bind(i64::from(limit))
        .fetch_all(&self.0)
        .await
        .during("looking for sessions that are over")?;
        rows.iter().map(session_of).collect()
    }

    async fn forget_ended(&self, before: Timestamp) -> Result<u64, SecretsError> {
        let step = step_of!(
            "ctid",
            "sessions",
            "ended_at < to_timestamp($1::double precision / 1000000)"
        );
        let swept = sweep_postgres(&self.0, step, before).await;
        swept.during("forgetting sessions")
    }
}

fn session_of(row: &PgRow) -> Result<KeptSession, SecretsError> {
    read(row).during("reading a session")
}

fn read(row: &PgRow) -> Result<KeptSession, sqlx::Error> {
    let library: Option<Uuid> = row.try_get("library")?;
    let library_since: Option<i64> = row.try_get("library_since")?;
    Ok(KeptSession {
        id: SessionId::new(row.try_get("id")?),
        account: AccountId::new(row.try_get("account")?),
        since: Position::new(row.try_get::<i64, _>("since")?.unsigned_abs()),
        seed: super::bytes(row.try_get("seed")?)?,
        generation: row.try_get::<i32, _>("generation")?.unsigned_abs(),
        token_hash: super::bytes(row.try_get("token_hash")?)?,
        in_cookie: row.try_get("in_cookie")?,
        selected: library.zip(library_since).map(|(library, since)| Selected {
            library: LibraryId::new(library),
            since: Position::new(since.unsigned_abs()),
        }),
        started_at: super::time(row.try_get("started")?)?,
        rotated_at: super::time(row.try_get("rotated")?)?,
        expires_at: super::time(row.try_get("expires")?)?,
        ended_at: row
            .try_get::<Option<i64>, _>("ended")?
            .map(super::time)
            .transpose()?,
    })
}
