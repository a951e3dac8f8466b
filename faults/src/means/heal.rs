//! Ends a fault: what was killed is started, what was cut is joined, what was filled is freed.
//!
//! From here on the system has to mend itself.

use std::time::Duration;

use anyhow::{Context as _, Result};

use super::Means;
use super::strike::mend;
use crate::scenario::{Fault, Part, Scenario};
use crate::system::System;

/// Puts everything back into a state in which the system can work.
pub(crate) async fn heal(scenario: &Scenario, system: &System, means: &Means) -> Result<()> {
    match scenario.fault {
        Fault::Nothing
        | Fault::RedisFlushed
        | Fault::ReplicaPromoted { .. }
        | Fault::Lost(_)
        | Fault::RelaysTakeTurns => Ok(()),
        Fault::Kill(part) => {
            let started = start(system, part).await;
            system.release(part).await;
            started
        }
        Fault::Pause(part) => {
            system.machine(part)?.resume();
            Ok(())
        }
        Fault::ImmediateShutdown => start(system, Part::Postgres).await,
        Fault::BusWiped | Fault::BusTruncated => start(system, Part::Bus).await,
        Fault::Wire(part, wire) => mend(system, part, wire),
        Fault::DiskFull(part) => {
            means.disk.as_ref().context("no small disk")?.1.free()?;
            // Ours is started again by its supervisor; a store's supervisor is the rig.
            if !part.is_role() && system.machine(part)?.has_ended() {
                start(system, part).await?;
            }
            Ok(())
        }
        Fault::SlowFlush(..) => {
            let (_, flush) = means.flush.as_ref().context("no slow flush")?;
            flush.set(Duration::ZERO)
        }
        Fault::Clock(..) => means.clock.as_ref().context("no false clock")?.1.set(0),
        Fault::ProjectorsFight => {
            let rival = Part::SecondProjector;
            system.hold(rival).await;
            system.machine(rival)?.kill();
            Ok(())
        }
    }
}

async fn start(system: &System, part: Part) -> Result<()> {
    let back = system.machine(part)?.try_restart().await;
    back.map_err(anyhow::Error::msg)
        .with_context(|| format!("{part:?} did not come back"))
}
