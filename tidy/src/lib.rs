//! The house rules as code: budgets of size, walls between rooms, nothing that can panic.
//! Never changes a file, and never judges what a compiler or clippy judges already.

mod density;
mod exceptions;
mod house;
mod manifests;
mod panics;
mod shape;
mod sleeps;
mod source;
mod text;
mod tokens;
mod violation;
mod walls;

pub use density::{Density, density};
pub use house::{Finding, check_source, inspect};
pub use manifests::check_manifest;
pub use source::SourceFile;
pub use text::check_text;
pub use violation::{Rule, Violation};
