//! Plays one scenario: start, load, fault, healing, judgement.
//!
//! A panic of the rig or of what it stands on is a failure of the scenario, never of the whole run.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use futures_util::FutureExt;

use crate::judge::{self, Looked};
use crate::load::{Api, Load};
use crate::means::{self, Means};
use crate::scenario::Scenario;
use crate::system::System;
use accession_testkit::Dice;

/// Commands before the fault, so that there is something to lose.
const BEFORE: usize = 60;
/// Commands after it, so that the system shows that it goes on.
const AFTER: usize = 30;
/// A debug build on a busy machine.
const WARM_UP: Duration = Duration::from_mins(2);

/// The binary under test.
#[derive(Debug, Clone)]
pub struct Program {
    /// Where it is.
    pub path: PathBuf,
    /// Settings besides those that a scenario makes.
    pub environment: Vec<(String, String)>,
    /// Where the logs of a failed scenario are kept.
    pub evidence: PathBuf,
}

/// What came of a scenario.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Its name.
    pub scenario: &'static str,
    /// What happened.
    pub about: &'static str,
    /// The seed that gives the same choices again.
    pub seed: u64,
    /// How it ended.
    pub end: End,
    /// How long all of it took.
    pub took: Duration,
}

/// How a scenario ended.
#[derive(Debug, Clone)]
pub enum End {
    /// Nothing is wrong.
    Green {
        /// From the end of the fault until all was well.
        recovered: Duration,
        /// What was looked at.
        looked: Looked,
    },
    /// Something is wrong.
    Red {
        /// What.
        findings: Vec<String>,
    },
    /// This machine does not permit it.
    Skipped {
        /// Why.
        reason: String,
    },
}

impl Verdict {
    /// Whether it failed.
    #[must_use]
    pub fn is_red(&self) -> bool {
        matches!(self.end, End::Red { .. })
    }
}

/// Plays a scenario.
pub async fn play(scenario: Scenario, seed: u64, program: &Program) -> Verdict {
    let began = Instant::now();
    let playing = AssertUnwindSafe(play_out(&scenario, seed, program));
    let end = match playing.catch_unwind().await {
        Ok(Ok(end)) => end,
        Ok(Err(error)) => End::Red {
            findings: vec![format!("the scenario could not be played: {error:#}")],
        },
        Err(panic) => End::Red {
            findings: vec![format!("the rig broke down: {}", said(&*panic))],
        },
    };
    Verdict {
        scenario: scenario.name,
        about: scenario.about,
        seed,
        end,
        took: began.elapsed(),
    }
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words")
}

async fn play_out(scenario: &Scenario, seed: u64, program: &Program) -> Result<End> {
    let means = match Means::of(scenario) {
        Ok(means) => means,
        Err(unavailable) => {
            return Ok(End::Skipped {
                reason: unavailable.0,
            });
        }
    };
    let system = System::start(scenario, &means, program).await?;
    let supervisor = system.supervise();
    let ended = under_load(scenario, seed, &system, &means).await;
    supervisor.abort();
    if !matches!(ended, Ok(End::Green { .. })) {
        let folder = program.evidence.join(format!("{}-{seed}", scenario.name));
        system.keep_logs(&folder)?;
    }
    ended
}

async fn under_load(scenario: &Scenario, seed: u64, system: &System, means: &Means) -> Result<End> {
    let mut dice = Dice::new(seed);
    let api = Arc::new(enter(system).await?);
    let mut load = Load::start(&api, scenario.readers, &dice.fork(1));
    load.acknowledged(BEFORE, WARM_UP)
        .await
        .context("before the fault")?;
    means::strike(scenario, system, means, &mut dice).await?;
    means::heal(scenario, system, means).await?;
    let recovered = judge::recover(system, &api, &load).await;
    let mut findings = Vec::new();
    if recovered.is_ok()
        && let Err(error) = load.acknowledged(AFTER, judge::PATIENCE).await
    {
        findings.push(format!("STUCK after the fault: {error:#}"));
    }
    load.finish(judge::PATIENCE).await;
    let recovered = match recovered {
        Ok(recovered) => recovered,
        Err(stuck) => {
            findings.push(stuck);
            judge::PATIENCE
        }
    };
    let (found, looked) = judge::judge(system, &load).await?;
    findings.extend(found);
    Ok(if findings.is_empty() {
        End::Green { recovered, looked }
    } else {
        End::Red { findings }
    })
}

/// Gets the right to write and to import.
async fn enter(system: &System) -> Result<Api> {
    let token = ["token", "mint", "--role", "curator", "--minutes", "1440"];
    let token = system.run(&token).await?;
    let credential = ["credential", "issue", "--scope", "import", "--quiet"];
    let credential = system.run(&credential).await?;
    Api::new(system.writers(), system.readers(), token, credential)
}
