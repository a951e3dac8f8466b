//! Merging titles that are the same work, undoing a merge, and splitting one title in two: each one append over all the
//! streams that it touches, titles with their editions and episodes, or nothing.
//!
//! Never copies what others hold: copies, loans and lists keep the id they were made with, and readers are led on (ADR 0029).

mod draft;
mod editions;
mod error;
mod merge;
mod parts;
mod split;
mod undo;

use std::future::Future;

use accession_event_log::{
    Append, EventLog, Given, Idempotency, Outcome, Repository, RepositoryError, StoredResponse,
    StreamWrite,
};
use accession_events::ids::{EditionId, EpisodeId, TitleId};
use accession_events::{ClaimChange, Position};

use super::edition::Edition;
use super::episode::Episode;
use super::title::Title;
use draft::Draft;

pub use editions::{EditionMerge, EditionMergeUndo};
pub use error::MergeError;
pub use merge::{NumbersTaken, TitleMerge};
pub use split::TitleSplit;
pub use undo::MergeUndo;

/// The most editions and episodes that one merge, split or undo takes along.
pub const MOST_PARTS: usize = 2_000;
/// How often something is planned anew after others were faster.
const RETRIES: u32 = 4;

/// Merges, undoes merges and splits. Cheap to clone.
#[derive(Clone)]
pub struct Merging {
    titles: Repository<Title>,
    editions: Repository<Edition>,
    episodes: Repository<Episode>,
}

/// What a merge, a split or an undo comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The title that stands after it: the winner of a merge, the title that came back, the new title of a split.
    pub title: Option<TitleId>,
    /// The edition that stands after it, where editions were merged.
    pub edition: Option<EditionId>,
    /// Its version.
    pub version: u64,
    /// The editions that came along.
    pub editions: Vec<EditionId>,
    /// The episodes that came along.
    pub episodes: Vec<EpisodeId>,
    /// The episodes that were taken off, because the winner has others with their numbers.
    pub detached: Vec<EpisodeId>,
    /// What stayed as it is, because somebody has changed it since.
    pub kept: Vec<Kept>,
}

/// Something that an undo left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What it is: `edition 0198…`, `episode 0198…`, `name`.
    pub what: String,
    /// Why it stays, for a person.
    pub why: String,
}

/// What was done.
#[derive(Debug)]
pub struct Done {
    /// What it came to.
    pub told: Told,
    /// Position of its last event, or a position that contains all it has seen.
    pub position: Position,
    /// Set when the same request was answered before: this is what it was told.
    pub replayed: Option<StoredResponse>,
}

/// Makes what goes with the append from what was planned: the answer that is kept under a key tells it.
pub type GivenFor<'a> = &'a (dyn Fn(&Told) -> Given + Sync);

/// The states that one plan works on.
struct Drafts {
    titles: Draft<Title>,
    editions: Draft<Edition>,
    episodes: Draft<Episode>,
}

/// Something to do that takes several streams. It may be drawn more than once, each time on newer states.
trait Plan: Sync {
    /// Decides on these states, loading what it needs.
    fn draw(&self, drafts: &mut Drafts) -> impl Future<Output = Result<Told, MergeError>> + Send;
}

impl Merging {
    /// Merging of these.
    #[must_use]
    pub const fn new(
        titles: Repository<Title>,
        editions: Repository<Edition>,
        episodes: Repository<Episode>,
    ) -> Self {
        Self {
            titles,
            editions,
            episodes,
        }
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> &EventLog {
        self.titles.log()
    }

    /// Merges a title into another one, which stands for it from then on. Merging it there again takes along what has come
    /// to the loser since, and changes nothing else.
    ///
    /// # Errors
    /// What stands in the way, or what failed.
    pub async fn merge(&self, merge: &TitleMerge, given: GivenFor<'_>) -> Result<Done, MergeError> {
        self.carry_out(merge, given).await
    }

    /// Undoes a merge: takes back exactly what it did, and leaves alone what was done since.
    ///
    /// # Errors
    /// What stands in the way, or what failed.
    pub async fn undo(&self, undo: &MergeUndo, given: GivenFor<'_>) -> Result<Done, MergeError> {
        self.carry_out(undo, given).await
    }

    /// Merges an edition into another one of the same title, which stands for it from then on.
    ///
    /// # Errors
    /// What stands in the way, or what failed.
    pub async fn merge_editions(
        &self,
        merge: &EditionMerge,
        given: GivenFor<'_>,
    ) -> Result<Done, MergeError> {
        self.carry_out(merge, given).await
    }

    /// Undoes the merge of an edition.
    ///
    /// # Errors
    /// What stands in the way, or what failed.
    pub async fn undo_editions(
        &self,
        undo: &EditionMergeUndo,
        given: GivenFor<'_>,
    ) -> Result<Done, MergeError> {
        self.carry_out(undo, given).await
    }

    /// Splits a new title off another one.
    ///
    /// # Errors
    /// What stands in the way, or what failed.
    pub async fn split(&self, split: &TitleSplit, given: GivenFor<'_>) -> Result<Done, MergeError> {
        self.carry_out(split, given).await
    }

    /// Carries a plan out. A refusal is told only when the newest states refuse, too.
    async fn carry_out(&self, plan: &impl Plan, given: GivenFor<'_>) -> Result<Done, MergeError> {
        let (mut attempts, mut newest) = (0, false);
        loop {
            let mut drafts = self.drafts();
            let drawn = plan.draw(&mut drafts).await;
            let append = match &drawn {
                Ok(told) => drafts.append(told, &given(told))?,
                Err(_) => Append::default(),
            };
            if append.event_count() == 0 && !newest {
                // It may come from kept states, which the log has not seen.
                drafts.forget();
                newest = true;
                continue;
            }
            let told = drawn?;
            let (position, replayed) = match self.log().append(append).await? {
                Outcome::Committed(committed) => (committed.last, None),
                Outcome::Replayed(stored) => (stored.position, Some(stored)),
                Outcome::KeyReused => return Err(MergeError::KeyReused),
                Outcome::Claimed { .. } | Outcome::Conflict { .. } if attempts < RETRIES => {
                    drafts.forget();
                    (attempts, newest) = (attempts + 1, true);
                    continue;
                }
                Outcome::Claimed { key, owner } => return Err(MergeError::Claimed { key, owner }),
                Outcome::Conflict { .. } => return Err(MergeError::Busy),
            };
            if replayed.is_none() {
                drafts.settle();
            }
            return Ok(Done {
                told,
                position,
                replayed,
            });
        }
    }

    fn drafts(&self) -> Drafts {
        Drafts {
            titles: Draft::new(self.titles.clone()),
            editions: Draft::new(self.editions.clone()),
            episodes: Draft::new(self.episodes.clone()),
        }
    }
}

/// The title that stands for a title: itself, unless it was merged; none when there is no such title.
///
/// # Errors
/// When a title cannot be loaded.
pub async fn root_of(
    titles: &Repository<Title>,
    id: TitleId,
) -> Result<Option<TitleId>, RepositoryError> {
    let (mut at, mut passed) = (id, Vec::new());
    loop {
        let loaded = titles.load(&at.to_string()).await?;
        let Ok(known) = loaded.state.known() else {
            return Ok(None);
        };
        passed.push(at);
        match known.merged_into.filter(|into| !passed.contains(into)) {
            Some(into) => at = into,
            None => return Ok(Some(at)),
        }
    }
}

impl Drafts {
    fn append(&self, told: &Told, given: &Given) -> Result<Append, MergeError> {
        let mut writes = self.titles.writes(&given.event_ids)?;
        // A record is let go by one title before another one takes it: claims are checked in this order.
        writes.sort_by_key(makes);
        let mut editions = self.editions.writes(&given.event_ids)?;
        editions.sort_by_key(makes);
        writes.extend(editions);
        writes.extend(self.episodes.writes(&given.event_ids)?);
        let keyed = given.idempotency.as_ref();
        Ok(Append {
            writes,
            metadata: serde_json::to_string(&given.metadata).unwrap_or_default(),
            idempotency: keyed.map(|keyed| Idempotency {
                scope: keyed.scope.clone(),
                key: keyed.key.clone(),
                fingerprint: keyed.fingerprint.clone(),
                response: (keyed.answer)(told.version),
            }),
        })
    }

    fn settle(self) {
        self.titles.settle();
        self.editions.settle();
        self.episodes.settle();
    }

    fn forget(&self) {
        self.titles.forget();
        self.editions.forget();
        self.episodes.forget();
    }
}

/// Whether a write claims anything.
fn makes(write: &StreamWrite) -> bool {
    let mut claims = write.claims.iter();
    claims.any(|claim| matches!(claim, ClaimChange::Make(_)))
}
