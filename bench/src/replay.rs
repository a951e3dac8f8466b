//! How fast the projector builds every read model from the log: the read store is wiped and built again.

use std::time::Instant;

use anyhow::Result;

use crate::Options;
use crate::import::{books, import, wait_for};
use crate::instance;
use crate::results::{Results, Row};
use crate::system::{Stores, System};

pub(crate) async fn measure(options: &Options, results: &mut Results) -> Result<()> {
    let Some(books) = books(options) else {
        return Ok(());
    };
    let anime = options.shared.join("data/anime/anime_cooperunion.csv.gz");
    let mut rows = Vec::new();
    for stores in [Stores::Embedded, Stores::Three] {
        let mut system = System::start(options, stores).await?;
        import(&system, &books).await?;
        let file = anime.display().to_string();
        let report = system.command(&[
            "import",
            "anime-list",
            "--json",
            "--file",
            &file,
            "--server",
            &system.write_url,
            "--credential",
            &system.credential,
        ])?;
        let report: serde_json::Value =
            serde_json::from_str(report.lines().last().unwrap_or_default())?;
        let position = instance::number(&report, "position")?;
        wait_for(&system, position).await?;
        system.wipe_read_store(stores)?;
        let began = Instant::now();
        system.restart_readers(stores).await?;
        wait_for(&system, position).await?;
        #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52 events")]
        let rate = position as f64 / began.elapsed().as_secs_f64();
        rows.push(
            Row::new(
                format!(
                    "{}: replay of {position} events into all read models",
                    stores.name()
                ),
                format!("{rate:.0} events/s"),
            )
            .target("aim 50,000/s"),
        );
    }
    results.section(
        "Projector replay",
        &rows,
        "Includes the start of the process and the promotion of the new generations.",
    );
    Ok(())
}
