//! Ingestion: how imports went.
//!
//! What an import changed stands in the catalog's documents and in their trails, never here.

mod import_run;

pub use import_run::{
    CountsView, ImportRunDocument, ImportRunModel, ImportRunState, RejectedView, RunState,
};
