//! The sessions in the private file of an embedded server: ids as text, times as microseconds.
//!
//! Never holds a token: what is read from the file opens nothing.

use accession_events::Position;
use accession_events::ids::{AccountId, LibraryId, SessionId};
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqlitePool};

use super::{KeptSession, Rotation, Selected, SessionStore};
use crate::error::{During, SecretsError};
use crate::steps::{step_of, sweep_sqlite};

/// Everything of a row.
macro_rules! all_of {
    () => {
        "SELECT id, account, since, seed, generation, token_hash, in_cookie, library, library_since, started_at AS started, \
         rotated_at AS rotated, expires_at AS expires, ended_at AS ended FROM sessions "
    };
}

pub(super) struct SqliteSessions(pub(super) SqlitePool);

#[async_trait]
impl SessionStore for SqliteSessions {
    async fn begin(&self, session: &KeptSession) -> Result<(), SecretsError> {
        let selected = session.selected;
        sqlx::query("INSERT INTO sessions (id, account, since, seed, generation, token_hash, in_cookie, library, library_since, \
             started_at, rotated_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")
        .bind(session.id.to_string())
        .bind(session.account.to_string())
        .bind(session.since.get() as i64)
        .bind(session.seed.as_slice())
        .bind(session.generation as i32)
        .bind(session.token_hash.as_slice())
        .bind(session.in_cookie)
        .bind(selected.map(|selected| selected.library.to_string()))
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
        let row = sqlx::query(concat!(all_of!(), "WHERE id = ?1"))
            .bind(id.to_string())
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
            "WHERE account = ?1 AND ended_at IS NULL AND expires_at > ?2 ORDER BY started_at DESC, id DESC"
        ))
        .bind(account.to_string())
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
            "WHERE account = ?1 ORDER BY started_at DESC, id DESC LIMIT ?2"
        ))
        .bind(account.to_string())
        .bind(i64::from(at_most))
        .fetch_all(&self.0)
        .await
        .during("looking up all sessions of an account")?;
        rows.iter().map(session_of).collect()
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<bool, SecretsError> {
        let done = sqlx::query("UPDATE sessions SET generation = generation + 1, token_hash = ?1, rotated_at = ?2, expires_at = ?3 WHERE id = ?4 AND generation = ?5 AND token_hash = ?6 AND ended_at IS NULL AND expires_at > ?2")
        .bind(rotation.successor.as_slice())
        .bind(rotation.now.as_microsecond())
        .bind(rotation.expires_at.as_microsecond())
        .bind(rotation.id.to_string())
        .bind(rotation.generation as i32)
        .bind(rotation.shown.as_slice())
        .execute(&self.0)
        .await
        .during("rotating a refresh token")?;
        Ok(done.rows_affected() > 0)
    }

    async fn select(&self, id: SessionId, selected: Option<Selected>) -> Result<(), SecretsError> {
        sqlx::query("UPDATE sessions SET library = ?2, library_since = ?3 WHERE id = ?1")
            .bind(id.to_string())
            .bind(selected.map(|selected| selected.library.to_string()))
            .bind(selected.map(|selected| selected.since.get() as i64))
            .execute(&self.0)
            .await
            .during("selecting a library for a session")?;
        Ok(())
    }

    async fn end(&self, id: SessionId, now: Timestamp) -> Result<bool, SecretsError> {
        let done =
            sqlx::query("UPDATE sessions SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL")
                .bind(id.to_string())
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
        let done = sqlx::query("UPDATE sessions SET ended_at = ?3 WHERE account = ?1 AND ended_at IS NULL AND (?2 IS NULL OR id <> ?2)")
        .bind(account.to_string())
        .bind(except.map(|id| id.to_string()))
        .bind(now.as_microsecond())
        .execute(&self.0)
        .await
        .during("ending the sessions of an account")?;
        Ok(done.rows_affected())
    }

    async fn expired(&self, now: Timestamp, limit: u32) -> Result<Vec<KeptSession>, SecretsError> {
        let rows = sqlx::query(concat!(
            all_of!(),
            "WHERE ended_at IS NULL AND expires_at <= ?1 ORDER BY expires_at LIMIT ?2"
        ))
        .bind(now.as_microsecond())
        .bind(i64::from(limit))
        .fetch_all(&self.0)
        .await
        .during("looking for sessions that are over")?;
        rows.iter().map(session_of).collect()
    }

    async fn forget_ended(&self, before: Timestamp) -> Result<u64, SecretsError> {
        let step = step_of!("rowid", "sessions", "ended_at < ?1");
        let swept = sweep_sqlite(&self.0, step, before).await;
        swept.during("forgetting sessions")
    }
}

fn session_of(row: &SqliteRow) -> Result<KeptSession, SecretsError> {
    read(row).during("reading a session")
}

fn read(row: &SqliteRow) -> Result<KeptSession, sqlx::Error> {
    let library: Option<String> = row.try_get("library")?;
    let library_since: Option<i64> = row.try_get("library_since")?;
    Ok(KeptSession {
        id: id(&row.try_get::<String, _>("id")?)?,
        account: id(&row.try_get::<String, _>("account")?)?,
        since: Position::new(row.try_get::<i64, _>("since")?.unsigned_abs()),
        seed: super::bytes(row.try_get("seed")?)?,
        generation: row.try_get::<i32, _>("generation")?.unsigned_abs(),
        token_hash: super::bytes(row.try_get("token_hash")?)?,
        in_cookie: row.try_get("in_cookie")?,
        selected: match library.zip(library_since) {
            Some((library, since)) => Some(Selected {
                library: id::<LibraryId>(&library)?,
                since: Position::new(since.unsigned_abs()),
            }),
            None => None,
        },
        started_at: super::time(row.try_get("started")?)?,
        rotated_at: super::time(row.try_get("rotated")?)?,
        expires_at: super::time(row.try_get("expires")?)?,
        ended_at: row
            .try_get::<Option<i64>, _>("ended")?
            .map(super::time)
            .transpose()?,
    })
}

fn id<I: std::str::FromStr>(text: &str) -> Result<I, sqlx::Error>
where
    I::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|error: I::Err| sqlx::Error::Decode(error.to_string().into()))
}
