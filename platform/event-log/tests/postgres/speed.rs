//! Commands a second, side by side with plain `postgres-es` on the same private server with its stock settings. Run by
//! hand in a release build; nothing here asserts a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use accession_event_log::{
    EventLog, Given, LogStore, PostgresLog, PostgresOptions, Repository, RepositoryOptions,
    StreamAfter, StreamToRestore, WriterOptions, migrate,
};
use accession_events::StreamName;
use accession_testkit::{FreshDatabase, PrivatePostgres, fresh_database};
use postgres_es::PostgresCqrs;
use sqlx::postgres::PgPoolOptions;

use crate::account::{Account, AccountCommand};
use crate::write::{claiming, id, notes, of};

/// As in `postgres-es`'s own example.
const PLAIN_TABLE: &str = "CREATE TABLE events (aggregate_type text NOT NULL, aggregate_id text NOT NULL,
    sequence bigint CHECK (sequence >= 0) NOT NULL, event_type text NOT NULL, event_version text NOT NULL,
    payload json NOT NULL, metadata json NOT NULL, PRIMARY KEY (aggregate_type, aggregate_id, sequence))";

fn open() -> AccountCommand {
    AccountCommand::Open {
        name: String::new(),
    }
}

/// Runs `callers` tasks for a while; commands a second, and the 50th and 99th percentile in milliseconds.
async fn measure<F, C>(callers: usize, patience: Duration, command: C) -> (f64, f64, f64)
where
    C: Fn() -> F + Clone + Send + 'static,
    F: Future<Output = ()> + Send,
{
    let started = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let command = command.clone();
            tokio::spawn(async move {
                let mut times = Vec::new();
                while started.elapsed() < patience {
                    let begun = Instant::now();
                    command().await;
                    times.push(begun.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    let rate = f64::from(u32::try_from(times.len()).unwrap()) / started.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    (rate, at(50), at(99))
}

struct Field {
    server: PrivatePostgres,
    _plain: FreshDatabase,
    plain_url: String,
    _ours: FreshDatabase,
    ours_url: String,
}

async fn field() -> Field {
    let server = PrivatePostgres::start().await;
    let plain = fresh_database(&server.url()).await;
    let pool = sqlx::PgPool::connect(plain.url()).await.unwrap();
    sqlx::query(PLAIN_TABLE).execute(&pool).await.unwrap();
    let ours = fresh_database(&server.url()).await;
    migrate::migrate(ours.url()).await.unwrap();
    let (plain_url, ours_url) = (plain.url().to_owned(), ours.url().to_owned());
    Field {
        server,
        _plain: plain,
        plain_url,
        _ours: ours,
        ours_url,
    }
}

async fn repository(url: &str) -> Repository<Account> {
    let store: Arc<dyn LogStore> = Arc::new(
        PostgresLog::connect(url, PostgresOptions::default())
            .await
            .unwrap(),
    );
    Repository::new(
        EventLog::start(store, WriterOptions::default()),
        RepositoryOptions::default(),
    )
}

async fn plain(url: &str, callers: usize) -> Arc<PostgresCqrs<Account>> {
    let connections = u32::try_from(callers.min(32)).unwrap();
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .connect(url)
        .await
        .unwrap();
    Arc::new(postgres_es::postgres_cqrs(pool, Vec::new(), ()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo test --release -p accession-event-log --test postgres speed -- --ignored --nocapture"]
async fn commands_a_second_beside_postgres_es() {
    let field = field().await;
    let rounds = std::env::var("ROUNDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(3);
    let patience = Duration::from_secs(2);
    let only: Option<usize> = std::env::var("CALLERS")
        .ok()
        .and_then(|text| text.parse().ok());
    for callers in [1, 16, 64, 256]
        .into_iter()
        .filter(|callers| only.is_none_or(|only| only == *callers))
    {
        let mut ratios = [Vec::new(), Vec::new()];
        for _ in 0..rounds {
            let framework = plain(&field.plain_url, callers).await;
            let theirs = measure(callers, patience, move || {
                let framework = Arc::clone(&framework);
                async move { framework.execute(&id(), open()).await.unwrap() }
            })
            .await;
            let loading = repository(&field.ours_url).await;
            let with_load = measure(callers, patience, move || {
                let loading = loading.clone();
                async move {
                    loading
                        .execute(&id(), &Given::default(), &open())
                        .await
                        .unwrap();
                }
            })
            .await;
            let creating = repository(&field.ours_url).await;
            let creates = measure(callers, patience, move || {
                let creating = creating.clone();
                async move {
                    creating
                        .execute_new(&id(), &Given::default(), &open())
                        .await
                        .unwrap();
                }
            })
            .await;
            ratios[0].push(with_load.0 / theirs.0);
            ratios[1].push(creates.0 / theirs.0);
            println!(
                "{callers:>4}  postgres-es {theirs:8.2?}  with load {with_load:8.2?}  creates {creates:8.2?}"
            );
        }
        for series in &mut ratios {
            series.sort_by(f64::total_cmp);
        }
        let middle = rounds / 2;
        println!(
            "{callers:>4}  median ratios: with load {:.2}, creates {:.2}",
            ratios[0][middle], ratios[1][middle]
        );
    }
    drop(field.server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo test --release -p accession-event-log --test postgres speed -- --ignored --nocapture"]
async fn milliseconds_a_batch() {
    let field = field().await;
    let store = PostgresLog::connect(&field.ours_url, PostgresOptions::default())
        .await
        .unwrap();
    for (appends, claims) in [
        (1, 0),
        (10, 0),
        (100, 0),
        (500, 0),
        (1000, 0),
        (1, 3),
        (100, 3),
        (500, 3),
        (1000, 3),
    ] {
        let mut times = Vec::new();
        for _ in 0..21 {
            let batch: Vec<_> = (0..appends)
                .map(
                    |_| of((0..claims).fold(notes(&id(), 0, 1), |write, _| claiming(write, &id()))),
                )
                .collect();
            let begun = Instant::now();
            store.append(&batch).await.unwrap();
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        println!(
            "{appends:>5} appends, {claims} claims each: median {:?}, fastest {:?}",
            times[10], times[0]
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo test --release -p accession-event-log --test postgres speed -- --ignored --nocapture"]
async fn microseconds_a_load() {
    let field = field().await;
    let store = PostgresLog::connect(&field.ours_url, PostgresOptions::default())
        .await
        .unwrap();
    for events in [1, 10, 100] {
        let ids: Vec<String> = (0..200).map(|_| id()).collect();
        for id in &ids {
            store.append(&[of(notes(id, 0, events))]).await.unwrap();
        }
        let stream = |n: usize| StreamName::new("test.note", &ids[n % ids.len()]);
        for streams in [1_usize, 2, 8, 64] {
            let (mut alone, mut together) = (Vec::new(), Vec::new());
            for round in 0..200 {
                let begun = Instant::now();
                let each = (0..streams).map(|n| {
                    let wanted = [StreamAfter {
                        stream: stream(round + n),
                        after: 0,
                    }];
                    let store = &store;
                    async move { store.load_streams(&wanted).await.unwrap() }
                });
                futures_util::future::join_all(each).await;
                alone.push(begun.elapsed());
                let wanted: Vec<_> = (0..streams.max(2))
                    .map(|n| StreamToRestore {
                        stream: stream(round + n),
                        schema: "s",
                    })
                    .collect();
                let begun = Instant::now();
                store.restore_streams(&wanted).await.unwrap();
                together.push(begun.elapsed());
            }
            alone.sort_unstable();
            together.sort_unstable();
            println!(
                "{streams:>3} streams of {events} events: each by postgres-es {:?}, in one round trip {:?}",
                alone[100], together[100]
            );
        }
    }
}
