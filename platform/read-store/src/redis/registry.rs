//! Which generations of which models are there, which one readers are sent to, and how many lanes there are.
//! Never looks at documents, except to remove those of a dropped generation.

use std::collections::BTreeMap;

use accession_events::Position;
use redis::cmd;

use super::commit;
use super::layout::Layout;
use super::link::Link;
use super::{failure, scripts};
use crate::entry::{self, KEPT_BYTES, KEPT_ENTRIES};
use crate::store::{Generation, ModelInfo, ModelRef, ReadStoreError};

/// How many indexes of a dropped generation are removed at once.
const CLEARED_AT_ONCE: usize = 1000;

/// Refuses a number of lanes that is not the recorded one. None is recorded before the first generation.
pub(super) async fn agree_on_lanes(link: &Link, layout: &Layout) -> Result<(), ReadStoreError> {
    let recorded: Option<u16> = link
        .read(cmd("HGET").arg(layout.registry()).arg("lanes"))
        .await?;
    match recorded {
        Some(lanes) if lanes != layout.lanes => Err(other_lanes(layout, &lanes.to_string())),
        _ => Ok(()),
    }
}

pub(super) async fn register(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
    fold_version: &str,
) -> Result<(), ReadStoreError> {
    let mut call = scripts::REGISTER.call(&[layout.registry(), layout.model(&model.name)], 0);
    call.arg(layout.lanes)
        .arg(model.generation.0)
        .arg(fold_version);
    // Twice at most: a drop that someone left unfinished is finished in between.
    for _ in 0..2 {
        let answer: Vec<String> = scripts::REGISTER.run(link, &call).await?;
        match answer
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .as_slice()
        {
            ["done"] => return Ok(()),
            ["lanes", lanes] => return Err(other_lanes(layout, lanes)),
            ["fold", stored] => {
                return Err(ReadStoreError::other_fold(model, stored, fold_version));
            }
            ["dropping"] => drop_generation(link, layout, model).await?,
            _ => return Err(failure::strange(&answer)),
        }
    }
    Err(ReadStoreError::Unavailable {
        reason: format!("{model} is being dropped; register it again afterwards"),
    })
}

pub(super) async fn model(
    link: &Link,
    layout: &Layout,
    name: &str,
) -> Result<ModelInfo, ReadStoreError> {
    let fields: BTreeMap<String, String> =
        link.read(cmd("HGETALL").arg(layout.model(name))).await?;
    let parse = |text: &str| {
        text.parse()
            .map(Generation)
            .map_err(|_| failure::strange(&text))
    };
    let pointer = |field: &str| fields.get(field).map(|number| parse(number)).transpose();
    let folds = fields
        .iter()
        .filter_map(|(field, version)| Some((field.strip_prefix("fold:")?, version)));
    let mut generations = folds
        .map(|(number, version)| Ok((parse(number)?, version.clone())))
        .collect::<Result<Vec<_>, _>>()?;
    generations.sort_unstable();
    Ok(ModelInfo::of(
        name,
        pointer("live")?,
        pointer("previous")?,
        pointer("newest")?,
        generations,
    ))
}

pub(super) async fn promote(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
    also_behind: bool,
) -> Result<(), ReadStoreError> {
    let live = self::model(link, layout, &model.name).await?.live;
    let live = live.map(|generation| ModelRef {
        name: model.name.clone(),
        generation,
    });
    let checkpoint = commit::checkpoint(link, layout, model, 0).await?.position;
    if let Some(live) = live.as_ref().filter(|_| !also_behind) {
        refuse_behind_in_other_lanes(link, layout, model, live).await?;
    }
    let live = live.as_ref().unwrap_or(model);
    let keys = [
        layout.model(&model.name),
        layout.changes(0),
        layout.feed(0),
        layout.sizes(0),
        layout.checkpoint(model, 0),
        layout.checkpoint(live, 0),
    ];
    let mut call = scripts::PROMOTE.call(&keys, 0);
    call.arg(model.generation.0)
        .arg(entry::of_promotion(model, checkpoint)?)
        .arg(KEPT_ENTRIES)
        .arg(KEPT_BYTES)
        .arg(live.generation.0)
        .arg(u8::from(also_behind));
    let answer: Vec<String> = scripts::PROMOTE.run(link, &call).await?;
    let answer: Vec<&str> = answer.iter().map(String::as_str).collect();
    match *answer.as_slice() {
        ["done"] => Ok(()),
        ["unknown"] => Err(ReadStoreError::unknown_generation(model)),
        ["behind", position, ahead] => {
            let parse = |text: &str| text.parse().map(Position::new);
            match (parse(position), parse(ahead)) {
                (Ok(position), Ok(ahead)) => Err(ReadStoreError::behind(model, 0, position, ahead)),
                _ => Err(failure::strange(&answer)),
            }
        }
        ["moved"] => Err(ReadStoreError::Unavailable {
            reason: format!(
                "readers of {} were sent elsewhere in this moment; try again",
                model.name
            ),
        }),
        _ => Err(failure::strange(&answer)),
    }
}

/// Only lane 0 lies beside the pointer and can be compared in the step that moves it; the others lie in other slots.
/// They are compared before, and the keeper takes care that both generations take in the same log meanwhile.
async fn refuse_behind_in_other_lanes(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
    live: &ModelRef,
) -> Result<(), ReadStoreError> {
    for lane in 1..layout.lanes {
        let position = commit::checkpoint(link, layout, model, lane)
            .await?
            .position;
        let ahead = commit::checkpoint(link, layout, live, lane).await?.position;
        if position < ahead {
            return Err(ReadStoreError::behind(model, lane, position, ahead));
        }
    }
    Ok(())
}

pub(super) async fn drop_generation(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
) -> Result<(), ReadStoreError> {
    let record = layout.model(&model.name);
    let mut retire = scripts::RETIRE.call(&[&record], 0);
    let (answer,): (String,) = scripts::RETIRE
        .run(link, retire.arg(model.generation.0))
        .await?;
    match answer.as_str() {
        "done" => {}
        "live" => return Err(ReadStoreError::still_live(model)),
        _ => return Err(failure::strange(&answer)),
    }
    for lane in 0..layout.lanes {
        clear(link, layout, model, lane).await?;
    }
    let unmark = cmd("HDEL")
        .arg(record)
        .arg(format!("drop:{}", model.generation))
        .take();
    link.write::<u64>(&unmark)
        .await
        .map(|_| ())
        .map_err(|error| failure::of(&error))
}

/// Removes a generation from a lane, piece by piece.
async fn clear(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
    lane: u16,
) -> Result<(), ReadStoreError> {
    let keys = [
        layout.names(model, lane),
        layout.unordered_names(model, lane),
        layout.checkpoint(model, lane),
        layout.documents(model, lane),
        layout.states(model, lane),
    ];
    let mut call = scripts::CLEAR.call(&keys, 0);
    call.arg(layout.index(model, lane, "")).arg(CLEARED_AT_ONCE);
    loop {
        let (answer,): (String,) = scripts::CLEAR.run(link, &call).await?;
        if answer == "done" {
            return Ok(());
        }
    }
}

fn other_lanes(layout: &Layout, recorded: &str) -> ReadStoreError {
    ReadStoreError::Unusable {
        reason: format!(
            "this namespace was made with {recorded} lanes, not {}; \
             set the number of lanes to {recorded}, or use another namespace and rebuild into it",
            layout.lanes
        ),
    }
}
