//! Keys of subjects: made once, looked up together, destroyed for good.

use accession_events::ids::SubjectId;
use accession_secrets::PrivateDatabase;
use accession_secrets::subject_keys::{self, KeptKey};
use jiff::Timestamp;
use uuid::Uuid;

use crate::room::{Room, over_both};

over_both!(
    the_first_key_of_a_subject_is_kept_and_told_to_all,
    many_keys_are_looked_up_in_the_order_asked_for,
    a_destroyed_key_never_comes_back,
    of_many_that_make_a_key_at_the_same_time_all_get_the_same,
);

fn subject(number: u128) -> SubjectId {
    SubjectId::new(Uuid::from_u128(number))
}

async fn the_first_key_of_a_subject_is_kept_and_told_to_all(room: Room) {
    let keys = subject_keys::open(&room.database);
    let first = keys.create_or_get(subject(1), b"first").await.unwrap();
    let second = keys.create_or_get(subject(1), b"second").await.unwrap();
    assert_eq!(first, KeptKey::Wrapped(b"first".to_vec()));
    assert_eq!(second, first);
}

async fn many_keys_are_looked_up_in_the_order_asked_for(room: Room) {
    let keys = subject_keys::open(&room.database);
    keys.create_or_get(subject(1), b"one").await.unwrap();
    keys.create_or_get(subject(2), b"two").await.unwrap();
    let found = keys.get_many(&[subject(2), subject(3), subject(1)]).await;
    let expected = [Some(b"two".to_vec()), None, Some(b"one".to_vec())];
    assert_eq!(
        found.unwrap(),
        expected.map(|key| key.map(KeptKey::Wrapped))
    );
    assert_eq!(keys.get_many(&[]).await.unwrap(), []);
    // More than fits into one statement of SQLite.
    let many: Vec<SubjectId> = (1..=12_000).map(subject).collect();
    let found = keys.get_many(&many).await.unwrap();
    assert_eq!((found.len(), found.iter().flatten().count()), (12_000, 2));
}

async fn a_destroyed_key_never_comes_back(room: Room) {
    let keys = subject_keys::open(&room.database);
    let at = Timestamp::UNIX_EPOCH;
    keys.create_or_get(subject(1), b"one").await.unwrap();
    assert!(keys.destroy(subject(1), at).await.unwrap());
    assert!(!keys.destroy(subject(1), at).await.unwrap(), "again");
    assert_eq!(
        keys.get_many(&[subject(1)]).await.unwrap(),
        [Some(KeptKey::Destroyed)]
    );
    let again = keys.create_or_get(subject(1), b"new").await.unwrap();
    assert_eq!(again, KeptKey::Destroyed);
    // Also for somebody who has no key yet.
    assert!(keys.destroy(subject(2), at).await.unwrap());
    assert_eq!(
        keys.create_or_get(subject(2), b"new").await.unwrap(),
        KeptKey::Destroyed
    );
}

async fn of_many_that_make_a_key_at_the_same_time_all_get_the_same(room: Room) {
    let keys = subject_keys::open(&room.database);
    let made = (0..20_u8).map(|number| {
        let keys = std::sync::Arc::clone(&keys);
        tokio::spawn(async move { keys.create_or_get(subject(1), &[number]).await.unwrap() })
    });
    let mut answers = Vec::new();
    for task in made.collect::<Vec<_>>() {
        answers.push(task.await.unwrap());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn a_destroyed_key_is_in_no_byte_of_the_file_any_more() {
    let room = crate::room::embedded().await;
    let keys = subject_keys::open(&room.database);
    let key = b"a wrapped key that can be found again";
    keys.create_or_get(subject(1), key).await.unwrap();
    assert!(found_in_files(&room, key), "the search works");
    keys.destroy(subject(1), Timestamp::UNIX_EPOCH)
        .await
        .unwrap();
    assert!(!found_in_files(&room, key));
}

fn found_in_files(room: &Room, wanted: &[u8]) -> bool {
    let files = std::fs::read_dir(room.folder.path()).unwrap();
    files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .any(|bytes| bytes.windows(wanted.len()).any(|window| window == wanted))
}

#[tokio::test]
async fn a_file_of_a_former_version_keeps_its_rows_and_is_migrated_by_two_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("private.db");
    std::fs::write(&path, []).unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let old = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let schema = include_str!("../../../../migrations/private-sqlite/0006_service_credentials.sql");
    sqlx::raw_sql(schema).execute(&old).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO service_credentials VALUES ('1', 'old', 'h', 'import', 0, NULL, NULL)",
    )
    .execute(&old)
    .await
    .unwrap();
    old.close().await;
    let (one, two) = tokio::join!(
        PrivateDatabase::open_file(&path),
        PrivateDatabase::open_file(&path)
    );
    let (PrivateDatabase::Sqlite(pool), Ok(_)) = (one.unwrap(), two) else {
        panic!("both open the file")
    };
    let name: String = sqlx::query_scalar("SELECT name FROM service_credentials")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(name, "old");
}
