//! `cqrs-es` over our log, `postgres-es` over our table, and the given/when/then harness over an aggregate.

use std::collections::HashMap;

use accession_event_log::{Given, LogStore, Repository, RepositoryOptions};
use accession_events::{Metadata, Position};
use cqrs_es::persist::PersistedEventStore;
use cqrs_es::test::TestFramework;
use cqrs_es::{AggregateContext, AggregateError, CqrsFramework, EventStore};
use postgres_es::PostgresEventRepository;

use crate::account::{Account, AccountCommand, AccountEvent, Refusal};
use crate::support::{Ground, ground};
use crate::write::id;

fn accounts(ground: &Ground) -> Repository<Account> {
    Repository::new(ground.log.clone(), RepositoryOptions::default())
}

fn open(name: &str) -> AccountCommand {
    AccountCommand::Open {
        name: name.to_owned(),
    }
}

#[test]
fn an_open_account_receives_what_it_is_given() {
    TestFramework::<Account>::with(())
        .given(vec![AccountEvent::Opened {
            name: "mine".to_owned(),
        }])
        .when(AccountCommand::Receive { amount: 5 })
        .then_expect_events(vec![AccountEvent::Received { amount: 5 }]);
}

#[test]
fn an_account_that_was_never_opened_refuses_to_pay() {
    TestFramework::<Account>::with(())
        .given_no_previous_events()
        .when(AccountCommand::Pay { amount: 5 })
        .then_expect_error(Refusal("there is no such account"));
}

#[tokio::test]
async fn a_cqrs_framework_writes_through_the_log_and_reads_it_back() {
    let ground = ground().await;
    let framework = CqrsFramework::new(accounts(&ground), Vec::new(), ());
    let account = id();
    framework.execute(&account, open("mine")).await.unwrap();
    let metadata = HashMap::from([("actor".to_owned(), "curator:1".to_owned())]);
    framework
        .execute_with_metadata(
            &account,
            AccountCommand::Receive { amount: 5 },
            metadata.clone(),
        )
        .await
        .unwrap();
    let refused = framework
        .execute(&account, AccountCommand::Pay { amount: 6 })
        .await
        .unwrap_err();
    assert!(matches!(
        refused,
        AggregateError::UserError(Refusal("there is not enough in it"))
    ));

    let events = accounts(&ground).load_events(&account).await.unwrap();
    assert_eq!(
        events
            .iter()
            .map(|event| event.sequence)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!(events[1].payload, AccountEvent::Received { amount: 5 });
    assert_eq!(events[1].metadata, metadata);
    assert_eq!(ground.store.head().await.unwrap(), Position::new(2));
    let taken = framework.execute(&id(), open("mine")).await.unwrap_err();
    assert!(taken.to_string().contains("belongs to"), "{taken}");
}

#[tokio::test]
async fn a_commit_on_an_overtaken_aggregate_is_a_conflict() {
    let ground = ground().await;
    let accounts = accounts(&ground);
    let account = id();
    accounts
        .execute(&account, &Given::default(), &open(""))
        .await
        .unwrap();
    let seen = accounts.load_aggregate(&account).await.unwrap();
    accounts
        .execute(
            &account,
            &Given::default(),
            &AccountCommand::Receive { amount: 1 },
        )
        .await
        .unwrap();
    let late = accounts
        .commit(
            vec![AccountEvent::Received { amount: 2 }],
            seen,
            HashMap::new(),
        )
        .await;
    assert!(matches!(
        late.unwrap_err(),
        AggregateError::AggregateConflict
    ));
}

#[tokio::test]
async fn plain_postgres_es_reads_our_streams_with_their_metadata() {
    let ground = ground().await;
    let accounts = accounts(&ground);
    let account = id();
    let given = Given {
        metadata: Metadata {
            actor: Some("service:1".to_owned()),
            import_run: Some("run".to_owned()),
            ..Metadata::default()
        },
        ..Given::default()
    };
    accounts
        .execute(&account, &given, &open("mine"))
        .await
        .unwrap();
    accounts
        .execute(&account, &given, &AccountCommand::Receive { amount: 7 })
        .await
        .unwrap();

    let repository = PostgresEventRepository::new(ground.raw().await);
    let theirs = PersistedEventStore::<_, Account>::new_event_store(repository);
    let events = theirs.load_events(&account).await.unwrap();
    assert_eq!(events[1].payload, AccountEvent::Received { amount: 7 });
    let metadata = [("actor", "service:1"), ("import_run", "run")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(events[0].metadata, HashMap::from(metadata));
    assert_eq!(
        theirs
            .load_aggregate(&account)
            .await
            .unwrap()
            .aggregate()
            .balance,
        7
    );
}
