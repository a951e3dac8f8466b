//! What operators do with the register as a whole: seal it, verify it, prove what is in it, export and import it.
//!
//! Everything works on the stored bytes: no event is ever interpreted here, and none is ever changed.

pub mod audit;
pub mod export;
pub mod export_file;
pub mod import;
pub mod outlet;
pub mod proving;
pub mod sealing;
pub mod sealing_task;
pub mod stored_tree;
pub mod verify;
pub mod verify_export;

pub use audit::Finding;
pub use export::{ExportOptions, Exported, export};
pub use export_file::{ExportError, ExportItem};
pub use import::{ImportError, Imported, import};
pub use outlet::{DirectoryOutlet, Outlet, OutletError};
pub use proving::{ProveError, prove_consistency, prove_inclusion};
pub use sealing::{SealError, Sealer};
pub use sealing_task::{SealingOptions, SealingState, SealingTask};
pub use stored_tree::{StoredTree, TreeError};
pub use verify::{Progress, Report, VerifyOptions, verify};
pub use verify_export::verify_export;
