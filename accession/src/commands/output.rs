//! What commands print: the only place that writes to the terminal, so that nothing else can spoil a report.

use std::io::Write as _;

/// A line of a command's result.
pub(crate) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    // A reader who has gone away (`| head`) is not an error of the command.
    let _ = writeln!(out, "{text}");
}

/// A line about what went wrong or goes on.
pub(crate) fn error(text: &str) {
    let mut err = std::io::stderr().lock();
    let _ = writeln!(err, "{text}");
}
