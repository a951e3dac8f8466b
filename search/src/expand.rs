//! The terms of one segment that a word may mean: itself, what goes on after it, and what it may be a typo of.
//!
//! Looks at a bounded number of terms whatever the word is.

use tantivy::postings::TermInfo;

use crate::error::SearchError;
use crate::parse::Ask;
use crate::room::{Prose, Room, fields};
use crate::schema::EDGE;
use crate::typo::Typo;
use crate::weights::{OPEN, TYPOS};

/// Words that one beginning may mean in a field.
const MOST_OPEN: usize = 256;
/// Words that one typo may mean in a field, and words that are looked at for it.
const MOST_TYPOS: usize = 24;

/// A term that a word may mean.
#[derive(Debug, Clone)]
pub(crate) struct Meaning {
    pub(crate) prose: Prose,
    pub(crate) info: TermInfo,
    pub(crate) weight: f32,
}

/// The word itself and, if it may go on, longer ones.
pub(crate) fn plain(room: &Room, ask: &Ask, out: &mut Vec<Meaning>) -> Result<(), SearchError> {
    // Beginnings of few letters have postings of their own, but these do not tell the field.
    let long = ask.text.chars().count() > EDGE;
    let term = ask.term();
    let term = term.as_bytes();
    for (prose, counts) in fields(ask.within) {
        let terms = room.prose(prose).terms();
        if ask.open && (long || ask.within.is_some()) {
            let mut stream = terms.range().ge(term).into_stream()?;
            let mut left = MOST_OPEN;
            while left > 0 && stream.advance() && stream.key().starts_with(term) {
                let whole = stream.key().len() == term.len();
                let weight = if whole { counts } else { counts * OPEN };
                out.push(Meaning {
                    prose,
                    info: stream.value().clone(),
                    weight,
                });
                left -= 1;
            }
        } else if let Some(info) = terms.get(term)? {
            out.push(Meaning {
                prose,
                info,
                weight: counts,
            });
        }
    }
    Ok(())
}

/// How many typos a word of so many letters is allowed.
pub(crate) fn allowed(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// A word that is meant, perhaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Correction {
    pub(crate) text: String,
    pub(crate) typos: usize,
    pub(crate) count: u32,
}

/// Words that the word may be a typo of; returns the likeliest.
pub(crate) fn typos(
    room: &Room,
    ask: &Ask,
    out: &mut Vec<Meaning>,
) -> Result<Option<Correction>, SearchError> {
    let most = allowed(ask.text.chars().count());
    let Some(typo) = Typo::new(&ask.term(), most, false).filter(|_| most > 0 && !ask.strict) else {
        return Ok(None);
    };
    let mut best: Option<Correction> = None;
    for (prose, counts) in fields(ask.within) {
        let mut found = Vec::new();
        let mut stream = room
            .prose(prose)
            .terms()
            .search(typo.clone())
            .into_stream()?;
        while stream.advance() {
            // A typo in what keeps words of some apart from those of others would lead to others.
            let Some(word) = stream.key().strip_prefix(ask.scope.as_bytes()) else {
                continue;
            };
            let typos = typo.typos(stream.key()).unwrap_or(most);
            let correction = Correction {
                text: String::from_utf8_lossy(word).into_owned(),
                typos,
                count: stream.value().doc_freq,
            };
            found.push((correction, stream.value().clone()));
        }
        found.sort_by(|(a, _), (b, _)| better(b, a));
        found.truncate(MOST_TYPOS);
        for (correction, info) in found {
            let weight = counts * TYPOS.get(correction.typos).copied().unwrap_or(0.0);
            out.push(Meaning {
                prose,
                info,
                weight,
            });
            if best
                .as_ref()
                .is_none_or(|known| better(&correction, known).is_gt())
            {
                best = Some(correction);
            }
        }
    }
    Ok(best)
}

/// Fewer typos first, then what more entries have.
pub(crate) fn better(a: &Correction, b: &Correction) -> std::cmp::Ordering {
    b.typos
        .cmp(&a.typos)
        .then(a.count.cmp(&b.count))
        .then_with(|| b.text.cmp(&a.text))
}
