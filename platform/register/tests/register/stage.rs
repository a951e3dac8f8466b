//! A log of a known history on one of the databases, its key, and the hands of somebody who owns the database.
//! The history is the same on both, byte for byte, so that what is found in it is, too.

use std::path::Path;
use std::sync::Arc;

use accession_event_log::{
    ClaimBook, PostgresLog, PostgresOptions, RegisterStore, SqliteLog, migrate,
};
use accession_register::{Report, Sealer, VerifyOptions, verify};
use accession_testkit::{FreshDatabase, Stores, fresh_database};
use accession_transparency::hash::concatenated;
use accession_transparency::{Hash, NoteSigner, StoredEvent};
use jiff::Timestamp;
use tempfile::TempDir;

/// Streams that the history goes around.
const STREAMS: u64 = 7;
/// When its first event was recorded.
const BEGAN: i64 = 1_760_000_000_000_000;

pub(crate) struct Stage {
    pub(crate) store: Arc<dyn RegisterStore>,
    place: Place,
    pub(crate) folder: TempDir,
}

enum Place {
    Sqlite,
    Postgres {
        database: FreshDatabase,
        pool: sqlx::PgPool,
    },
}

impl Stage {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = SqliteLog::open(folder.path().join("log.db")).await.unwrap();
        Self {
            store: Arc::new(log),
            place: Place::Sqlite,
            folder,
        }
    }

    pub(crate) async fn postgres() -> Self {
        let database = fresh_database(&Stores::shared().postgres_url).await;
        migrate::migrate(database.url()).await.unwrap();
        let log = PostgresLog::connect(database.url(), PostgresOptions::default())
            .await
            .unwrap();
        let pool = sqlx::PgPool::connect(database.url()).await.unwrap();
        Self {
            store: Arc::new(log),
            place: Place::Postgres { database, pool },
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Another empty log on the other kind of database.
    pub(crate) async fn other_kind(&self) -> Self {
        match self.place {
            Place::Sqlite => Self::postgres().await,
            Place::Postgres { .. } => Self::sqlite().await,
        }
    }

    pub(crate) fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Makes the history longer, up to a position.
    pub(crate) async fn grow(&self, upto: u64) {
        let head = self.store.head().await.unwrap().get();
        self.write(&events(head + 1, upto)).await;
    }

    /// Writes events as they are, past all rules of appending.
    pub(crate) async fn write(&self, events: &[StoredEvent]) {
        let after = u64::try_from(events[0].position).unwrap() - 1;
        self.store.import_events(after, events).await.unwrap();
    }

    /// Seals all that is there, with the log's own key.
    pub(crate) async fn seal(&self) -> u64 {
        self.seal_with(signer()).await
    }

    pub(crate) async fn seal_with(&self, signer: NoteSigner) -> u64 {
        let mut sealer = Sealer::open(Arc::clone(&self.store), signer).await.unwrap();
        while sealer.seal(now()).await.unwrap().is_some() {}
        sealer.sealed()
    }

    /// Grows to each of these positions and seals there.
    pub(crate) async fn sealed_at(&self, positions: &[u64]) {
        for position in positions {
            self.grow(*position).await;
            self.seal().await;
        }
    }

    pub(crate) async fn verify(&self, kept: &[String]) -> Report {
        let options = VerifyOptions {
            keys: vec![signer().verifier()],
            kept: kept.to_vec(),
        };
        verify(Arc::clone(&self.store), &options, &|_, _| {})
            .await
            .unwrap()
    }

    /// The signed note of a size.
    pub(crate) async fn note(&self, size: u64) -> String {
        let seals = self.store.seals_after(size - 1, 1).await.unwrap();
        assert_eq!(seals[0].size, size);
        seals[0].note.clone()
    }

    pub(crate) async fn all(&self) -> Vec<StoredEvent> {
        self.store.read_stored(0, 100_000).await.unwrap()
    }

    /// Runs statements with the rights of the owner; the first error's text.
    pub(crate) async fn try_sql(&self, statements: &str) -> Result<(), String> {
        match &self.place {
            Place::Sqlite => self
                .direct()
                .execute_batch(statements)
                .map_err(|error| error.to_string()),
            Place::Postgres { pool, .. } => sqlx::raw_sql(statements)
                .execute(pool)
                .await
                .map(drop)
                .map_err(|error| error.to_string()),
        }
    }

    pub(crate) async fn sql(&self, statements: &str) {
        self.try_sql(statements).await.unwrap();
    }

    /// What protects the tables is taken away, as their owner can.
    pub(crate) async fn unprotected(&self) {
        self.sql(match self.place {
            Place::Sqlite => {
                "DROP TRIGGER events_refuse_update; DROP TRIGGER events_refuse_delete;
                 DROP TRIGGER log_tiles_refuse_update; DROP TRIGGER log_tiles_refuse_delete;
                 DROP TRIGGER log_checkpoints_refuse_update; DROP TRIGGER log_checkpoints_refuse_delete;
                 DROP INDEX events_stream; DROP INDEX events_event_id"
            }
            Place::Postgres { .. } => {
                "ALTER TABLE events DISABLE TRIGGER ALL; ALTER TABLE log_tiles DISABLE TRIGGER ALL;
                 ALTER TABLE log_checkpoints DISABLE TRIGGER ALL;
                 ALTER TABLE events DROP CONSTRAINT events_pkey, DROP CONSTRAINT events_event_id_key"
            }
        })
        .await;
    }

    /// Replaces the hashes of a tile, and its root if one is given.
    pub(crate) async fn set_tile(&self, number: u64, hashes: &[Hash], root: Hash) {
        let (hashes, root) = (concatenated(hashes), root.as_bytes().to_vec());
        let number = i64::try_from(number).unwrap();
        match &self.place {
            Place::Sqlite => {
                self.direct()
                    .execute(
                        "UPDATE log_tiles SET hashes = ?1, root = ?2 WHERE level = 0 AND number = ?3",
                        rusqlite::params![hashes, root, number],
                    )
                    .unwrap();
            }
            Place::Postgres { pool, .. } => {
                sqlx::query(
                    "UPDATE log_tiles SET hashes = $1, root = $2 WHERE level = 0 AND number = $3",
                )
                .bind(hashes)
                .bind(root)
                .bind(number)
                .execute(pool)
                .await
                .unwrap();
            }
        }
    }

    pub(crate) async fn set_note(&self, size: u64, note: &str) {
        let size = i64::try_from(size).unwrap();
        match &self.place {
            Place::Sqlite => {
                self.direct()
                    .execute(
                        "UPDATE log_checkpoints SET note = ?1 WHERE size = ?2",
                        rusqlite::params![note, size],
                    )
                    .unwrap();
            }
            Place::Postgres { pool, .. } => {
                sqlx::query("UPDATE log_checkpoints SET note = $1 WHERE size = $2")
                    .bind(note)
                    .bind(size)
                    .execute(pool)
                    .await
                    .unwrap();
            }
        }
    }

    /// A connection past the log's own.
    fn direct(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.folder.path().join("log.db")).unwrap();
        connection
            .busy_timeout(std::time::Duration::from_secs(5))
            .unwrap();
        connection
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.place, Place::Sqlite)
    }

    /// The address of the database, to look at while a test fails.
    #[expect(dead_code, reason = "keeps the database until the stage ends")]
    fn address(&self) -> Option<&str> {
        match &self.place {
            Place::Sqlite => None,
            Place::Postgres { database, .. } => Some(database.url()),
        }
    }
}

/// The history from one position to another.
pub(crate) fn events(from: u64, upto: u64) -> Vec<StoredEvent> {
    (from..=upto)
        .map(|position| event(position, &format!("{{\"n\": {position}}}")))
        .collect()
}

/// The event of a position, with another payload.
pub(crate) fn event(position: u64, payload: &str) -> StoredEvent {
    let id = 0x0198_0000_0000_7000_8000_0000_0000_0000_u128 + u128::from(position);
    let stream = format!("thing-{}", position % STREAMS);
    StoredEvent::new(
        i64::try_from(position).unwrap(),
        i64::try_from((position - 1) / STREAMS + 1).unwrap(),
        BEGAN + i64::try_from(position).unwrap() * 1_000,
        [
            &id.to_be_bytes(),
            b"test.thing",
            stream.as_bytes(),
            b"ThingHappened",
            b"1",
            payload.as_bytes(),
            b"{\"actor\":\"curator:ana\"}",
        ],
    )
}

pub(crate) fn signer() -> NoteSigner {
    key("books.example/log", 0)
}

pub(crate) fn key(name: &str, salt: u8) -> NoteSigner {
    NoteSigner::new(
        name,
        &std::array::from_fn(|place| u8::try_from(place).unwrap() ^ salt),
    )
    .unwrap()
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_770_000_000).unwrap()
}

/// No event of the history claims anything.
pub(crate) fn claims() -> ClaimBook {
    ClaimBook::new(|_| Ok(Vec::new()))
}

/// The lines of a file.
pub(crate) fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(str::to_owned).collect()
}
