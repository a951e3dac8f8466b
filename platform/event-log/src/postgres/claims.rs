//! The claims table compared with the log, and mended, within one transaction.
//!
//! Most of the log is read before that transaction, so that appends wait only for the last events and the table itself.

use accession_events::StreamName;
use futures_util::TryStreamExt as _;
use sqlx::{Executor as _, PgConnection, Row as _};

use super::columns::bigint;
use super::fault::classify;
use super::reading::{FEED, Readers, recorded};
use crate::claim_book::{ClaimBook, ClaimDifference, ClaimReport};
use crate::error::LogError;

/// Events read at a time.
const PAGE: usize = 2_000;
/// Rows written in one statement.
const ROWS: usize = 10_000;

/// Long for a statement of the log, and an operator waits: the pinned time-outs protect appends, which keep their own.
const PATIENT: &str = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; \
                       SET LOCAL lock_timeout = '60s'";

/// Compares, and mends if asked to.
pub(super) async fn reconcile(
    readers: &Readers,
    mut book: ClaimBook,
    mend: bool,
) -> Result<ClaimReport, LogError> {
    loop {
        let page = readers.feed(book.upto(), PAGE).await?;
        if page.is_empty() {
            break;
        }
        for event in &page {
            book.apply(event)?;
        }
    }
    let mut transaction = readers.pool.begin().await.map_err(classify)?;
    begin(&mut transaction, mend).await?;
    catch_up(&mut transaction, &mut book).await?;
    let report = compare(&mut transaction, book).await?;
    if mend {
        for part in report.differences.chunks(ROWS) {
            replace(&mut transaction, part).await?;
        }
    }
    transaction.commit().await.map_err(classify)?;
    Ok(report)
}

/// A comparison sees one moment through its snapshot; a change keeps appends out, as every append does.
async fn begin(connection: &mut PgConnection, mend: bool) -> Result<(), LogError> {
    let mode = if mend {
        "SELECT pg_advisory_xact_lock(4702111234474983745)"
    } else {
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
    };
    let (first, second) = if mend {
        (PATIENT, mode)
    } else {
        (mode, PATIENT)
    };
    connection.execute(first).await.map_err(classify)?;
    connection.execute(second).await.map_err(classify)?;
    Ok(())
}

async fn catch_up(connection: &mut PgConnection, book: &mut ClaimBook) -> Result<(), LogError> {
    loop {
        let rows = sqlx::query(FEED)
            .bind(bigint(book.upto().get()))
            .bind(bigint(PAGE))
            .fetch_all(&mut *connection)
            .await
            .map_err(classify)?;
        if rows.is_empty() {
            return Ok(());
        }
        for event in &recorded(&rows)? {
            book.apply(event)?;
        }
    }
}

async fn compare(connection: &mut PgConnection, book: ClaimBook) -> Result<ClaimReport, LogError> {
    let mut comparison = book.compare();
    let mut rows =
        sqlx::query("SELECT kind, value, owner_type, owner FROM claims ORDER BY kind, value")
            .fetch(connection);
    while let Some(row) = rows.try_next().await.map_err(classify)? {
        let text = |column: usize| row.try_get::<&str, _>(column).map_err(classify);
        comparison.row(text(0)?, text(1)?, StreamName::new(text(2)?, text(3)?));
    }
    Ok(comparison.finish())
}

async fn replace(
    connection: &mut PgConnection,
    differences: &[ClaimDifference],
) -> Result<(), LogError> {
    let kinds: Vec<&str> = differences.iter().map(|each| &*each.kind).collect();
    let values: Vec<&str> = differences.iter().map(|each| &*each.value).collect();
    let owner = |part: fn(&StreamName) -> &str| -> Vec<Option<&str>> {
        differences
            .iter()
            .map(|each| each.expected.as_ref().map(part))
            .collect()
    };
    sqlx::query(
        "DELETE FROM claims c USING unnest($1::text[], $2::text[]) AS t (kind, value)
         WHERE c.kind = t.kind AND c.value = t.value",
    )
    .bind(&kinds)
    .bind(&values)
    .execute(&mut *connection)
    .await
    .map_err(classify)?;
    sqlx::query(
        "INSERT INTO claims (kind, value, owner_type, owner)
         SELECT kind, value, owner_type, owner
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS t (kind, value, owner_type, owner)
         WHERE owner IS NOT NULL",
    )
    .bind(&kinds)
    .bind(&values)
    .bind(owner(|stream| &stream.aggregate_type))
    .bind(owner(|stream| &stream.aggregate_id))
    .execute(&mut *connection)
    .await
    .map_err(classify)?;
    Ok(())
}
