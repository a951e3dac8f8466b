//! A share of the cached documents and of the reads that are under way to fill it, under one lock.
//!
//! Never keeps what may be older than something a reader has seen already. Three things tell it that a key moved on:
//! the change feed, a read that went past the cache, and the end of a generation.

use std::collections::HashMap;
use std::sync::Arc;

use accession_events::Position;
use accession_read_store::{Generation, ReadStoreError};
use tokio::sync::watch;

use super::held::Held;
use super::shelf::Shelf;
use crate::models::Model;

/// What a read brought: the document, or none.
pub(crate) type Fetched = Result<Option<Arc<Held>>, Arc<ReadStoreError>>;

/// Hears what a read that is under way brings; hears nothing when it was given up.
pub(super) type Landing = watch::Receiver<Option<Fetched>>;

/// What a reader finds.
pub(super) enum Look {
    /// The document.
    Hit(Arc<Held>),
    /// Somebody reads it right now.
    Join(Landing),
    /// Nobody has it: the caller reads it for all, and has to end the flight.
    Lead(watch::Sender<Option<Fetched>>),
    /// This generation is not kept now: the caller reads for itself.
    Aside,
}

type FlightKey = (Model, Generation, Box<str>);

struct Flight {
    landing: Landing,
    /// The key changed after the read began: what it brings is not kept.
    raced: bool,
}

/// A share of the cache.
pub(super) struct Shard {
    /// The generation that is kept of each model; none while nobody would tell us of changes.
    kept: [Option<Generation>; Model::COUNT],
    shelf: Shelf<Arc<Held>, { Model::COUNT }>,
    flights: HashMap<FlightKey, Flight>,
}

impl Shard {
    /// An empty share for so many bytes, that keeps nothing yet.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            kept: [None; Model::COUNT],
            shelf: Shelf::new(limit),
            flights: HashMap::new(),
        }
    }

    /// What is there for a reader; makes the caller the one who reads when there is nothing.
    pub(super) fn look(&mut self, model: Model, generation: Generation, key: &str) -> Look {
        if !self.keeps(model, generation) {
            return Look::Aside;
        }
        if let Some(held) = self.shelf.get(model.place(), key) {
            return Look::Hit(Arc::clone(held));
        }
        let key: FlightKey = (model, generation, key.into());
        if let Some(flight) = self.flights.get(&key) {
            return Look::Join(flight.landing.clone());
        }
        let (sender, landing) = watch::channel(None);
        self.flights.insert(
            key,
            Flight {
                landing,
                raced: false,
            },
        );
        Look::Lead(sender)
    }

    /// The document, if it is kept.
    pub(super) fn peek(
        &mut self,
        model: Model,
        generation: Generation,
        key: &str,
    ) -> Option<Arc<Held>> {
        if !self.keeps(model, generation) {
            return None;
        }
        self.shelf.get(model.place(), key).map(Arc::clone)
    }

    /// The leader is about to read: what changed before now will be in what it reads.
    pub(super) fn set_out(&mut self, model: Model, generation: Generation, key: &str) {
        if let Some(flight) = self.flights.get_mut(&(model, generation, key.into())) {
            flight.raced = false;
        }
    }

    /// The leader is back with this: keeps it and ends the flight, or, when the key changed meanwhile, says no.
    pub(super) fn land(
        &mut self,
        model: Model,
        generation: Generation,
        key: &str,
        held: Option<&Arc<Held>>,
    ) -> bool {
        let flight: FlightKey = (model, generation, key.into());
        let raced = self.flights.get(&flight).is_none_or(|flight| flight.raced);
        if raced || !self.keeps(model, generation) {
            return false;
        }
        self.flights.remove(&flight);
        if let Some(held) = held {
            self.shelf
                .put(model.place(), key, Arc::clone(held), held.weight());
        }
        true
    }

    /// A compressed form was made of this very value: it counts, too, while the value is kept.
    pub(super) fn grown(&mut self, model: Model, key: &str, id: u64, bytes: usize) {
        self.shelf
            .grow(model.place(), key, bytes, |held| held.id == id);
    }

    /// The leader will not come back.
    pub(super) fn give_up(&mut self, model: Model, generation: Generation, key: &str) {
        self.flights.remove(&(model, generation, key.into()));
    }

    /// The change feed names this key.
    pub(super) fn changed(&mut self, model: Model, generation: Generation, key: &str) {
        if self.keeps(model, generation) {
            self.shelf.remove(model.place(), key);
            self.race(model, generation, key);
        }
    }

    /// A reader went past the cache and has seen the document as of this position (none: not there): nothing older
    /// may be kept, nor come back from a read that is under way.
    pub(super) fn seen(
        &mut self,
        model: Model,
        generation: Generation,
        key: &str,
        position: Option<Position>,
    ) {
        if !self.keeps(model, generation) {
            return;
        }
        let kept = self.shelf.get(model.place(), key).map(|held| held.position);
        if kept.is_some() && kept != position {
            self.shelf.remove(model.place(), key);
        }
        self.race(model, generation, key);
    }

    /// From now on this generation of the model is kept, or none; everything older goes.
    pub(super) fn keep(&mut self, model: Model, generation: Option<Generation>) {
        if let Some(kept) = self.kept.get_mut(model.place()) {
            *kept = generation;
        }
        self.shelf.empty(model.place());
        for ((of, ..), flight) in &mut self.flights {
            flight.raced |= *of == model;
        }
    }

    /// Bytes and number of the documents that are kept.
    pub(super) fn size(&self) -> (usize, usize) {
        self.shelf.size()
    }

    fn keeps(&self, model: Model, generation: Generation) -> bool {
        self.kept.get(model.place()) == Some(&Some(generation))
    }

    fn race(&mut self, model: Model, generation: Generation, key: &str) {
        // Mostly nobody is reading, and the key need not be copied to find that out.
        if self.flights.is_empty() {
            return;
        }
        if let Some(flight) = self.flights.get_mut(&(model, generation, key.into())) {
            flight.raced = true;
        }
    }
}
