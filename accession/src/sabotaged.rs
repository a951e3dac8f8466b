//! The program with two defects in it, for the tests of the fault rig. Never installed: it is only built with the feature
//! `sabotage`, and that does not compile without debug assertions.

use std::process::ExitCode;

fn main() -> ExitCode {
    accession::run()
}
