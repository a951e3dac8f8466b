//! Which generations of which models are there, and which one readers are sent to.
//! Never looks at documents.

use fjall::Readable;

use super::failure::{in_use, unreadable};
use super::tables::Tables;
use super::{commit, dropping, keys};
use crate::entry;
use crate::store::{Generation, ModelInfo, ModelRef, ReadStoreError};

pub(super) fn register(
    tables: &Tables,
    model: &ModelRef,
    fold_version: &str,
) -> Result<(), ReadStoreError> {
    let alone = tables.write_alone();
    if tables
        .meta
        .contains_key(keys::dropping(model))
        .map_err(in_use)?
    {
        drop(alone);
        dropping::drop_generation(tables, model)?;
        return register(tables, model, fold_version);
    }
    match tables.meta.get(keys::fold(model)).map_err(in_use)? {
        Some(stored) if *stored == *fold_version.as_bytes() => Ok(()),
        Some(stored) => Err(ReadStoreError::other_fold(
            model,
            &String::from_utf8_lossy(&stored),
            fold_version,
        )),
        None => tables
            .meta
            .insert(keys::fold(model), fold_version)
            .map_err(in_use),
    }
}

pub(super) fn model(tables: &Tables, name: &str) -> Result<ModelInfo, ReadStoreError> {
    let now = tables.db.snapshot();
    let live = match now.get(&tables.meta, keys::live(name)).map_err(in_use)? {
        Some(value) => Some(
            parse_live(&value)
                .ok_or_else(|| unreadable(&format!("the live generation of {name}")))?,
        ),
        None => None,
    };
    let prefix = keys::folds(name);
    let generations = now.prefix(&tables.meta, &prefix).map(|guard| {
        let (key, version) = guard.into_inner().map_err(in_use)?;
        let generation = key.get(prefix.len()..).and_then(parse_live);
        let generation =
            generation.ok_or_else(|| unreadable(&format!("the generations of {name}")))?;
        Ok((generation, String::from_utf8_lossy(&version).into_owned()))
    });
    Ok(ModelInfo {
        name: name.to_owned(),
        live,
        generations: generations.collect::<Result<_, _>>()?,
    })
}

pub(super) fn promote(tables: &Tables, model: &ModelRef) -> Result<(), ReadStoreError> {
    let _alone = tables.write_alone();
    if !tables
        .meta
        .contains_key(keys::fold(model))
        .map_err(in_use)?
    {
        return Err(ReadStoreError::unknown_generation(model));
    }
    let mut batch = tables.db.batch();
    batch.insert(
        &tables.meta,
        keys::live(&model.name),
        model.generation.0.to_be_bytes(),
    );
    let position = commit::checkpoint(tables, model, 0)?.position;
    let appended =
        tables
            .feeds
            .append(tables, &mut batch, 0, entry::of_promotion(model, position)?);
    batch.commit().map_err(in_use)?;
    tables.feeds.publish(0, appended);
    Ok(())
}

/// Whether readers are sent to this generation.
pub(super) fn is_live(tables: &Tables, model: &ModelRef) -> Result<bool, ReadStoreError> {
    let live = tables.meta.get(keys::live(&model.name)).map_err(in_use)?;
    Ok(live.and_then(|value| parse_live(&value)) == Some(model.generation))
}

fn parse_live(value: &[u8]) -> Option<Generation> {
    value
        .try_into()
        .ok()
        .map(|bytes| Generation(u32::from_be_bytes(bytes)))
}
