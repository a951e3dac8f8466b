//! Which files a log opens, and beside whom. It never touches one that it refuses.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use accession_event_log::{LogError, LogStore, SqliteLog};
use accession_events::Position;
use rusqlite::Connection;
use tokio::time::timeout;

use crate::events::{dense_feed, one};

async fn refusal(path: &Path) -> String {
    let refused = SqliteLog::open(path).await.unwrap_err();
    assert!(matches!(refused, LogError::Permanent { .. }), "{refused:?}");
    refused.to_string()
}

#[tokio::test]
async fn a_second_writer_is_refused_and_told_who_writes() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.db");
    let log = SqliteLog::open(&path).await.unwrap();
    let words = refusal(&path).await;
    let holder = format!("being written by process {}", std::process::id());
    assert!(words.contains(&holder), "{words}");
    log.append(&[one("a", 0)]).await.unwrap();
    drop(log);
    let next = SqliteLog::open(&path).await.unwrap();
    assert_eq!(dense_feed(&next).await.len(), 1);
}

#[tokio::test]
async fn a_lock_file_left_by_a_dead_process_is_no_obstacle() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.db");
    std::fs::write(directory.path().join("log.db.writer.lock"), "4194304").unwrap();
    SqliteLog::open(&path).await.unwrap();
}

#[tokio::test]
async fn a_log_continues_after_it_was_closed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.db");
    for version in 0..5 {
        let log = SqliteLog::open(&path).await.unwrap();
        log.append(&[one("a", version)]).await.unwrap();
    }
    let log = SqliteLog::open(&path).await.unwrap();
    let feed = dense_feed(&log).await;
    assert_eq!(feed.len(), 5);
    assert!(feed.is_sorted_by_key(|event| event.recorded_at));
}

#[tokio::test]
async fn what_was_asked_of_a_log_is_done_before_it_closes() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.db");
    let log = SqliteLog::open(&path).await.unwrap();
    for n in 0..20 {
        // Asked, and not waited for.
        let _ = timeout(Duration::ZERO, log.append(&[one(&n.to_string(), 0)])).await;
    }
    drop(log);
    let log = SqliteLog::open(&path).await.unwrap();
    assert_eq!(dense_feed(&log).await.len(), 20);
}

#[tokio::test]
async fn a_read_only_handle_sees_what_the_writer_commits() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.db");
    let log = SqliteLog::open(&path).await.unwrap();
    let reader = SqliteLog::open_read_only(&path).await.unwrap();
    assert_eq!(reader.head().await.unwrap(), Position::START);
    for version in 0..10 {
        log.append(&[one("a", version)]).await.unwrap();
        let feed = dense_feed(&reader).await;
        assert_eq!(feed.len() as u64, version + 1);
        assert_eq!(feed, dense_feed(&log).await);
    }
}

#[tokio::test]
async fn a_read_only_handle_refuses_to_write() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.db");
    let log = SqliteLog::open(&path).await.unwrap();
    let reader = SqliteLog::open_read_only(&path).await.unwrap();
    let refused = reader.append(&[one("a", 0)]).await.unwrap_err();
    assert!(
        refused.to_string().contains("for reading only"),
        "{refused}"
    );
    let sneaked = reader
        .read_private(|connection| connection.execute("DELETE FROM claims", []))
        .await
        .unwrap_err();
    assert!(sneaked.to_string().contains("readonly"), "{sneaked}");
    assert_eq!(log.head().await.unwrap(), Position::START);
}

#[tokio::test]
async fn a_log_that_is_not_there_cannot_be_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("none.db");
    let refused = SqliteLog::open_read_only(&path).await.unwrap_err();
    assert!(refused.to_string().contains("none.db"), "{refused}");
    assert!(!path.exists());
}

#[tokio::test]
async fn a_log_in_a_directory_that_is_not_there_is_refused_by_name() {
    let words = refusal(Path::new("/nowhere/at/all/log.db")).await;
    assert!(words.contains("/nowhere/at/all/log.db"), "{words}");
    assert!(words.contains("must exist"), "{words}");
}

#[tokio::test]
async fn a_log_of_a_newer_version_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.db");
    let log = SqliteLog::open(&path).await.unwrap();
    log.write_private(|connection| connection.pragma_update(None, "user_version", 999))
        .await
        .unwrap();
    drop(log);
    let words = refusal(&path).await;
    assert!(words.contains("newer Accession"), "{words}");
    assert!(words.contains("schema 999"), "{words}");
    let reading = SqliteLog::open_read_only(&path).await.unwrap_err();
    assert!(reading.to_string().contains("newer Accession"), "{reading}");
}

#[tokio::test]
async fn another_programs_database_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("other.db");
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE theirs (x)")
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    let words = refusal(&path).await;
    assert!(words.contains("belongs to another program"), "{words}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notes.txt");
    let notes = "buy milk ".repeat(200);
    std::fs::write(&path, &notes).unwrap();
    let refused = SqliteLog::open(&path).await.unwrap_err();
    assert!(matches!(refused, LogError::Corrupt { .. }), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), notes);
}

#[tokio::test]
async fn only_the_owner_may_read_the_files() {
    let directory = tempfile::tempdir().unwrap();
    let log = SqliteLog::open(directory.path().join("log.db"))
        .await
        .unwrap();
    log.append(&[one("a", 0)]).await.unwrap();
    for name in ["log.db", "log.db-wal", "log.db-shm"] {
        let mode = std::fs::metadata(directory.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
