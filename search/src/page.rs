//! One page of what fits, in its order, after the place where the last page ended.
//!
//! Never looks at what fits again: it is handed in.

use std::cmp::Reverse;

use crate::browse::{Shown, Sort};
use crate::error::SearchError;
use crate::gather::Fits;
use crate::hit::{Found, Hit, Place};
use crate::room::Room;
use crate::search::Search;
use crate::top::{Ranked, Top};

/// The hits of one page.
pub(crate) fn page(rooms: &[Room], fits: &[Fits], search: &Search) -> Result<Found, SearchError> {
    let mut candidates = Vec::new();
    let most = search.skip.saturating_add(search.most.max(1));
    for (at, (room, fits)) in rooms.iter().zip(fits).enumerate() {
        let mut top = Top::new(most + 1);
        let shown = match &search.after {
            Some(place) => search.sort.shown(room, place)?,
            None => None,
        };
        for (doc, fit) in fits {
            let rank = search.sort.rank(room, *doc, *fit);
            if top.wants(rank) && is_after(search, shown, rank, || room.id(*doc)) {
                let id = Reverse(room.id(*doc));
                top.offer(Ranked {
                    rank,
                    id,
                    room: at,
                    doc: *doc,
                });
            }
        }
        candidates.extend(top.into_sorted());
    }
    let mut hits = Vec::with_capacity(candidates.len());
    for ranked in candidates {
        if let Some(room) = rooms.get(ranked.room) {
            hits.push(hit(room, ranked, search.sort)?);
        }
    }
    hits.sort_by(|a, b| {
        let rank = b.place.rank.cmp(&a.place.rank);
        rank.then_with(|| search.sort.of_names(&a.place.text, &b.place.text))
            .then(a.id.cmp(&b.id))
    });
    let more = hits.len() > most;
    hits.truncate(most);
    hits.drain(..search.skip.min(hits.len()));
    Ok(Found {
        hits,
        more,
        ..Found::default()
    })
}

fn is_after(search: &Search, shown: Option<Shown>, rank: u64, id: impl FnOnce() -> u128) -> bool {
    let after = search.after.as_ref();
    after.is_none_or(|place| search.sort.after(place, shown, rank, id))
}

fn hit(room: &Room, ranked: Ranked, sort: Sort) -> Result<Hit, SearchError> {
    let (rank, text) = if sort.is_by_name() {
        (0, sort.name(room, ranked.doc)?)
    } else {
        (ranked.rank, String::new())
    };
    Ok(Hit {
        what: room.standing(ranked.doc).what,
        id: ranked.id.0,
        place: Place {
            rank,
            text,
            id: ranked.id.0,
        },
    })
}
