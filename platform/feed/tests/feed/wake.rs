//! Wake-ups between processes that share a Postgres log, against a real server.
//! That a missed one does no harm is shown where polling is.

use std::str::FromStr;

use accession_events::Position;
use accession_feed::PostgresWake;
use accession_testkit::{FreshDatabase, Stores, eventually, fresh_database};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::rig::PATIENCE;

fn start(database: &FreshDatabase) -> (watch::Sender<Position>, PostgresWake) {
    let (commits, own) = watch::channel(Position::START);
    let options = PgConnectOptions::from_str(database.url()).expect("the URL is sound");
    (commits, PostgresWake::start(&options, own))
}

async fn sees(wake: &PostgresWake, position: u64) {
    let mut newest = wake.wake();
    let reaching = newest.wait_for(|newest| newest.get() >= position);
    timeout(PATIENCE, reaching)
        .await
        .expect("it is woken in time")
        .expect("it lives");
}

/// Until somebody listens in this database: what is announced before is not heard, and need not be.
async fn somebody_listens(database: &FreshDatabase, how_many: i64) {
    let mut connection = PgConnection::connect(database.url())
        .await
        .expect("Postgres answers");
    loop {
        let listening: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
             AND application_name = 'accession-wake' AND query ILIKE 'LISTEN%'",
        )
        .fetch_one(&mut connection)
        .await
        .expect("a superuser may");
        if listening == how_many {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_commit_wakes_its_own_process_and_the_others() {
    let database = fresh_database(&Stores::shared().postgres_url).await;
    let (commits, writer) = start(&database);
    let (_, reader) = start(&database);
    timeout(PATIENCE, somebody_listens(&database, 2))
        .await
        .expect("they listen in time");
    for position in [1, 2, 700] {
        commits.send_replace(Position::new(position));
        sees(&writer, position).await;
        sees(&reader, position).await;
    }
}

#[tokio::test]
async fn listening_goes_on_after_the_server_ended_the_session() {
    let database = fresh_database(&Stores::shared().postgres_url).await;
    let (commits, _writer) = start(&database);
    let (_, reader) = start(&database);
    timeout(PATIENCE, somebody_listens(&database, 2))
        .await
        .expect("they listen in time");
    let mut connection = PgConnection::connect(database.url())
        .await
        .expect("Postgres answers");
    sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'accession-wake'",
    )
    .execute(&mut connection)
    .await
    .expect("a superuser may");
    let mut position = 0;
    eventually(PATIENCE, || {
        position += 1;
        commits.send_replace(Position::new(position));
        let heard = *reader.wake().borrow();
        async move { heard > Position::START }
    })
    .await;
}
