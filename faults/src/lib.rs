//! The rig that tries to break Accession: real stores and roles as processes, a load with a ledger of what was
//! acknowledged, one fault a scenario, and a judge who believes nobody.
//!
//! Never linked into the product, and it knows of the product only what a client, an operator and a library user know.

mod judge;
mod load;
mod means;
pub mod play;
pub mod report;
pub mod scenario;
mod scenarios;
mod system;

pub use play::{Verdict, play};
pub use scenario::Scenario;
pub use scenarios::all;
