//! Following the change feed: what follows a place is read as of one moment; waiting is only a wake-up.
//! Never takes a gap for silence: numbers are dense, so a missing one means that the reader's place is lost.

use std::time::Duration;

use redis::{Value, cmd};

use super::layout::Layout;
use super::link::Link;
use super::{failure, scripts};
use crate::changes::{ChangeCursor, ChangeRead};
use crate::entry::{self, Place};
use crate::store::ReadStoreError;

pub(super) async fn newest(
    link: &Link,
    layout: &Layout,
    lane: u16,
) -> Result<Place, ReadStoreError> {
    let (epoch, number): (Option<u64>, Option<u64>) = link
        .read(
            cmd("HMGET")
                .arg(layout.feed(lane))
                .arg("epoch")
                .arg("newest"),
        )
        .await?;
    Ok(Place {
        epoch: epoch.unwrap_or(0),
        number: number.unwrap_or(0),
    })
}

pub(super) async fn read(
    link: &Link,
    layout: &Layout,
    lane: u16,
    after: &ChangeCursor,
    max: usize,
    patience: Duration,
) -> Result<ChangeRead, ReadStoreError> {
    let Some(after) = Place::parse(after) else {
        return Ok(ChangeRead::Lost {
            resume: newest(link, layout, lane).await?.cursor(),
        });
    };
    match following(link, layout, lane, after, max).await? {
        ChangeRead::Changes(changes) if changes.is_empty() && max > 0 && !patience.is_zero() => {
            wait(link, layout, lane, after, patience).await?;
            following(link, layout, lane, after, max).await
        }
        read => Ok(read),
    }
}

/// Waits until something stands behind a place, or the patience ends.
async fn wait(
    link: &Link,
    layout: &Layout,
    lane: u16,
    after: Place,
    patience: Duration,
) -> Result<(), ReadStoreError> {
    // Redis counts in milliseconds, and takes 0 for ever.
    let millis = u64::try_from(patience.as_millis())
        .unwrap_or(u64::MAX)
        .clamp(1, 24 * 60 * 60 * 1_000);
    let mut command = cmd("XREAD");
    command.arg("COUNT").arg(1).arg("BLOCK").arg(millis);
    command
        .arg("STREAMS")
        .arg(layout.changes(lane))
        .arg(id(after));
    link.wait::<Value>(&command, Duration::from_millis(millis))
        .await
        .map(drop)
}

async fn following(
    link: &Link,
    layout: &Layout,
    lane: u16,
    after: Place,
    max: usize,
) -> Result<ChangeRead, ReadStoreError> {
    let mut call = scripts::CHANGES.call(&[layout.feed(lane), layout.changes(lane)], 0);
    call.arg(id(after)).arg(max);
    let answer: Vec<Vec<u8>> = scripts::CHANGES.run(link, &call).await?;
    let Some(([epoch, newest], found)) = answer.split_first_chunk::<2>() else {
        return Err(failure::strange(&answer));
    };
    let newest = Place {
        epoch: number(epoch)?,
        number: number(newest)?,
    };
    let lost = Ok(ChangeRead::Lost {
        resume: newest.cursor(),
    });
    // Before the first entry there is no life to compare: who was there reads the first of any.
    let is_before_all = after
        == Place {
            epoch: 0,
            number: 0,
        };
    if !is_before_all && (after.epoch != newest.epoch || after.number > newest.number) {
        return lost;
    }
    let mut changes = Vec::with_capacity(found.len() / 2);
    for pair in found.chunks_exact(2) {
        let [place, entry] = pair else {
            return Err(failure::strange(&answer));
        };
        changes.push((parse_id(place)?, entry));
    }
    let is_complete = match changes.first() {
        Some((first, _)) => first.number == after.number + 1,
        None => max == 0 || newest.number == after.number,
    };
    if !is_complete {
        return lost;
    }
    let changes = changes
        .into_iter()
        .map(|(place, entry)| entry::decode(place, entry));
    Ok(ChangeRead::Changes(changes.collect::<Result<_, _>>()?))
}

/// A place as the id of a stream entry.
fn id(place: Place) -> String {
    format!("{}-{}", place.epoch, place.number)
}

fn parse_id(id: &[u8]) -> Result<Place, ReadStoreError> {
    let text = std::str::from_utf8(id)
        .ok()
        .and_then(|text| text.split_once('-'));
    let (epoch, entry) = text.ok_or_else(|| failure::strange(&id))?;
    Ok(Place {
        epoch: number(epoch.as_bytes())?,
        number: number(entry.as_bytes())?,
    })
}

fn number(text: &[u8]) -> Result<u64, ReadStoreError> {
    let number = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse().ok());
    number.ok_or_else(|| failure::strange(&String::from_utf8_lossy(text)))
}
