//! Answers a question: exact fits first, and typos only where these leave something to be wished for.
//!
//! Bounded in everything it looks at, and looks at nothing that the filter does not allow.

use crate::browse::Sort;
use crate::domain::Domain;
use crate::error::SearchError;
use crate::expand::{self, Correction, allowed};
use crate::facet::{FacetName, count};
use crate::filter::{Both, Filter};
use crate::gather::{self, Fits};
use crate::hit::{Found, Place};
use crate::index::SearchIndex;
use crate::meant::{corrected, slot, visible};
use crate::page::page;
use crate::parse::Question;
use crate::phrase;
use crate::room::Room;
use crate::slots::{self, settle};
use crate::weights::{SOME, WHOLE_ALIAS, WORDS, WORDS_SPAN, WORDS_TYPO};

/// Letters from which on a whole title may have a typo.
const TYPO_LETTERS: usize = 4;
/// Letters from which on it may have two.
const TWO_TYPOS_LETTERS: usize = 10;

/// A question with all that decides on its answer.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// What was typed. An empty question asks for everything that the filter allows.
    pub question: Question,
    /// What must hold besides; who asks is taken from here.
    pub filter: Filter,
    /// The order.
    pub sort: Sort,
    /// How many hits at most.
    pub most: usize,
    /// Pass over so many first; whoever asks bounds it, for all of them are ranked.
    pub skip: usize,
    /// Go on after this place.
    pub after: Option<Place>,
    /// What to count.
    pub facets: Vec<FacetName>,
}

impl SearchIndex {
    /// Answers a question.
    pub fn search(&self, search: &Search) -> Result<Found, SearchError> {
        let snapshot = self.snapshot();
        let rooms = &snapshot.rooms;
        let filter = search.filter.and(&search.question.filter);
        let Some(domain) = Domain::of(&search.filter) else {
            return Ok(Found::default());
        };
        let question = domain.asked(search.question.clone());
        let mut run = Run::new(rooms, &question, &domain, &filter);
        run.gather()?;
        let mut found = page(rooms, &run.fits, search)?;
        found.total = run.fits.iter().map(|fits| fits.len() as u64).sum();
        found.exact = run.exact;
        found.facets = count(rooms, &run.fits, search)?;
        found.correction = run.correction;
        Ok(found)
    }
}

struct Run<'a> {
    rooms: &'a [Room],
    question: &'a Question,
    domain: &'a Domain,
    filter: &'a Both,
    fits: Vec<Fits>,
    exact: bool,
    correction: Option<String>,
}

impl<'a> Run<'a> {
    fn new(
        rooms: &'a [Room],
        question: &'a Question,
        domain: &'a Domain,
        filter: &'a Both,
    ) -> Self {
        Self {
            rooms,
            question,
            domain,
            filter,
            fits: rooms.iter().map(|_| Fits::new()).collect(),
            exact: true,
            correction: None,
        }
    }

    fn gather(&mut self) -> Result<(), SearchError> {
        if self.question.asks.is_empty() {
            return self.everything();
        }
        self.as_typed()?;
        let best = self
            .fits
            .iter()
            .flatten()
            .map(|(_, fit)| *fit)
            .fold(0.0, f32::max);
        if best >= WHOLE_ALIAS {
            return Ok(());
        }
        self.titles_with_typos(best > 0.0)?;
        if self.is_empty() {
            self.words_with_typos()?;
        }
        if self.is_empty() {
            self.some_words()?;
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.fits.iter().all(Vec::is_empty)
    }

    fn everything(&mut self) -> Result<(), SearchError> {
        for (room, fits) in self.rooms.iter().zip(&mut self.fits) {
            *fits = self.filter.all(room)?;
            for word in &self.question.without {
                phrase::without(room, word, self.domain.within(), fits)?;
            }
        }
        Ok(())
    }

    /// Each once, and only what filters, phrases and exclusions allow.
    fn sift(&mut self) -> Result<(), SearchError> {
        for (room, fits) in self.rooms.iter().zip(&mut self.fits) {
            settle(fits);
            self.filter.keep(room, fits)?;
            for wanted in &self.question.phrases {
                phrase::keep(room, wanted, fits)?;
            }
            for word in &self.question.without {
                phrase::without(room, word, self.domain.within(), fits)?;
            }
        }
        Ok(())
    }

    fn as_typed(&mut self) -> Result<(), SearchError> {
        let question = self.question;
        for (room, fits) in self.rooms.iter().zip(&mut self.fits) {
            if !question.key.is_empty() {
                gather::whole(room, &question.key, fits)?;
                if question.open {
                    gather::beginnings(room, &question.key, fits)?;
                } else {
                    gather::beginnings(room, &format!("{} ", question.key), fits)?;
                }
            }
            let mut plain = Vec::with_capacity(question.asks.len());
            for ask in &question.asks {
                plain.push(slot(room, ask)?);
            }
            let (words, exact) = slots::all(plain);
            self.exact &= exact;
            fits.extend(
                words
                    .into_iter()
                    .map(|(doc, mean)| (doc, WORDS + WORDS_SPAN * mean)),
            );
        }
        self.sift()
    }

    fn titles_with_typos(&mut self, some: bool) -> Result<(), SearchError> {
        let key = &self.question.key;
        let letters = key.chars().count();
        if key.is_empty() || letters < TYPO_LETTERS {
            return Ok(());
        }
        let most = if letters >= TWO_TYPOS_LETTERS && !some {
            2
        } else {
            1
        };
        let mut best: Option<(usize, String)> = None;
        for (room, fits) in self.rooms.iter().zip(&mut self.fits) {
            let found = gather::whole_typos(room, key, most, fits)?;
            best = best.into_iter().chain(found).min();
        }
        self.sift()?;
        if !some && self.is_empty() && self.question.open {
            for (room, fits) in self.rooms.iter().zip(&mut self.fits) {
                gather::beginnings_typo(room, key, fits)?;
            }
            self.sift()?;
        } else if !some && !self.is_empty() {
            let best = best.map(|(_, text)| text);
            self.correction = visible(self.rooms, self.domain, self.filter, best)?;
        }
        Ok(())
    }

    fn words_with_typos(&mut self) -> Result<(), SearchError> {
        let mut meant: Vec<Option<Correction>> = vec![None; self.question.asks.len()];
        for (room, fits) in self.rooms.iter().zip(&mut self.fits) {
            let mut all = Vec::with_capacity(meant.len());
            for (ask, meant) in self.question.asks.iter().zip(&mut meant) {
                let mut meanings = Vec::new();
                let correction = expand::typos(room, ask, &mut meanings)?;
                let mut slot = slot(room, ask)?;
                slot.take(room, &meanings)?;
                all.push(slot);
                *meant = meant
                    .take()
                    .into_iter()
                    .chain(correction)
                    .max_by(expand::better);
            }
            let (words, exact) = slots::all(all);
            self.exact &= exact;
            fits.extend(
                words
                    .into_iter()
                    .map(|(doc, mean)| (doc, WORDS_TYPO + WORDS_SPAN * mean)),
            );
        }
        self.sift()?;
        if !self.is_empty() {
            let meant = corrected(&self.question.asks, &meant);
            self.correction = visible(self.rooms, self.domain, self.filter, meant)?;
        }
        Ok(())
    }

    fn some_words(&mut self) -> Result<(), SearchError> {
        let Question {
            asks, phrases, all, ..
        } = self.question;
        let few = asks.len() < 2 || !phrases.is_empty() || *all;
        if few {
            return Ok(());
        }
        for (room, fits) in self.rooms.iter().zip(&mut self.fits) {
            let mut all = Vec::new();
            for ask in &self.question.asks {
                let mut slot = slot(room, ask)?;
                let mut meanings = Vec::new();
                if allowed(ask.text.chars().count()) > 0 {
                    expand::typos(room, ask, &mut meanings)?;
                }
                slot.take(room, &meanings)?;
                all.push(slot);
            }
            let found = slots::some(all, room.titles(), 0.4);
            fits.extend(found.into_iter().map(|(doc, share)| (doc, SOME + share)));
        }
        self.sift()
    }
}
