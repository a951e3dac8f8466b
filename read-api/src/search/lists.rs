//! Lists of titles that filter and sort: the index says which and in which order, the read store what they are.
//!
//! Never asks the index for what the read store's own lists answer.

use std::sync::Arc;

use accession_events::Position;
use accession_search::{Filter, Place, Search, Sort};
use accession_service::problem::Problem;

use super::filters::{FILTERS, about, filter, sort};
use super::hits::{away, keys_of};
use super::wishes::{cursor, place};
use crate::asking::{Asked, Cursor};
use crate::cache::{Held, Standing};
use crate::pages::List;
use crate::reads::{Reads, unavailable};

/// What a list of titles is asked for.
pub(crate) struct Browse {
    filter: Filter,
    sort: Sort,
}

/// How far down a list to begin, and how much of it to show.
#[derive(Default)]
pub(crate) struct Part {
    /// Pass over so many.
    pub(crate) skip: usize,
    /// Show so many at most.
    pub(crate) limit: usize,
    /// Go on after this place.
    pub(crate) after: Option<Place>,
}

/// What a list shows.
pub(crate) struct Browsed {
    /// The cards, in order. One that was hidden or went away after the index was asked is left out.
    pub(crate) shown: Vec<Arc<Held>>,
    /// Where the list goes on.
    pub(crate) next: Option<Place>,
    /// How far the index reached.
    pub(crate) position: Position,
}

impl Browse {
    /// What a request asks for, among titles of these kinds; the newest first unless told.
    pub(crate) fn asked(asked: &Asked, kinds: &[&str]) -> Result<Self, Problem> {
        Ok(Self {
            filter: filter(asked, kinds)?,
            sort: sort(asked, Sort::Newest)?,
        })
    }

    /// The read store's own list that is this one, if there is: of one kind or all that go by this name, by addition or name.
    pub(crate) fn stored(&self, all: &str) -> Option<List> {
        let mut rest = self.filter.clone();
        let kinds = std::mem::take(&mut rest.kinds);
        rest.whats.clear();
        let (name, descending) = match self.sort {
            Sort::Newest => ("newest", true),
            Sort::Oldest => ("newest", false),
            Sort::Name => ("title", false),
            Sort::NameDescending => ("title", true),
            _ => return None,
        };
        let kind = match kinds.as_slice() {
            [] => all,
            [kind] => kind,
            _ => return None,
        };
        rest.is_empty().then(|| List {
            index: format!("{kind}:{name}"),
            descending,
        })
    }

    /// The same, but nothing of other kinds than these.
    #[must_use]
    pub(crate) fn within(mut self, kinds: &[&str]) -> Self {
        if self.filter.kinds.is_empty() {
            self.filter.kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        }
        self
    }
}

/// What a cursor of this list belongs to.
fn question(asked: &Asked) -> String {
    let parameters: Vec<&str> = FILTERS.into_iter().chain(["sort"]).collect();
    about("titles", asked, &parameters)
}

/// The page of a list that a request asks for.
pub(crate) fn part(asked: &Asked) -> Result<Part, Problem> {
    Ok(Part {
        limit: asked.limit()?,
        after: place(asked, &question(asked))?,
        skip: 0,
    })
}

/// The cursor behind a place of the list that a request asks for.
pub(crate) fn behind(asked: &Asked, place: &Place) -> Cursor {
    cursor(&question(asked), place)
}

impl Reads {
    /// A part of a list, from the index.
    pub(crate) async fn browse(
        &self,
        asked: &Asked,
        standing: &Standing,
        browse: Browse,
        part: Part,
    ) -> Result<Browsed, Problem> {
        let (index, reach) = self.index(asked).await?;
        let search = Search {
            filter: browse.filter,
            sort: browse.sort,
            most: part.limit,
            skip: part.skip,
            after: part.after,
            ..Search::default()
        };
        let mut found = away(move || index.search(&search)).await?;
        let held = self.hot().documents(standing, &keys_of(&found.hits)).await;
        let held = held.map_err(|trouble| unavailable(&trouble))?;
        let last = found.hits.pop().filter(|_| found.more);
        Ok(Browsed {
            shown: held
                .into_iter()
                .flatten()
                .filter(|held| !held.hidden)
                .collect(),
            next: last.map(|last| last.place),
            position: reach.position,
        })
    }
}
