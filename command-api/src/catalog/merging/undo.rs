//! Undo a merge: what came from the title goes back to it, wherever later merges have carried it, and nothing else does.
//!
//! Never takes back what somebody has changed since: it stays where it is, and the answer names it.

use accession_events::catalog::TitleFact;
use accession_events::ids::{EditionId, EpisodeId, TitleId};

use super::{Drafts, Kept, MergeError, Plan, Told};
use crate::catalog::giving_back::Leaving;
use crate::catalog::title::merging::{Relinquish, Separate};
use crate::catalog::title::{KnownTitle, TitleCommand};

/// Undo the merge of a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeUndo {
    /// The title that is merged and is to stand for itself again.
    pub merged: TitleId,
    /// A title that stands for it, also by way of others.
    pub under: TitleId,
    /// The version of the merged title that the caller has seen.
    pub version: Option<u64>,
}

/// What an undo goes by.
struct Way {
    /// The titles that stand for the merged one, the nearest first; the last one stands for itself.
    holders: Vec<TitleId>,
    /// The last of them.
    root: TitleId,
    /// The merged title and those for which it stands.
    titles: Vec<TitleId>,
    /// The last holder as it is now.
    holding: KnownTitle,
}

impl Plan for MergeUndo {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Told, MergeError> {
        let way = self.way(drafts).await?;
        let (merged, root) = (self.merged, way.root);
        let mut told = Told {
            title: Some(merged),
            ..Told::default()
        };
        self.editions(drafts, &way, &mut told).await?;
        self.episodes(drafts, &way, &mut told).await?;
        let leaving = way.holding.leaving(&way.titles, &[]);
        told.kept.extend(kept_words(&way, &leaving));
        for holder in &way.holders {
            let relinquish = TitleCommand::Relinquish(Relinquish {
                to: merged,
                titles: way.titles.clone(),
                records: Vec::new(),
            });
            let decided = drafts.titles.decide(holder, &relinquish);
            decided.map_err(MergeError::title(*holder))?;
        }
        let separate = TitleCommand::Separate(Separate {
            from: root,
            records: leaving.records,
            said: leaving.said,
        });
        let decided = drafts.titles.decide(merged, &separate);
        decided.map_err(MergeError::title(merged))?;
        told.version = drafts.titles.version(merged);
        Ok(told)
    }
}

impl MergeUndo {
    async fn way(&self, drafts: &mut Drafts) -> Result<Way, MergeError> {
        let merged = self.merged;
        drafts.titles.load([merged]).await?;
        let known = drafts.titles.of(merged).known().cloned();
        let known = known.map_err(MergeError::title(merged))?;
        drafts.titles.seen(merged, self.version)?;
        let into = known.merged_into.ok_or(MergeError::NotMerged(merged))?;
        let (mut holders, mut next) = (Vec::new(), Some(into));
        let mut holding = known.clone();
        while let Some(holder) = next.filter(|holder| !holders.contains(holder)) {
            drafts.titles.load([holder]).await?;
            let state = drafts.titles.of(holder).known().cloned();
            holding = state.map_err(MergeError::title(holder))?;
            holders.push(holder);
            next = holding.merged_into;
        }
        if !holders.contains(&self.under) {
            return Err(MergeError::MergedElsewhere {
                merged,
                named: self.under,
                into,
            });
        }
        let titles = std::iter::once(merged).chain(known.stands_for()).collect();
        Ok(Way {
            root: holders.last().copied().unwrap_or(into),
            holders,
            titles,
            holding,
        })
    }

    async fn editions(
        &self,
        drafts: &mut Drafts,
        way: &Way,
        told: &mut Told,
    ) -> Result<(), MergeError> {
        let came: Vec<EditionId> = way
            .taken()
            .flat_map(|taken| taken.editions.clone())
            .collect();
        drafts.editions.load(&came).await?;
        for id in came.iter().copied() {
            let known = drafts.editions.of(id).known();
            let known = known.map_err(MergeError::edition(id))?;
            let title = known.title_id;
            if let Some(into) = known.merged_into.filter(|into| !came.contains(into)) {
                told.kept.push(Kept {
                    what: format!("edition {id}"),
                    why: format!("it was merged into the edition {into} since"),
                });
            } else if title == way.root {
                drafts.put_edition(id, self.merged)?;
                told.editions.push(id);
            } else if title != self.merged {
                told.kept.push(moved(format!("edition {id}"), title));
            }
        }
        Ok(())
    }

    async fn episodes(
        &self,
        drafts: &mut Drafts,
        way: &Way,
        told: &mut Told,
    ) -> Result<(), MergeError> {
        let came: Vec<EpisodeId> = way
            .taken()
            .flat_map(|taken| taken.episodes.clone())
            .collect();
        let off: Vec<EpisodeId> = way
            .taken()
            .flat_map(|taken| taken.detached.clone())
            .collect();
        drafts.episodes.load(came.iter().chain(&off)).await?;
        let mut back = Vec::new();
        for (id, was) in came
            .iter()
            .map(|id| (*id, Some(way.root)))
            .chain(off.iter().map(|id| (*id, None)))
        {
            let known = drafts.episodes.of(id).known();
            let title = known.map_err(MergeError::episode(id))?.title_id;
            let what = || format!("episode {id}");
            match title {
                now if now == was => back.push(id),
                Some(now) if now == self.merged => {}
                Some(now) => told.kept.push(moved(what(), now)),
                None => told.kept.push(Kept {
                    what: what(),
                    why: "it was taken off its title since".to_owned(),
                }),
            }
        }
        let taken = drafts.with_taken_numbers(&back, self.merged).await?;
        for id in back {
            if let Some((_, number)) = taken.iter().find(|(other, _)| *other == id) {
                told.kept.push(Kept {
                    what: format!("episode {id}"),
                    why: format!("another episode has the number {number} by now"),
                });
            } else {
                drafts.put_episode(id, self.merged)?;
                told.episodes.push(id);
            }
        }
        Ok(())
    }
}

impl Way {
    fn taken(&self) -> impl Iterator<Item = &accession_events::catalog::TakenTitle> {
        let titles = self.titles.iter();
        titles.filter_map(|title| self.holding.taken_of(*title))
    }
}

fn moved(what: String, title: TitleId) -> Kept {
    Kept {
        what,
        why: format!("it was put under the title {title} since"),
    }
}

/// What stays of what was said: pinned by a lock, or said anew by the same person.
fn kept_words(way: &Way, leaving: &Leaving<TitleFact>) -> Vec<Kept> {
    let field = |field| {
        let name = serde_json::to_value(field).unwrap_or_default();
        name.as_str().unwrap_or_default().to_owned()
    };
    let pinned = leaving.locked.iter().map(|locked| Kept {
        what: field(*locked),
        why: format!(
            "it is locked on {}: what the lock pins stays there",
            way.root
        ),
    });
    let anew = way.taken().flat_map(|taken| way.holding.said_anew(taken));
    let anew = anew.map(|(by, of)| Kept {
        what: field(of),
        why: format!("{} has said it anew of {} since", by.source, way.root),
    });
    pinned.chain(anew).collect()
}
