//! Which titles might be the same as one that a library is about to take in? For the writing side, which asks before it takes a copy in.
//!
//! A bounded look: all that a library of some thousand copies holds, and of a larger one what stands near the name in the
//! catalogue's own list. May be a moment behind, and never tells what a library holds for certain.

use std::collections::BTreeSet;
use std::sync::Arc;

use accession_events::ids::{LibraryId, TitleId};
use accession_projector::catalog::TitleCardDocument;
use accession_projector::holdings::CopyDocument;
use accession_projector::sort_name::sort_name;
use accession_read_store::IndexRange;
use serde::de::DeserializeOwned;

use crate::cache::{HotDocuments, Standing, Trouble};
use crate::models::Model;

/// A library of so many copies is looked through as a whole.
const ALL_OF_SO_MANY: usize = 2_000;
/// How many titles are looked at on each side of a name in the catalogue's list.
const AROUND: usize = 100;
/// How many titles are looked at that begin like it.
const BEGINNING: usize = 300;
/// How many letters have to be the same for that.
const LETTERS: usize = 5;

/// A title near a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Which.
    pub title: TitleId,
    /// What it is called.
    pub name: String,
    /// Who wrote it.
    pub authors: Vec<String>,
}

/// Finds titles near a name.
#[derive(Clone)]
pub struct Neighbours {
    hot: Arc<HotDocuments>,
}

impl Neighbours {
    pub(crate) fn new(hot: Arc<HotDocuments>) -> Self {
        Self { hot }
    }

    /// Titles near this name, each once, those that the library holds among them; none when the documents are away, which is
    /// noted in the log.
    pub async fn near(&self, library: LibraryId, name: &str) -> Vec<Neighbour> {
        match self.found(library, name).await {
            Ok(found) => found,
            Err(trouble) => {
                tracing::warn!(%trouble, "titles like a new copy's cannot be looked for: it is taken in without");
                Vec::new()
            }
        }
    }

    async fn found(&self, library: LibraryId, name: &str) -> Result<Vec<Neighbour>, Trouble> {
        let (copies, cards) = (
            self.at(Model::Copy).await?,
            self.at(Model::TitleCard).await?,
        );
        let (Some(copies), Some(cards)) = (copies, cards) else {
            return Ok(Vec::new());
        };
        let own = range(&format!("library:{library}"), ALL_OF_SO_MANY + 1);
        let own = self.keys(&copies, &own).await?;
        let titles = if own.len() > ALL_OF_SO_MANY {
            self.around(&cards, name).await?
        } else {
            let own: Vec<CopyDocument> = self.read(&copies, &own).await?;
            own.iter().map(|copy| copy.title_id.to_string()).collect()
        };
        let titles: Vec<String> = titles.into_iter().collect();
        let cards: Vec<TitleCardDocument> = self.read(&cards, &titles).await?;
        let named = cards.into_iter().map(|card| Neighbour {
            title: card.id,
            name: card.name,
            authors: card.authors.iter().map(ToString::to_string).collect(),
        });
        Ok(named.collect())
    }

    /// What begins like the name or stands beside it in the list of books, with and without an article before it.
    async fn around(&self, cards: &Standing, name: &str) -> Result<BTreeSet<String>, Trouble> {
        let list = "book:title";
        let mut found = BTreeSet::new();
        let sort = sort_name(name);
        let bare = sort.strip_prefix("the ").unwrap_or(&sort);
        for sort in [bare.to_owned(), format!("the {bare}")] {
            let beginning: String = sort
                .chars()
                .take(LETTERS + sort.len() - bare.len())
                .collect();
            let mut ranges = vec![IndexRange {
                prefix: beginning,
                ..range(list, BEGINNING)
            }];
            ranges.extend([false, true].map(|descending| IndexRange {
                after: Some((sort.clone(), String::new())),
                descending,
                ..range(list, AROUND)
            }));
            for range in &ranges {
                found.extend(self.keys(cards, range).await?);
            }
        }
        Ok(found)
    }

    async fn at(&self, model: Model) -> Result<Option<Arc<Standing>>, Trouble> {
        match self.hot.standing(model) {
            Some(standing) => Ok(Some(standing)),
            None => self.hot.ask_standing(model).await,
        }
    }

    async fn keys(&self, standing: &Standing, range: &IndexRange) -> Result<Vec<String>, Trouble> {
        let entries = self.hot.scan(standing, range).await?;
        let keys: BTreeSet<String> = entries.into_iter().map(|entry| entry.key).collect();
        Ok(keys.into_iter().collect())
    }

    async fn read<T: DeserializeOwned>(
        &self,
        standing: &Standing,
        keys: &[String],
    ) -> Result<Vec<T>, Trouble> {
        let found = self.hot.documents(standing, keys).await?;
        let read = found.into_iter().flatten();
        Ok(read
            .filter_map(|held| serde_json::from_slice(&held.body).ok())
            .collect())
    }
}

fn range(index: &str, limit: usize) -> IndexRange {
    IndexRange {
        index: index.to_owned(),
        prefix: String::new(),
        after: None,
        descending: false,
        skip: 0,
        limit,
    }
}
