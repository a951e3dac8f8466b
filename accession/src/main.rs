//! The program `accession`.
//!
//! Nothing is here but the way in.
//! It parses arguments and puts the rooms together; no rule of the domain is decided here.

mod assembly;
mod checkpoint_key;
mod cli;
mod commands;
mod data_dir;
mod roles;
mod settings;

use std::process::ExitCode;

fn main() -> ExitCode {
    accession::run()
}
