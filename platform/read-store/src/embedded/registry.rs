//! Which generations of which models are there, and which one readers are sent to.
//! Never looks at documents.

use bytes::Bytes;
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

/// Whether readers may be sent to a generation that has taken in less than the live one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behind {
    Refused,
    Accepted,
}

pub(super) fn model(tables: &Tables, name: &str) -> Result<ModelInfo, ReadStoreError> {
    let now = tables.db.snapshot();
    let pointer = |key: Vec<u8>| match now.get(&tables.meta, key).map_err(in_use)? {
        Some(value) => parse_live(&value)
            .map(Some)
            .ok_or_else(|| unreadable(&format!("a pointer to a generation of {name}"))),
        None => Ok(None),
    };
    let prefix = keys::folds(name);
    let generations = now.prefix(&tables.meta, &prefix).map(|guard| {
        let (key, version) = guard.into_inner().map_err(in_use)?;
        let generation = key.get(prefix.len()..).and_then(parse_live);
        let generation =
            generation.ok_or_else(|| unreadable(&format!("the generations of {name}")))?;
        Ok((generation, String::from_utf8_lossy(&version).into_owned()))
    });
    let generations: Vec<_> = generations.collect::<Result<_, ReadStoreError>>()?;
    Ok(ModelInfo::of(
        name,
        pointer(keys::live(name))?,
        pointer(keys::previous(name))?,
        pointer(keys::newest_live(name))?,
        generations,
    ))
}

pub(super) fn promote(
    tables: &Tables,
    model: &ModelRef,
    behind: Behind,
) -> Result<(), ReadStoreError> {
    let _alone = tables.write_alone();
    if !tables
        .meta
        .contains_key(keys::fold(model))
        .map_err(in_use)?
    {
        return Err(ReadStoreError::unknown_generation(model));
    }
    let info = self::model(tables, &model.name)?;
    let mut batch = tables.db.batch();
    if let Some(live) = info.live.filter(|live| *live != model.generation) {
        let live = ModelRef {
            name: model.name.clone(),
            generation: live,
        };
        if behind == Behind::Refused {
            refuse_behind(tables, model, &live)?;
        }
        let number = live.generation.0.to_be_bytes();
        batch.insert(&tables.meta, keys::previous(&model.name), number);
    }
    let newest = info.newest_live.max(Some(model.generation));
    let newest = newest.unwrap_or(model.generation).0.to_be_bytes();
    batch.insert(&tables.meta, keys::newest_live(&model.name), newest);
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

fn refuse_behind(tables: &Tables, model: &ModelRef, live: &ModelRef) -> Result<(), ReadStoreError> {
    for lane in 0..tables.lanes {
        let position = commit::checkpoint(tables, model, lane)?.position;
        let ahead = commit::checkpoint(tables, live, lane)?.position;
        if position < ahead {
            return Err(ReadStoreError::behind(model, lane, position, ahead));
        }
    }
    Ok(())
}

pub(super) fn note(tables: &Tables, name: &str) -> Result<Option<Bytes>, ReadStoreError> {
    let found = tables.meta.get(keys::note(name)).map_err(in_use)?;
    Ok(found.map(|value| Bytes::copy_from_slice(&value)))
}

pub(super) fn replace_note(
    tables: &Tables,
    name: &str,
    expected: Option<&Bytes>,
    new: Option<&Bytes>,
) -> Result<bool, ReadStoreError> {
    let _alone = tables.write_alone();
    if note(tables, name)?.as_ref() != expected {
        return Ok(false);
    }
    match new {
        Some(new) => tables.meta.insert(keys::note(name), &**new),
        None => tables.meta.remove(keys::note(name)),
    }
    .map_err(in_use)?;
    Ok(true)
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
