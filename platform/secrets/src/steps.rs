//! Deleting what has served its time, so many rows at once: a table that was not swept for long is not held up for long.
//!
//! Never leaves a rest: it goes on until nothing is left, with others between its steps.

use jiff::Timestamp;
use sqlx::{PgPool, SqlitePool};

/// Rows that one statement deletes at most; the statements of [`step_of`] say the same.
const AT_ONCE: u64 = 500;

/// The statement of one step: a table, what its rows are known by (`ctid` on Postgres, `rowid` in SQLite), and which go. Its
/// only parameter is a time in microseconds.
macro_rules! step_of {
    ($row:literal, $table:literal, $($which:expr),+) => {
        concat!(
            "DELETE FROM ", $table, " WHERE ", $row, " IN (SELECT ", $row, " FROM ", $table, " WHERE ",
            $($which,)+ " LIMIT 500)"
        )
    };
}
pub(crate) use step_of;

/// Sweeps a table on Postgres; how many rows went.
pub(crate) async fn sweep_postgres(
    pool: &PgPool,
    step: &'static str,
    time: Timestamp,
) -> Result<u64, sqlx::Error> {
    let mut swept = 0;
    loop {
        let done = sqlx::query(step).bind(time.as_microsecond()).execute(pool);
        let rows = done.await?.rows_affected();
        swept += rows;
        if rows < AT_ONCE {
            return Ok(swept);
        }
    }
}

/// Sweeps a table in the private file; how many rows went.
pub(crate) async fn sweep_sqlite(
    pool: &SqlitePool,
    step: &'static str,
    time: Timestamp,
) -> Result<u64, sqlx::Error> {
    let mut swept = 0;
    loop {
        let done = sqlx::query(step).bind(time.as_microsecond()).execute(pool);
        let rows = done.await?.rows_affected();
        swept += rows;
        if rows < AT_ONCE {
            return Ok(swept);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_deletes_as_many_rows_as_are_counted() {
        let step = step_of!("rowid", "sessions", "ended_at < ", "?1");
        assert_eq!(
            step,
            format!(
                "DELETE FROM sessions WHERE rowid IN (SELECT rowid FROM sessions WHERE ended_at < ?1 LIMIT {AT_ONCE})"
            )
        );
    }
}
