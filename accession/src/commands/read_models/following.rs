//! Following a rebuild or a rollback: a bar with the remaining time on a terminal, JSON lines on stderr otherwise.
//!
//! The work does not depend on who follows it: a command that is ended leaves it as it is.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use accession_operations::read_models::{ModelReport, Stage, Work};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::commands::output;
use crate::commands::reach::{Ended, OUT_OF_REACH, Reach};

const BETWEEN_LOOKS: Duration = Duration::from_millis(250);
/// A line a second is enough for a log.
const BETWEEN_LINES: Duration = Duration::from_secs(1);
/// How long a projector may take to begin.
const PATIENCE: Duration = Duration::from_secs(20);
const TEMPLATE: &str = "{prefix} {bar:32} {pos}/{len} events  {per_sec}  {eta_precise} left  {msg}";

/// Follows what is being done to a model until it is done, or waits for an operator.
pub(super) async fn until_done(reach: &Reach, name: &str, json: bool) -> Result<Work, Ended> {
    let mut watcher = Watcher::new(name, json);
    let begun = Instant::now();
    loop {
        let report = reach.one(name).await?;
        let Some(work) = report.work.clone() else {
            return Err(Ended::new(
                OUT_OF_REACH,
                format!(
                    "nothing is on record about {name} any more: the read store was wiped, or it is another one"
                ),
            ));
        };
        if matches!(work.stage, Stage::Done | Stage::Held | Stage::Cancelled) {
            watcher.finish();
            return Ok(work);
        }
        let built = position_of(&report, work.generation);
        if built.is_none() && begun.elapsed() > PATIENCE {
            return Err(Ended::new(
                OUT_OF_REACH,
                format!(
                    "no projector of this version has begun with {name} within {} s; it is on record and will be done \
                     when one runs",
                    PATIENCE.as_secs()
                ),
            ));
        }
        watcher.show(name, &work, built.unwrap_or_default());
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// How far a generation is, and how far it has to go.
fn position_of(report: &ModelReport, generation: u32) -> Option<(u64, u64)> {
    let mut all = report.others.iter().chain(&report.live);
    let found = all.find(|found| found.generation == generation)?;
    Some((found.position, found.position + found.lag_events))
}

/// Shows progress where it is looked at.
struct Watcher {
    bar: Option<ProgressBar>,
    last_line: Option<Instant>,
    begun: Option<(Instant, u64)>,
}

impl Watcher {
    fn new(name: &str, json: bool) -> Self {
        let on_a_terminal = std::io::stderr().is_terminal() && !json;
        let bar = on_a_terminal.then(|| {
            let bar = ProgressBar::new(1).with_prefix(name.to_owned());
            if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
                bar.set_style(style);
            }
            bar
        });
        Self {
            bar,
            last_line: None,
            begun: None,
        }
    }

    fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn show(&mut self, name: &str, work: &Work, (position, head): (u64, u64)) {
        if let Some(bar) = &self.bar {
            bar.set_length(head.max(1));
            bar.set_position(position);
            bar.set_message(format!("{:?}", work.stage).to_lowercase());
            return;
        }
        if self
            .last_line
            .is_some_and(|last| last.elapsed() < BETWEEN_LINES)
        {
            return;
        }
        self.last_line = Some(Instant::now());
        let line = json!({
            "event": "progress",
            "name": name,
            "generation": work.generation,
            "stage": work.stage,
            "position": position,
            "head": head,
            "eta_seconds": self.remaining(position, head),
        });
        output::error(&line.to_string());
    }

    /// Seconds left, by the rate since the first look.
    fn remaining(&mut self, position: u64, head: u64) -> Option<u64> {
        let (since, from) = *self.begun.get_or_insert((Instant::now(), position));
        let done = position.saturating_sub(from);
        let elapsed = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
        let left = head.saturating_sub(position);
        (done > 0).then(|| left.saturating_mul(elapsed) / done / 1000)
    }
}
