//! Merge an edition into another one of the same title, and undo it: what was said of it, its records and its ISBNs come
//! along; its history and its own words stay, so that it can come back.
//!
//! Never across titles: merge the titles first, or split them.

use accession_events::ids::EditionId;
use accession_events::values::ShortText;

use super::{Drafts, Kept, MergeError, Plan, Told};
use crate::catalog::edition::merging::{Absorb, MergeInto, Relinquish, Separate, offered};
use crate::catalog::edition::{EditionCommand, EditionError, KnownEdition};

/// Merge an edition into another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionMerge {
    /// The edition that is merged.
    pub loser: EditionId,
    /// The edition that stands for it from then on.
    pub winner: EditionId,
    /// The version of the loser that the caller has seen.
    pub loser_version: Option<u64>,
    /// The version of the winner that the caller has seen.
    pub winner_version: Option<u64>,
    /// Why, in the curator's words.
    pub reason: Option<ShortText>,
}

/// Undo the merge of an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionMergeUndo {
    /// The edition that is merged and is to stand for itself again.
    pub merged: EditionId,
    /// An edition that stands for it, also by way of others.
    pub under: EditionId,
    /// The version of the merged edition that the caller has seen.
    pub version: Option<u64>,
}

impl Drafts {
    fn edition(&mut self, id: EditionId) -> Result<KnownEdition, MergeError> {
        let known = self.editions.of(id).known().cloned();
        known.map_err(MergeError::edition(id))
    }

    fn told_edition(
        &mut self,
        id: EditionId,
        command: &EditionCommand,
    ) -> Result<bool, MergeError> {
        let decided = self.editions.decide(id, command);
        decided.map_err(MergeError::edition(id))
    }
}

impl Plan for EditionMerge {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Told, MergeError> {
        let (loser, winner) = (self.loser, self.winner);
        if loser == winner {
            return Err(MergeError::Itself);
        }
        drafts.editions.load([loser, winner]).await?;
        let (lost, won) = (drafts.edition(loser)?, drafts.edition(winner)?);
        if let Some(into) = won.merged_into {
            return Err(MergeError::edition(winner)(EditionError::Merged(into)));
        }
        drafts.editions.seen(loser, self.loser_version)?;
        drafts.editions.seen(winner, self.winner_version)?;
        if lost.title_id != won.title_id {
            return Err(MergeError::OtherTitle {
                edition: winner,
                title: won.title_id,
            });
        }
        let merge = EditionCommand::MergeInto(MergeInto {
            into: winner,
            reason: self.reason.clone(),
        });
        if drafts.told_edition(loser, &merge)? {
            let taken = offered(loser, &lost);
            drafts.told_edition(winner, &EditionCommand::Absorb(Absorb { taken }))?;
        }
        Ok(Told {
            edition: Some(winner),
            version: drafts.editions.version(winner),
            ..Told::default()
        })
    }
}

impl Plan for EditionMergeUndo {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Told, MergeError> {
        let merged = self.merged;
        drafts.editions.load([merged]).await?;
        let known = drafts.edition(merged)?;
        drafts.editions.seen(merged, self.version)?;
        let into = known
            .merged_into
            .ok_or(MergeError::EditionNotMerged(merged))?;
        let (holders, root) = holders(drafts, into).await?;
        if !holders.contains(&self.under) {
            return Err(MergeError::EditionNotMerged(merged));
        }
        let editions: Vec<EditionId> = std::iter::once(merged).chain(known.stands_for()).collect();
        let leaving = root.leaving(&editions);
        let isbns = root.isbns_without(&leaving, &editions);
        let from = holders.last().copied().unwrap_or(into);
        let mut kept = kept(&root, &editions, from, &leaving.locked);
        let came = root.isbns_of(&editions);
        let stays = came.into_iter().filter(|isbn| !isbns.contains(isbn));
        kept.extend(stays.map(|isbn| Kept {
            what: format!("isbn {isbn}"),
            why: format!("it is said of {from} by others, too"),
        }));
        for holder in holders {
            let relinquish = Relinquish {
                to: merged,
                editions: editions.clone(),
            };
            drafts.told_edition(holder, &EditionCommand::Relinquish(relinquish))?;
        }
        let separate = Separate {
            from,
            records: leaving.records,
            said: leaving.said,
            isbns,
        };
        drafts.told_edition(merged, &EditionCommand::Separate(separate))?;
        Ok(Told {
            edition: Some(merged),
            version: drafts.editions.version(merged),
            kept,
            ..Told::default()
        })
    }
}

/// The editions that stand for a merged one, the nearest first, and the last of them as it is.
async fn holders(
    drafts: &mut Drafts,
    into: EditionId,
) -> Result<(Vec<EditionId>, KnownEdition), MergeError> {
    let mut holders = vec![into];
    loop {
        let at = holders.last().copied().unwrap_or(into);
        drafts.editions.load([at]).await?;
        let known = drafts.edition(at)?;
        match known.merged_into.filter(|next| !holders.contains(next)) {
            Some(next) => holders.push(next),
            None => return Ok((holders, known)),
        }
    }
}

/// What stays of what was said: pinned by a lock, or said anew by the same person.
fn kept(
    root: &KnownEdition,
    editions: &[EditionId],
    at: EditionId,
    locked: &[accession_events::catalog::EditionField],
) -> Vec<Kept> {
    let name = |field| {
        let name = serde_json::to_value(field).unwrap_or_default();
        name.as_str().unwrap_or_default().to_owned()
    };
    let pinned = locked.iter().map(|field| Kept {
        what: name(*field),
        why: format!("it is locked on {at}: what the lock pins stays there"),
    });
    let anew = root.said_anew(editions).into_iter();
    let anew = anew.map(|(by, field)| Kept {
        what: name(field),
        why: format!("{} has said it anew of {at} since", by.source),
    });
    pinned.chain(anew).collect()
}
