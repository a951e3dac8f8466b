//! A role a process, on three real stores, with a wire to each.

use std::path::Path;
use std::sync::Arc;

use accession_testkit::{
    Nats, NatsCluster, Postgres, Private, PrivateNats, PrivatePostgres, PrivateRedis, Proxy, Redis,
    free_port,
};
use anyhow::Result;

use super::role::Role;
use super::{Machine, NAMESPACE, System};
use crate::means::Means;
use crate::play::Program;
use crate::scenario::{Fault, Part, Scenario, Shape};

/// Small files, so that a small disk holds the server and is soon full.
const SMALL_DISK: [&str; 3] = [
    "min_wal_size=32MB",
    "max_wal_size=64MB",
    "shared_buffers=16MB",
];

pub(super) async fn start(scenario: &Scenario, means: &Means, program: &Program) -> Result<System> {
    let Shape::Roles {
        durable_redis,
        replica,
        cluster,
        second_writer,
    } = scenario.shape
    else {
        anyhow::bail!("{} wants the embedded server", scenario.name);
    };
    let mut system = System::new(program, Vec::new())?;
    let (database, buses, redis) = tokio::join!(
        postgres(means),
        buses(cluster),
        PrivateRedis::start_server(Redis {
            durable: durable_redis,
            replica_of: None,
        })
    );
    system.add(Part::Postgres, database);
    for (part, bus) in [Part::Bus, Part::SecondBus, Part::ThirdBus]
        .into_iter()
        .zip(buses)
    {
        system.add(part, bus);
    }
    if replica {
        let settings = Redis {
            durable: false,
            replica_of: Some(redis.port()),
        };
        system.add(Part::Replica, PrivateRedis::start_server(settings).await);
    }
    system.add(Part::Redis, redis);
    for part in [Part::Postgres, Part::Bus, Part::Redis] {
        let port = system.machine(part)?.port();
        system.wires.insert(part, Proxy::to(port).await);
    }
    system.environment = settings(&system, cluster)?;
    system.environment.extend(program.environment.clone());
    let key = system.make_checkpoint_key().await?;
    let setting = ("ACCESSION_CHECKPOINT_KEY".to_owned(), key);
    system.environment.push(setting);
    start_roles(&mut system, scenario, means, program, second_writer).await?;
    Ok(system)
}

async fn start_roles(
    system: &mut System,
    scenario: &Scenario,
    means: &Means,
    program: &Program,
    second_writer: bool,
) -> Result<()> {
    let start = |part, name| {
        let mut environment = system.environment.clone();
        environment.extend(means.environment(part));
        Private::start_server(Role {
            program: program.path.clone(),
            name,
            environment,
        })
    };
    // The writer migrates; the others would wait for it.
    let writer = start(Part::CommandApi, "command-api").await;
    let (projector, reader) = tokio::join!(
        start(Part::Projector, "projector"),
        start(Part::ReadApi, "read-api")
    );
    let second = if second_writer {
        Some(start(Part::SecondCommandApi, "command-api").await)
    } else {
        None
    };
    let rival = if scenario.fault == Fault::ProjectorsFight {
        let rival = start(Part::SecondProjector, "projector").await;
        rival.stop().await;
        Some(rival)
    } else {
        None
    };
    system.add(Part::CommandApi, writer);
    system.add(Part::Projector, projector);
    system.add(Part::ReadApi, reader);
    if let Some(second) = second {
        system.add(Part::SecondCommandApi, second);
    }
    if let Some(rival) = rival {
        system.add(Part::SecondProjector, rival);
    }
    Ok(())
}

impl System {
    fn add(&mut self, part: Part, machine: impl Machine + 'static) {
        self.machines.insert(part, Arc::new(machine));
    }
}

async fn postgres(means: &Means) -> PrivatePostgres {
    let disk: Option<&Path> = means.disk(Part::Postgres);
    let settings = match disk {
        Some(_) => SMALL_DISK.map(str::to_owned).to_vec(),
        None => Vec::new(),
    };
    let server = Postgres {
        settings,
        environment: means.environment(Part::Postgres),
    };
    match disk {
        Some(disk) => Private::start_server_in(disk, server).await,
        None => Private::start_server(server).await,
    }
}

async fn buses(cluster: bool) -> Vec<PrivateNats> {
    if !cluster {
        return vec![PrivateNats::start().await];
    }
    let peers: Vec<u16> = (0..3).map(|_| free_port()).collect();
    let nodes = peers.iter().map(|port| {
        Private::start_server(Nats::node(NatsCluster {
            name: "rig".into(),
            port: *port,
            peers: peers.clone(),
        }))
    });
    futures_util::future::join_all(nodes).await
}

/// What every role is told. Secrets are shared, so that any of them takes the same token.
fn settings(system: &System, cluster: bool) -> Result<Vec<(String, String)>> {
    let port = |part| anyhow::Ok(system.wire(part)?.port());
    // A client of a cluster learns the addresses of all nodes, so a wire to one of them would show nothing.
    let bus = if cluster {
        system.machine(Part::Bus)?.url()
    } else {
        format!("nats://127.0.0.1:{}", port(Part::Bus)?)
    };
    let secret = format!("{0}{0}", uuid::Uuid::new_v4().simple());
    let mut settings = vec![
        (
            "ACCESSION_LOG_URL".into(),
            format!(
                "postgres://postgres@127.0.0.1:{}/postgres",
                port(Part::Postgres)?
            ),
        ),
        ("ACCESSION_BUS_URL".into(), bus),
        (
            "ACCESSION_READ_STORE_URL".into(),
            format!("redis://127.0.0.1:{}", port(Part::Redis)?),
        ),
        ("ACCESSION_READ_STORE_NAMESPACE".into(), NAMESPACE.into()),
        ("ACCESSION_TOKEN_SECRET".into(), secret),
    ];
    if cluster {
        settings.push(("ACCESSION_BUS_REPLICAS".into(), "3".into()));
    }
    Ok(settings)
}
