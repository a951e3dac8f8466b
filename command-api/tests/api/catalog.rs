//! `/api/v1/…` of the catalog.
//!
//! Never asks what readers see: that is the read API's.

mod editions;
mod episodes;
mod merging;
mod sources;
mod titles;
mod undo;
