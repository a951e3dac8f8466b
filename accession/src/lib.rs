//! The one binary: serves any role, imports, and gives operators their commands.
//!
//! It parses arguments and puts the rooms together; no rule of the domain is decided here.

mod assembly;
mod checkpoint_key;
mod cli;
mod commands;
mod data_dir;
mod first_run;
mod private;
mod roles;
#[cfg(feature = "sabotage")]
mod sabotage;
mod settings;
mod waiting;

/// Steadier resident memory than the system's allocator under bursts of imports.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the command line of this process to its end.
#[must_use]
pub fn run() -> std::process::ExitCode {
    cli::run()
}
