//! Entries that have all the words, or some of them: unions of postings, intersected from the rarest on.
//!
//! Looks at a bounded number of entries; says so when there were more.

use tantivy::postings::SegmentPostings;
use tantivy::{DocId, DocSet as _, TERMINATED};

use crate::error::SearchError;
use crate::expand::Meaning;
use crate::room::{Room, each, postings};

/// Entries that are looked at for one question in one segment.
pub(crate) const MOST_FITS: usize = 50_000;
/// Words that more entries have tell little when only some of the words need to fit.
const COMMON: u64 = 20_000;

/// All that one word may mean.
#[derive(Default)]
pub(crate) struct Slot {
    cursors: Vec<(SegmentPostings, f32)>,
    size: u64,
}

impl Slot {
    pub(crate) fn take(&mut self, room: &Room, meanings: &[Meaning]) -> Result<(), SearchError> {
        for meaning in meanings {
            let found = postings(room.prose(meaning.prose), &meaning.info)?;
            self.push(found, meaning.weight);
        }
        Ok(())
    }

    pub(crate) fn push(&mut self, found: SegmentPostings, weight: f32) {
        self.size += u64::from(found.doc_freq());
        self.cursors.push((found, weight));
    }

    /// Entries with the word, in order, each with its best weight.
    fn fits(mut self, most: usize) -> (Vec<(DocId, f32)>, bool) {
        self.cursors.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        let several = self.cursors.len() > 1;
        let mut fits = Vec::with_capacity(usize::try_from(self.size).unwrap_or(most).min(most));
        for (cursor, weight) in self.cursors {
            let left = most.saturating_sub(fits.len());
            each(cursor, left, |doc| fits.push((doc, weight)));
        }
        let whole = fits.len() < most;
        if several {
            settle(&mut fits);
        }
        (fits, whole)
    }

    /// Keeps the entries that have the word, too, and adds its weight.
    fn meet(self, fits: &mut Vec<(DocId, f32)>) {
        let mut best = vec![0.0f32; fits.len()];
        for (mut cursor, weight) in self.cursors {
            for ((doc, _), best) in fits.iter().zip(&mut best) {
                let at = if cursor.doc() < *doc {
                    cursor.seek(*doc)
                } else {
                    cursor.doc()
                };
                if at == TERMINATED {
                    break;
                }
                if at == *doc {
                    *best = best.max(weight);
                }
            }
        }
        let mut best = best.into_iter();
        fits.retain_mut(|(_, sum)| {
            let more = best.next().unwrap_or(0.0);
            *sum += more;
            more > 0.0
        });
    }
}

/// In order of entries, each once, with the best of its fits.
pub(crate) fn settle(fits: &mut Vec<(DocId, f32)>) {
    fits.sort_unstable_by(|(a, x), (b, y)| a.cmp(b).then(y.total_cmp(x)));
    fits.dedup_by_key(|(doc, _)| *doc);
}

/// Entries with all the words and the mean of their weights; whether that was all of them.
#[expect(clippy::cast_precision_loss, reason = "a few words")]
pub(crate) fn all(mut slots: Vec<Slot>) -> (Vec<(DocId, f32)>, bool) {
    if slots.is_empty() || slots.iter().any(|slot| slot.cursors.is_empty()) {
        return (Vec::new(), true);
    }
    let count = slots.len() as f32;
    slots.sort_by_key(|slot| slot.size);
    let mut slots = slots.into_iter();
    let Some(first) = slots.next() else {
        return (Vec::new(), true);
    };
    let (mut fits, whole) = first.fits(MOST_FITS);
    for slot in slots {
        slot.meet(&mut fits);
    }
    for (_, sum) in &mut fits {
        *sum /= count;
    }
    (fits, whole)
}

/// Entries with some of the words, weighed by how rare these are; at least so much of all the weight.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "counts of entries, as logarithms and shares"
)]
pub(crate) fn some(slots: Vec<Slot>, entries: u32, least: f32) -> Vec<(DocId, f32)> {
    let rare = |size: u64| (1.0 + f64::from(entries.max(1)) / (size.max(1) as f64)).ln();
    let whole: f64 = slots.iter().map(|slot| rare(slot.size)).sum();
    let mut sums: Vec<(DocId, f32)> = Vec::new();
    for slot in slots {
        if slot.size == 0 || slot.size > COMMON {
            continue;
        }
        let share = (rare(slot.size) / whole.max(f64::MIN_POSITIVE)) as f32;
        let (fits, _) = slot.fits(MOST_FITS);
        sums.extend(fits.into_iter().map(|(doc, weight)| (doc, weight * share)));
    }
    sums.sort_unstable_by_key(|(doc, _)| *doc);
    sums.dedup_by(|(later, more), (doc, sum)| {
        let same = later == doc;
        if same {
            *sum += *more;
        }
        same
    });
    sums.retain(|(_, sum)| *sum >= least);
    sums
}
