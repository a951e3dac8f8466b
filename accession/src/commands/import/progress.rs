//! How an import goes on: a bar with rate and remaining time on a terminal, JSON lines on stderr otherwise.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use accession_importer::{Observer, Progress};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::commands::output;

/// A line a second is enough for a log.
const BETWEEN_LINES: Duration = Duration::from_secs(1);
const TEMPLATE: &str = "{prefix} {bar:32} {percent:>3}%  {msg}  {eta_precise} left";

/// Shows progress where it is looked at.
pub(super) struct Watcher {
    bar: Option<ProgressBar>,
    last_line: Option<Instant>,
}

impl Watcher {
    pub(super) fn new(source: &'static str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(1).with_prefix(source);
            if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
                bar.set_style(style);
            }
            bar
        });
        Self {
            bar,
            last_line: None,
        }
    }

    pub(super) fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn line(&mut self, progress: &Progress) {
        if self
            .last_line
            .is_some_and(|last| last.elapsed() < BETWEEN_LINES)
        {
            return;
        }
        self.last_line = Some(Instant::now());
        let mut line = json!({ "event": "progress" });
        if let (Some(line), Ok(serde_json::Value::Object(more))) =
            (line.as_object_mut(), serde_json::to_value(progress))
        {
            line.extend(more);
        }
        output::error(&line.to_string());
    }
}

impl Observer for Watcher {
    fn progress(&mut self, progress: &Progress) {
        let Some(bar) = &self.bar else {
            return self.line(progress);
        };
        bar.set_length(progress.bytes_total.max(1));
        bar.set_position(progress.bytes_read.min(progress.bytes_total));
        bar.set_message(format!(
            "{} records, {:.0}/s, {} rejected",
            progress.records, progress.records_per_second, progress.counts.rejected
        ));
    }
}
