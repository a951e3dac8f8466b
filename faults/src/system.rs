//! A running system: its processes, the wires between them, and how a client reaches it.
//!
//! It breaks nothing by itself.

mod embedded;
mod machine;
pub(crate) mod role;
mod supervisor;
mod three_stores;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use accession_testkit::Proxy;
use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

pub(crate) use machine::Machine;
use role::program;

use crate::means::Means;
use crate::play::Program;
use crate::scenario::{Part, Scenario, Shape};

/// First part of every Redis key.
pub(crate) const NAMESPACE: &str = "rig";

/// A running system.
pub(crate) struct System {
    pub(crate) machines: BTreeMap<Part, Arc<dyn Machine>>,
    /// Between the roles and a store.
    pub(crate) wires: BTreeMap<Part, Proxy>,
    /// Settings that every process of ours shares.
    pub(crate) environment: Vec<(String, String)>,
    held: Arc<supervisor::Held>,
    program: PathBuf,
    /// A data directory for commands of the product.
    desk: TempDir,
}

impl System {
    /// Starts what a scenario wants.
    pub(crate) async fn start(
        scenario: &Scenario,
        means: &Means,
        program: &Program,
    ) -> Result<Self> {
        match scenario.shape {
            Shape::Embedded => embedded::start(means, program).await,
            Shape::Roles { .. } => three_stores::start(scenario, means, program).await,
        }
    }

    fn new(program: &Program, environment: Vec<(String, String)>) -> Result<Self> {
        Ok(Self {
            machines: BTreeMap::new(),
            wires: BTreeMap::new(),
            environment,
            held: Arc::default(),
            program: program.path.clone(),
            desk: tempfile::tempdir()?,
        })
    }

    /// A process of the system.
    pub(crate) fn machine(&self, part: Part) -> Result<&dyn Machine> {
        let machine = self.machines.get(&part);
        machine
            .map(AsRef::as_ref)
            .with_context(|| format!("the system has no {part:?}"))
    }

    /// The wire to a store.
    pub(crate) fn wire(&self, part: Part) -> Result<&Proxy> {
        let wire = self.wires.get(&part);
        wire.with_context(|| format!("there is no wire to {part:?}"))
    }

    /// Where commands are sent.
    pub(crate) fn writers(&self) -> Vec<String> {
        self.urls(&[Part::AllInOne, Part::CommandApi, Part::SecondCommandApi])
    }

    /// Where questions are asked.
    pub(crate) fn readers(&self) -> Vec<String> {
        self.urls(&[Part::AllInOne, Part::ReadApi])
    }

    /// Every process of ours.
    pub(crate) fn roles(&self) -> Vec<(Part, String)> {
        let roles = self.machines.iter().filter(|(part, _)| part.is_role());
        roles
            .map(|(part, machine)| (*part, machine.url()))
            .collect()
    }

    fn urls(&self, parts: &[Part]) -> Vec<String> {
        parts
            .iter()
            .filter_map(|part| self.machines.get(part))
            .map(|machine| machine.url())
            .collect()
    }

    /// Runs a command of the product to its end and returns what it printed.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Result<String> {
        // An embedded server's commands work on its own directory.
        let data = match self.machines.get(&Part::AllInOne) {
            Some(server) => server.data(),
            None => self.desk.path().to_owned(),
        };
        let mut command = program(&self.program, &data, &self.environment);
        command.args(arguments);
        let output = tokio::task::spawn_blocking(move || command.output()).await??;
        if !output.status.success() {
            bail!(
                "accession {}: {} {}",
                arguments.join(" "),
                String::from_utf8_lossy(&output.stdout).trim(),
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Makes the key that all writers seal the log with.
    async fn make_checkpoint_key(&self) -> Result<String> {
        let path = self.desk.path().join("checkpoint.key");
        let path = path.display().to_string();
        let arguments = ["log", "key", "--new", &path, "--origin", "rig.example"];
        self.run(&arguments).await?;
        Ok(path)
    }

    /// Copies what every process has said, for whoever looks into a failure.
    pub(crate) fn keep_logs(&self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder)?;
        for (part, machine) in &self.machines {
            let target = folder.join(format!("{part:?}.log").to_lowercase());
            std::fs::copy(machine.log(), &target)
                .with_context(|| format!("cannot write {}", target.display()))?;
        }
        Ok(())
    }
}
