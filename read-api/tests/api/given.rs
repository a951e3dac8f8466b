//! What is there before a question is asked: a store, what happened to the catalogue, and the API over it.
//!
//! Never shared between two tests.

mod catalogue;
mod folds;
mod libraries;
pub(crate) mod people;
mod subject;
mod views;

pub(crate) use catalogue::{Catalogue, curated, id};
pub(crate) use folds::Fold;
pub(crate) use people::an_admin_of_a_library;
pub(crate) use subject::{Subject, embedded, over_every_store, redis, redis_at};
pub(crate) use views::MemoryViews;
