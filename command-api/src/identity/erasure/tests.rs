//! Erasing: what stands in the log afterwards, what is gone, and that nothing is left half done.
//!
//! Never kills a process here: the cut between event and key is made by a store that fails.

mod memberships;
mod sweeping;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use accession_event_log::{RepositoryOptions, SqliteLog, WriterOptions};
use accession_events::library::LibraryEvent;
use accession_events::values::{EmailIndex, PersonName};
use accession_secrets::subject_keys::{self, KeptKey, SubjectKeyStore};
use accession_secrets::{PrivateDatabase, RootKey, SealError, Sealer};
use async_trait::async_trait;
use jiff::SignedDuration;
use uuid::Uuid;

use super::retention::USUAL_KEEPING;
use super::*;
use crate::ties::Untied;

/// Keys that can refuse to be destroyed.
struct Stubborn {
    inner: Arc<dyn SubjectKeyStore>,
    refuses: AtomicBool,
}

#[async_trait]
impl SubjectKeyStore for Stubborn {
    async fn create_or_get(
        &self,
        subject: SubjectId,
        wrapped: &[u8],
    ) -> Result<KeptKey, SecretsError> {
        self.inner.create_or_get(subject, wrapped).await
    }

    async fn get_many(&self, subjects: &[SubjectId]) -> Result<Vec<Option<KeptKey>>, SecretsError> {
        self.inner.get_many(subjects).await
    }

    async fn destroy(&self, subject: SubjectId, at: Timestamp) -> Result<bool, SecretsError> {
        if self.refuses.load(Ordering::SeqCst) {
            let source = sqlx::Error::PoolTimedOut;
            return Err(SecretsError::Store {
                doing: "testing",
                source,
            });
        }
        self.inner.destroy(subject, at).await
    }
}

struct Site {
    folder: tempfile::TempDir,
    database: PrivateDatabase,
    store: Arc<Stubborn>,
    keys: SubjectKeys,
    accounts: Repository<Account>,
    erasure: Erasure,
}

const ROOT: RootKey = RootKey::from_bytes([3; 32]);
const ANA: SubjectId = SubjectId::new(Uuid::from_u128(1));
const PLAIN: &str = "Ana of the Long Name";

fn wish() -> Erase {
    Erase {
        subject: ANA,
        by: Some(AccountId::new(ANA.as_uuid())),
        reason: ErasureReason::OwnWish,
        at: Timestamp::UNIX_EPOCH,
        orphans: Orphans::HoldBack,
    }
}

impl Site {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = SqliteLog::open(folder.path().join("log.db")).await.unwrap();
        let log = EventLog::start(Arc::new(log), WriterOptions::default());
        let database = PrivateDatabase::open_file(&folder.path().join("private.db"))
            .await
            .unwrap();
        let store = Arc::new(Stubborn {
            inner: subject_keys::open(&database),
            refuses: AtomicBool::new(false),
        });
        let keys = SubjectKeys::over(store.clone(), &ROOT);
        let accounts = Repository::new(log, RepositoryOptions::default());
        let erasure = Erasure::new(accounts.clone(), keys.clone());
        Self {
            folder,
            database,
            store,
            keys,
            accounts,
            erasure,
        }
    }

    /// Writes what an account begins with.
    async fn register(&self) {
        self.register_as(ANA, &EmailIndex::new([7; 32])).await;
    }

    async fn register_as(&self, who: SubjectId, index: &EmailIndex) {
        let stream = self.accounts.stream(&who.to_string());
        let sealer = Sealer::new(self.keys.clone()).of(who).await.unwrap();
        let name = PersonName::parse(PLAIN).unwrap();
        let registered = serde_json::json!({ "AccountRegistered": {
            "email": sealer.seal(&stream, "email", &"ana@example.org").unwrap(),
            "email_index": index,
            "name": sealer.seal(&stream, "name", &name).unwrap(),
            "language": "en",
            "consents": { "privacy": "1", "terms": "1" },
        }});
        let event: AccountEvent = serde_json::from_value(registered).unwrap();
        let loaded = Loaded::<Account>::default();
        let ids = Given::default().event_ids;
        let write = self
            .accounts
            .prepare(&who.to_string(), &loaded, &[event], || ids())
            .unwrap();
        let append = Append {
            writes: vec![write],
            ..Append::default()
        };
        let outcome = self.accounts.log().append(append).await.unwrap();
        assert!(matches!(outcome, Outcome::Committed(_)), "{outcome:?}");
    }

    async fn write(
        &self,
        stream: StreamName,
        event_type: &'static str,
        payload: serde_json::Value,
    ) {
        let event = NewEvent {
            id: (Given::default().event_ids)(),
            event_type: event_type.into(),
            event_version: 1,
            payload: payload.to_string(),
        };
        let write = StreamWrite {
            stream,
            expected_version: 0,
            events: vec![event],
            claims: Vec::new(),
        };
        let append = Append {
            writes: vec![write],
            ..Append::default()
        };
        self.accounts.log().append(append).await.unwrap();
    }

    async fn events(&self) -> Vec<String> {
        let feed = self
            .accounts
            .log()
            .store()
            .read_feed(Position::START, 100)
            .await
            .unwrap();
        feed.iter()
            .map(|event| event.event_type.to_string())
            .collect()
    }

    async fn key(&self) -> Option<KeptKey> {
        self.store.get_many(&[ANA]).await.unwrap().remove(0)
    }
}

#[tokio::test]
async fn an_erasure_ends_the_account_and_destroys_the_key_and_may_be_repeated() {
    let site = Site::new().await;
    site.register().await;
    for _ in 0..2 {
        let erased = site
            .erasure
            .erase(&wish(), &Untied, &Given::default())
            .await
            .unwrap();
        assert_eq!(*erased.state, Account::Deleted);
        assert_eq!(
            site.events().await,
            [
                "AccountRegistered",
                "SubjectErased",
                "SessionsRevoked",
                "AccountDeleted"
            ]
        );
        assert_eq!(site.key().await, Some(KeptKey::Destroyed));
    }
    let refused = Sealer::new(SubjectKeys::new(&site.database, &ROOT))
        .of(ANA)
        .await;
    assert!(matches!(refused, Err(SealError::Erased(_))));
}

#[tokio::test]
async fn what_was_cut_off_between_event_and_key_is_finished_later() {
    let site = Site::new().await;
    site.register().await;
    site.store.refuses.store(true, Ordering::SeqCst);
    site.erasure
        .erase(&wish(), &Untied, &Given::default())
        .await
        .unwrap();
    assert!(
        matches!(site.key().await, Some(KeptKey::Wrapped(_))),
        "the cut"
    );
    let now = Timestamp::UNIX_EPOCH;
    assert!(
        site.erasure.finish_all(Position::START, now).await.is_err(),
        "still away"
    );
    site.store.refuses.store(false, Ordering::SeqCst);
    // As another process would: with nothing remembered.
    let keys = SubjectKeys::over(site.store.clone(), &ROOT);
    let next = Erasure::new(site.accounts.clone(), keys);
    assert_eq!(next.finish_all(Position::START, now).await.unwrap(), 1);
    assert_eq!(next.finish_all(Position::START, now).await.unwrap(), 0);
    assert_eq!(site.key().await, Some(KeptKey::Destroyed));
}

#[tokio::test]
async fn somebody_who_was_only_invited_is_erased_and_their_library_is_named() {
    let site = Site::new().await;
    let library = StreamName::new(LibraryEvent::AGGREGATE, Uuid::from_u128(77));
    let payload = serde_json::json!({ "InvitationExpired": { "subject": ANA } });
    site.write(library, "InvitationExpired", payload).await;
    site.erasure
        .erase(&wish(), &Untied, &Given::default())
        .await
        .unwrap();
    assert_eq!(site.events().await, ["InvitationExpired", "SubjectErased"]);
    let feed = site
        .accounts
        .log()
        .store()
        .read_feed(Position::new(1), 1)
        .await
        .unwrap();
    assert!(
        feed[0].payload.contains(&Uuid::from_u128(77).to_string()),
        "{}",
        feed[0].payload
    );
}

#[tokio::test]
async fn what_was_sealed_of_a_person_under_other_names_is_erased_with_them() {
    let site = Site::new().await;
    site.register().await;
    let kept = SubjectId::new(Uuid::from_u128(55));
    let stream = StreamName::new(LibraryEvent::AGGREGATE, Uuid::from_u128(77));
    let sealer = Sealer::new(site.keys.clone());
    let name = sealer.seal(kept, &stream, "name", &PLAIN).await.unwrap();
    let payload =
        serde_json::json!({ "MemberRemoved": { "account": ANA, "name": name, "by": null } });
    site.write(stream, "MemberRemoved", payload).await;
    for _ in 0..2 {
        site.erasure
            .erase(&wish(), &Untied, &Given::default())
            .await
            .unwrap();
        assert_eq!(
            site.store.get_many(&[kept]).await.unwrap(),
            [Some(KeptKey::Destroyed)]
        );
        let erased = site
            .events()
            .await
            .iter()
            .filter(|name| *name == "SubjectErased")
            .count();
        assert_eq!(erased, 2);
    }
}

#[tokio::test]
async fn a_stale_version_and_a_parallel_change_are_told_from_each_other() {
    let site = Site::new().await;
    site.register().await;
    let stale = Given {
        expected_version: Some(9),
        ..Given::default()
    };
    let refused = site.erasure.erase(&wish(), &Untied, &stale).await;
    assert!(matches!(
        refused,
        Err(ErasureError::Execute(ExecuteError::StaleVersion { .. }))
    ));
    let given = Given::default();
    let wish = wish();
    let both = tokio::join!(
        site.erasure.erase(&wish, &Untied, &given),
        site.erasure.erase(&wish, &Untied, &given)
    );
    assert!(both.0.is_ok() && both.1.is_ok());
    assert_eq!(
        site.events()
            .await
            .iter()
            .filter(|name| *name == "SubjectErased")
            .count(),
        1
    );
}

#[tokio::test]
async fn no_byte_on_disk_tells_the_name_before_or_after_the_erasure() {
    let site = Site::new().await;
    site.register().await;
    for _ in 0..2 {
        for file in std::fs::read_dir(site.folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let found = bytes
                .windows(PLAIN.len())
                .any(|window| window == PLAIN.as_bytes());
            assert!(!found);
        }
        site.erasure
            .erase(&wish(), &Untied, &Given::default())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn what_a_library_kept_of_a_removed_member_is_purged_once_after_its_time() {
    let site = Site::new().await;
    let kept = SubjectId::new(Uuid::from_u128(55));
    let stream = StreamName::new(LibraryEvent::AGGREGATE, Uuid::from_u128(77));
    let sealer = Sealer::new(site.keys.clone());
    let name = sealer.seal(kept, &stream, "name", &PLAIN).await.unwrap();
    let payload =
        serde_json::json!({ "MemberRemoved": { "account": ANA, "name": name, "by": null } });
    site.write(stream, "MemberRemoved", payload).await;
    let feed = site
        .accounts
        .log()
        .store()
        .read_feed(Position::START, 1)
        .await;
    let removed_at = feed.unwrap()[0].recorded_at;
    let after = |days: i64| {
        removed_at
            .saturating_add(SignedDuration::from_hours(24 * days))
            .unwrap()
    };
    let purge = async |days| {
        let purged = site
            .erasure
            .purge_removed_members(after(days), USUAL_KEEPING)
            .await;
        purged.unwrap()
    };
    assert_eq!(purge(364).await, 0);
    assert_eq!(purge(366).await, 1);
    assert_eq!(purge(366).await, 0, "again");
    assert_eq!(site.events().await, ["MemberRemoved", "SubjectErased"]);
    assert_eq!(
        site.store.get_many(&[kept]).await.unwrap(),
        [Some(KeptKey::Destroyed)]
    );
    assert_ne!(
        site.key().await,
        Some(KeptKey::Destroyed),
        "the account is not touched"
    );
}
