//! Removing a generation piece by piece, so that others can write in between.
//! Never leaves a generation half there: a drop that was interrupted is finished when the store is opened again.

use fjall::Keyspace;

use super::failure::{in_use, unreadable};
use super::tables::Tables;
use super::{keys, registry};
use crate::store::{ModelRef, ReadStoreError};

const PIECE: usize = 2_000;

pub(super) fn drop_generation(tables: &Tables, model: &ModelRef) -> Result<(), ReadStoreError> {
    let _alone = tables.drop_alone();
    announce(tables, model)?;
    let prefix = keys::generation(model);
    for table in [&tables.records, &tables.index] {
        remove_all(tables, table, &prefix)?;
    }
    tables.meta.remove(keys::dropping(model)).map_err(in_use)
}

/// Finishes what a crash has interrupted.
pub(super) fn finish_interrupted(tables: &Tables) -> Result<(), ReadStoreError> {
    let mut interrupted = Vec::new();
    for guard in tables.meta.prefix(keys::DROPPING) {
        let key = guard.key().map_err(in_use)?;
        let model = key
            .strip_prefix(keys::DROPPING)
            .and_then(keys::parse_generation);
        interrupted.push(model.ok_or_else(|| unreadable("a mark of a dropped generation"))?);
    }
    interrupted
        .iter()
        .try_for_each(|model| drop_generation(tables, model))
}

/// From here on the generation is not there, whatever of it still lies in the tables.
fn announce(tables: &Tables, model: &ModelRef) -> Result<(), ReadStoreError> {
    let _alone = tables.write_alone();
    if registry::is_live(tables, model)? {
        return Err(ReadStoreError::still_live(model));
    }
    let mut batch = tables.db.batch();
    batch.insert(&tables.meta, keys::dropping(model), "");
    batch.remove(&tables.meta, keys::fold(model));
    for lane in 0..tables.lanes {
        batch.remove(&tables.meta, keys::checkpoint(model, lane));
    }
    batch.commit().map_err(in_use)
}

fn remove_all(tables: &Tables, table: &Keyspace, prefix: &[u8]) -> Result<(), ReadStoreError> {
    let mut found = table.prefix(prefix).peekable();
    while found.peek().is_some() {
        let mut batch = tables.db.batch();
        for guard in found.by_ref().take(PIECE) {
            batch.remove(table, guard.key().map_err(in_use)?);
        }
        batch.commit().map_err(in_use)?;
    }
    Ok(())
}
