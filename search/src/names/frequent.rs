//! The names of most titles in an index with very many names: of each segment the most frequent ones are found once, and of what
//! these say as many are counted as the answer needs.
//!
//! Never tells a name before it is sure that none of those that were not counted comes before it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::index::SegmentId;

use super::merged::{key_of, shown};
use super::{NameCount, NamePlace, NameSearch, PART};
use crate::error::SearchError;
use crate::room::Room;

/// So many terms are walked through for each question; of more the most frequent are looked at.
pub(super) const FEW: usize = 40_000;
/// Names of one segment and kind that are looked at.
const MOST: usize = 1_000;

/// What was found of each segment, by what stands in front of the names.
pub(crate) type Tops = Arc<Mutex<HashMap<(SegmentId, String), Arc<Top>>>>;

/// The most frequent names of a segment. Replaced titles count until they are merged away: no name has more than it says.
#[derive(Debug, Default)]
pub(crate) struct Top {
    names: HashMap<String, u64>,
    /// As many titles as a name may have that is not among them.
    others: u64,
}

/// Whether there are too many names to walk through all of them.
pub(super) fn are_many(rooms: &[Room]) -> bool {
    let terms = rooms.iter().map(|room| room.shelf.terms().num_terms());
    terms.sum::<usize>() > FEW
}

/// Forgets what was found of segments that are not there any more.
pub(crate) fn keep_only(tops: &Tops, rooms: &[Room]) {
    let mut tops = tops.lock().unwrap_or_else(PoisonError::into_inner);
    tops.retain(|(segment, _), _| rooms.iter().any(|room| room.segment() == *segment));
}

/// The names of most titles, as far as their order is certain.
pub(super) fn frequent(
    rooms: &[Room],
    tops: &Tops,
    search: &NameSearch,
    most: usize,
) -> Result<Vec<NameCount>, SearchError> {
    let [letter, _] = search.list.letters();
    let kinds = search.kinds.iter();
    let fronts: Vec<String> = kinds.map(|kind| format!("{letter}{kind}{PART}")).collect();
    let mut found = Vec::new();
    for front in &fronts {
        for room in rooms {
            found.push(top_of(room, tops, front)?);
        }
    }
    let unseen: u64 = found.iter().map(|top| top.others).sum();
    let mut best: Vec<NameCount> = Vec::new();
    for (bound, key) in bounds(&found) {
        let worst = best.get(most.saturating_sub(1)).map(|name| name.titles);
        if bound <= unseen || worst.is_some_and(|worst| bound < worst) {
            break;
        }
        let Some(name) = counted(rooms, &fronts, key)? else {
            continue;
        };
        let is_later = search
            .after
            .as_ref()
            .is_none_or(|after| name.place > *after);
        if name.titles > unseen && is_later {
            let at = best.partition_point(|known| known.place < name.place);
            best.insert(at, name);
            best.truncate(most);
        }
    }
    Ok(best)
}

/// Each name with as many titles as it may have, most first.
fn bounds(found: &[Arc<Top>]) -> Vec<(u64, &str)> {
    let keys = found.iter().flat_map(|top| top.names.keys());
    let names: BTreeSet<&str> = keys.map(String::as_str).collect();
    let bound = |key: &str| -> u64 {
        let each = found.iter();
        each.map(|top| top.names.get(key).copied().unwrap_or(top.others))
            .sum()
    };
    let mut bounds: Vec<(u64, &str)> = names.into_iter().map(|key| (bound(key), key)).collect();
    bounds.sort_by(|(a, x), (b, y)| b.cmp(a).then(x.cmp(y)));
    bounds
}

/// A name with its titles as they are now; none when there are none.
fn counted(rooms: &[Room], fronts: &[String], key: &str) -> Result<Option<NameCount>, SearchError> {
    let mut spellings = BTreeMap::<String, u64>::new();
    for front in fronts {
        let within = format!("{front}{key}{PART}");
        for room in rooms {
            let mut terms = room.shelf.terms().range().ge(&within).into_stream()?;
            while terms.advance() && terms.key().starts_with(within.as_bytes()) {
                let count = room.count(&room.shelf, terms.value())?;
                let sorted = terms.key().get(front.len()..).unwrap_or_default();
                let sorted = String::from_utf8_lossy(sorted);
                *spellings.entry(shown(&sorted).to_owned()).or_default() += count;
            }
        }
    }
    let titles = spellings.values().sum();
    let mut usual: Option<(u64, String)> = None;
    for (name, count) in spellings {
        if usual.as_ref().is_none_or(|(most, _)| count > *most) {
            usual = Some((count, name));
        }
    }
    let name = usual.filter(|_| titles > 0).map(|(_, name)| name);
    Ok(name.map(|name| NameCount {
        name,
        titles,
        place: NamePlace {
            titles: std::cmp::Reverse(titles),
            key: key.to_owned(),
        },
    }))
}

fn top_of(room: &Room, tops: &Tops, front: &str) -> Result<Arc<Top>, SearchError> {
    let known = |tops: &Tops| {
        let tops = tops.lock().unwrap_or_else(PoisonError::into_inner);
        tops.get(&(room.segment(), front.to_owned())).cloned()
    };
    if let Some(top) = known(tops) {
        return Ok(top);
    }
    let top = Arc::new(walked(room, front)?);
    let mut tops = tops.lock().unwrap_or_else(PoisonError::into_inner);
    tops.insert((room.segment(), front.to_owned()), Arc::clone(&top));
    Ok(top)
}

/// The most frequent names of a segment, by walking through all of them once. A name that cannot be folded is not among them.
fn walked(room: &Room, front: &str) -> Result<Top, SearchError> {
    let mut best = std::collections::BinaryHeap::new();
    let mut others = 0;
    let mut now: Option<(String, u64)> = None;
    let mut terms = room.shelf.terms().range().ge(front).into_stream()?;
    let mut take = |name: Option<(String, u64)>| {
        if let Some((key, count)) = name {
            best.push(std::cmp::Reverse((count, key)));
        }
        if best.len() > MOST
            && let Some(std::cmp::Reverse((count, _))) = best.pop()
        {
            others = others.max(count);
        }
    };
    while terms.advance() && terms.key().starts_with(front.as_bytes()) {
        let sorted = terms.key().get(front.len()..).unwrap_or_default();
        let sorted = String::from_utf8_lossy(sorted);
        let (key, count) = (key_of(&sorted), u64::from(terms.value().doc_freq));
        match &mut now {
            Some((known, titles)) if known == key => *titles += count,
            _ => take(now.replace((key.to_owned(), count))),
        }
    }
    take(now);
    let names = best
        .into_iter()
        .map(|std::cmp::Reverse((count, key))| (key, count));
    Ok(Top {
        names: names.collect(),
        others,
    })
}
