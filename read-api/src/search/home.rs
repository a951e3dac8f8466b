//! Where indexes are kept: in a directory that one process owns, each build in a folder of its own, or in memory.
//!
//! Never serves what it is not sure of: an index of another version, a half-built or a damaged one is left out, with a
//! line in the log that says why, and removed when another one answers.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use accession_read_store::Generation;
use accession_search::{SCHEMA_VERSION, SearchIndex};

use super::checkpoint::Checkpoint;
use super::trouble::Trouble;

/// The file that tells other processes that the directory has an owner.
const LOCK: &str = "owner.lock";
/// What our folders' names begin with.
const PREFIX: &str = "schema-";
/// How long a directory that cannot be had is asked for, and how often.
const HANDING_OVER: Duration = Duration::from_secs(2);
const ASK_AGAIN: Duration = Duration::from_millis(50);

/// An index and the folder that it lies in; none in memory.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) index: SearchIndex,
    pub(super) folder: Option<PathBuf>,
}

/// Where indexes are kept.
pub(super) enum Home {
    /// They end with the process.
    Memory,
    /// A directory that is ours for as long as the lock is held.
    Directory { path: PathBuf, _lock: File },
}

/// What a folder's name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    schema: u32,
    generation: u32,
    build: u32,
}

impl Home {
    /// Takes a directory. A process that is just ending may still hold it: that is waited for.
    pub(super) async fn taken(path: PathBuf) -> Result<Self, String> {
        let begun = Instant::now();
        loop {
            let path = path.clone();
            let taken = tokio::task::spawn_blocking(move || Self::take(&path)).await;
            match taken.unwrap_or_else(|error| Err(error.to_string())) {
                Err(_) if begun.elapsed() < HANDING_OVER => tokio::time::sleep(ASK_AGAIN).await,
                taken => return taken,
            }
        }
    }

    /// Takes a directory, making it when it is missing. The error says who holds it, or what is wrong with it.
    fn take(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let broken = |error: io::Error| format!("{shown} cannot be used ({error})");
        std::fs::create_dir_all(path).map_err(broken)?;
        let mut options = File::options();
        let lock = options.create(true).truncate(false).write(true);
        let lock = lock.open(path.join(LOCK)).map_err(broken)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self::Directory {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(format!(
                "{shown} belongs to another process that runs now: give each read-api a directory of its own (search_dir)"
            )),
            Err(TryLockError::Error(error)) => Err(broken(error)),
        }
    }

    /// The newest whole index of a generation, with what its last commit said. Reads all of it once.
    pub(super) fn found(&self, generation: Generation) -> Option<(Kept, Checkpoint)> {
        let Self::Directory { path, .. } = self else {
            return None;
        };
        let mut folders = folders(path).unwrap_or_default();
        folders.sort_by_key(|(name, _)| std::cmp::Reverse(*name));
        folders
            .into_iter()
            .find_map(|(name, folder)| whole(name, folder, generation))
    }

    /// Begins an index of a generation, beside those that are there.
    pub(super) fn begin(&self, generation: Generation) -> Result<Kept, Trouble> {
        let Self::Directory { path, .. } = self else {
            let index = SearchIndex::in_memory()?;
            let folder = None;
            return Ok(Kept { index, folder });
        };
        let builds = folders(path)?.into_iter().map(|(name, _)| name.build);
        let name = Name {
            schema: SCHEMA_VERSION,
            generation: generation.0,
            build: builds.max().unwrap_or(0) + 1,
        };
        let folder = path.join(name.text());
        std::fs::create_dir(&folder)?;
        Ok(Kept {
            index: SearchIndex::open(&folder)?,
            folder: Some(folder),
        })
    }

    /// Removes all indexes but one. Whoever still reads one of them keeps its files until they are done.
    pub(super) fn keep_only(&self, kept: &Kept) {
        let Self::Directory { path, .. } = self else {
            return;
        };
        for (_, folder) in folders(path).unwrap_or_default() {
            if Some(&folder) == kept.folder.as_ref() {
                continue;
            }
            if let Err(error) = std::fs::remove_dir_all(&folder) {
                tracing::warn!(folder = %folder.display(), %error, "a search index that is not used any more cannot be removed");
            }
        }
    }
}

impl Name {
    fn text(self) -> String {
        let Self {
            schema,
            generation,
            build,
        } = self;
        format!("{PREFIX}{schema}.generation-{generation}.build-{build}")
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix(PREFIX)?.split('.');
        let read = Self {
            schema: parts.next()?.parse().ok()?,
            generation: parts.next()?.strip_prefix("generation-")?.parse().ok()?,
            build: parts.next()?.strip_prefix("build-")?.parse().ok()?,
        };
        parts.next().is_none().then_some(read)
    }
}

/// The folders of indexes, with what their names say.
fn folders(path: &Path) -> io::Result<Vec<(Name, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        if let Some(name) = entry.file_name().to_str().and_then(Name::read) {
            found.push((name, entry.path()));
        }
    }
    Ok(found)
}

/// The index in a folder, if it can be gone on with.
fn whole(name: Name, folder: PathBuf, generation: Generation) -> Option<(Kept, Checkpoint)> {
    let shown = folder.display();
    if name.schema != SCHEMA_VERSION {
        tracing::info!(folder = %shown, "search.other_version: an index of schema {} is not used, this program has {SCHEMA_VERSION}", name.schema);
        return None;
    }
    if name.generation != generation.0 {
        tracing::info!(folder = %shown, "search.other_generation: readers are sent to generation {generation} of the documents");
        return None;
    }
    match SearchIndex::open_whole(&folder).and_then(|index| Ok((index.checkpoint()?, index))) {
        Err(error) => {
            tracing::warn!(folder = %shown, %error, "search.damaged: the index is not used");
            None
        }
        Ok((text, index)) => {
            let checkpoint = text.as_deref().and_then(Checkpoint::read);
            let Some(checkpoint) = checkpoint.filter(|read| read.generation == generation.0) else {
                tracing::info!(folder = %shown, "search.unfinished: the index was not filled to its end");
                return None;
            };
            let folder = Some(folder);
            Some((Kept { index, folder }, checkpoint))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIVE: Generation = Generation(3);

    fn finished(home: &Home, generation: Generation) -> Kept {
        let kept = home.begin(generation).unwrap();
        let text = Checkpoint::new(generation.0, Vec::new(), Vec::new()).text();
        let mut writer = kept.index.writer(0).unwrap();
        writer.commit(&text).unwrap();
        writer.close().unwrap();
        kept
    }

    #[test]
    fn the_newest_finished_index_of_the_generation_is_found_and_the_others_go() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("search");
        let home = Home::take(&path).unwrap();
        assert!(home.found(LIVE).is_none());
        finished(&home, Generation(2));
        finished(&home, LIVE);
        let newest = finished(&home, LIVE);
        home.begin(LIVE).unwrap();
        let (found, checkpoint) = home.found(LIVE).unwrap();
        assert_eq!(found.folder, newest.folder);
        assert_eq!(checkpoint.generation, 3);
        std::fs::write(path.join("notes.txt"), "not ours").unwrap();
        home.keep_only(&found);
        assert_eq!(folders(&path).unwrap().len(), 1);
        assert!(path.join("notes.txt").exists());
        assert_eq!(home.found(LIVE).unwrap().0.folder, newest.folder);
    }

    #[test]
    fn an_index_of_another_version_and_a_damaged_one_are_not_found() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::take(directory.path()).unwrap();
        let kept = finished(&home, LIVE);
        let folder = kept.folder.unwrap();
        let other = Name {
            schema: SCHEMA_VERSION + 1,
            generation: LIVE.0,
            build: 9,
        };
        let moved = directory.path().join(other.text());
        std::fs::rename(&folder, &moved).unwrap();
        assert!(home.found(LIVE).is_none());
        std::fs::rename(&moved, &folder).unwrap();
        assert!(home.found(LIVE).is_some());
        std::fs::write(folder.join("meta.json"), "{}").unwrap();
        assert!(home.found(LIVE).is_none());
    }

    #[test]
    fn a_directory_has_one_owner_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let owner = Home::take(directory.path()).unwrap();
        let refused = Home::take(directory.path()).err().unwrap();
        assert!(refused.contains("another process"), "{refused}");
        assert!(refused.contains("search_dir"), "{refused}");
        drop(owner);
        Home::take(directory.path()).unwrap();
        let file = directory.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(Home::take(&file).err().unwrap().contains("cannot be used"));
    }
}
