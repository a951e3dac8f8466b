//! Laws of the repository, over a log that needs no server. Which database keeps the log changes nothing here.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "shared steps of tests fail like tests"
)]

#[path = "support/account.rs"]
mod account;

use std::sync::Arc;

use accession_event_log::{
    EventLog, ExecuteError, Given, LogStore, Repository, RepositoryOptions, Snapshot, SqliteLog,
    WriterOptions,
};
use accession_events::StreamName;
use cqrs_es::Aggregate;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tempfile::TempDir;
use uuid::Uuid;

use crate::account::{Account, AccountCommand};
use accession_event_log::Decider;

async fn log() -> (TempDir, EventLog) {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteLog::open(directory.path().join("log.db"))
        .await
        .unwrap();
    let store: Arc<dyn LogStore> = Arc::new(store);
    (directory, EventLog::start(store, WriterOptions::default()))
}

fn commands() -> impl Strategy<Value = Vec<AccountCommand>> {
    let command = prop_oneof![
        2 => Just(AccountCommand::Open { name: String::new() }),
        5 => (0_i64..9).prop_map(|amount| AccountCommand::Receive { amount }),
        3 => (0_i64..20).prop_map(|amount| AccountCommand::Pay { amount }),
        1 => Just(AccountCommand::Close { name: String::new() }),
    ];
    vec(command, 1..30)
}

/// What plain deciding and applying makes of the commands.
fn by_hand(commands: &[AccountCommand]) -> Account {
    let mut state = Account::default();
    for command in commands {
        for event in state.decide(command).unwrap_or_default() {
            state.apply(event);
        }
    }
    state
}

/// Executes the commands on a new aggregate; refusals are answers, too.
async fn play(accounts: &Repository<Account>, id: &str, commands: &[AccountCommand]) {
    for command in commands {
        match accounts.execute(id, &Given::default(), command).await {
            Ok(_) | Err(ExecuteError::Refused(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

fn holds<S: Strategy, F: Future<Output = Result<(), TestCaseError>>>(
    runtime: &tokio::runtime::Handle,
    strategy: &S,
    law: impl Fn(S::Value) -> F,
) {
    let config = Config {
        cases: 48,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(strategy, |value| runtime.block_on(law(value)))
        .unwrap_or_else(|failure| panic!("{failure}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_at_any_version_with_its_tail_makes_the_state_of_the_full_replay() {
    let (_directory, log) = log().await;
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        holds(
            &runtime,
            &(commands(), any::<prop::sample::Index>()),
            |(commands, at)| {
                let log = log.clone();
                async move {
                    let id = Uuid::now_v7().to_string();
                    play(
                        &Repository::new(log.clone(), RepositoryOptions::default()),
                        &id,
                        &commands,
                    )
                    .await;
                    let unkept = RepositoryOptions {
                        cached_states: 0,
                        snapshot_every: u64::MAX,
                    };
                    let full = Repository::<Account>::new(log.clone(), unkept)
                        .load(&id)
                        .await?;
                    prop_assert_eq!(&*full.state, &by_hand(&commands));

                    let stream = StreamName::new("test.account", &id);
                    let until = commands.len() - at.index(commands.len());
                    let early = by_hand(&commands[..until]);
                    if early.movements > 0 {
                        let state = serde_json::to_string(&early).unwrap();
                        let version = early.movements;
                        let snapshot = Snapshot {
                            stream,
                            version,
                            schema: Account::SCHEMA.to_owned(),
                            state,
                        };
                        log.store().save_snapshot(&snapshot).await?;
                    }
                    let from_snapshot = Repository::<Account>::new(log, unkept).load(&id).await?;
                    prop_assert_eq!(from_snapshot.state, full.state);
                    prop_assert_eq!(from_snapshot.version, full.version);
                    Ok(())
                }
            },
        );
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kept_states_and_snapshots_written_behind_change_no_outcome() {
    let (_directory, log) = log().await;
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        holds(
            &runtime,
            &(commands(), 0_u64..3, 1_u64..4),
            |(commands, cached_states, snapshot_every)| {
                let options = RepositoryOptions {
                    cached_states,
                    snapshot_every,
                };
                let accounts = Repository::<Account>::new(log.clone(), options);
                async move {
                    let id = Uuid::now_v7().to_string();
                    play(&accounts, &id, &commands).await;
                    let expected = by_hand(&commands);
                    let executed = accounts
                        .execute(
                            &id,
                            &Given::default(),
                            &AccountCommand::Receive { amount: 0 },
                        )
                        .await;
                    if expected.open {
                        prop_assert_eq!(&*executed.unwrap().state, &expected);
                    } else {
                        prop_assert!(matches!(executed, Err(ExecuteError::Refused(_))));
                    }
                    Ok(())
                }
            },
        );
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_command_follows_a_kept_state_of_ten_thousand_events() {
    let (_directory, log) = log().await;
    let accounts = Repository::<Account>::new(log.clone(), RepositoryOptions::default());
    let id = Uuid::now_v7().to_string();
    accounts
        .execute_new(
            &id,
            &Given::default(),
            &AccountCommand::Open {
                name: String::new(),
            },
        )
        .await
        .unwrap();
    let mut loaded = accounts.load(&id).await.unwrap();
    let ids = Given::default().event_ids;
    for _ in 0..10 {
        let thousand = vec![account::AccountEvent::Received { amount: 1 }; 1000];
        let write = accounts.prepare(&id, &loaded, &thousand, || ids()).unwrap();
        let append = accession_event_log::Append {
            writes: vec![write],
            ..accession_event_log::Append::default()
        };
        log.append(append).await.unwrap();
        loaded = accounts.after(&loaded, &thousand);
    }
    accounts.remember(&id, loaded.version, Arc::clone(&loaded.state));
    let executed = accounts
        .execute(
            &id,
            &Given::default(),
            &AccountCommand::Receive { amount: 1 },
        )
        .await
        .unwrap();
    assert_eq!((executed.version, executed.state.balance), (10_002, 10_001));
}
