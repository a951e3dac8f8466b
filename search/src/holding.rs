//! Of which titles a library has copies, and whether these can be had: made from its copies, asked of titles.
//!
//! Never made of copies that the one who asks may not see.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use tantivy::DocId;
use tantivy::columnar::StrColumn;

use crate::error::SearchError;
use crate::facet::{AVAILABILITY, FacetCount};
use crate::filter::{Reach, reach_of};
use crate::gather::Fits;
use crate::index::SearchIndex;
use crate::room::{Room, each, postings_of};

/// The titles of a library, each with the ways in which its copies can be had.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holding {
    titles: HashMap<u128, u8, BuildHasherDefault<Mixed>>,
    /// One for each bit.
    ways: Vec<String>,
}

/// What a question for titles asks of a library's copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The library's titles.
    pub holding: Arc<Holding>,
    /// Only titles with a copy that can be had in one of these ways; when empty, every title.
    pub only: Vec<String>,
}

/// Ids are mixed already.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "each half of 128 bits")]
    fn write_u128(&mut self, id: u128) {
        self.0 = (id as u64 ^ (id >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl SearchIndex {
    /// The titles of which there are copies that the one who asks may see as a member.
    pub fn holding(&self, reach: &Reach) -> Result<Holding, SearchError> {
        let mut holding = Holding::default();
        let Some(place) = reach.own() else {
            return Ok(holding);
        };
        for room in &self.snapshot().rooms {
            let column = room.facets.get(AVAILABILITY).and_then(Option::as_ref);
            let (Some(column), Some(found)) = (column, postings_of(&room.tag, &reach_of(place))?)
            else {
                continue;
            };
            let bits = holding.bits(column)?;
            each(found, usize::MAX, |doc| {
                if room.alive(doc) {
                    let bit = bit_of(column, &bits, doc);
                    *holding.titles.entry(room.copy_of(doc)).or_default() |= bit;
                }
            });
        }
        Ok(holding)
    }
}

fn bit_of(column: &StrColumn, bits: &[u8], doc: DocId) -> u8 {
    let ordinal = column.ords().first(doc);
    let bit = ordinal.and_then(|ordinal| bits.get(usize::try_from(ordinal).ok()?));
    bit.copied().unwrap_or(0)
}

impl Holding {
    /// Of how many titles there are copies.
    #[must_use]
    pub fn titles(&self) -> usize {
        self.titles.len()
    }

    /// The bit of each value of a column; of the ninth and later ones there is none.
    fn bits(&mut self, column: &StrColumn) -> Result<Vec<u8>, SearchError> {
        let mut bits = Vec::with_capacity(column.num_terms());
        for ordinal in 0..column.num_terms() {
            let mut way = String::new();
            column.ord_to_str(ordinal as u64, &mut way)?;
            bits.push(self.bit(way));
        }
        Ok(bits)
    }

    fn bit(&mut self, way: String) -> u8 {
        let known = self.ways.iter().position(|known| *known == way);
        let at = known.unwrap_or(self.ways.len());
        if known.is_none() && at < 8 {
            self.ways.push(way);
        }
        u32::try_from(at)
            .ok()
            .and_then(|at| 1u8.checked_shl(at))
            .unwrap_or(0)
    }

    fn mask(&self, only: &[String]) -> u8 {
        let wanted = self.ways.iter().map(|way| only.contains(way));
        (0..8u8)
            .zip(wanted)
            .map(|(at, wanted)| u8::from(wanted) << at)
            .sum()
    }

    fn ways_of(&self, room: &Room, doc: DocId) -> u8 {
        self.titles.get(&room.id(doc)).copied().unwrap_or(0)
    }
}

impl Held {
    /// Keeps the titles that are wanted.
    pub(crate) fn keep(&self, room: &Room, fits: &mut Fits) {
        if self.only.is_empty() {
            return;
        }
        let mask = self.holding.mask(&self.only);
        fits.retain(|(doc, _)| self.holding.ways_of(room, *doc) & mask != 0);
    }

    /// How many of what fits can be had in which way.
    pub(crate) fn count(&self, rooms: &[Room], fits: &[Fits]) -> Vec<FacetCount> {
        let mut counts = [0u64; 8];
        for (room, fits) in rooms.iter().zip(fits) {
            for (doc, _) in fits {
                let ways = self.holding.ways_of(room, *doc);
                for (at, count) in counts.iter_mut().enumerate() {
                    *count += u64::from(ways >> at & 1);
                }
            }
        }
        let ways = self.holding.ways.iter().zip(counts);
        ways.filter(|(_, count)| *count > 0)
            .map(|(way, count)| FacetCount {
                value: way.clone(),
                count,
            })
            .collect()
    }
}
