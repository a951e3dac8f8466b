//! The embedded server: one process and its directory.

use std::sync::Arc;

use accession_testkit::Private;
use anyhow::Result;

use super::System;
use super::role::Role;
use crate::means::Means;
use crate::play::Program;
use crate::scenario::Part;

pub(super) async fn start(means: &Means, program: &Program) -> Result<System> {
    let mut system = System::new(program, program.environment.clone())?;
    let mut environment = system.environment.clone();
    environment.extend(means.environment(Part::AllInOne));
    let role = Role {
        program: program.path.clone(),
        name: "all",
        environment,
    };
    let server = match means.disk(Part::AllInOne) {
        Some(disk) => Private::start_server_in(disk, role).await,
        None => Private::start_server(role).await,
    };
    system.machines.insert(Part::AllInOne, Arc::new(server));
    Ok(system)
}
