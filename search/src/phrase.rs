//! Whether words follow each other in an entry, and whether words are absent from it.
//!
//! Looks only at entries that fit already.

use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet as _};

use crate::error::SearchError;
use crate::parse::Phrase;
use crate::room::{Prose, Room, fields, postings_of};

/// Keeps the entries that have the words one after the other in one field.
pub(crate) fn keep(
    room: &Room,
    phrase: &Phrase,
    fits: &mut Vec<(DocId, f32)>,
) -> Result<(), SearchError> {
    let mut kept = vec![false; fits.len()];
    for (prose, _) in fields(phrase.within) {
        let Some(mut terms) = with_positions(room, prose, &phrase.words)? else {
            continue;
        };
        for ((doc, _), kept) in fits.iter().zip(&mut kept) {
            *kept = *kept || follows(&mut terms, *doc);
        }
    }
    let mut kept = kept.into_iter();
    fits.retain(|_| kept.next().unwrap_or(false));
    Ok(())
}

/// Drops the entries that have the word anywhere, or within a field.
pub(crate) fn without(
    room: &Room,
    word: &str,
    within: Option<Prose>,
    fits: &mut Vec<(DocId, f32)>,
) -> Result<(), SearchError> {
    for (prose, _) in fields(within) {
        if let Some(mut found) = postings_of(room.prose(prose), word)? {
            fits.retain(|(doc, _)| !reaches(&mut found, *doc));
        }
    }
    Ok(())
}

fn with_positions(
    room: &Room,
    prose: Prose,
    words: &[String],
) -> Result<Option<Vec<SegmentPostings>>, SearchError> {
    let index = room.prose(prose);
    let mut terms = Vec::with_capacity(words.len());
    for word in words {
        let Some(info) = index.terms().get(word.as_bytes())? else {
            return Ok(None);
        };
        let option = IndexRecordOption::WithFreqsAndPositions;
        terms.push(index.read_postings_from_terminfo(&info, option)?);
    }
    Ok(Some(terms))
}

fn follows(terms: &mut [SegmentPostings], doc: DocId) -> bool {
    let mut starts: Vec<u32> = Vec::new();
    let mut positions = Vec::new();
    for (offset, term) in (0u32..).zip(terms) {
        if !reaches(term, doc) {
            return false;
        }
        term.positions(&mut positions);
        if offset == 0 {
            starts.clone_from(&positions);
        } else {
            starts.retain(|start| positions.contains(&(start + offset)));
        }
        if starts.is_empty() {
            return false;
        }
    }
    true
}

/// Moves on to an entry; whether the term has it.
fn reaches(term: &mut SegmentPostings, doc: DocId) -> bool {
    let at = if term.doc() < doc {
        term.seek(doc)
    } else {
        term.doc()
    };
    at == doc
}
