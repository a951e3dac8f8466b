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
    let mut rows = Vec::new();
    for stores in [Stores::Embedded, Stores::Three] {
        let system = System::start(options, stores).await?;
        let position = fill(&system, options.events).await?;
        let file = system.data.join("log.jsonl");
        for (what, arguments, target) in [
            ("log verify", vec!["log", "verify"], "≥ 100,000/s"),
            (
                "log export",
                vec!["log", "export", "--to", file.to_str().unwrap_or_default()],
                "",
            ),
        ] {
            let began = Instant::now();
            let told = system.command(&arguments)?;
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
    }
    results.section(
        "A log that proves itself",
        &rows,
        "Whole commands, from start to exit, beside the running server.",
    );
    Ok(())
}
