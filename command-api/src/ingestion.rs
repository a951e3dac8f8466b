//! Ingestion: import runs, and the batches that importers send.
//!
//! What an import changes is told by the catalog's own events; a run tells only how the import went.

pub mod import_run;
