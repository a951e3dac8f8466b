//! Ingestion: import runs, and where the items that an import rejects are noted.
//!
//! What an import changes is told by the catalog's own events; a run tells only how the import went.

pub mod http;
pub mod import_run;
