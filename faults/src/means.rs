//! What a fault needs of this machine: small disks, slow flushes, false clocks. And how faults are carried out.
//!
//! What this machine does not permit is said, and the scenario is skipped; it is never passed.

mod clock;
mod disk;
mod heal;
mod slow_flush;
mod strike;

use std::path::Path;

pub(crate) use heal::heal;
pub(crate) use strike::strike;

use clock::Clock;
use disk::SmallDisk;
use slow_flush::SlowFlush;

use crate::scenario::{Fault, Part, Scenario, Shape};

/// Room for `PostgreSQL` with small files.
const POSTGRES_DISK: u64 = 224;
/// Room for a log and documents of a short run, and for what health asks to be free.
const EMBEDDED_DISK: u64 = 1536;

/// What a scenario was given.
#[derive(Default)]
pub(crate) struct Means {
    disk: Option<(Part, SmallDisk)>,
    flush: Option<(Part, SlowFlush)>,
    clock: Option<(Part, Clock)>,
}

/// Why a scenario cannot be played here.
#[derive(Debug)]
pub(crate) struct Unavailable(pub(crate) String);

impl Means {
    /// Gets what a scenario needs.
    pub(crate) fn of(scenario: &Scenario) -> Result<Self, Unavailable> {
        let mut means = Self::default();
        match scenario.fault {
            Fault::DiskFull(part) => {
                let size = match scenario.shape {
                    Shape::Embedded => EMBEDDED_DISK,
                    Shape::Roles { .. } => POSTGRES_DISK,
                };
                means.disk = Some((part, SmallDisk::mount(size)?));
            }
            Fault::SlowFlush(part, _) => means.flush = Some((part, SlowFlush::build()?)),
            Fault::Clock(part, _) => means.clock = Some((part, Clock::find()?)),
            _ => {}
        }
        Ok(means)
    }

    /// Where a part's data lies, when that is a disk of its own.
    pub(crate) fn disk(&self, part: Part) -> Option<&Path> {
        let (of, disk) = self.disk.as_ref()?;
        (*of == part).then(|| disk.path())
    }

    /// What the environment of a part holds besides its settings.
    pub(crate) fn environment(&self, part: Part) -> Vec<(String, String)> {
        let mut environment = Vec::new();
        if let Some((_, flush)) = self.flush.as_ref().filter(|(of, _)| *of == part) {
            environment.extend(flush.environment());
        }
        if let Some((_, clock)) = self.clock.as_ref().filter(|(of, _)| *of == part) {
            environment.extend(clock.environment());
        }
        environment
    }
}
