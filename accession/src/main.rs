//! The one binary: serves any role, imports, and gives operators their commands.
//!
//! It parses arguments and puts the rooms together; no rule of the domain is decided here.

mod assembly;
mod cli;
mod commands;
mod data_dir;
mod roles;
mod settings;
mod waiting;

use std::process::ExitCode;

/// Steadier resident memory than the system's allocator under bursts of imports.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
