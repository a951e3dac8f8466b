//! What is published of each model: which generation answers, and up to which position.
//!
//! Never ahead of the cached documents: a position is published after the keys that it changed were dropped.

use std::sync::Arc;

use accession_events::Position;
use accession_read_store::{Generation, ModelRef};
use http::HeaderValue;
use tokio::sync::watch;

use crate::models::Model;

/// Where a live model stands: an answer from it contains every event up to the position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Which model.
    pub(crate) model: Model,
    /// Its name and live generation, as the store asks for them.
    pub(crate) reference: Arc<ModelRef>,
    /// Everything up to here is in its documents.
    pub(crate) position: Position,
    /// The position as a header.
    pub(crate) written: HeaderValue,
    /// Whether it was published here, after all that it contains was dropped from memory. A position that the store
    /// told may be ahead of that, so it goes only with documents that come from the store, too.
    pub(crate) published: bool,
}

impl Standing {
    /// A model that stands at this position, as the store says.
    pub(super) fn told(model: Model, reference: Arc<ModelRef>, position: Position) -> Self {
        let written = HeaderValue::from(position.get());
        Self {
            model,
            reference,
            position,
            written,
            published: false,
        }
    }

    /// The live generation.
    pub(crate) fn generation(&self) -> Generation {
        self.reference.generation
    }
}

/// One place a model. None there: nobody follows the changes now, or the model was not built; ask the store.
pub(super) struct Board {
    places: [watch::Sender<Option<Arc<Standing>>>; Model::COUNT],
}

impl Board {
    /// A board with nothing on it.
    pub(super) fn new() -> Self {
        Self {
            places: std::array::from_fn(|_| watch::Sender::new(None)),
        }
    }

    /// What is published of a model.
    pub(super) fn standing(&self, model: Model) -> Option<Arc<Standing>> {
        self.places.get(model.place())?.borrow().clone()
    }

    /// Hears of every change of what is published.
    pub(super) fn watch(&self, model: Model) -> Option<watch::Receiver<Option<Arc<Standing>>>> {
        Some(self.places.get(model.place())?.subscribe())
    }

    /// Publishes where a model stands, or that it is not known. Wakes those who wait.
    pub(super) fn publish(&self, model: Model, standing: Option<(Generation, Position)>) {
        let Some(place) = self.places.get(model.place()) else {
            return;
        };
        place.send_if_modified(|published| {
            let known = published
                .as_ref()
                .map(|known| (known.generation(), known.position));
            if known == standing {
                return false;
            }
            *published = standing.map(|(generation, position)| {
                let reference = match published {
                    Some(known) if known.generation() == generation => Arc::clone(&known.reference),
                    _ => Arc::new(ModelRef {
                        name: model.name().to_owned(),
                        generation,
                    }),
                };
                Arc::new(Standing {
                    published: true,
                    ..Standing::told(model, reference, position)
                })
            });
            true
        });
    }
}
