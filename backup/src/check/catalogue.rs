//! Titles, editions, and what copies are copies of.
//!
//! Never asks a catalogue: whether a title is known there is found out when it is restored.

use std::collections::{HashMap, HashSet};

use accession_events::ids::{EditionId, TitleId};

use super::At;
use crate::fault::Fault;
use crate::line::{CopyLine, EditionLine, TitleLine};

/// The most names, authors or genres that a title is given.
const MOST_NAMES: usize = 100;

#[derive(Default)]
pub(super) struct Catalogue {
    titles: HashSet<TitleId>,
    editions: HashMap<EditionId, TitleId>,
}

impl Catalogue {
    pub(super) fn title(&mut self, at: At, title: &TitleLine) -> Result<(), Fault> {
        let longest = [
            title.alternative_names.len(),
            title.authors.len(),
            title.genres.len(),
        ];
        if longest.into_iter().any(|names| names > MOST_NAMES) {
            let message = format!("a title has {MOST_NAMES} names, authors or genres at most");
            return Err(at.fault("too_many_names", message));
        }
        if self.titles.insert(title.id) {
            Ok(())
        } else {
            Err(at.twice("title", title.id))
        }
    }

    pub(super) fn edition(&mut self, at: At, edition: &EditionLine) -> Result<(), Fault> {
        if !self.titles.contains(&edition.title) {
            return Err(at.unknown("title", edition.title));
        }
        match self.editions.insert(edition.id, edition.title) {
            None => Ok(()),
            Some(_) => Err(at.twice("edition", edition.id)),
        }
    }

    pub(super) fn copy(&self, at: At, copy: &CopyLine) -> Result<(), Fault> {
        if !self.titles.contains(&copy.title) {
            return Err(at.unknown("title", copy.title));
        }
        let Some(edition) = copy.edition else {
            return Ok(());
        };
        match self.editions.get(&edition) {
            Some(title) if *title == copy.title => Ok(()),
            Some(_) => Err(at.fault(
                "other_title",
                format!("the edition {edition} is one of another title"),
            )),
            None => Err(at.unknown("edition", edition)),
        }
    }
}
