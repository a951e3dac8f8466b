//! What was meant by what was typed with typos, and whether it may be told.
//!
//! Never tells words that find nothing which the one who asks may see.

use crate::domain::Domain;
use crate::error::SearchError;
use crate::expand::{self, Correction};
use crate::filter::Both;
use crate::parse::Ask;
use crate::room::{Room, postings_of};
use crate::schema::EDGE;
use crate::slots::{self, Slot};
use crate::weights::EDGE_WORD;

/// All that a word means without typos.
pub(crate) fn slot(room: &Room, ask: &Ask) -> Result<Slot, SearchError> {
    let mut meanings = Vec::new();
    expand::plain(room, ask, &mut meanings)?;
    let mut slot = Slot::default();
    slot.take(room, &meanings)?;
    let short = ask.open && ask.within.is_none() && ask.text.chars().count() <= EDGE;
    let edge = if short {
        postings_of(&room.edge, &ask.text)?
    } else {
        None
    };
    if let Some(found) = edge {
        slot.push(found, EDGE_WORD);
    }
    Ok(slot)
}

/// A correction only if it finds something that this asker may see: words of others must not be told to him.
pub(crate) fn visible(
    rooms: &[Room],
    domain: &Domain,
    filter: &Both,
    correction: Option<String>,
) -> Result<Option<String>, SearchError> {
    let Some(text) = correction else {
        return Ok(None);
    };
    let asks: Vec<Ask> = text.split(' ').map(|word| domain.word(word)).collect();
    for room in rooms {
        let slots: Result<Vec<Slot>, _> = asks.iter().map(|ask| slot(room, ask)).collect();
        let (mut fits, _) = slots::all(slots?);
        filter.keep(room, &mut fits)?;
        if !fits.is_empty() {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// What was typed with what each word may have been meant for; none if that is what was typed.
pub(crate) fn corrected(asks: &[Ask], meant: &[Option<Correction>]) -> Option<String> {
    let words: Vec<&str> = asks
        .iter()
        .zip(meant)
        .map(|(ask, meant)| {
            meant
                .as_ref()
                .map_or(ask.text.as_str(), |meant| &meant.text)
        })
        .collect();
    let text = words.join(" ");
    let typed: Vec<&str> = asks.iter().map(|ask| ask.text.as_str()).collect();
    (text != typed.join(" ")).then_some(text)
}
