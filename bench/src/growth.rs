//! Cost as the log grows: appends, feed pages and stream loads at 10 thousand, 1 million and 5 million events; and a
//! command on a stream of ten thousand events.

use std::sync::Arc;
use std::time::{Duration, Instant};

use accession_event_log::{
    Append, EventLog, Given, LogStore, NewEvent, PostgresLog, PostgresOptions, Repository,
    RepositoryOptions, SqliteLog, StreamWrite, WriterOptions, migrate,
};
use accession_events::ids::EventId;
use accession_events::{LoggedEvent, Position, StreamName};
use anyhow::Result;
use uuid::Uuid;

use crate::Options;
use crate::instance;
use crate::load::{Figure, closed_loop, milliseconds, percentile};
use crate::results::{Results, Row, say};
use crate::sample::{Borrow, Loan, LoanEvent};

const SIZES: [u64; 3] = [10_000, 1_000_000, 5_000_000];
const FILL: u64 = 2000;
const PAGE: usize = 500;
const LONG_STREAM: u64 = 10_000;

pub(crate) async fn measure(options: &Options, results: &mut Results) -> Result<()> {
    let url = instance::database("bench_growth").await?;
    migrate::migrate(&url).await?;
    let postgres = Arc::new(PostgresLog::connect(&url, PostgresOptions::default()).await?)
        as Arc<dyn LogStore>;
    let folder = instance::scratch("growth-sqlite")?;
    let sqlite = Arc::new(SqliteLog::open(folder.join("log.db")).await?) as Arc<dyn LogStore>;
    let mut rows = Vec::new();
    for (name, store) in [("Postgres", postgres), ("SQLite", sqlite)] {
        for size in SIZES.into_iter().filter(|size| *size <= options.largest) {
            fill(&store, size).await?;
            rows.extend(at_size(options, name, &store, size).await?);
        }
        rows.extend(long_stream(name, &store).await?);
    }
    std::fs::remove_dir_all(folder)?;
    results.section(
        "Cost as the log grows",
        &rows,
        "One event a stream, about 300 bytes; 16 callers append with a load.",
    );
    Ok(())
}

async fn fill(store: &Arc<dyn LogStore>, size: u64) -> Result<()> {
    let mut head = store.head().await?.get();
    let began = (Instant::now(), head);
    while head < size {
        let batch: Vec<Append> = (0..FILL.min(size - head)).map(|_| fresh_append()).collect();
        store.append(&batch).await?;
        head += FILL.min(size - head);
    }
    let seconds = began.0.elapsed().as_secs_f64().max(0.001);
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52 events")]
    let rate = (head - began.1) as f64 / seconds;
    say(&format!("filled to {head} events at {rate:.0}/s"));
    Ok(())
}

fn fresh_append() -> Append {
    append_to(StreamName::new(LoanEvent::AGGREGATE, Uuid::now_v7()), 0, 1)
}

fn append_to(stream: StreamName, expected_version: u64, count: u64) -> Append {
    let payload = serde_json::to_string(&LoanEvent::borrowed()).unwrap_or_default();
    let event = |_| NewEvent {
        id: EventId::new(Uuid::now_v7()),
        event_type: "Borrowed".into(),
        event_version: 1,
        payload: payload.clone(),
    };
    let write = StreamWrite {
        stream,
        expected_version,
        events: (0..count).map(event).collect(),
        claims: Vec::new(),
    };
    Append {
        writes: vec![write],
        metadata: "{}".into(),
        idempotency: None,
    }
}

async fn at_size(
    options: &Options,
    name: &str,
    store: &Arc<dyn LogStore>,
    size: u64,
) -> Result<Vec<Row>> {
    let log = EventLog::start(Arc::clone(store), WriterOptions::default());
    let loans = Repository::<Loan>::new(log.clone(), RepositoryOptions::default());
    let appends = closed_loop(16, Duration::from_secs(options.seconds), move || {
        let loans = loans.clone();
        async move {
            loans
                .execute(&Uuid::now_v7().to_string(), &Given::default(), &Borrow)
                .await?;
            Ok(())
        }
    })
    .await?;
    let head = store.head().await?.get();
    let pages = spread(200, head, async |position| {
        store.read_feed(Position::new(position), PAGE).await?;
        Ok(())
    })
    .await?;
    let label = format!("{name}, {size} events");
    log.close().await;
    Ok(vec![
        Row::new(format!("{label}: append, 16 callers"), appends.text()),
        Row::new(format!("{label}: a feed page of {PAGE}"), latencies(&pages)),
    ])
}

/// Does something at positions spread over the whole log and tells how long each took.
async fn spread(count: u64, head: u64, work: impl AsyncFn(u64) -> Result<()>) -> Result<Figure> {
    let (began, mut latencies) = (Instant::now(), Vec::new());
    for step in 0..count {
        // A stride that is prime to the count visits the log in no order a cache could guess.
        let position = head / count * ((step * 83) % count);
        let one = Instant::now();
        work(position).await?;
        latencies.push(one.elapsed());
    }
    Ok(Figure::of(latencies, began.elapsed()))
}

fn latencies(figure: &Figure) -> String {
    format!("p50 {:.2}, p99 {:.2} ms", figure.p50, figure.p99)
}

async fn long_stream(name: &str, store: &Arc<dyn LogStore>) -> Result<Vec<Row>> {
    let id = Uuid::now_v7().to_string();
    let stream = StreamName::new(LoanEvent::AGGREGATE, &id);
    for version in (0..LONG_STREAM).step_by(1000) {
        store
            .append(&[append_to(stream.clone(), version, 1000)])
            .await?;
    }
    let log = EventLog::start(Arc::clone(store), WriterOptions::default());
    let loans = Repository::<Loan>::new(log.clone(), RepositoryOptions::default());
    let began = Instant::now();
    loans.execute(&id, &Given::default(), &Borrow).await?;
    let cold = began.elapsed();
    let mut warm = Vec::new();
    for _ in 0..200 {
        let one = Instant::now();
        loans.execute(&id, &Given::default(), &Borrow).await?;
        warm.push(one.elapsed());
    }
    warm.sort_unstable();
    log.close().await;
    let label = format!("{name}: a command on a stream of {LONG_STREAM} events");
    Ok(vec![
        Row::new(
            format!("{label}, never seen before"),
            format!("{:.2} ms", milliseconds(cold)),
        ),
        Row::new(
            format!("{label}, warm"),
            format!(
                "p50 {:.2}, p99 {:.2} ms",
                milliseconds(percentile(&warm, 50)),
                milliseconds(percentile(&warm, 99))
            ),
        ),
    ])
}
