//! Durable appends a second: our repository next to plain `cqrs-es` + `postgres-es` on the same server.
//!
//! "With a load": a command on a fresh stream that is looked up first, as both do for any command. "Creates": the id
//! was drawn just now, so ours has nothing to load; `postgres-es` loads all the same.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use accession_event_log::{
    EventLog, Given, LogStore, PostgresLog, PostgresOptions, Repository, RepositoryOptions,
    SqliteLog, WriterOptions, migrate,
};
use anyhow::Result;
use cqrs_es::CqrsFramework;
use cqrs_es::persist::PersistedEventStore;
use postgres_es::PostgresEventRepository;
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

use crate::Options;
use crate::instance;
use crate::load::{Figure, closed_loop, median_figure, median_ratio};
use crate::results::{Results, Row};
use crate::sample::{Borrow, Loan};

const CALLERS: [usize; 4] = [1, 16, 64, 256];
/// What `postgres-es` gets as a pool: as many connections as callers, up to this.
const PEER_CONNECTIONS: usize = 32;
const PEER_TABLE: &str = "CREATE TABLE IF NOT EXISTS events (aggregate_type text NOT NULL, aggregate_id text NOT NULL, \
    sequence bigint CHECK (sequence >= 0) NOT NULL, event_type text NOT NULL, event_version text NOT NULL, \
    payload json NOT NULL, metadata json NOT NULL, PRIMARY KEY (aggregate_type, aggregate_id, sequence))";

/// How a command reaches the log.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Load,
    Create,
}

pub(crate) async fn measure(options: &Options, results: &mut Results) -> Result<()> {
    let ours = instance::database("bench_ours").await?;
    let peer = instance::database("bench_peer").await?;
    migrate::migrate(&ours).await?;
    let log = EventLog::start(
        Arc::new(PostgresLog::connect(&ours, PostgresOptions::default()).await?)
            as Arc<dyn LogStore>,
        WriterOptions::default(),
    );
    let mut rows = Vec::new();
    for way in [Way::Load, Way::Create] {
        for callers in CALLERS {
            rows.push(compare(options, &log, &peer, way, callers).await?);
        }
    }
    rows.extend(embedded(options).await?);
    let note = "One event of about 300 bytes on a fresh stream; synchronous_commit on. Ours gives a dense total order, \
                claims and idempotency; `postgres-es` gives none of them.";
    results.section("Durable appends, next to postgres-es", &rows, note);
    log.close().await;
    Ok(())
}

async fn compare(
    options: &Options,
    log: &EventLog,
    peer: &str,
    way: Way,
    callers: usize,
) -> Result<Row> {
    let duration = Duration::from_secs(options.seconds);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        ours.push(our_appends(log, way, callers, duration).await?);
        theirs.push(peer_appends(peer, callers, duration).await?);
    }
    let ratio = median_ratio(&ours, &theirs);
    let (name, target) = match (way, callers) {
        (Way::Load, 1) => ("with a load", "≥ 1.2×"),
        (Way::Load, 16) => ("with a load", "≥ 1.4×"),
        (Way::Load, _) => ("with a load", "≥ 2.5×"),
        (Way::Create, 64) => ("creates", "≥ 5×"),
        (Way::Create, _) => ("creates", ""),
    };
    let what = format!("Postgres, {name}, {callers} callers");
    Ok(Row::new(what, median_figure(ours).text())
        .next_to(median_figure(theirs).text(), ratio)
        .target(target))
}

async fn our_appends(
    log: &EventLog,
    way: Way,
    callers: usize,
    duration: Duration,
) -> Result<Figure> {
    let loans = Repository::<Loan>::new(log.clone(), RepositoryOptions::default());
    closed_loop(callers, duration, move || {
        let loans = loans.clone();
        async move {
            let (id, given) = (Uuid::now_v7().to_string(), Given::default());
            match way {
                Way::Load => loans.execute(&id, &given, &Borrow).await?,
                Way::Create => loans.execute_new(&id, &given, &Borrow).await?,
            };
            Ok(())
        }
    })
    .await
}

async fn peer_appends(url: &str, callers: usize, duration: Duration) -> Result<Figure> {
    let connections = u32::try_from(callers.min(PEER_CONNECTIONS)).unwrap_or(1);
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(connections)
        .connect(url)
        .await?;
    sqlx::raw_sql(PEER_TABLE).execute(&pool).await?;
    sqlx::raw_sql("TRUNCATE events").execute(&pool).await?;
    let store =
        PersistedEventStore::<_, Loan>::new_event_store(PostgresEventRepository::new(pool.clone()));
    let framework = Arc::new(CqrsFramework::new(store, Vec::new(), ()));
    let figure = closed_loop(callers, duration, move || {
        let framework = Arc::clone(&framework);
        async move {
            let id = Uuid::now_v7().to_string();
            framework
                .execute_with_metadata(&id, Borrow, HashMap::new())
                .await?;
            Ok(())
        }
    })
    .await?;
    pool.close().await;
    Ok(figure)
}

/// The embedded log has no peer here; its figures stand alone.
async fn embedded(options: &Options) -> Result<Vec<Row>> {
    let folder = instance::scratch("append-sqlite")?;
    let store = Arc::new(SqliteLog::open(folder.join("log.db")).await?) as Arc<dyn LogStore>;
    let log = EventLog::start(store, WriterOptions::default());
    let duration = Duration::from_secs(options.seconds);
    let mut rows = Vec::new();
    for callers in CALLERS {
        let mut figures = Vec::new();
        for _ in 0..options.rounds {
            figures.push(our_appends(&log, Way::Load, callers, duration).await?);
        }
        rows.push(Row::new(
            format!("SQLite, with a load, {callers} callers"),
            median_figure(figures).text(),
        ));
    }
    log.close().await;
    std::fs::remove_dir_all(folder)?;
    Ok(rows)
}
