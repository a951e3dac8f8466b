//! The port that a read store implements. Redis and the embedded store do; one compliance suite tells.

use std::fmt;
use std::time::Duration;

use accession_events::Position;
use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::oneshot;

use crate::changes::{ChangeCursor, ChangeRead};
use crate::commit::{Commit, IndexEntry};
pub use crate::error::ReadStoreError;

/// Number of a build of a read model, from 1; two builds live side by side while one replaces the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub u32);

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One generation of one read model.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelRef {
    /// The model's name, for example `title_page`.
    pub name: String,
    /// Which build of it.
    pub generation: Generation,
}

impl fmt::Display for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} generation {}", self.name, self.generation)
    }
}

/// Grows each time a projector takes a lane over; a step under an older token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FencingToken(pub u64);

/// Where a model stands in a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneCheckpoint {
    /// The last event that is in its documents.
    pub position: Position,
    /// The newest token that was given out.
    pub fence: FencingToken,
}

/// What the store knows of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelInfo {
    /// Its name.
    pub name: String,
    /// The generation that readers are sent to; none while it was never built.
    pub live: Option<Generation>,
    /// The generation that they were sent to before, if it is still there.
    pub previous: Option<Generation>,
    /// The highest number that was ever live: what has a higher one is new.
    pub newest_live: Option<Generation>,
    /// All generations that are there, with the version of the fold that builds them.
    pub generations: Vec<(Generation, String)>,
}

impl ModelInfo {
    /// What is known: pointers that lead nowhere any more are left out, and what is live was live.
    pub(crate) fn of(
        name: &str,
        live: Option<Generation>,
        previous: Option<Generation>,
        newest_live: Option<Generation>,
        generations: Vec<(Generation, String)>,
    ) -> Self {
        let is_there = |wanted: &Generation| generations.iter().any(|(there, _)| there == wanted);
        Self {
            name: name.to_owned(),
            live,
            previous: previous.filter(|previous| is_there(previous) && live != Some(*previous)),
            newest_live: newest_live.max(live),
            generations,
        }
    }
}

/// Some documents of a generation, as a walk through all of them finds them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentPage {
    /// Keys and documents, in no order that means anything.
    pub documents: Vec<(String, Document)>,
    /// Where the walk goes on; none at the end.
    pub next: Option<String>,
}

/// Some of the documents that two generations show differently, as a walk through all of them finds them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DifferingPage {
    /// How many documents of the first generation were looked at for this page.
    pub compared: u64,
    /// Keys of documents that readers of the two would see differently, in no order that means anything.
    pub keys: Vec<String>,
    /// Where the walk goes on; none at the end.
    pub next: Option<String>,
}

/// A document as a reader gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The JSON bytes to send.
    pub body: Bytes,
    /// Position of the last event that touched it.
    pub position: Position,
    /// Only for curators.
    pub hidden: bool,
}

/// Which part of an index is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexRange {
    /// Which index of the model.
    pub index: String,
    /// Only entries whose sort starts with this; empty for all.
    pub prefix: String,
    /// Start right after this entry (`sort`, `key`), in the direction of travel; none for the beginning.
    pub after: Option<(String, String)>,
    /// From the highest to the lowest.
    pub descending: bool,
    /// Pass over this many first; only for compatibility with offset paging.
    pub skip: usize,
    /// At most so many.
    pub limit: usize,
}

/// An index entry that a scan found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedEntry {
    /// Its place.
    pub sort: String,
    /// The document it leads to.
    pub key: String,
}

/// Waits for a turn that may be given up.
pub(crate) async fn wait_for(turn: oneshot::Receiver<()>) -> Result<(), ReadStoreError> {
    turn.await.map_err(|_| ReadStoreError::Unavailable {
        reason: "the step before was not written, so this one is not either".to_owned(),
    })
}

/// A store of documents. All calls are safe to repeat.
#[async_trait]
pub trait ReadStore: Send + Sync + 'static {
    /// Checks settings and version; a projector refuses to start when this fails.
    async fn check(&self) -> Result<(), ReadStoreError>;

    /// Makes sure that a generation is known, with the version of the fold that builds it. Idempotent; refused as
    /// `Unusable` when another version of the fold is on record: build a new generation beside it.
    async fn register(&self, model: &ModelRef, fold_version: &str) -> Result<(), ReadStoreError>;

    /// What is known of a model; empty generations when nothing is.
    async fn model(&self, name: &str) -> Result<ModelInfo, ReadStoreError>;

    /// Sends readers to this generation from now on. An entry in the change feed of lane 0 tells every replica: it
    /// names the generation and its checkpoint, and no keys. A replica that sees a change of another generation than
    /// the one it takes for live asks for the model again. `Unusable` when the generation is not registered; `Behind`
    /// when the live one has taken in more in any lane, for readers must not see older documents after newer ones.
    async fn promote(&self, model: &ModelRef) -> Result<(), ReadStoreError>;

    /// The same, also when readers will see older documents after newer ones: only for an operator who said so.
    async fn promote_behind(&self, model: &ModelRef) -> Result<(), ReadStoreError>;

    /// Removes a generation that is not live, in bounded steps; `Unusable` when it is. From the first step on it has
    /// no checkpoint, and a drop that was interrupted is finished before the generation is registered again.
    async fn drop_generation(&self, model: &ModelRef) -> Result<(), ReadStoreError>;

    /// Takes a lane of a generation over: gives out a new, higher token and tells the checkpoint.
    async fn take_over(
        &self,
        model: &ModelRef,
        lane: u16,
    ) -> Result<LaneCheckpoint, ReadStoreError>;

    /// The checkpoint as it stands in the store.
    async fn checkpoint(
        &self,
        model: &ModelRef,
        lane: u16,
    ) -> Result<LaneCheckpoint, ReadStoreError>;

    /// The fold's memory of many documents in one round trip, in the order asked for; an empty one is none.
    async fn states(
        &self,
        model: &ModelRef,
        lane: u16,
        keys: &[String],
    ) -> Result<Vec<Option<Bytes>>, ReadStoreError>;

    /// Writes one step, all or nothing, after comparing every checkpoint and fence. The fence must be the newest that was
    /// given out: an older one is `Fenced`, and one that this store does not know, because it went back, `CheckpointMoved`.
    async fn commit(&self, commit: Commit) -> Result<(), ReadStoreError>;

    /// The same as [`Self::commit`], but what is written only when `turn` comes: what can be made ready for it is made
    /// ready before, while the step before is being written. Whose turn is given up writes nothing.
    async fn commit_in_turn(
        &self,
        commit: Commit,
        turn: oneshot::Receiver<()>,
    ) -> Result<(), ReadStoreError> {
        wait_for(turn).await?;
        self.commit(commit).await
    }

    /// One document.
    async fn document(
        &self,
        model: &ModelRef,
        key: &str,
    ) -> Result<Option<Document>, ReadStoreError>;

    /// Many documents in one round trip, in the order asked for.
    async fn documents(
        &self,
        model: &ModelRef,
        keys: &[String],
    ) -> Result<Vec<Option<Document>>, ReadStoreError>;

    /// A part of an index, over all lanes: ordered bytewise by sort, then by key.
    async fn scan(
        &self,
        model: &ModelRef,
        range: &IndexRange,
    ) -> Result<Vec<ListedEntry>, ReadStoreError>;

    /// How many entries of an index, over all lanes, have a sort below this, bytewise.
    async fn count_below(
        &self,
        model: &ModelRef,
        index: &str,
        below: &str,
    ) -> Result<u64, ReadStoreError>;

    /// Some documents of a lane, walking through all of them: those that are there from the beginning of the walk to
    /// its end are found, some of them perhaps twice. `limit` is a wish.
    async fn walk(
        &self,
        model: &ModelRef,
        lane: u16,
        after: Option<&str>,
        limit: usize,
    ) -> Result<DocumentPage, ReadStoreError>;

    /// Some of the index entries of a generation, of all indexes and lanes, in the order of index, sort and key, bytewise,
    /// from right behind an entry on. None are there only at the end. `limit` is a wish.
    async fn entries(
        &self,
        model: &ModelRef,
        after: Option<&IndexEntry>,
        limit: usize,
    ) -> Result<Vec<IndexEntry>, ReadStoreError>;

    /// Some of the documents of which body or visibility are not the same in two generations, or that only one of them
    /// shows, walking through all of both where they lie. Those that are so from the beginning of the walk to its end
    /// are found, some of them perhaps twice. `after` is what the page before said; `limit` is a wish.
    async fn differing(
        &self,
        one: &ModelRef,
        other: &ModelRef,
        after: Option<&str>,
        limit: usize,
    ) -> Result<DifferingPage, ReadStoreError>;

    /// A note that operators keep beside the documents; none when there is none.
    async fn note(&self, name: &str) -> Result<Option<Bytes>, ReadStoreError>;

    /// Replaces a note, if it still says what was expected; whether it did. None is no note.
    async fn replace_note(
        &self,
        name: &str,
        expected: Option<&Bytes>,
        new: Option<&Bytes>,
    ) -> Result<bool, ReadStoreError>;

    /// The newest place in the change feed of a lane.
    async fn newest_change(&self, lane: u16) -> Result<ChangeCursor, ReadStoreError>;

    /// Changes after a place, waiting up to `patience` for the first.
    async fn changes(
        &self,
        lane: u16,
        after: &ChangeCursor,
        max: usize,
        patience: Duration,
    ) -> Result<ChangeRead, ReadStoreError>;
}
