//! Which generation of each model this version of the code keeps.
//!
//! A generation that another fold version built is never written to: a new one is built beside it, and readers stay
//! with the old one until the new one has caught up. Nothing goes live by itself twice, so that what an operator has
//! decided stands.

use std::collections::HashMap;

use accession_read_store::{Generation, ModelInfo, ModelRef, ReadStore, ReadStoreError};

use super::erased::Model;
use super::options::ProjectorOptions;

/// A model and the generation that is kept.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) model: Model,
    pub(crate) reference: ModelRef,
    pub(crate) readers: Readers,
}

/// What a generation is to readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Readers {
    /// Whether they are sent to it already.
    pub(crate) live: bool,
    /// Whether they are sent to a generation that another fold built.
    pub(crate) outdated: bool,
    /// Whether they are sent to it as soon as it has caught up, without anybody asking.
    pub(crate) goes_live: bool,
}

impl Readers {
    /// Whether they are to be sent to it once it has caught up.
    pub(crate) const fn awaits_readers(self) -> bool {
        self.goes_live && !self.live
    }
}

/// The generations that a lane has kept before, by model.
pub(crate) type Before = HashMap<&'static str, Generation>;

/// Finds or registers the generation of every model. Idempotent, and the same in every lane.
pub(crate) async fn ensure(
    store: &dyn ReadStore,
    options: &ProjectorOptions,
    before: &Before,
) -> Result<Vec<Kept>, ReadStoreError> {
    let mut kept = Vec::with_capacity(options.models.len());
    for model in &options.models {
        let info = store.model(model.name()).await?;
        let version = model.fold_version();
        if is_retired(&info, &version, before.get(model.name()).copied()) {
            continue;
        }
        let generation = match &options.beside {
            Some(beside) => beside
                .of(model.name())
                .filter(|wanted| is_there(&info, *wanted)),
            None => Some(choose(&info, &version)),
        };
        // Not wanted here, or dropped meanwhile: whoever wanted it looks after that.
        let Some(generation) = generation else {
            continue;
        };
        let reference = ModelRef {
            name: model.name().to_owned(),
            generation,
        };
        store.register(&reference, &version).await?;
        let readers = Readers {
            live: info.live == Some(reference.generation),
            outdated: version_of_live(&info).is_some_and(|live| live != version),
            goes_live: options.beside.is_none() && info.newest_live < Some(reference.generation),
        };
        kept.push(Kept {
            model: model.clone(),
            reference,
            readers,
        });
    }
    Ok(kept)
}

fn is_there(info: &ModelInfo, wanted: Generation) -> bool {
    let mut known = info.generations.iter();
    known.any(|(there, _)| *there == wanted)
}

/// Whether the generation that was kept here was dropped because another version of the code has taken the model over:
/// then an old program that still runs must not build it anew and send readers back.
fn is_retired(info: &ModelInfo, version: &str, before: Option<Generation>) -> bool {
    let dropped = before.is_some_and(|before| !is_there(info, before));
    let ours = info.generations.iter().any(|(_, by)| by == version);
    dropped && !ours && version_of_live(info).is_some_and(|live| live != version)
}

fn version_of_live(info: &ModelInfo) -> Option<&str> {
    let of_live = |(generation, _): &&(Generation, String)| info.live == Some(*generation);
    info.generations
        .iter()
        .find(of_live)
        .map(|(_, version)| &**version)
}

/// The live generation if this fold version built it, else the newest that it did, else a new one.
fn choose(info: &ModelInfo, version: &str) -> Generation {
    let ours = || {
        info.generations
            .iter()
            .filter(|(_, built_by)| built_by == version)
            .map(|(generation, _)| *generation)
    };
    let live = ours().find(|generation| info.live == Some(*generation));
    let newest = info
        .generations
        .iter()
        .map(|(generation, _)| generation.0)
        .chain(info.newest_live.map(|newest| newest.0))
        .max()
        .unwrap_or_default();
    live.or_else(|| ours().max())
        .unwrap_or(Generation(newest + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(live: Option<u32>, generations: &[(u32, &str)]) -> ModelInfo {
        let generations = generations
            .iter()
            .map(|(number, version)| (Generation(*number), (*version).to_owned()));
        ModelInfo {
            name: "m".into(),
            live: live.map(Generation),
            previous: None,
            newest_live: live.map(Generation),
            generations: generations.collect(),
        }
    }

    #[test]
    fn the_first_generation_is_one() {
        assert_eq!(choose(&info(None, &[]), "1"), Generation(1));
    }

    #[test]
    fn a_generation_of_another_fold_version_is_never_touched() {
        assert_eq!(choose(&info(Some(1), &[(1, "1")]), "2"), Generation(2));
    }

    #[test]
    fn a_build_that_was_interrupted_goes_on() {
        assert_eq!(
            choose(&info(Some(1), &[(1, "1"), (2, "2")]), "2"),
            Generation(2)
        );
    }

    #[test]
    fn the_live_generation_is_preferred_to_a_newer_one_of_the_same_fold() {
        assert_eq!(
            choose(&info(Some(1), &[(1, "1"), (2, "1")]), "1"),
            Generation(1)
        );
    }

    #[test]
    fn a_number_that_was_live_is_never_given_again() {
        let mut info = info(Some(3), &[(3, "1")]);
        info.newest_live = Some(Generation(7));
        assert_eq!(choose(&info, "2"), Generation(8));
    }

    #[test]
    fn an_old_program_whose_generation_was_dropped_leaves_the_model_to_the_new_one() {
        let (taken_over, before) = (info(Some(2), &[(2, "2")]), Some(Generation(1)));
        assert!(is_retired(&taken_over, "1", before));
        assert!(!is_retired(&taken_over, "1", None), "a new start builds it");
        assert!(!is_retired(&info(None, &[]), "1", before), "a wiped store");
        let rolled_on = info(Some(2), &[(2, "1")]);
        assert!(
            !is_retired(&rolled_on, "1", before),
            "dropped after a rebuild"
        );
    }
}
