//! Which generation of each model this version of the code keeps.
//!
//! A generation that another fold version built is never written to: a new one is built beside it, and readers stay
//! with the old one until the new one has caught up.

use accession_read_store::{Generation, ModelInfo, ModelRef, ReadStore, ReadStoreError};

use super::erased::Model;

/// A model and the generation that is kept.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) model: Model,
    pub(crate) reference: ModelRef,
    /// Whether readers are sent to it already.
    pub(crate) live: bool,
}

/// Finds or registers the generation of every model. Idempotent, and the same in every lane.
pub(crate) async fn ensure(
    store: &dyn ReadStore,
    models: &[Model],
) -> Result<Vec<Kept>, ReadStoreError> {
    let mut kept = Vec::with_capacity(models.len());
    for model in models {
        let info = store.model(model.name()).await?;
        let version = model.fold_version();
        let generation = choose(&info, &version);
        let reference = ModelRef {
            name: model.name().to_owned(),
            generation,
        };
        store.register(&reference, &version).await?;
        kept.push(Kept {
            model: model.clone(),
            live: info.live == Some(generation),
            reference,
        });
    }
    Ok(kept)
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
}
