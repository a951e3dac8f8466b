//! Entries whose whole title is what was typed, begins with it, or is it but for a typo.
//!
//! Reads dictionaries of whole titles; looks at a bounded number of them.

use tantivy::DocId;
use tantivy::index::InvertedIndexReader;

use crate::columns::DRAWERS;
use crate::error::SearchError;
use crate::room::{Room, each, postings, postings_of};
use crate::schema::HEAD;
use crate::title_key::MAX_KEY_CHARS;
use crate::typo::Typo;
use crate::weights::{BEGINS, BEGINS_ALIAS, BEGINS_TYPO, WHOLE, WHOLE_ALIAS, whole_with_typos};

/// Titles that are looked at for one beginning.
const MOST_BEGINNINGS: usize = 3_000;
/// Titles that are looked at for one typo.
const MOST_TYPOS: usize = 400;
/// Entries of one title.
const MOST_NAMESAKES: usize = 2_000;

/// What fits, with how much.
pub(crate) type Fits = Vec<(DocId, f32)>;

/// Titles that are what was typed.
pub(crate) fn whole(room: &Room, key: &str, fits: &mut Fits) -> Result<(), SearchError> {
    for (index, fit) in [(&room.key, WHOLE), (&room.alias, WHOLE_ALIAS)] {
        if let Some(found) = postings_of(index, key)? {
            each(found, MOST_NAMESAKES, |doc| fits.push((doc, fit)));
        }
    }
    Ok(())
}

/// Titles that begin with what was typed. Of very many the best known are looked at.
pub(crate) fn beginnings(room: &Room, key: &str, fits: &mut Fits) -> Result<(), SearchError> {
    if key.chars().count() > HEAD {
        follow(&room.key, key, BEGINS, fits)?;
        return follow(&room.alias, key, BEGINS_ALIAS, fits);
    }
    let enough = fits.len() + MOST_BEGINNINGS;
    for drawer in DRAWERS {
        if let Some(found) = postings_of(&room.head, &format!("{drawer}{key}"))? {
            let left = enough.saturating_sub(fits.len());
            each(found, left, |doc| fits.push((doc, BEGINS)));
        }
    }
    Ok(())
}

fn follow(
    index: &InvertedIndexReader,
    key: &str,
    fit: f32,
    fits: &mut Fits,
) -> Result<(), SearchError> {
    let mut stream = index.terms().range().ge(key.as_bytes()).into_stream()?;
    let mut left = MOST_BEGINNINGS;
    while left > 0 && stream.advance() && stream.key().starts_with(key.as_bytes()) {
        each(postings(index, stream.value())?, left, |doc| {
            fits.push((doc, fit));
        });
        left -= 1;
    }
    Ok(())
}

/// Titles that are what was typed but for typos; returns the one with the fewest.
pub(crate) fn whole_typos(
    room: &Room,
    key: &str,
    most: usize,
    fits: &mut Fits,
) -> Result<Option<(usize, String)>, SearchError> {
    let letters = key.chars().count();
    let Some(typo) = Typo::new(key, most, false).filter(|_| letters <= MAX_KEY_CHARS) else {
        return Ok(None);
    };
    let mut best: Option<(usize, String)> = None;
    for (index, less) in [(&room.key, 0.0), (&room.alias, WHOLE - WHOLE_ALIAS)] {
        let mut stream = index.terms().search(typo.clone()).into_stream()?;
        let mut left = MOST_TYPOS;
        while left > 0 && stream.advance() {
            let typos = typo.typos(stream.key()).unwrap_or(most);
            let fit = whole_with_typos(letters, typos) - less;
            each(postings(index, stream.value())?, MOST_NAMESAKES, |doc| {
                fits.push((doc, fit));
            });
            if best.as_ref().is_none_or(|(known, _)| typos < *known) {
                best = Some((typos, String::from_utf8_lossy(stream.key()).into_owned()));
            }
            left -= 1;
        }
    }
    Ok(best)
}

/// Titles that begin with what was typed but for a typo.
pub(crate) fn beginnings_typo(room: &Room, key: &str, fits: &mut Fits) -> Result<(), SearchError> {
    let Some(typo) = Typo::new(key, 1, true) else {
        return Ok(());
    };
    let mut stream = room.key.terms().search(typo).into_stream()?;
    let mut left = MOST_TYPOS;
    while left > 0 && stream.advance() {
        each(postings(&room.key, stream.value())?, left, |doc| {
            fits.push((doc, BEGINS_TYPO));
        });
        left -= 1;
    }
    Ok(())
}
