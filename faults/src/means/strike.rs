//! Carries a fault out, while the load goes on.
//!
//! It waits for nothing but the fault's own length; what the system makes of it is the judge's to say.

use std::time::Duration;

use accession_testkit::{Signal, Wire};
use anyhow::{Context as _, Result};

use super::Means;
use crate::scenario::{Fault, Part, Scenario};
use crate::system::System;
use accession_testkit::Dice;

/// How long a part is left alone between two blows of the same fault.
const BREATH: Duration = Duration::from_secs(1);

/// Breaks what the scenario says, for as long as the dice say.
pub(crate) async fn strike(
    scenario: &Scenario,
    system: &System,
    means: &Means,
    dice: &mut Dice,
) -> Result<()> {
    let (shortest, longest) = scenario.lasts;
    let lasts = Duration::from_millis(shortest + dice.below(longest - shortest));
    match scenario.fault {
        Fault::Nothing => {}
        Fault::Kill(part) => {
            system.hold(part).await;
            system.machine(part)?.kill();
        }
        Fault::Pause(part) => system.machine(part)?.pause(),
        Fault::ImmediateShutdown => {
            system.machine(Part::Postgres)?.stop_by(Signal::QUIT).await;
        }
        Fault::BusWiped => wipe_bus(system)?,
        Fault::BusTruncated => truncate_bus(system)?,
        Fault::RedisFlushed => flush(&system.machine(Part::Redis)?.url()).await?,
        Fault::ReplicaPromoted { behind } => return promote(system, behind, lasts).await,
        Fault::Wire(part, wire) => system.wire(part)?.set(wire),
        Fault::Lost(part) => system.wire(part)?.cut(),
        Fault::DiskFull(_) => means.disk.as_ref().context("no small disk")?.1.fill()?,
        Fault::SlowFlush(_, delay) => means
            .flush
            .as_ref()
            .context("no slow flush")?
            .1
            .set(delay)?,
        Fault::Clock(_, jumps) => return jump(means, jumps, lasts).await,
        Fault::RelaysTakeTurns => return take_turns(system, lasts).await,
        Fault::ProjectorsFight => {
            let rival = system.machine(Part::SecondProjector)?;
            rival.try_restart().await.map_err(anyhow::Error::msg)?;
        }
    }
    tokio::time::sleep(lasts).await;
    Ok(())
}

fn wipe_bus(system: &System) -> Result<()> {
    let bus = system.machine(Part::Bus)?;
    bus.kill();
    std::fs::remove_dir_all(bus.data().join("jetstream")).context("the bus has no streams")
}

/// Cuts the newest file of messages in half, as a crash does that lost what was not flushed.
fn truncate_bus(system: &System) -> Result<()> {
    let bus = system.machine(Part::Bus)?;
    bus.kill();
    let mut newest = None;
    let mut folders = vec![bus.data().join("jetstream")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "blk") {
                let changed = path.metadata()?.modified()?;
                newest = newest.max(Some((changed, path)));
            }
        }
    }
    let (_, path) = newest.context("the bus has no file of messages")?;
    let file = std::fs::OpenOptions::new().write(true).open(&path)?;
    file.set_len(file.metadata()?.len() / 2)?;
    Ok(())
}

async fn flush(url: &str) -> Result<()> {
    command(url, &["FLUSHALL"]).await
}

async fn command(url: &str, words: &[&str]) -> Result<()> {
    let client = redis::Client::open(url)?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let mut command = redis::cmd(words.first().context("no command")?);
    command.arg(words.get(1..).unwrap_or_default());
    let _: redis::Value = command.query_async(&mut connection).await?;
    Ok(())
}

/// The primary dies and its replica takes over; behind: it has heard nothing for a while before.
async fn promote(system: &System, behind: bool, lasts: Duration) -> Result<()> {
    let (primary, replica) = (system.machine(Part::Redis)?, system.machine(Part::Replica)?);
    if behind {
        replica.pause();
        tokio::time::sleep(lasts).await;
    }
    primary.kill();
    if behind {
        replica.resume();
    }
    command(&replica.url(), &["REPLICAOF", "NO", "ONE"]).await?;
    system.wire(Part::Redis)?.redirect(replica.port());
    Ok(())
}

async fn jump(means: &Means, jumps: &[i64], lasts: Duration) -> Result<()> {
    let (_, clock) = means.clock.as_ref().context("no false clock")?;
    for offset in jumps {
        clock.set(*offset)?;
        tokio::time::sleep(lasts).await;
    }
    Ok(())
}

/// Each writer is killed once, so that the lease of the relay changes hands twice.
async fn take_turns(system: &System, lasts: Duration) -> Result<()> {
    for part in [Part::CommandApi, Part::SecondCommandApi] {
        system.hold(part).await;
        system.machine(part)?.kill();
        tokio::time::sleep(lasts).await;
        let back = system.machine(part)?.try_restart().await;
        back.map_err(anyhow::Error::msg)?;
        system.release(part).await;
        tokio::time::sleep(BREATH).await;
    }
    Ok(())
}

/// Undoes what a wire suffers.
pub(super) fn mend(system: &System, part: Part, wire: Wire) -> Result<()> {
    let proxy = system.wire(part)?;
    match wire {
        // What was withheld is gone for good, so these connections are of no use.
        Wire::Deaf => proxy.cut(),
        _ => proxy.set(Wire::Open),
    }
    Ok(())
}
