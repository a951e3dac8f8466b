//! Passwords, challenges and pictures of accounts: kept, found, forgotten.

use accession_events::ids::{AccountId, ChallengeId, PasswordId};
use accession_events::values::ContentHash;
use accession_secrets::challenges::{ChallengePurpose, Challenges, KeptChallenge};
use accession_secrets::passwords::KeptPassword;
use accession_secrets::{RootKey, avatars, passwords};
use jiff::Timestamp;
use uuid::Uuid;

use crate::room::{Room, over_both};

over_both!(
    a_password_is_kept_rehashed_once_and_forgotten,
    all_passwords_of_an_account_are_forgotten_and_no_others,
    a_challenge_is_found_by_its_token_for_its_own_purpose_only,
    old_challenges_and_those_about_somebody_are_forgotten,
    one_picture_of_two_persons_stays_until_both_have_forgotten_it,
);

fn account(number: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(number))
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn kept(owner: u128, hash: &str) -> KeptPassword {
    KeptPassword {
        account: account(owner),
        hash: hash.into(),
    }
}

async fn a_password_is_kept_rehashed_once_and_forgotten(room: Room) {
    let passwords = passwords::open(&room.database);
    let id = PasswordId::new(Uuid::from_u128(1));
    assert_eq!(passwords.find(id).await.unwrap(), None);
    passwords.keep(id, &kept(7, "old"), at(1)).await.unwrap();
    assert!(passwords.keep(id, &kept(8, "other"), at(2)).await.is_err());
    assert!(passwords.rehash(id, "old", "new").await.unwrap());
    assert!(!passwords.rehash(id, "old", "newer").await.unwrap());
    assert_eq!(passwords.find(id).await.unwrap(), Some(kept(7, "new")));
    passwords.forget(id).await.unwrap();
    passwords.forget(id).await.unwrap();
    assert_eq!(passwords.find(id).await.unwrap(), None);
}

async fn all_passwords_of_an_account_are_forgotten_and_no_others(room: Room) {
    let passwords = passwords::open(&room.database);
    let id = |number| PasswordId::new(Uuid::from_u128(number));
    for (number, owner) in [(1, 7), (2, 7), (3, 8)] {
        passwords
            .keep(id(number), &kept(owner, "hash"), at(1))
            .await
            .unwrap();
    }
    assert_eq!(passwords.forget_account(account(7)).await.unwrap(), 2);
    assert_eq!(passwords.find(id(3)).await.unwrap(), Some(kept(8, "hash")));
}

fn challenge(number: u128, about: u128, expires: i64) -> KeptChallenge {
    KeptChallenge {
        id: ChallengeId::new(Uuid::from_u128(number)),
        purpose: ChallengePurpose::VerifyEmail,
        about: Uuid::from_u128(about),
        expires_at: at(expires),
    }
}

async fn a_challenge_is_found_by_its_token_for_its_own_purpose_only(room: Room) {
    let challenges = Challenges::new(&room.database, &RootKey::from_bytes([1; 32]));
    let kept = challenge(1, 7, 100);
    challenges.keep(&kept).await.unwrap();
    challenges.keep(&kept).await.unwrap();
    let token = challenges.tokens().token(kept.purpose, kept.id);
    let find = |token: String, purpose| {
        let challenges = challenges.clone();
        async move { challenges.answered_by(&token, purpose).await.unwrap() }
    };
    let (verify, reset) = (
        ChallengePurpose::VerifyEmail,
        ChallengePurpose::ResetPassword,
    );
    assert_eq!(find(token.clone(), verify).await, Some(kept));
    assert_eq!(find(token.clone(), reset).await, None);
    assert_eq!(
        find(challenges.tokens().token(reset, kept.id), reset).await,
        None
    );
    let others = Challenges::new(&room.database, &RootKey::from_bytes([2; 32]));
    assert_eq!(
        find(others.tokens().token(verify, kept.id), verify).await,
        None
    );
    for wrong in [
        String::new(),
        "'; --".into(),
        token[1..].to_owned(),
        "x".repeat(10_000),
    ] {
        assert_eq!(find(wrong, verify).await, None);
    }
    challenges.store().forget(kept.id).await.unwrap();
    assert_eq!(find(token, verify).await, None);
}

async fn old_challenges_and_those_about_somebody_are_forgotten(room: Room) {
    let challenges = Challenges::new(&room.database, &RootKey::from_bytes([1; 32]));
    for (number, about, expires) in [(1, 7, 10), (2, 7, 200), (3, 8, 200), (4, 9, 99)] {
        challenges
            .keep(&challenge(number, about, expires))
            .await
            .unwrap();
    }
    assert_eq!(challenges.store().purge(at(100)).await.unwrap(), 2);
    assert_eq!(
        challenges
            .store()
            .forget_about(Uuid::from_u128(7))
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        challenges
            .store()
            .forget_about(Uuid::from_u128(8))
            .await
            .unwrap(),
        1
    );
}

async fn one_picture_of_two_persons_stays_until_both_have_forgotten_it(room: Room) {
    let avatars = avatars::open(&room.database);
    let (one, other) = (ContentHash::of(b"one"), ContentHash::of(b"other"));
    for (owner, hash, image) in [
        (7, one, b"one".as_slice()),
        (8, one, b"one"),
        (7, other, b"other"),
    ] {
        avatars.keep(account(owner), &hash, image).await.unwrap();
        avatars.keep(account(owner), &hash, image).await.unwrap();
    }
    assert_eq!(
        avatars
            .forget_all_but(account(7), Some(&other))
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        avatars.find(&one).await.unwrap().as_deref(),
        Some(b"one".as_slice())
    );
    assert_eq!(avatars.forget_all_but(account(8), None).await.unwrap(), 1);
    assert_eq!(avatars.find(&one).await.unwrap(), None);
    assert_eq!(
        avatars.find(&other).await.unwrap().as_deref(),
        Some(b"other".as_slice())
    );
}
