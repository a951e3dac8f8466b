//! What belongs to a document before it becomes an entry: read from other models in as few looks as there are of these. And
//! the other way round: whose entries were made of something that has changed.
//!
//! Never what an entry says.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use accession_events::ids::{LibraryId, TitleId};
use accession_projector::catalog::TitlePageDocument;
use accession_projector::circulation::AvailabilityDocument;
use accession_projector::holdings::{CopyDocument, PlacesDocument};
use accession_read_store::{ModelRef, ReadStore};
use accession_search::{EntryKind, IndexWriter, SearchError, SearchIndex};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::copy_entries::{Joined, entry_of, place_names, title_name};
use super::entries;
use super::topic::{Made, Topic};
use super::trouble::Trouble;
use super::writing::Page;

/// How many merges of titles one after the other are followed.
const MOST_STEPS: usize = 64;

/// Title pages by their keys.
type Titles = HashMap<String, Arc<TitlePageDocument>>;

/// Documents with all that belongs to them.
pub(super) enum Pages {
    /// Title pages say everything themselves.
    Titles(Vec<Page>),
    /// Copies: the key of each, and what there is of it.
    Copies(Vec<(String, Option<Joined>)>),
}

impl Pages {
    pub(super) const fn is_empty(&self) -> bool {
        match self {
            Self::Titles(pages) => pages.is_empty(),
            Self::Copies(copies) => copies.is_empty(),
        }
    }

    /// Puts them in the place of what was known of them.
    pub(super) fn put(&self, writer: &mut IndexWriter) -> Result<(), SearchError> {
        if let Self::Copies(copies) = self {
            for (key, _) in copies {
                if let Ok(id) = key.parse::<Uuid>() {
                    writer.remove(EntryKind::Copy, id.as_u128());
                }
            }
            return self.add(writer);
        }
        self.titles()
            .try_for_each(|(key, page)| entries::put(writer, key, page.as_ref()))
    }

    /// Adds those of which the index has nothing yet.
    pub(super) fn add(&self, writer: &mut IndexWriter) -> Result<(), SearchError> {
        if let Self::Copies(copies) = self {
            let mut copies = copies.iter().filter_map(|(_, joined)| joined.as_ref());
            return copies.try_for_each(|joined| writer.add(&entry_of(joined)));
        }
        self.titles()
            .try_for_each(|(key, page)| entries::add(writer, key, page.as_ref()))
    }

    fn titles(&self) -> impl Iterator<Item = &Page> {
        match self {
            Self::Titles(pages) => pages.iter(),
            Self::Copies(_) => [].iter(),
        }
    }
}

/// These documents with what belongs to them as it is now.
pub(super) async fn joined(
    store: &Arc<dyn ReadStore>,
    made: &Made,
    pages: Vec<Page>,
) -> Result<Pages, Trouble> {
    match (made.topic, made.joined.as_slice()) {
        (Topic::Copies, [titles, places, availability]) => {
            let from = [titles, places, availability];
            Ok(Pages::Copies(copies(store.as_ref(), from, pages).await?))
        }
        _ => Ok(Pages::Titles(pages)),
    }
}

async fn copies(
    store: &dyn ReadStore,
    [titles, places, availability]: [&ModelRef; 3],
    pages: Vec<Page>,
) -> Result<Vec<(String, Option<Joined>)>, Trouble> {
    let read = |(key, document): Page| {
        let copy = document.and_then(|document| serde_json::from_slice(&document.body).ok());
        (key, copy)
    };
    let copies: Vec<(String, Option<CopyDocument>)> = pages.into_iter().map(read).collect();
    let known = || copies.iter().filter_map(|(_, copy)| copy.as_ref());
    let of: BTreeSet<TitleId> = known().map(|copy| copy.title_id).collect();
    let whose: BTreeSet<LibraryId> = known().map(|copy| copy.library_id).collect();
    let ids = known().map(|copy| copy.id.to_string()).collect();
    let of = of.iter().map(TitleId::to_string).collect();
    let whose = whose.iter().map(LibraryId::to_string).collect();
    let titles = standing(store, titles, of).await?;
    let places: HashMap<String, Arc<PlacesDocument>> = all(store, places, whose).await?;
    let lent: HashMap<String, Arc<AvailabilityDocument>> = all(store, availability, ids).await?;
    let with = |copy: CopyDocument| Joined {
        titles: way(&titles, copy.title_id),
        places: places.get(&copy.library_id.to_string()).cloned(),
        lending: lent.get(&copy.id.to_string()).cloned(),
        copy,
    };
    let joined = copies.into_iter().map(|(key, copy)| (key, copy.map(with)));
    Ok(joined.collect())
}

/// The pages of titles, with those of the titles that stand for them.
async fn standing(
    store: &dyn ReadStore,
    model: &ModelRef,
    keys: Vec<String>,
) -> Result<Titles, Trouble> {
    let mut known: Titles = all(store, model, keys).await?;
    for _ in 0..MOST_STEPS {
        let led_to = known.values().filter_map(|page| page.merged_into);
        let led_to: BTreeSet<String> = led_to.map(|title| title.to_string()).collect();
        let missing = led_to.into_iter().filter(|key| !known.contains_key(key));
        let missing: Vec<String> = missing.collect();
        if missing.is_empty() {
            break;
        }
        known.extend(all(store, model, missing).await?);
    }
    Ok(known)
}

/// A title and those that it leads to, the last of which stands for it.
fn way(titles: &Titles, title: TitleId) -> Vec<Arc<TitlePageDocument>> {
    let mut way: Vec<Arc<TitlePageDocument>> = Vec::new();
    let mut next = Some(title);
    while let Some(page) = next.and_then(|title| titles.get(&title.to_string())) {
        if way.len() > MOST_STEPS {
            break;
        }
        next = page.merged_into;
        way.push(Arc::clone(page));
    }
    way
}

async fn all<T: DeserializeOwned>(
    store: &dyn ReadStore,
    model: &ModelRef,
    keys: Vec<String>,
) -> Result<HashMap<String, Arc<T>>, Trouble> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let documents = store.documents(model, &keys).await?;
    let read = |(key, document): (String, Option<accession_read_store::Document>)| {
        let read = serde_json::from_slice(&document?.body).ok()?;
        Some((key, Arc::new(read)))
    };
    Ok(keys.into_iter().zip(documents).filter_map(read).collect())
}

/// The keys of the documents that were joined with what has changed, as far as the index knows them.
pub(super) async fn touched(
    store: &Arc<dyn ReadStore>,
    made: &Made,
    index: &SearchIndex,
    changed: BTreeSet<(usize, String)>,
) -> Result<BTreeSet<String>, Trouble> {
    let mut keys = BTreeSet::new();
    let (mut titles, mut libraries) = (Vec::new(), Vec::new());
    for (at, key) in changed {
        match at {
            0 => titles.push(key),
            1 => libraries.push(key),
            _ => drop(keys.insert(key)),
        }
    }
    let trees = match made.joined.get(1) {
        Some(places) => all(store.as_ref(), places, libraries).await?,
        None => HashMap::new(),
    };
    if titles.is_empty() && trees.is_empty() {
        return Ok(keys);
    }
    let index = index.clone();
    let looked_up = tokio::task::spawn_blocking(move || known(&index, &titles, &trees));
    let ids = looked_up.await.map_err(|_| Trouble::Ended)??;
    keys.extend(ids.into_iter().map(|id| Uuid::from_u128(id).to_string()));
    Ok(keys)
}

/// Copies of these titles, and those that stand where it is called otherwise than when they were indexed.
fn known(
    index: &SearchIndex,
    titles: &[String],
    trees: &HashMap<String, Arc<PlacesDocument>>,
) -> Result<BTreeSet<u128>, SearchError> {
    let mut ids = BTreeSet::new();
    for title in titles {
        ids.extend(index.made_of(&title_name(title))?.into_values().flatten());
    }
    for tree in trees.values() {
        let names = place_names(tree);
        let of_library = super::copy_entries::places_of(tree.library_id);
        let known = index.made_of(&of_library)?.into_iter();
        ids.extend(
            known
                .filter(|(name, _)| !names.contains(name))
                .flat_map(|(_, ids)| ids),
        );
    }
    Ok(ids)
}
