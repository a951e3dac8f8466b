//! Aggregates over the log: commands, conflicts, kept states, snapshots, `cqrs-es` and plain `postgres-es` beside it.

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::{
    EventLog, ExecuteError, Given, Keyed, LogStore, Outcome, Repository, RepositoryOptions,
    WriterOptions,
};
use accession_events::{Metadata, Position, StreamName};
use accession_testkit::eventually;

use crate::account::{Account, AccountCommand, AccountEvent, Refusal};
use crate::support::{Ground, ground};
use crate::write::{id, slug};

fn open(name: &str) -> AccountCommand {
    AccountCommand::Open {
        name: name.to_owned(),
    }
}

fn receive(amount: i64) -> AccountCommand {
    AccountCommand::Receive { amount }
}

fn keyed(key: &str, fingerprint: &str) -> Given {
    Given {
        idempotency: Some(Keyed {
            scope: "caller".to_owned(),
            key: key.to_owned(),
            fingerprint: fingerprint.to_owned(),
            answer: Arc::new(|version| format!("version {version}")),
        }),
        ..Given::default()
    }
}

fn accounts(ground: &Ground) -> Repository<Account> {
    Repository::new(
        ground.log.clone(),
        RepositoryOptions {
            snapshot_every: 5,
            ..RepositoryOptions::default()
        },
    )
}

/// Another process: the same database, its own writer and its own kept states.
fn elsewhere(ground: &Ground) -> Repository<Account> {
    let log = EventLog::start(
        Arc::clone(&ground.store) as Arc<dyn LogStore>,
        WriterOptions::default(),
    );
    Repository::new(log, RepositoryOptions::default())
}

#[tokio::test]
async fn a_command_is_decided_on_the_loaded_state_and_its_events_are_durable() {
    let ground = ground().await;
    let accounts = accounts(&ground);
    let account = id();
    let opened = accounts
        .execute_new(&account, &Given::default(), &open("mine"))
        .await
        .unwrap();
    assert_eq!((opened.version, opened.position), (1, Position::new(1)));
    let given = Given {
        metadata: Metadata {
            actor: Some("curator:1".to_owned()),
            ..Metadata::default()
        },
        ..Given::default()
    };
    let received = accounts
        .execute(&account, &given, &receive(5))
        .await
        .unwrap();
    assert_eq!((received.version, received.state.balance), (2, 5));
    assert_eq!(received.events, [AccountEvent::Received { amount: 5 }]);

    let event = ground
        .store
        .read_feed(Position::new(1), 9)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(event.parsed_metadata().actor.as_deref(), Some("curator:1"));
    assert_eq!(&*event.payload, r#"{"type":"received","amount":5}"#);
    assert_eq!(event.event_id.as_uuid().get_version_num(), 7);
    assert_eq!(
        ground.store.claim_owners(&[slug("mine")]).await.unwrap(),
        [Some(account.clone())]
    );
    let loaded = elsewhere(&ground).load(&account).await.unwrap();
    assert_eq!((loaded.version, loaded.state.balance), (2, 5));
}

#[tokio::test]
async fn a_command_that_changes_nothing_writes_nothing() {
    let ground = ground().await;
    let accounts = accounts(&ground);
    let account = id();
    accounts
        .execute(&account, &Given::default(), &open(""))
        .await
        .unwrap();
    let nothing = accounts
        .execute(&account, &Given::default(), &receive(0))
        .await
        .unwrap();
    assert_eq!(
        (nothing.version, nothing.events.len(), nothing.position),
        (1, 0, Position::new(1))
    );
    assert_eq!(ground.store.head().await.unwrap(), Position::new(1));
}

#[tokio::test]
async fn a_state_that_others_have_overtaken_is_loaded_and_decided_again() {
    let ground = ground().await;
    let (here, there) = (accounts(&ground), elsewhere(&ground));
    let account = id();
    here.execute(&account, &Given::default(), &open(""))
        .await
        .unwrap();
    there
        .execute(&account, &Given::default(), &receive(3))
        .await
        .unwrap();
    let received = here
        .execute(&account, &Given::default(), &receive(4))
        .await
        .unwrap();
    assert_eq!((received.version, received.state.balance), (3, 7));
    there
        .execute(&account, &Given::default(), &receive(10))
        .await
        .unwrap();
    // Decided on a kept state of 7 this would be refused.
    let paid = here
        .execute(
            &account,
            &Given::default(),
            &AccountCommand::Pay { amount: 12 },
        )
        .await
        .unwrap();
    assert_eq!((paid.version, paid.state.balance), (5, 5));
}

#[tokio::test]
async fn a_stale_if_match_is_refused_with_both_versions_however_the_state_was_known() {
    let ground = ground().await;
    let (here, there) = (accounts(&ground), elsewhere(&ground));
    let account = id();
    here.execute(&account, &Given::default(), &open(""))
        .await
        .unwrap();
    there
        .execute(&account, &Given::default(), &receive(3))
        .await
        .unwrap();
    let seen = |version| Given {
        expected_version: Some(version),
        ..Given::default()
    };
    for (accounts, version) in [(&here, 1), (&here, 9), (&there, 1)] {
        let stale = accounts
            .execute(&account, &seen(version), &receive(1))
            .await
            .unwrap_err();
        assert!(
            matches!(stale, ExecuteError::StaleVersion { expected, actual: 2 } if expected == version),
            "{stale}"
        );
    }
    assert_eq!(
        here.execute(&account, &seen(2), &receive(1))
            .await
            .unwrap()
            .version,
        3
    );
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_even_if_the_aggregate_would_refuse_it_now() {
    let ground = ground().await;
    let accounts = accounts(&ground);
    let account = id();
    let first = accounts
        .execute(&account, &keyed("k", "open"), &open("once"))
        .await
        .unwrap();
    assert!(first.replayed.is_none());
    let again = accounts
        .execute(&account, &keyed("k", "open"), &open("once"))
        .await
        .unwrap();
    let answer = again.replayed.unwrap();
    assert_eq!(
        (answer.response.as_str(), answer.position),
        ("version 1", first.position)
    );
    // The repeat comes under another id: a create whose first answer was lost on the way.
    let other = accounts
        .execute_new(&id(), &keyed("k", "open"), &open("once"))
        .await
        .unwrap();
    assert_eq!(other.replayed.unwrap().response, "version 1");
    let altered = accounts
        .execute(&account, &keyed("k", "receive"), &receive(1))
        .await
        .unwrap_err();
    assert!(matches!(altered, ExecuteError::KeyReused));
    let refused = accounts
        .execute(&account, &keyed("new", "open"), &open("once"))
        .await
        .unwrap_err();
    assert!(matches!(
        refused,
        ExecuteError::Refused(Refusal("it is open already"))
    ));
    assert_eq!(ground.store.head().await.unwrap(), Position::new(1));
}

#[tokio::test]
async fn parallel_repeats_of_one_request_are_executed_once() {
    let ground = ground().await;
    let accounts = accounts(&ground);
    let account = id();
    accounts
        .execute(&account, &Given::default(), &open(""))
        .await
        .unwrap();
    let repeats = (0..32).map(|_| {
        let (accounts, account) = (accounts.clone(), account.clone());
        tokio::spawn(async move {
            accounts
                .execute(&account, &keyed("pay-in", "5"), &receive(5))
                .await
                .unwrap()
        })
    });
    let mut replayed = 0;
    for repeat in repeats.collect::<Vec<_>>() {
        replayed += usize::from(repeat.await.unwrap().replayed.is_some());
    }
    assert_eq!(replayed, 31);
    let stored = elsewhere(&ground).load(&account).await.unwrap();
    assert_eq!((stored.version, stored.state.balance), (2, 5));
}

#[tokio::test]
async fn a_value_of_another_aggregate_is_refused_with_its_owner() {
    let ground = ground().await;
    let accounts = accounts(&ground);
    let owner = id();
    accounts
        .execute(&owner, &Given::default(), &open("dune"))
        .await
        .unwrap();
    let refused = accounts
        .execute(&id(), &Given::default(), &open("dune"))
        .await
        .unwrap_err();
    assert!(matches!(refused, ExecuteError::Claimed { owner: found, .. } if found == owner));
    accounts
        .execute(
            &owner,
            &Given::default(),
            &AccountCommand::Close {
                name: "dune".to_owned(),
            },
        )
        .await
        .unwrap();
    accounts
        .execute(&id(), &Given::default(), &open("dune"))
        .await
        .unwrap();
}

#[tokio::test]
async fn commands_on_one_aggregate_at_the_same_time_all_take_effect_or_say_conflict() {
    let ground = ground().await;
    let accounts = accounts(&ground);
    let account = id();
    accounts
        .execute(&account, &Given::default(), &open(""))
        .await
        .unwrap();
    let rivals = (0..16).map(|_| {
        let (accounts, account) = (accounts.clone(), account.clone());
        tokio::spawn(async move {
            accounts
                .execute(&account, &Given::default(), &receive(1))
                .await
        })
    });
    let mut taken = 0;
    for rival in rivals.collect::<Vec<_>>() {
        match rival.await.unwrap() {
            Ok(_) => taken += 1,
            Err(ExecuteError::Conflict { attempts: 4, .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert!(taken >= 4, "{taken}");
    let stored = elsewhere(&ground).load(&account).await.unwrap();
    assert_eq!(stored.state.balance, taken);
}

#[tokio::test]
async fn a_snapshot_and_its_tail_make_the_state_that_the_whole_stream_makes() {
    let ground = ground().await;
    let accounts = accounts(&ground);
    let account = id();
    accounts
        .execute(&account, &Given::default(), &open(""))
        .await
        .unwrap();
    for amount in 1..=11 {
        accounts
            .execute(&account, &Given::default(), &receive(amount))
            .await
            .unwrap();
    }
    let stream = StreamName::new("test.account", &account);
    let streams = std::slice::from_ref(&stream);
    let snapshot = eventually(Duration::from_secs(10), async || {
        let snapshot = ground
            .store
            .load_snapshots(streams, "account-1")
            .await
            .unwrap()
            .remove(0);
        snapshot.filter(|snapshot| snapshot.version == 10)
    })
    .await;
    assert_eq!(
        snapshot.state,
        r#"{"open":true,"balance":45,"movements":10}"#
    );

    let with_snapshot = elsewhere(&ground).load(&account).await.unwrap();
    sqlx::query("DELETE FROM snapshots")
        .execute(&ground.raw().await)
        .await
        .unwrap();
    let without = elsewhere(&ground).load(&account).await.unwrap();
    assert_eq!(with_snapshot.state, without.state);
    assert_eq!((with_snapshot.version, without.version), (12, 12));
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_read_is_as_good_as_none() {
    let ground = ground().await;
    let accounts = accounts(&ground);
    let account = id();
    accounts
        .execute(&account, &Given::default(), &open(""))
        .await
        .unwrap();
    sqlx::query("INSERT INTO snapshots VALUES ('test.account', $1, 'account-1', 1, '{\"balance\": \"much\"}')")
        .bind(&account)
        .execute(&ground.raw().await)
        .await
        .unwrap();
    let loaded = elsewhere(&ground).load(&account).await.unwrap();
    assert_eq!((loaded.version, loaded.state.movements), (1, 1));
}

#[tokio::test]
async fn many_aggregates_are_loaded_in_the_order_asked_for_kept_new_and_unknown_ones_alike() {
    let ground = ground().await;
    let (here, there) = (accounts(&ground), elsewhere(&ground));
    let ids: Vec<String> = (0..7).map(|_| id()).collect();
    for (n, account) in ids.iter().enumerate().take(6) {
        let accounts = if n % 2 == 0 { &here } else { &there };
        accounts
            .execute(account, &Given::default(), &open(""))
            .await
            .unwrap();
        for _ in 0..n {
            accounts
                .execute(account, &Given::default(), &receive(1))
                .await
                .unwrap();
        }
    }
    let loaded = here.load_many(&ids).await.unwrap();
    let versions: Vec<u64> = loaded.iter().map(|loaded| loaded.version).collect();
    assert_eq!(versions, [1, 2, 3, 4, 5, 6, 0]);
    assert!(
        loaded
            .iter()
            .take(6)
            .all(|loaded| loaded.state.movements == loaded.version)
    );
}

#[tokio::test]
async fn prepared_writes_of_several_aggregates_go_into_one_append() {
    let ground = ground().await;
    let accounts = accounts(&ground);
    let (from, to) = (id(), id());
    for account in [&from, &to] {
        accounts
            .execute(account, &Given::default(), &open(""))
            .await
            .unwrap();
    }
    accounts
        .execute(&from, &Given::default(), &receive(9))
        .await
        .unwrap();
    let loaded = accounts
        .load_many(&[from.clone(), to.clone()])
        .await
        .unwrap();
    let ids = Given::default().event_ids;
    let paid = [AccountEvent::Paid { amount: 9 }];
    let received = [AccountEvent::Received { amount: 9 }];
    let append = accession_event_log::Append {
        writes: vec![
            accounts
                .prepare(&from, &loaded[0], &paid, || ids())
                .unwrap(),
            accounts
                .prepare(&to, &loaded[1], &received, || ids())
                .unwrap(),
        ],
        ..accession_event_log::Append::default()
    };
    assert!(matches!(
        ground.log.append(append).await.unwrap(),
        Outcome::Committed(_)
    ));
    let after = accounts.after(&loaded[1], &received);
    accounts.remember(&to, after.version, Arc::clone(&after.state));
    accounts.remember(&to, 1, Arc::new(Account::default()));
    assert_eq!(
        accounts.load(&to).await.unwrap().state.balance,
        9,
        "an older state does not replace a newer one"
    );
    accounts.forget(&from);
    assert_eq!(accounts.load(&from).await.unwrap().state.balance, 0);
}
