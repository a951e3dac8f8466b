//! What reactions remember, in the private file of an embedded server.
//!
//! The tables come with the file's migrations; this never creates or changes them.

use accession_events::Position;
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::SqlitePool;

use super::{
    KeptTimer, ParkedReaction, ParkedWhat, ReactionBook, Upkeep, bigint, parked, position,
};
use crate::error::{During, SecretsError};

pub(super) struct SqliteReactionBook(pub(super) SqlitePool);

#[async_trait]
impl ReactionBook for SqliteReactionBook {
    async fn begin(&self, reaction: &str, birth: Position) -> Result<Position, SecretsError> {
        let doing = "beginning a reaction";
        sqlx::query(
            "INSERT INTO reaction_checkpoints (reaction, position) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        )
        .bind(reaction)
        .bind(bigint(birth))
        .execute(&self.0)
        .await
        .during(doing)?;
        Ok(self.checkpoint(reaction).await?.unwrap_or(birth))
    }

    async fn checkpoint(&self, reaction: &str) -> Result<Option<Position>, SecretsError> {
        let kept: Option<i64> =
            sqlx::query_scalar("SELECT position FROM reaction_checkpoints WHERE reaction = ?1")
                .bind(reaction)
                .fetch_optional(&self.0)
                .await
                .during("looking up how far a reaction has come")?;
        Ok(kept.map(position))
    }

    async fn advance(
        &self,
        reaction: &str,
        from: Position,
        to: Position,
    ) -> Result<bool, SecretsError> {
        let done = sqlx::query(
            "UPDATE reaction_checkpoints SET position = ?3 WHERE reaction = ?1 AND position = ?2",
        )
        .bind(reaction)
        .bind(bigint(from))
        .bind(bigint(to))
        .execute(&self.0)
        .await
        .during("noting how far a reaction has come")?;
        Ok(done.rows_affected() > 0)
    }

    async fn upkeep(
        &self,
        reaction: &str,
        now: Timestamp,
        at_most: u32,
    ) -> Result<Upkeep, SecretsError> {
        let doing = "looking up what a reaction has to see to";
        let timers: Vec<(String, String, i64, i64)> = sqlx::query_as(
            "SELECT name, note, due_at, \
                    try_at \
             FROM reaction_timers WHERE reaction = ?1 AND problem IS NULL ORDER BY try_at, name LIMIT ?2",
        )
        .bind(reaction)
        .bind(i64::from(at_most))
        .fetch_all(&self.0)
        .await
        .during(doing)?;
        let retries: Vec<i64> = sqlx::query_scalar(
            "SELECT position FROM reactions_parked WHERE reaction = ?1 AND retry ORDER BY position LIMIT ?2",
        )
        .bind(reaction)
        .bind(i64::from(at_most))
        .fetch_all(&self.0)
        .await
        .during(doing)?;
        let parked: i64 = sqlx::query_scalar(
            "SELECT (SELECT count(*) FROM reactions_parked WHERE reaction = ?1) \
                  + (SELECT count(*) FROM reaction_timers WHERE reaction = ?1 AND problem IS NOT NULL)",
        )
        .bind(reaction)
        .fetch_one(&self.0)
        .await
        .during(doing)?;
        super::upkeep(timers, &retries, parked, now)
    }

    async fn set_timer(&self, reaction: &str, timer: &KeptTimer) -> Result<(), SecretsError> {
        sqlx::query(
            "INSERT INTO reaction_timers (reaction, name, note, due_at, try_at) \
             VALUES (?1, ?2, ?3, ?4, ?4) \
             ON CONFLICT (reaction, name) DO UPDATE SET note = excluded.note, due_at = excluded.due_at, \
             try_at = excluded.try_at, problem = NULL, parked_at = NULL",
        )
        .bind(reaction)
        .bind(&timer.name)
        .bind(&timer.note)
        .bind(timer.due_at.as_microsecond())
        .execute(&self.0)
        .await
        .during("setting a timer")?;
        Ok(())
    }

    async fn cancel_timer(&self, reaction: &str, name: &str) -> Result<(), SecretsError> {
        sqlx::query("DELETE FROM reaction_timers WHERE reaction = ?1 AND name = ?2")
            .bind(reaction)
            .bind(name)
            .execute(&self.0)
            .await
            .during("cancelling a timer")?;
        Ok(())
    }

    async fn timer_done(&self, reaction: &str, timer: &KeptTimer) -> Result<(), SecretsError> {
        sqlx::query(
            "DELETE FROM reaction_timers WHERE reaction = ?1 AND name = ?2 \
             AND due_at = ?3",
        )
        .bind(reaction)
        .bind(&timer.name)
        .bind(timer.due_at.as_microsecond())
        .execute(&self.0)
        .await
        .during("finishing a timer")?;
        Ok(())
    }

    async fn timer_again(
        &self,
        reaction: &str,
        timer: &KeptTimer,
        at: Timestamp,
    ) -> Result<(), SecretsError> {
        sqlx::query(
            "UPDATE reaction_timers SET try_at = ?4 \
             WHERE reaction = ?1 AND name = ?2 AND due_at = ?3",
        )
        .bind(reaction)
        .bind(&timer.name)
        .bind(timer.due_at.as_microsecond())
        .bind(at.as_microsecond())
        .execute(&self.0)
        .await
        .during("putting off a timer")?;
        Ok(())
    }

    async fn park(&self, parked: &ParkedReaction) -> Result<(), SecretsError> {
        let query = match &parked.what {
            ParkedWhat::Event(position) => sqlx::query(
                "INSERT INTO reactions_parked (reaction, position, problem, parked_at) \
                 VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (reaction, position) DO UPDATE SET problem = excluded.problem, \
                 parked_at = excluded.parked_at, retry = 0",
            )
            .bind(&parked.reaction)
            .bind(bigint(*position)),
            ParkedWhat::Timer(name) => sqlx::query(
                "UPDATE reaction_timers SET problem = ?3, parked_at = ?4 \
                 WHERE reaction = ?1 AND name = ?2",
            )
            .bind(&parked.reaction)
            .bind(name),
        };
        query
            .bind(&parked.problem)
            .bind(parked.parked_at.as_microsecond())
            .execute(&self.0)
            .await
            .during("putting aside what a reaction could not do")?;
        Ok(())
    }

    async fn parked(&self) -> Result<Vec<ParkedReaction>, SecretsError> {
        let rows = sqlx::query_as(
            "SELECT reaction, position, NULL AS name, problem, parked_at AS since \
             FROM reactions_parked \
             UNION ALL \
             SELECT reaction, NULL, name, problem, parked_at \
             FROM reaction_timers WHERE problem IS NOT NULL \
             ORDER BY since, reaction, position, 3",
        )
        .fetch_all(&self.0)
        .await
        .during("listing what reactions could not do")?;
        rows.into_iter().map(parked).collect()
    }

    async fn retry(
        &self,
        reaction: &str,
        what: &ParkedWhat,
        now: Timestamp,
    ) -> Result<bool, SecretsError> {
        let query = match what {
            ParkedWhat::Event(position) => sqlx::query(
                "UPDATE reactions_parked SET retry = 1 WHERE reaction = ?1 AND position = ?2",
            )
            .bind(reaction)
            .bind(bigint(*position)),
            ParkedWhat::Timer(name) => sqlx::query(
                "UPDATE reaction_timers SET problem = NULL, parked_at = NULL, \
                 try_at = ?3 \
                 WHERE reaction = ?1 AND name = ?2 AND problem IS NOT NULL",
            )
            .bind(reaction)
            .bind(name)
            .bind(now.as_microsecond()),
        };
        let done = query
            .execute(&self.0)
            .await
            .during("having a reaction try again")?;
        Ok(done.rows_affected() > 0)
    }

    async fn unpark(&self, reaction: &str, what: &ParkedWhat) -> Result<bool, SecretsError> {
        let query = match what {
            ParkedWhat::Event(position) => {
                sqlx::query("DELETE FROM reactions_parked WHERE reaction = ?1 AND position = ?2")
                    .bind(reaction)
                    .bind(bigint(*position))
            }
            ParkedWhat::Timer(name) => sqlx::query(
                "DELETE FROM reaction_timers WHERE reaction = ?1 AND name = ?2 AND problem IS NOT NULL",
            )
            .bind(reaction)
            .bind(name),
        };
        let done = query
            .execute(&self.0)
            .await
            .during("giving up what a reaction could not do")?;
        Ok(done.rows_affected() > 0)
    }
}
