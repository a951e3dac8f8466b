//! The lease over Postgres: one holder at a time, noticed when lost, free as soon as its holder is gone.
//! It is tried against a real server only: a double would prove nothing.

use accession_feed::RelayState;
use accession_feed::relay::lease::{Lease, PostgresLease};
use accession_testkit::{FreshDatabase, PrivatePostgres, Stores, fresh_database, unique_name};
use sqlx::{Connection, PgConnection};

use crate::rig::Running;
use crate::stage::{Reader, SOON, Stage, all};

async fn database() -> FreshDatabase {
    fresh_database(&Stores::shared().postgres_url).await
}

fn lease(url: &str, name: &str) -> PostgresLease {
    PostgresLease::new(url, name).expect("the URL is sound")
}

#[tokio::test]
async fn one_holds_it_until_it_gives_it_back() {
    let database = database().await;
    let (mut first, mut second) = (lease(database.url(), "s"), lease(database.url(), "s"));
    assert!(!first.is_held().await.expect("nothing was asked for yet"));
    assert!(first.try_acquire().await.expect("Postgres answers"));
    assert!(first.is_held().await.expect("Postgres answers"));
    assert!(!second.try_acquire().await.expect("Postgres answers"));
    assert!(!second.is_held().await.expect("Postgres answers"));
    first.release().await;
    assert!(!first.is_held().await.expect("it knows"));
    assert!(second.try_acquire().await.expect("Postgres answers"));
}

#[tokio::test]
async fn streams_of_different_names_have_leases_of_their_own() {
    let database = database().await;
    let (mut first, mut second) = (lease(database.url(), "s"), lease(database.url(), "t"));
    assert!(first.try_acquire().await.expect("Postgres answers"));
    assert!(second.try_acquire().await.expect("Postgres answers"));
    assert!(first.is_held().await.expect("Postgres answers"));
}

#[tokio::test]
async fn a_holder_whose_session_was_ended_notices() {
    let database = database().await;
    let mut held = lease(database.url(), "s");
    assert!(held.try_acquire().await.expect("Postgres answers"));
    end_relay_sessions(&database).await;
    assert!(!matches!(held.is_held().await, Ok(true)));
    assert!(held.try_acquire().await.expect("it connects again"));
}

#[tokio::test]
async fn a_server_that_hangs_is_not_waited_for() {
    let postgres = PrivatePostgres::start().await;
    let mut held = lease(&postgres.url(), "s");
    assert!(held.try_acquire().await.expect("Postgres answers"));
    postgres.pause();
    let error = held
        .is_held()
        .await
        .expect_err("nobody answers")
        .to_string();
    assert!(error.contains("did not answer"), "{error}");
    postgres.resume();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_takes_over_when_the_holder_is_cut_off_from_postgres() {
    let database = database().await;
    let stage = Stage::set().await;
    let name = unique_name("lease");
    let first = Running::relay(
        &stage.log,
        &stage.bus,
        Box::new(lease(database.url(), &name)),
    );
    first.publishing().await;
    let mut reader = Reader::start(&stage, SOON);
    let second = Running::relay(
        &stage.log,
        &stage.bus,
        Box::new(lease(database.url(), &name)),
    );
    stage.log.append(100);
    first.published(100).await;
    second
        .until(|status| status.state == RelayState::Standby)
        .await;
    // Whichever of the two gets it next goes on where the stream ends.
    end_relay_sessions(&database).await;
    stage.log.append(100);
    reader.reached(200).await;
    first.kill().await;
    second.publishing().await;
    stage.log.append(100);
    second.published(300).await;
    reader.reached(300).await;
    assert_eq!(stage.on_the_bus().await, all(1, 300));
}

async fn end_relay_sessions(database: &FreshDatabase) {
    let mut connection = PgConnection::connect(database.url())
        .await
        .expect("Postgres answers");
    sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'accession-relay'",
    )
    .execute(&mut connection)
    .await
    .expect("a superuser may");
}
