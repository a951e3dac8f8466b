//! Resident memory of each role, idle and at its highest while ten thousand books come in.

use anyhow::Result;

use crate::Options;
use crate::import::{books, import};
use crate::machine;
use crate::results::{Results, Row};
use crate::system::{Stores, System};

pub(crate) async fn measure(options: &Options, results: &mut Results) -> Result<()> {
    let mut rows = Vec::new();
    for stores in [Stores::Embedded, Stores::Three] {
        let system = System::start(options, stores).await?;
        for (role, pid) in system.pids() {
            let row = Row::new(
                format!("{}: {role}, idle", stores.name()),
                megabytes(machine::resident(pid)),
            );
            rows.push(if role == "all" {
                row.target("≤ 80 MB")
            } else {
                row
            });
        }
        let Some(books) = books(options) else {
            continue;
        };
        let (_, highest) = import(&system, &books).await?;
        for (role, most) in highest {
            rows.push(
                Row::new(
                    format!("{}: {role}, highest during an import", stores.name()),
                    megabytes(most),
                )
                .target("bounded"),
            );
        }
        for (role, pid) in system.pids() {
            rows.push(Row::new(
                format!("{}: {role}, after it", stores.name()),
                megabytes(machine::resident(pid)),
            ));
        }
    }
    results.section("Resident memory", &rows, "");
    Ok(())
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}
