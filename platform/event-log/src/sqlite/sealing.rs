//! Checkpoints and tiles in SQLite.
//!
//! Rows are only added, in one transaction a checkpoint.

use accession_transparency::hash::{concatenated, separated};
use accession_transparency::{FullTile, Hash, TileId};
use rusqlite::{Connection, Row, params};

use super::failure::{During, corrupt};
use super::writer::{Transaction, time};
use crate::error::LogError;
use crate::seal::{NewSeal, Seal};

const READING: &str = "reading what proves the log";

/// Checkpoints in their order.
pub(super) const SEALS_AFTER: &str = "SELECT size, note, leaves, signed_at FROM log_checkpoints WHERE size > ?1 ORDER BY size LIMIT ?2";
/// The newest first.
pub(super) const LAST_SEALS: &str = "SELECT size, note, leaves, signed_at FROM log_checkpoints WHERE size > ?1 ORDER BY size DESC LIMIT ?2";

pub(super) fn seals(
    connection: &Connection,
    query: &str,
    after: u64,
    limit: usize,
) -> Result<Vec<Seal>, LogError> {
    let mut statement = connection.prepare_cached(query).during(READING)?;
    let mut rows = statement.query(params![after, limit]).during(READING)?;
    let mut seals = Vec::new();
    while let Some(row) = rows.next().during(READING)? {
        seals.push(seal(row)?);
    }
    Ok(seals)
}

fn seal(row: &Row<'_>) -> Result<Seal, LogError> {
    let size: u64 = row.get(0).during(READING)?;
    let leaves: Vec<u8> = row.get(2).during(READING)?;
    Ok(Seal {
        size,
        note: row.get(1).during(READING)?,
        leaves: separated(&leaves).ok_or_else(|| {
            corrupt(format!(
                "log_checkpoints of size {size}: its leaves are not whole hashes"
            ))
        })?,
        signed_at: time(row.get(3).during(READING)?)?,
    })
}

pub(super) fn tiles(
    connection: &Connection,
    level: u8,
    first: u64,
    count: usize,
) -> Result<Vec<FullTile>, LogError> {
    each(
        connection,
        "SELECT number, root, hashes FROM log_tiles WHERE level = ?1 AND number >= ?2 AND number < ?2 + ?3 \
         ORDER BY number",
        (level, first, count),
        |row| {
            let (number, root) = root(level, row)?;
            let hashes: Vec<u8> = row.get(2).during(READING)?;
            Ok(FullTile {
                id: TileId { level, number },
                hashes: separated(&hashes).ok_or_else(|| broken(level, number))?,
                root,
            })
        },
    )
}

pub(super) fn tile_roots(
    connection: &Connection,
    level: u8,
    first: u64,
    count: usize,
) -> Result<Vec<(u64, Hash)>, LogError> {
    each(
        connection,
        "SELECT number, root FROM log_tiles WHERE level = ?1 AND number >= ?2 AND number < ?2 + ?3 ORDER BY number",
        (level, first, count),
        |row| root(level, row),
    )
}

fn each<T>(
    connection: &Connection,
    query: &str,
    (level, first, count): (u8, u64, usize),
    mut read: impl FnMut(&Row<'_>) -> Result<T, LogError>,
) -> Result<Vec<T>, LogError> {
    let mut statement = connection.prepare_cached(query).during(READING)?;
    let mut rows = statement
        .query(params![level, first, count])
        .during(READING)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().during(READING)? {
        found.push(read(row)?);
    }
    Ok(found)
}

fn root(level: u8, row: &Row<'_>) -> Result<(u64, Hash), LogError> {
    let number: u64 = row.get(0).during(READING)?;
    let root: Vec<u8> = row.get(1).during(READING)?;
    let root = Hash::from_slice(&root).ok_or_else(|| broken(level, number))?;
    Ok((number, root))
}

fn broken(level: u8, number: u64) -> LogError {
    corrupt(format!(
        "log_tiles level {level} number {number} does not hold whole hashes"
    ))
}

/// Adds a checkpoint and its tiles; false if it is not the next one.
pub(super) fn add(transaction: &Transaction<'_>, new: &NewSeal) -> Result<bool, LogError> {
    let doing = "keeping a checkpoint";
    let connection = transaction.connection;
    let newest: u64 = connection
        .query_row(
            "SELECT coalesce(max(size), 0) FROM log_checkpoints",
            [],
            |row| row.get(0),
        )
        .during(doing)?;
    if newest != new.previous {
        return Ok(false);
    }
    for tile in &new.tiles {
        connection
            .prepare_cached(
                "INSERT INTO log_tiles (level, number, root, hashes) VALUES (?1, ?2, ?3, ?4)",
            )
            .and_then(|mut insert| {
                let hashes = concatenated(&tile.hashes);
                insert.execute(params![
                    tile.id.level,
                    tile.id.number,
                    tile.root.as_bytes(),
                    hashes
                ])
            })
            .during(doing)?;
    }
    connection
        .prepare_cached(
            "INSERT INTO log_checkpoints (size, note, leaves, signed_at) VALUES (?1, ?2, ?3, ?4)",
        )
        .and_then(|mut insert| {
            insert.execute(params![
                new.seal.size,
                new.seal.note,
                concatenated(&new.seal.leaves),
                new.seal.signed_at.as_microsecond()
            ])
        })
        .during(doing)?;
    Ok(true)
}
