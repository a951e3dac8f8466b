//! A read store in memory, as the port says one is, that fails, forgets and goes back to an earlier copy.
//!
//! It checks every step at the moment it is written; what the runner does not ask for, it refuses.

use std::time::Duration;

use accession_events::Position;
use accession_read_store::{
    ChangeCursor, ChangeRead, Commit, DifferingPage, Document, DocumentPage, FencingToken,
    IndexEntry, IndexRange, LaneCheckpoint, ListedEntry, ModelInfo, ModelRef, ReadStore,
    ReadStoreError,
};
use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::sleep;

use super::world::{Kept, Stored, World};

/// A projector's connection to the store.
pub(super) struct Connection {
    pub(super) world: World,
    pub(super) projector: usize,
}

impl Connection {
    /// Does work at some moment, or fails before or after it.
    async fn ask<T>(
        &self,
        work: impl FnOnce(&mut Stored) -> Result<T, ReadStoreError> + Send,
    ) -> Result<T, ReadStoreError> {
        let (before, after, fate) = {
            let mut trouble = self.world.trouble();
            (trouble.delay(), trouble.delay(), trouble.fate())
        };
        // tidy: allow no-sleep because simulated time passes at once
        sleep(before).await;
        if fate == Some(true) {
            return Err(broken());
        }
        let answer = work(&mut self.world.stored())?;
        sleep(after).await;
        if fate == Some(false) {
            return Err(broken());
        }
        Ok(answer)
    }
}

fn broken() -> ReadStoreError {
    ReadStoreError::Unavailable {
        reason: "the simulation cut the line".into(),
    }
}

fn not_asked<T>() -> Result<T, ReadStoreError> {
    Err(ReadStoreError::Unusable {
        reason: "no runner asks for this".into(),
    })
}

fn checkpoint(stored: &Stored, model: &ModelRef, lane: u16) -> LaneCheckpoint {
    let found = stored.checkpoints.get(&(model.clone(), lane));
    found.copied().unwrap_or(LaneCheckpoint {
        position: Position::START,
        fence: FencingToken(0),
    })
}

/// All comparisons come before anything is written.
fn compare(stored: &Stored, commit: &Commit) -> Result<(), ReadStoreError> {
    for step in &commit.steps {
        let stands = checkpoint(stored, &step.model, commit.lane);
        if step.fence < stands.fence {
            return Err(ReadStoreError::Fenced {
                model: step.model.to_string(),
                ours: step.fence.0,
                actual: stands.fence.0,
            });
        }
        if step.expected != stands.position || step.fence != stands.fence {
            return Err(ReadStoreError::CheckpointMoved {
                model: step.model.to_string(),
                expected: step.expected,
                actual: stands.position,
            });
        }
    }
    Ok(())
}

#[async_trait]
impl ReadStore for Connection {
    async fn check(&self) -> Result<(), ReadStoreError> {
        self.ask(|_| Ok(())).await
    }

    async fn register(&self, model: &ModelRef, fold_version: &str) -> Result<(), ReadStoreError> {
        self.ask(|stored| {
            let version = stored.folds.entry(model.clone());
            if version.or_insert_with(|| fold_version.to_owned()) == fold_version {
                return Ok(());
            }
            Err(ReadStoreError::Unusable {
                reason: format!("another fold builds {model}"),
            })
        })
        .await
    }

    async fn model(&self, name: &str) -> Result<ModelInfo, ReadStoreError> {
        self.ask(|stored| {
            let generations = stored.folds.iter();
            Ok(ModelInfo {
                name: name.to_owned(),
                live: stored.live,
                previous: None,
                newest_live: stored.newest_live,
                generations: generations
                    .map(|(model, version)| (model.generation, version.clone()))
                    .collect(),
            })
        })
        .await
    }

    async fn promote(&self, model: &ModelRef) -> Result<(), ReadStoreError> {
        let world = &self.world;
        self.ask(|stored| {
            if !stored.folds.contains_key(model) {
                return not_asked();
            }
            for lane in 0..world.lanes() {
                let position = checkpoint(stored, model, lane).position;
                let before = stored.live.map(|generation| ModelRef {
                    generation,
                    ..model.clone()
                });
                let live = before.map(|before| checkpoint(stored, &before, lane).position);
                if let Some(live) = live.filter(|live| *live > position) {
                    return Err(ReadStoreError::Behind {
                        model: model.to_string(),
                        lane,
                        position,
                        live,
                    });
                }
            }
            stored.live = Some(model.generation);
            stored.newest_live = stored.newest_live.max(stored.live);
            world.look(stored, &format!("promoted {model}"));
            Ok(())
        })
        .await
    }

    async fn take_over(
        &self,
        model: &ModelRef,
        lane: u16,
    ) -> Result<LaneCheckpoint, ReadStoreError> {
        let (world, projector) = (&self.world, self.projector);
        self.ask(|stored| {
            let stands = checkpoint(stored, model, lane);
            let taken = LaneCheckpoint {
                fence: FencingToken(stands.fence.0 + 1),
                ..stands
            };
            stored.checkpoints.insert((model.clone(), lane), taken);
            world.note(&format!(
                "projector {projector} takes {model} over at {}",
                taken.position
            ));
            Ok(taken)
        })
        .await
    }

    async fn checkpoint(
        &self,
        model: &ModelRef,
        lane: u16,
    ) -> Result<LaneCheckpoint, ReadStoreError> {
        self.ask(|stored| Ok(checkpoint(stored, model, lane))).await
    }

    async fn states(
        &self,
        model: &ModelRef,
        _lane: u16,
        keys: &[String],
    ) -> Result<Vec<Option<Bytes>>, ReadStoreError> {
        self.ask(|stored| {
            let state = |key: &String| {
                let kept = stored.documents.get(&(model.clone(), key.clone()));
                kept.map(|kept| kept.state.clone())
            };
            Ok(keys.iter().map(state).collect())
        })
        .await
    }

    async fn commit(&self, commit: Commit) -> Result<(), ReadStoreError> {
        let (world, projector) = (&self.world, self.projector);
        self.ask(|stored| {
            if world.is_fenced() {
                compare(stored, &commit)?;
            }
            for step in &commit.steps {
                for document in &step.documents {
                    let kept = Kept {
                        state: document.state.clone(),
                        body: document.body.clone().unwrap_or_default(),
                    };
                    let key = (step.model.clone(), document.key.clone());
                    stored.documents.insert(key, kept);
                }
                let reached = LaneCheckpoint {
                    position: step.next,
                    fence: step.fence,
                };
                let place = (step.model.clone(), commit.lane);
                stored.checkpoints.insert(place, reached);
                world.note(&format!(
                    "projector {projector}: {} lane {} from {} to {}",
                    step.model, commit.lane, step.expected, step.next
                ));
                world.check(stored, &step.model, commit.lane);
            }
            world.look(stored, "a step");
            Ok(())
        })
        .await
    }

    async fn scan(
        &self,
        _model: &ModelRef,
        _range: &IndexRange,
    ) -> Result<Vec<ListedEntry>, ReadStoreError> {
        // The runner looks for parked keys; nothing is refused here.
        self.ask(|_| Ok(Vec::new())).await
    }

    async fn note(&self, _name: &str) -> Result<Option<Bytes>, ReadStoreError> {
        self.ask(|_| Ok(None)).await
    }

    async fn promote_behind(&self, _model: &ModelRef) -> Result<(), ReadStoreError> {
        not_asked()
    }

    async fn drop_generation(&self, _model: &ModelRef) -> Result<(), ReadStoreError> {
        not_asked()
    }

    async fn document(
        &self,
        _model: &ModelRef,
        _key: &str,
    ) -> Result<Option<Document>, ReadStoreError> {
        not_asked()
    }

    async fn documents(
        &self,
        _model: &ModelRef,
        _keys: &[String],
    ) -> Result<Vec<Option<Document>>, ReadStoreError> {
        not_asked()
    }

    async fn count_below(
        &self,
        _model: &ModelRef,
        _index: &str,
        _below: &str,
    ) -> Result<u64, ReadStoreError> {
        not_asked()
    }

    async fn walk(
        &self,
        _model: &ModelRef,
        _lane: u16,
        _after: Option<&str>,
        _limit: usize,
    ) -> Result<DocumentPage, ReadStoreError> {
        not_asked()
    }

    async fn entries(
        &self,
        _model: &ModelRef,
        _after: Option<&IndexEntry>,
        _limit: usize,
    ) -> Result<Vec<IndexEntry>, ReadStoreError> {
        not_asked()
    }

    async fn differing(
        &self,
        _one: &ModelRef,
        _other: &ModelRef,
        _after: Option<&str>,
        _limit: usize,
    ) -> Result<DifferingPage, ReadStoreError> {
        not_asked()
    }

    async fn replace_note(
        &self,
        _name: &str,
        _expected: Option<&Bytes>,
        _new: Option<&Bytes>,
    ) -> Result<bool, ReadStoreError> {
        not_asked()
    }

    async fn newest_change(&self, _lane: u16) -> Result<ChangeCursor, ReadStoreError> {
        not_asked()
    }

    async fn changes(
        &self,
        _lane: u16,
        _after: &ChangeCursor,
        _max: usize,
        _patience: Duration,
    ) -> Result<ChangeRead, ReadStoreError> {
        not_asked()
    }
}
