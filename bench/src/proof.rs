//! How fast a log is verified, exported and brought into a log of the other kind.
//!
//! The log is made through the real command path, not by writing rows.

use std::time::Instant;

use anyhow::Result;

use crate::Options;
use crate::rebuild::fill;
use crate::results::{Results, Row, say};
use crate::system::{Stores, System};

pub(crate) async fn measure(options: &Options, results: &mut Results) -> Result<()> {
    let mut proven = Vec::new();
    for stores in [Stores::Embedded, Stores::Three] {
        let system = System::start(options, stores).await?;
        let position = fill(&system, options.events).await?;
        proven.extend(rows(&system, stores, position)?);
    }
    tell(results, &proven);
    Ok(())
}

/// Verifies and exports the log of a system.
pub(crate) fn rows(system: &System, stores: Stores, position: u64) -> Result<Vec<Row>> {
    let file = system.data.join("log.jsonl");
    let export = ["log", "export", "--to", file.to_str().unwrap_or_default()];
    let mut rows = Vec::new();
    for (what, arguments, target) in [
        ("log verify", &["log", "verify"][..], "≥ 100,000/s"),
        ("log export", &export[..], ""),
    ] {
        let began = Instant::now();
        let told = system.command(arguments)?;
        say(&told);
        #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52 events")]
        let rate = position as f64 / began.elapsed().as_secs_f64();
        rows.push(
            Row::new(
                format!("{}: {what} of {position} events", stores.name()),
                format!("{rate:.0} events/s"),
            )
            .target(target),
        );
    }
    Ok(rows)
}

/// Writes the section.
pub(crate) fn tell(results: &mut Results, rows: &[Row]) {
    results.section(
        "A log that proves itself",
        rows,
        "Whole commands, from start to exit, beside the running server.",
    );
}
