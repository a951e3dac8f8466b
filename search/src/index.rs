//! An index on disk or in memory: opened, read, written by one writer.
//!
//! Never mends what it finds: an index of another version or a damaged one is built anew by whoever follows the feed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tantivy::{Index, IndexReader, IndexSettings, ReloadPolicy};

use crate::error::SearchError;
use crate::names::frequent::{Tops, keep_only};
use crate::room::Room;
use crate::schema::Fields;
use crate::unsynced::Unsynced;
use crate::writer::IndexWriter;

/// What was committed at one moment, opened for reading.
pub(crate) struct Snapshot {
    pub(crate) rooms: Vec<Room>,
    count: u64,
}

/// A search index. Cheap to clone; all clones see each commit.
#[derive(Clone)]
pub struct SearchIndex {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    snapshot: Arc<RwLock<Arc<Snapshot>>>,
    tops: Tops,
}

impl SearchIndex {
    /// An index in memory; it is gone with the process.
    pub fn in_memory() -> Result<Self, SearchError> {
        let (schema, fields) = Fields::new();
        Self::new(Index::create_in_ram(schema), fields)
    }

    /// Opens or begins the index in a directory, which must exist. Its owner gives each schema version a directory of
    /// its own.
    pub fn open(directory: &Path) -> Result<Self, SearchError> {
        let (schema, fields) = Fields::new();
        let directory = Unsynced::open(directory)?;
        let index = Index::builder()
            .schema(schema)
            .settings(IndexSettings::default())
            .open_or_create(directory)?;
        Self::new(index, fields)
    }

    /// Opens the index that is in a directory after comparing every file of it with its checksum, for which all of it is
    /// read once. Refuses one that is damaged in any way.
    pub fn open_whole(directory: &Path) -> Result<Self, SearchError> {
        let damaged = |file: PathBuf| SearchError::Damaged { file };
        // The engine takes a missing list of its files for an empty one, and would then compare nothing.
        for file in ["meta.json", ".managed.json"] {
            let file = directory.join(file);
            if !file.is_file() {
                return Err(damaged(file));
            }
        }
        // Opened for this only: what was mapped for comparing is given back before the index is used.
        let compared = Index::open(Unsynced::open(directory)?)?.validate_checksum()?;
        match compared.into_iter().next() {
            Some(file) => Err(damaged(file)),
            None => Self::open(directory),
        }
    }

    fn new(index: Index, fields: Fields) -> Result<Self, SearchError> {
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let snapshot = Arc::new(RwLock::new(Arc::new(look(&reader, fields)?)));
        Ok(Self {
            index,
            reader,
            fields,
            snapshot,
            tops: Tops::default(),
        })
    }

    /// What the last commit said of how far it reaches; nothing for an index that was never committed.
    pub fn checkpoint(&self) -> Result<Option<String>, SearchError> {
        Ok(self.index.load_metas()?.payload)
    }

    /// The one writer of this index, with so many bytes to collect entries in (16 MB at least).
    pub fn writer(&self, budget: usize) -> Result<IndexWriter, SearchError> {
        IndexWriter::new(&self.index, self.clone(), self.fields, budget)
    }

    /// How many entries can be found.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.snapshot().count
    }

    /// Of how many pieces it consists.
    pub(crate) fn pieces(&self) -> usize {
        self.snapshot().rooms.len()
    }

    /// Shows what was committed to those who ask from now on.
    pub(crate) fn refresh(&self) -> Result<(), SearchError> {
        self.reader.reload()?;
        let fresh = Arc::new(look(&self.reader, self.fields)?);
        keep_only(&self.tops, &fresh.rooms);
        *self
            .snapshot
            .write()
            .unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// What is known of the most frequent names.
    pub(crate) fn tops(&self) -> &Tops {
        &self.tops
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn look(reader: &IndexReader, fields: Fields) -> Result<Snapshot, SearchError> {
    let searcher = reader.searcher();
    let rooms = searcher
        .segment_readers()
        .iter()
        .map(|segment| Room::open(segment, fields));
    Ok(Snapshot {
        rooms: rooms.collect::<Result<_, _>>()?,
        count: searcher.num_docs(),
    })
}
