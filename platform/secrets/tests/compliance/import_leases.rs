//! Leases of imports: one holder a source, who renews it, gives it back, or lets it run out.
//!
//! Never by a clock of the test's own: times are arguments.

use accession_secrets::import_leases::{self, ImportLease};
use jiff::Timestamp;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::room::{Room, over_both};

over_both!(
    a_lease_is_held_by_one_and_renewed_by_that_one_alone,
    a_lease_that_nobody_renews_is_free_when_its_time_is_over,
    of_many_that_take_a_lease_at_the_same_time_one_gets_it,
);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn wanted(source: &str, holder: u128, second: i64) -> ImportLease {
    ImportLease {
        source: source.to_owned(),
        holder: Uuid::from_u128(holder),
        input: format!("file-of-{holder}"),
        taken_at: at(second),
        until: at(second + 60),
    }
}

async fn a_lease_is_held_by_one_and_renewed_by_that_one_alone(room: Room) {
    let leases = import_leases::open(&room.database);
    let first = wanted("marc", 1, 0);
    assert_eq!(leases.take(&first).await.unwrap(), first);
    assert_eq!(leases.take(&wanted("marc", 2, 30)).await.unwrap(), first);
    let other = wanted("onix", 2, 30);
    assert_eq!(leases.take(&other).await.unwrap(), other);
    let renewed = leases.take(&wanted("marc", 1, 30)).await.unwrap();
    assert_eq!((renewed.taken_at, renewed.until), (at(0), at(90)));
    assert!(!leases.give_back("marc", Uuid::from_u128(2)).await.unwrap());
    assert!(leases.give_back("marc", Uuid::from_u128(1)).await.unwrap());
    let second = wanted("marc", 2, 31);
    assert_eq!(leases.take(&second).await.unwrap(), second);
}

async fn a_lease_that_nobody_renews_is_free_when_its_time_is_over(room: Room) {
    let leases = import_leases::open(&room.database);
    let first = wanted("marc", 1, 0);
    leases.take(&first).await.unwrap();
    assert_eq!(leases.take(&wanted("marc", 2, 59)).await.unwrap(), first);
    let second = wanted("marc", 2, 60);
    assert_eq!(leases.take(&second).await.unwrap(), second);
    assert_eq!(leases.take(&wanted("marc", 1, 61)).await.unwrap(), second);
}

async fn of_many_that_take_a_lease_at_the_same_time_one_gets_it(room: Room) {
    let leases = import_leases::open(&room.database);
    let mut all = JoinSet::new();
    for holder in 1..=50 {
        let leases = leases.clone();
        all.spawn(async move {
            leases
                .take(&wanted("marc", holder, 0))
                .await
                .unwrap()
                .holder
        });
    }
    let holders = all.join_all().await;
    assert!(
        holders.iter().all(|holder| *holder == holders[0]),
        "{holders:?}"
    );
}
