//! Merge a title into another one: what was said of it, its records and its parts come along; its slugs and its history
//! stay its own, so that it can come back.
//!
//! Never merges what is of two kinds, and never drops an episode unasked because its number is taken.

use accession_events::catalog::TakenTitle;
use accession_events::ids::{EditionId, EpisodeId, TitleId};
use accession_events::values::ShortText;

use super::parts::Parts;
use super::{Drafts, MergeError, Plan, Told};
use crate::catalog::title::merging::{Absorb, MergeInto};
use crate::catalog::title::standing_for::offered;
use crate::catalog::title::{KnownTitle, TitleCommand, TitleError};

/// What becomes of episodes whose numbers the winner's have, too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NumbersTaken {
    /// The merge is refused, and the numbers are named.
    #[default]
    Refuse,
    /// They are taken off their title; undoing the merge puts them back.
    Detach,
}

/// Merge a title into another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleMerge {
    /// The title that is merged.
    pub loser: TitleId,
    /// The title that stands for it from then on.
    pub winner: TitleId,
    /// The version of the loser that the caller has seen.
    pub loser_version: Option<u64>,
    /// The version of the winner that the caller has seen.
    pub winner_version: Option<u64>,
    /// What becomes of episodes whose numbers are taken.
    pub numbers_taken: NumbersTaken,
    /// Why, in the curator's words.
    pub reason: Option<ShortText>,
}

impl Plan for TitleMerge {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Told, MergeError> {
        let (loser, winner) = (self.loser, self.winner);
        drafts.titles.load([loser, winner]).await?;
        let (known, late) = self.may(drafts)?;
        let parts = drafts.parts_of(loser).await?;
        let detached = self.detached(drafts, &parts).await?;
        let into = MergeInto {
            into: winner,
            reason: self.reason.clone(),
        };
        let merge = TitleCommand::MergeInto(into);
        let decided = drafts.titles.decide(loser, &merge);
        decided.map_err(MergeError::title(loser))?;
        let moved: Vec<EpisodeId> = without(&parts.episodes, &detached);
        for edition in &parts.editions {
            drafts.put_edition(*edition, winner)?;
        }
        for episode in &moved {
            drafts.put_episode(*episode, winner)?;
        }
        for episode in &detached {
            drafts.detach_episode(*episode)?;
        }
        if !late || parts.count() > 0 {
            let taken = if late {
                vec![bare(loser)]
            } else {
                offered(loser, &known)
            };
            let taken = with_parts(taken, &parts.editions, &moved, &detached);
            let absorb = TitleCommand::Absorb(Absorb { taken });
            let decided = drafts.titles.decide(winner, &absorb);
            decided.map_err(MergeError::title(winner))?;
        }
        Ok(Told {
            edition: None,
            title: Some(winner),
            version: drafts.titles.version(winner),
            editions: parts.editions,
            episodes: moved,
            detached,
            kept: Vec::new(),
        })
    }
}

impl TitleMerge {
    /// The loser, and whether it is merged there already.
    fn may(&self, drafts: &mut Drafts) -> Result<(KnownTitle, bool), MergeError> {
        let (loser, winner) = (self.loser, self.winner);
        if loser == winner {
            return Err(MergeError::Itself);
        }
        let of = |drafts: &mut Drafts, id| {
            let known = drafts.titles.of(id).known().cloned();
            known.map_err(MergeError::title(id))
        };
        let (lost, won) = (of(drafts, loser)?, of(drafts, winner)?);
        if let Some(into) = won.merged_into {
            return Err(MergeError::title(winner)(TitleError::Merged(into)));
        }
        drafts.titles.seen(loser, self.loser_version)?;
        drafts.titles.seen(winner, self.winner_version)?;
        if lost.kind != won.kind {
            return Err(MergeError::KindsDiffer {
                loser: lost.kind.as_str(),
                winner: won.kind.as_str(),
            });
        }
        let late = lost.merged_into == Some(winner);
        Ok((lost, late))
    }

    async fn detached(
        &self,
        drafts: &mut Drafts,
        parts: &Parts,
    ) -> Result<Vec<EpisodeId>, MergeError> {
        let taken = drafts
            .with_taken_numbers(&parts.episodes, self.winner)
            .await?;
        if taken.is_empty() || self.numbers_taken == NumbersTaken::Detach {
            return Ok(taken.into_iter().map(|(id, _)| id).collect());
        }
        let mut numbers: Vec<u32> = taken.into_iter().map(|(_, number)| number).collect();
        numbers.sort_unstable();
        Err(MergeError::NumbersTaken(numbers))
    }
}

/// A title of which only parts come late.
fn bare(title_id: TitleId) -> TakenTitle {
    TakenTitle {
        title_id,
        said: Vec::new(),
        records: Vec::new(),
        editions: Vec::new(),
        episodes: Vec::new(),
        detached: Vec::new(),
    }
}

/// Each part with the title that it first came from, as far as it still came with it; all others with the loser itself.
fn with_parts(
    mut taken: Vec<TakenTitle>,
    editions: &[EditionId],
    episodes: &[EpisodeId],
    detached: &[EpisodeId],
) -> Vec<TakenTitle> {
    let (mut editions, mut episodes) = (editions.to_vec(), episodes.to_vec());
    for other in taken.iter_mut().skip(1) {
        other.editions = drawn(&mut editions, &other.editions);
        other.episodes = drawn(&mut episodes, &other.episodes);
    }
    if let Some(loser) = taken.first_mut() {
        loser.editions = editions;
        loser.episodes = episodes;
        loser.detached.extend(detached);
    }
    taken
}

/// Those of the wanted that are there, taken out of what is there.
fn drawn<T: PartialEq + Copy>(there: &mut Vec<T>, wanted: &[T]) -> Vec<T> {
    let (taken, rest) = there.iter().partition(|each| wanted.contains(*each));
    *there = rest;
    taken
}

fn without<T: PartialEq + Copy>(all: &[T], some: &[T]) -> Vec<T> {
    all.iter()
        .filter(|each| !some.contains(*each))
        .copied()
        .collect()
}
