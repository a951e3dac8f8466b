//! Attempts to sign in with others: taken once, in time, by the browser that began, for the purpose they were kept for.

use accession_secrets::sign_in_attempts::{AttemptPurpose, SignInAttempts};
use accession_secrets::{PrivateDatabase, RootKey};
use jiff::Timestamp;

use crate::room::{Room, over_both};

over_both!(
    an_attempt_is_taken_once,
    another_browser_neither_gets_nor_spends_an_attempt,
    an_attempt_ends_with_its_time_and_is_forgotten,
    a_token_of_one_purpose_opens_nothing_of_another,
    of_many_that_take_an_attempt_at_the_same_time_one_gets_it,
    what_is_kept_can_be_read_by_nobody_without_the_key,
);

const STATE: (&str, &str) = ("state", "browser");

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn attempts(database: &PrivateDatabase, root: u8) -> SignInAttempts {
    SignInAttempts::new(database, &RootKey::from_bytes([root; 32]))
}

async fn kept(room: &Room) -> SignInAttempts {
    let attempts = attempts(&room.database, 1);
    let times = (at(0), at(600));
    let value = "the verifier".to_owned();
    attempts
        .keep(AttemptPurpose::Authorization, STATE, &value, times)
        .await
        .unwrap();
    attempts
}

async fn take(attempts: &SignInAttempts, key: (&str, &str), second: i64) -> Option<String> {
    attempts
        .take(AttemptPurpose::Authorization, key, at(second))
        .await
        .unwrap()
}

async fn an_attempt_is_taken_once(room: Room) {
    let attempts = kept(&room).await;
    assert_eq!(
        take(&attempts, STATE, 1).await.as_deref(),
        Some("the verifier")
    );
    assert_eq!(take(&attempts, STATE, 1).await, None);
}

async fn another_browser_neither_gets_nor_spends_an_attempt(room: Room) {
    let attempts = kept(&room).await;
    assert_eq!(take(&attempts, ("state", "another"), 1).await, None);
    assert_eq!(take(&attempts, ("another", "browser"), 1).await, None);
    assert!(take(&attempts, STATE, 1).await.is_some());
}

async fn an_attempt_ends_with_its_time_and_is_forgotten(room: Room) {
    let attempts = kept(&room).await;
    assert_eq!(take(&attempts, STATE, 600).await, None);
    // The next one sweeps it out, so that its time coming again would not bring it back.
    let next = (at(600), at(1200));
    let value = "another".to_owned();
    attempts
        .keep(
            AttemptPurpose::Authorization,
            ("next", "browser"),
            &value,
            next,
        )
        .await
        .unwrap();
    assert_eq!(take(&attempts, STATE, 1).await, None);
    assert!(take(&attempts, ("next", "browser"), 601).await.is_some());
}

async fn a_token_of_one_purpose_opens_nothing_of_another(room: Room) {
    let attempts = kept(&room).await;
    let other: Option<String> = attempts
        .take(AttemptPurpose::Consent, STATE, at(1))
        .await
        .unwrap();
    assert_eq!(other, None);
    assert!(take(&attempts, STATE, 1).await.is_some());
}

async fn of_many_that_take_an_attempt_at_the_same_time_one_gets_it(room: Room) {
    let attempts = kept(&room).await;
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let attempts = attempts.clone();
            tokio::spawn(async move { take(&attempts, STATE, 1).await.is_some() })
        })
        .collect();
    let mut got = 0;
    for task in tasks {
        got += usize::from(task.await.unwrap());
    }
    assert_eq!(got, 1);
}

async fn what_is_kept_can_be_read_by_nobody_without_the_key(room: Room) {
    kept(&room).await;
    let other = attempts(&room.database, 2);
    let opened = other
        .take::<String>(AttemptPurpose::Authorization, STATE, at(1))
        .await;
    assert!(opened.is_err());
}
