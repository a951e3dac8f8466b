//! How a walk along the log goes on: a bar with rate and remaining time on a terminal, nothing otherwise.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

const KNOWN: &str =
    "{prefix} {bar:32} {percent:>3}%  {pos} of {len} events, {per_sec}, {eta_precise} left";
const UNKNOWN: &str = "{prefix} {spinner}  {pos} events, {per_sec}";

/// A bar where somebody looks at it.
pub(super) struct Bar {
    bar: Option<ProgressBar>,
}

impl Bar {
    pub(super) fn new(what: &'static str) -> Self {
        let bar = std::io::stderr()
            .is_terminal()
            .then(|| ProgressBar::no_length().with_prefix(what));
        Self { bar }
    }

    /// So many events of so many are done; 0 of all means that nobody knows.
    pub(super) fn show(&self, done: u64, of: u64) {
        let Some(bar) = &self.bar else { return };
        let known = of > 0;
        if bar.length().is_some() != known || bar.position() == 0 {
            let template = if known { KNOWN } else { UNKNOWN };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
        }
        if known {
            bar.set_length(of);
        }
        bar.set_position(done);
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
