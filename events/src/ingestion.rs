//! Ingestion: import runs, and the items an importer sends to the internal endpoints.
//!
//! What an import changed is told by the catalog's own events; a run tells only how the import went.

mod import_run;
pub use crate::import_items as items;

pub use import_run::{ImportCounts, ImportRunEvent, RejectedItem};
