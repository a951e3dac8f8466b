//! The program `accession`.
//!
//! Nothing is here but the way in.

use std::process::ExitCode;

fn main() -> ExitCode {
    accession::run()
}
