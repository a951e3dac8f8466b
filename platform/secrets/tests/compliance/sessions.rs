//! Sessions: begun, rotated by one of many, ended, forgotten.

use accession_events::Position;
use accession_events::ids::{AccountId, LibraryId, SessionId};
use accession_secrets::sessions::{self, KeptSession, Rotation, Selected};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::room::{Room, over_both};

over_both!(
    a_session_is_read_as_it_was_kept,
    of_many_rotations_at_the_same_time_one_wins,
    a_token_is_rotated_only_while_it_is_the_newest_and_the_session_goes_on,
    all_sessions_of_an_account_end_but_the_excepted_one,
    what_expired_is_found_and_what_ended_is_forgotten,
);

fn now() -> Timestamp {
    "2026-11-21T14:00:00.123456Z".parse().unwrap()
}

fn after(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

fn id(number: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(number))
}

fn account(number: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(number))
}

fn session(number: u128) -> KeptSession {
    KeptSession {
        id: id(number),
        account: account(1),
        since: Position::new(7),
        seed: [5; 16],
        generation: 0,
        token_hash: [1; 32],
        in_cookie: number.is_multiple_of(2),
        selected: None,
        started_at: now(),
        rotated_at: now(),
        expires_at: after(3600),
        ended_at: None,
    }
}

fn rotation(generation: u32, shown: u8) -> Rotation {
    Rotation {
        id: id(1),
        generation,
        shown: [shown; 32],
        successor: [shown + 1; 32],
        now: after(1),
        expires_at: after(7200),
    }
}

async fn a_session_is_read_as_it_was_kept(room: Room) {
    let store = sessions::open(&room.database);
    for number in [1, 2] {
        store.begin(&session(number)).await.unwrap();
        assert_eq!(store.get(id(number)).await.unwrap(), Some(session(number)));
    }
    assert_eq!(store.get(id(3)).await.unwrap(), None);
    let selected = Some(Selected {
        library: LibraryId::new(Uuid::from_u128(9)),
        since: Position::new(8),
    });
    store.select(id(1), selected).await.unwrap();
    assert_eq!(store.get(id(1)).await.unwrap().unwrap().selected, selected);
    store.select(id(1), None).await.unwrap();
    assert_eq!(store.get(id(1)).await.unwrap().unwrap().selected, None);
}

async fn of_many_rotations_at_the_same_time_one_wins(room: Room) {
    let store = sessions::open(&room.database);
    store.begin(&session(1)).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let store = store.clone();
        tasks.spawn(async move { store.rotate(&rotation(0, 1)).await.unwrap() });
    }
    let won = tasks.join_all().await;
    assert_eq!(won.iter().filter(|won| **won).count(), 1);
    let kept = store.get(id(1)).await.unwrap().unwrap();
    assert_eq!((kept.generation, kept.token_hash), (1, [2; 32]));
    assert_eq!((kept.rotated_at, kept.expires_at), (after(1), after(7200)));
}

async fn a_token_is_rotated_only_while_it_is_the_newest_and_the_session_goes_on(room: Room) {
    let store = sessions::open(&room.database);
    store.begin(&session(1)).await.unwrap();
    let wrong_hash = rotation(0, 9);
    let late = Rotation {
        now: after(3600),
        ..rotation(0, 1)
    };
    for refused in [wrong_hash, rotation(1, 1), late] {
        assert!(!store.rotate(&refused).await.unwrap(), "{refused:?}");
    }
    assert!(store.end(id(1), after(2)).await.unwrap());
    assert!(!store.end(id(1), after(3)).await.unwrap(), "again");
    assert!(!store.rotate(&rotation(0, 1)).await.unwrap());
    let kept = store.get(id(1)).await.unwrap().unwrap();
    assert_eq!(kept.ended_at, Some(after(2)));
}

async fn all_sessions_of_an_account_end_but_the_excepted_one(room: Room) {
    let store = sessions::open(&room.database);
    for number in 1..=3 {
        store.begin(&session(number)).await.unwrap();
    }
    let stranger = KeptSession {
        account: account(2),
        ..session(4)
    };
    store.begin(&stranger).await.unwrap();
    let ended = store.end_all(account(1), Some(id(2)), after(1)).await;
    assert_eq!(ended.unwrap(), 2);
    let left = store.of_account(account(1), after(1)).await.unwrap();
    assert_eq!(left, [session(2)]);
    assert_eq!(store.end_all(account(1), None, after(1)).await.unwrap(), 1);
    let others = store.of_account(account(2), after(1)).await.unwrap();
    assert_eq!(others, [stranger]);
    assert_eq!(store.of_account(account(2), after(3600)).await.unwrap(), []);
}

async fn what_expired_is_found_and_what_ended_is_forgotten(room: Room) {
    let store = sessions::open(&room.database);
    store.begin(&session(1)).await.unwrap();
    store.begin(&session(2)).await.unwrap();
    store.end(id(2), after(1)).await.unwrap();
    let kept = store.kept_of(account(1), 9).await.unwrap();
    let mut ids: Vec<_> = kept.iter().map(|kept| kept.id).collect();
    ids.sort();
    assert_eq!(ids, [id(1), id(2)], "those that ended, too");
    assert_eq!(store.kept_of(account(1), 1).await.unwrap().len(), 1);
    assert_eq!(store.kept_of(account(2), 9).await.unwrap(), []);
    assert_eq!(store.expired(after(3599), 10).await.unwrap(), []);
    let expired = store.expired(after(3600), 10).await.unwrap();
    assert_eq!(expired, [session(1)]);
    assert_eq!(store.forget_ended(after(1)).await.unwrap(), 0);
    assert_eq!(store.forget_ended(after(2)).await.unwrap(), 1);
    assert_eq!(store.get(id(2)).await.unwrap(), None);
}
