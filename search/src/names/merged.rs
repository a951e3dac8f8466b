//! The terms of names of all segments and kinds as one list, each name once with all its titles.
//!
//! Never holds more of the list than where it stands in each segment.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::termdict::TermStreamer;

use super::{NameCount, NameOrder, NamePlace, NameSearch, PART};
use crate::error::SearchError;
use crate::room::Room;

/// The terms of all rooms and kinds in one order.
pub(super) struct Merged<'a> {
    rooms: &'a [Room],
    streams: Vec<Stream<'a>>,
    heads: BinaryHeap<Reverse<(String, usize)>>,
}

struct Stream<'a> {
    room: usize,
    /// What its terms have in front of what they are sorted by.
    front: usize,
    /// What they must begin with.
    within: String,
    terms: TermStreamer<'a>,
}

impl<'a> Merged<'a> {
    /// In front of the first name that is asked for.
    pub(super) fn open(
        rooms: &'a [Room],
        search: &NameSearch,
        beginning: &str,
    ) -> Result<Self, SearchError> {
        let mut merged = Self {
            rooms,
            streams: Vec::new(),
            heads: BinaryHeap::new(),
        };
        let letters = search.list.letters();
        let letters = letters
            .into_iter()
            .take(1 + usize::from(!beginning.is_empty()));
        let from = match (&search.after, search.order) {
            (Some(after), NameOrder::Name) if *after.key > *beginning => after.key.as_str(),
            _ => beginning,
        };
        for letter in letters {
            for kind in &search.kinds {
                let front = format!("{letter}{kind}{PART}");
                for (at, room) in rooms.iter().enumerate() {
                    let range = room.shelf.terms().range();
                    merged.streams.push(Stream {
                        room: at,
                        front: front.len(),
                        within: format!("{front}{beginning}"),
                        terms: range.ge(format!("{front}{from}")).into_stream()?,
                    });
                    merged.advance(merged.streams.len() - 1);
                }
            }
        }
        Ok(merged)
    }

    fn advance(&mut self, at: usize) {
        let Some(stream) = self.streams.get_mut(at) else {
            return;
        };
        if stream.terms.advance() && stream.terms.key().starts_with(stream.within.as_bytes()) {
            let sorted = stream.terms.key().get(stream.front..).unwrap_or_default();
            let sorted = String::from_utf8_lossy(sorted).into_owned();
            self.heads.push(Reverse((sorted, at)));
        }
    }

    /// The next name with its titles; spellings that fold to the same are one name.
    pub(super) fn next(&mut self, order: NameOrder) -> Result<Option<NameCount>, SearchError> {
        loop {
            let Some(Reverse((first, _))) = self.heads.peek() else {
                return Ok(None);
            };
            let key = key_of(first).to_owned();
            let (mut titles, mut spelling) = (0, (0, String::new()));
            while let Some(Reverse((head, _))) = self.heads.peek() {
                if key_of(head) != key {
                    break;
                }
                let written = head.clone();
                let count = self.count(&written)?;
                titles += count;
                if count > spelling.0 {
                    spelling = (count, shown(&written).to_owned());
                }
            }
            if titles > 0 {
                let counted = match order {
                    NameOrder::Titles => titles,
                    NameOrder::Name => 0,
                };
                return Ok(Some(NameCount {
                    name: spelling.1,
                    titles,
                    place: NamePlace {
                        titles: Reverse(counted),
                        key,
                    },
                }));
            }
        }
    }

    /// How many titles write a name so, in all rooms; goes on behind it.
    fn count(&mut self, written: &str) -> Result<u64, SearchError> {
        let mut count = 0;
        while let Some(Reverse((head, at))) = self.heads.peek() {
            let at = *at;
            if head != written {
                break;
            }
            self.heads.pop();
            if let Some(stream) = self.streams.get(at)
                && let Some(room) = self.rooms.get(stream.room)
            {
                count += room.count(&room.shelf, stream.terms.value())?;
            }
            self.advance(at);
        }
        Ok(count)
    }
}

/// What a name is sorted by: folded, or as it is shown where nothing of it can be folded.
pub(super) fn key_of(sorted: &str) -> &str {
    match sorted.split_once(PART) {
        Some(("", _)) | None => sorted,
        Some((key, _)) => key,
    }
}

pub(super) fn shown(sorted: &str) -> &str {
    sorted.split_once(PART).map_or(sorted, |(_, shown)| shown)
}
