//! Checkpoints and tiles in Postgres.
//!
//! Rows are only added, in one transaction a checkpoint, by one sealer at a time.

use accession_transparency::hash::{concatenated, separated};
use accession_transparency::{FullTile, Hash, TileId};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};

use super::columns::{Instant, bigint, counted};
use super::fault::classify;
use super::reading::Readers;
use crate::error::LogError;
use crate::seal::{NewSeal, Seal};

/// The lock under which checkpoints are added; not that of the appends, which never wait for a sealer.
const LOCK: &str = "SELECT pg_advisory_xact_lock(4702111234474983746)";

pub(super) async fn seals(
    readers: &Readers,
    query: &'static str,
    after: u64,
    limit: usize,
) -> Result<Vec<Seal>, LogError> {
    let rows = readers
        .read(|pool| async move {
            sqlx::query(query)
                .bind(bigint(after))
                .bind(bigint(limit))
                .fetch_all(&pool)
                .await
        })
        .await?;
    rows.iter().map(seal).collect()
}

/// Checkpoints in their order.
pub(super) const SEALS_AFTER: &str = "SELECT size, note, leaves, signed_at FROM log_checkpoints
                                      WHERE size > $1 ORDER BY size LIMIT $2";
/// The newest first.
pub(super) const LAST_SEALS: &str = "SELECT size, note, leaves, signed_at FROM log_checkpoints
                                     WHERE size > $1 ORDER BY size DESC LIMIT $2";

fn seal(row: &PgRow) -> Result<Seal, LogError> {
    let size = counted(row.try_get("size").map_err(classify)?);
    let leaves: &[u8] = row.try_get("leaves").map_err(classify)?;
    Ok(Seal {
        size,
        note: row.try_get("note").map_err(classify)?,
        leaves: separated(leaves).ok_or_else(|| LogError::Corrupt {
            reason: format!("log_checkpoints of size {size}: its leaves are not whole hashes"),
        })?,
        signed_at: row.try_get::<Instant, _>("signed_at").map_err(classify)?.0,
    })
}

pub(super) async fn tiles(
    readers: &Readers,
    level: u8,
    first: u64,
    count: usize,
) -> Result<Vec<FullTile>, LogError> {
    let rows = readers
        .read(|pool| async move {
            sqlx::query(
                "SELECT number, root, hashes FROM log_tiles
                 WHERE level = $1 AND number >= $2 AND number < $2 + $3 ORDER BY number",
            )
            .bind(i16::from(level))
            .bind(bigint(first))
            .bind(bigint(count))
            .fetch_all(&pool)
            .await
        })
        .await?;
    rows.iter()
        .map(|row| {
            let (number, root) = root(level, row)?;
            let hashes: &[u8] = row.try_get("hashes").map_err(classify)?;
            Ok(FullTile {
                id: TileId { level, number },
                hashes: separated(hashes).ok_or_else(|| broken(level, number))?,
                root,
            })
        })
        .collect()
}

pub(super) async fn tile_roots(
    readers: &Readers,
    level: u8,
    first: u64,
    count: usize,
) -> Result<Vec<(u64, Hash)>, LogError> {
    let rows = readers
        .read(|pool| async move {
            sqlx::query(
                "SELECT number, root FROM log_tiles
                 WHERE level = $1 AND number >= $2 AND number < $2 + $3 ORDER BY number",
            )
            .bind(i16::from(level))
            .bind(bigint(first))
            .bind(bigint(count))
            .fetch_all(&pool)
            .await
        })
        .await?;
    rows.iter().map(|row| root(level, row)).collect()
}

fn root(level: u8, row: &PgRow) -> Result<(u64, Hash), LogError> {
    let number = counted(row.try_get("number").map_err(classify)?);
    let root: &[u8] = row.try_get("root").map_err(classify)?;
    let root = Hash::from_slice(root).ok_or_else(|| broken(level, number))?;
    Ok((number, root))
}

fn broken(level: u8, number: u64) -> LogError {
    LogError::Corrupt {
        reason: format!("log_tiles level {level} number {number} does not hold whole hashes"),
    }
}

pub(super) async fn add(readers: &Readers, new: &NewSeal) -> Result<bool, LogError> {
    let mut transaction = readers.pool.begin().await.map_err(classify)?;
    sqlx::query(LOCK)
        .execute(&mut *transaction)
        .await
        .map_err(classify)?;
    let newest: Option<i64> = sqlx::query_scalar("SELECT max(size) FROM log_checkpoints")
        .fetch_one(&mut *transaction)
        .await
        .map_err(classify)?;
    if newest.map_or(0, counted) != new.previous {
        return Ok(false);
    }
    insert(&mut transaction, new).await.map_err(classify)?;
    transaction.commit().await.map_err(classify)?;
    Ok(true)
}

async fn insert(connection: &mut PgConnection, new: &NewSeal) -> Result<(), sqlx::Error> {
    let levels: Vec<i16> = new
        .tiles
        .iter()
        .map(|tile| i16::from(tile.id.level))
        .collect();
    let numbers: Vec<i64> = new
        .tiles
        .iter()
        .map(|tile| bigint(tile.id.number))
        .collect();
    let hashes: Vec<Vec<u8>> = new
        .tiles
        .iter()
        .map(|tile| concatenated(&tile.hashes))
        .collect();
    let roots: Vec<Vec<u8>> = new
        .tiles
        .iter()
        .map(|tile| tile.root.as_bytes().to_vec())
        .collect();
    sqlx::query(
        "INSERT INTO log_tiles (level, number, hashes, root)
         SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[], $4::bytea[])",
    )
    .bind(levels)
    .bind(numbers)
    .bind(hashes)
    .bind(roots)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO log_checkpoints (size, note, leaves, signed_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(bigint(new.seal.size))
    .bind(&new.seal.note)
    .bind(concatenated(&new.seal.leaves))
    .bind(Instant(new.seal.signed_at))
    .execute(connection)
    .await?;
    Ok(())
}
