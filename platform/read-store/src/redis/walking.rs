//! Walking through all that a generation has, a page at a time.
//! Never asks for all keys at once: Redis goes on serving others in between.

use std::collections::BTreeSet;

use bytes::Bytes;
use futures_util::future::try_join_all;
use redis::{Pipeline, cmd};

use super::layout::Layout;
use super::link::Link;
use super::{failure, reading, scripts};
use crate::commit::IndexEntry;
use crate::range;
use crate::store::{
    DifferingPage, DocumentPage, IndexRange, ListedEntry, ModelRef, ReadStoreError,
};
use crate::stored;

/// Indexes whose beginnings are asked for at once, and how many entries of each: most indexes are short.
const NAMES: usize = 128;
const BEGINNING: usize = 64;

pub(super) async fn documents(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
    lane: u16,
    after: Option<&str>,
    limit: usize,
) -> Result<DocumentPage, ReadStoreError> {
    let mut command = cmd("HSCAN");
    command
        .arg(layout.documents(model, lane))
        .arg(after.unwrap_or("0"))
        .arg("COUNT")
        .arg(limit.max(1));
    let (next, found): (String, Vec<(String, Vec<u8>)>) = link.read(&command).await?;
    let documents = found.into_iter().map(|(key, value)| {
        let document = stored::decode(&key, &Bytes::from(value))?;
        Ok((key, document))
    });
    Ok(DocumentPage {
        documents: documents.collect::<Result<_, ReadStoreError>>()?,
        next: (next != "0").then_some(next),
    })
}

pub(super) async fn entries(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
    after: Option<&IndexEntry>,
    limit: usize,
) -> Result<Vec<IndexEntry>, ReadStoreError> {
    if let Some(after) = after {
        let rest = IndexRange {
            index: after.index.clone(),
            prefix: String::new(),
            after: Some((after.sort.clone(), after.key.clone())),
            descending: false,
            skip: 0,
            limit: limit.max(1),
        };
        let rest = reading::scan(link, layout, model, &rest).await?;
        if !rest.is_empty() {
            return Ok(rest
                .into_iter()
                .map(|listed| of(&after.index, listed))
                .collect());
        }
    }
    let mut behind = after.map(|after| after.index.clone());
    loop {
        let names = names(link, layout, model, behind.as_deref()).await?;
        let found = beginnings(link, layout, model, &names).await?;
        behind = names.into_iter().next_back();
        // All of these may have become empty: a name stays when the last entry of its index goes.
        if !found.is_empty() || behind.is_none() {
            return Ok(found);
        }
    }
}

/// The names behind this one, of all lanes, in order.
async fn names(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
    behind: Option<&str>,
) -> Result<BTreeSet<String>, ReadStoreError> {
    let from = behind.map_or_else(|| "-".to_owned(), |name| format!("({name}"));
    let asked = (0..layout.lanes).map(|lane| {
        let mut command = cmd("ZRANGE");
        command.arg(layout.names(model, lane)).arg(&from).arg("+");
        command.arg("BYLEX").arg("LIMIT").arg(0).arg(NAMES);
        async move { link.read::<Vec<String>>(&command).await }
    });
    let names: BTreeSet<String> = try_join_all(asked).await?.into_iter().flatten().collect();
    Ok(names.into_iter().take(NAMES).collect())
}

/// The first entries of these indexes, up to the first index of which there are more.
async fn beginnings(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
    names: &BTreeSet<String>,
) -> Result<Vec<IndexEntry>, ReadStoreError> {
    let mut asked = Pipeline::with_capacity(names.len());
    for name in names {
        for lane in 0..layout.lanes {
            let index = layout.index(model, lane, name);
            asked.cmd("ZRANGE").arg(index).arg("-").arg("+");
            asked.arg("BYLEX").arg("LIMIT").arg(0).arg(BEGINNING);
        }
    }
    let mut entries = Vec::new();
    if names.is_empty() {
        return Ok(entries);
    }
    let found: Vec<Vec<Vec<u8>>> = link.read_all(&asked).await?;
    for (name, lanes) in names.iter().zip(found.chunks(usize::from(layout.lanes))) {
        let goes_on = lanes.iter().any(|members| members.len() >= BEGINNING);
        let mut members: Vec<&Vec<u8>> = lanes.iter().flatten().collect();
        members.sort_unstable();
        if goes_on {
            // Behind these, entries of any lane may come that were not asked for.
            members.truncate(BEGINNING);
        }
        for member in members {
            entries.push(of(name, range::entry(member)?));
        }
        if goes_on {
            break;
        }
    }
    Ok(entries)
}

fn of(index: &str, listed: ListedEntry) -> IndexEntry {
    IndexEntry {
        index: index.to_owned(),
        sort: listed.sort,
        key: listed.key,
    }
}

/// A walk goes through the documents of one generation lane by lane, then through those of the other; where it stands
/// says the lane, which of the two, and the cursor of Redis.
pub(super) async fn differing(
    link: &Link,
    layout: &Layout,
    one: &ModelRef,
    other: &ModelRef,
    after: Option<&str>,
    limit: usize,
) -> Result<DifferingPage, ReadStoreError> {
    let (lane, walked, cursor) = match after {
        Some(after) => place(after).ok_or_else(|| failure::strange(&after))?,
        None => (0, BOTH, "0"),
    };
    let keys = [layout.documents(one, lane), layout.documents(other, lane)];
    let mut call = scripts::DIFFERING.call(&keys, 0);
    call.arg(walked).arg(cursor).arg(limit.max(1));
    let answer: Vec<String> = scripts::DIFFERING.run(link, &call).await?;
    let Some(([cursor, compared], keys)) = answer.split_first_chunk::<2>() else {
        return Err(failure::strange(&answer));
    };
    let compared = compared.parse().map_err(|_| failure::strange(compared))?;
    let next = match (cursor.as_str(), walked) {
        ("0", BOTH) => Some(format!("{lane} {OTHER} 0")),
        ("0", _) => Some(lane + 1)
            .filter(|next| *next < layout.lanes)
            .map(|next| format!("{next} {BOTH} 0")),
        (cursor, walked) => Some(format!("{lane} {walked} {cursor}")),
    };
    Ok(DifferingPage {
        compared: if walked == BOTH { compared } else { 0 },
        keys: keys.to_vec(),
        next,
    })
}

const BOTH: &str = "both";
const OTHER: &str = "other";

fn place(after: &str) -> Option<(u16, &str, &str)> {
    let (lane, rest) = after.split_once(' ')?;
    let (walked, cursor) = rest.split_once(' ')?;
    let walked = [BOTH, OTHER].into_iter().find(|known| *known == walked)?;
    Some((lane.parse().ok()?, walked, cursor))
}
