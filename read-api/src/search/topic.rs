//! What an index is of, and which read models it is made from: first the one whose documents become entries, then those that
//! these are joined with.
//!
//! Never what an entry says: that is decided where entries are made.

use accession_events::Position;
use accession_read_store::{ModelRef, ReadStore};

use super::trouble::Trouble;
use crate::models::Model;

/// What an index is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    /// Titles with their editions: what everybody may see.
    Titles,
    /// Copies of libraries, which only their members may see. They have an index of their own, so that loans and moves do not
    /// wear out the one of titles.
    Copies,
}

impl Topic {
    /// The model whose documents become entries, one each.
    pub(crate) const fn model(self) -> Model {
        match self {
            Self::Titles => Model::TitlePage,
            Self::Copies => Model::Copy,
        }
    }

    /// The models that its documents are joined with.
    const fn joined(self) -> &'static [Model] {
        match self {
            Self::Titles => &[],
            Self::Copies => &[Model::TitlePage, Model::Places, Model::Availability],
        }
    }

    /// In one word, for numbers and lines in the log.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Titles => "titles",
            Self::Copies => "copies",
        }
    }

    /// What health calls it.
    pub(super) const fn part(self) -> &'static str {
        match self {
            Self::Titles => "search",
            Self::Copies => "search_copies",
        }
    }
}

/// The generations that an index is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) topic: Topic,
    /// Whose documents become entries.
    pub(super) of: ModelRef,
    /// What they are joined with, in the order of the topic.
    pub(super) joined: Vec<ModelRef>,
}

/// A model among those that an index is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Its documents become entries.
    Entries,
    /// They are joined with it: which of those.
    Joined(usize),
}

impl Made {
    /// What readers are sent to; none while one of the models was never built.
    pub(super) async fn live(store: &dyn ReadStore, topic: Topic) -> Result<Option<Self>, Trouble> {
        let Some(of) = live(store, topic.model()).await? else {
            return Ok(None);
        };
        let mut joined = Vec::new();
        for model in topic.joined() {
            match live(store, *model).await? {
                Some(reference) => joined.push(reference),
                None => return Ok(None),
            }
        }
        Ok(Some(Self { topic, of, joined }))
    }

    /// The part of a model in it; none for another generation or another model.
    pub(super) fn part(&self, reference: &ModelRef) -> Option<Part> {
        if *reference == self.of {
            return Some(Part::Entries);
        }
        let at = self.joined.iter().position(|known| known == reference);
        at.map(Part::Joined)
    }

    /// Whether this is another generation of a model that it is made from.
    pub(super) fn is_outdone_by(&self, reference: &ModelRef) -> bool {
        let mut all = std::iter::once(&self.of).chain(&self.joined);
        all.any(|known| known.name == reference.name && known != reference)
    }

    /// The joined models' generations, for its commits.
    pub(super) fn beside(&self) -> Vec<u32> {
        let joined = self.joined.iter();
        joined.map(|model| model.generation.0).collect()
    }

    /// How far the joined models have come in a lane.
    pub(super) async fn positions(
        &self,
        store: &dyn ReadStore,
        lane: u16,
    ) -> Result<Vec<Position>, Trouble> {
        let mut positions = Vec::with_capacity(self.joined.len());
        for model in &self.joined {
            positions.push(store.checkpoint(model, lane).await?.position);
        }
        Ok(positions)
    }
}

async fn live(store: &dyn ReadStore, model: Model) -> Result<Option<ModelRef>, Trouble> {
    let name = model.name();
    let live = store.model(name).await?.live;
    Ok(live.map(|generation| ModelRef {
        name: name.to_owned(),
        generation,
    }))
}
