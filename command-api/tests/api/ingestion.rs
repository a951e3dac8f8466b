//! `/api/v1/internal/import`.
//!
//! What a run decides is tested beside it; here is what an importer sees.

mod batches;
mod dry_run;
mod leases;
mod legacy;
mod runs;
mod undo;
