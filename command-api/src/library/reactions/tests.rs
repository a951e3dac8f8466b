//! A library is taken down to the end, also when the process dies half-way.
//!
//! Over a real log; whatever waits, waits for a condition.

mod faults {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
    use std::time::Duration;

    use accession_event_log::{
        EventLog, Given, Repository, RepositoryOptions, SqliteLog, WriterOptions,
    };
    use accession_events::Position;
    use accession_events::ids::{AccountId, LibraryId};
    use accession_events::library::LibraryKind;
    use accession_events::values::ShortText;
    use accession_feed::relay::lease::AlwaysHeld;
    use accession_secrets::PrivateDatabase;
    use accession_secrets::reaction_book::{self, ReactionBook};
    use accession_testkit::eventually;
    use async_trait::async_trait;
    use jiff::Timestamp;
    use tokio::task::JoinHandle;
    use uuid::Uuid;

    use super::super::{LibraryCleanup, LibraryDeletion};
    use crate::library::library::add_child::AddChild;
    use crate::library::library::create_library::CreateLibrary;
    use crate::library::library::take_down::StartDeletion;
    use crate::library::library::{Library, LibraryCommand};
    use crate::reactions::{Course, ReactionError, ReactionOptions, Reactions};

    const LONG: Duration = Duration::from_secs(20);

    /// A room that cannot be cleared until it is told so, and counts how often it was asked.
    #[derive(Default)]
    struct Stubborn {
        opened: AtomicBool,
        asked: AtomicU32,
    }

    #[async_trait]
    impl LibraryCleanup for Stubborn {
        fn name(&self) -> &'static str {
            "stubborn"
        }

        async fn clean(&self, _: LibraryId, _: &Course) -> Result<(), ReactionError> {
            self.asked.fetch_add(1, Ordering::SeqCst);
            if self.opened.load(Ordering::SeqCst) {
                return Ok(());
            }
            Err(ReactionError::Away {
                reason: "it is locked".into(),
            })
        }
    }

    fn start(log: &EventLog, book: &Arc<dyn ReactionBook>, room: &Arc<Stubborn>) -> JoinHandle<()> {
        let libraries = Repository::new(log.clone(), RepositoryOptions::default());
        let options = ReactionOptions {
            shortest_pause: Duration::from_millis(5),
            longest_pause: Duration::from_millis(20),
            ..ReactionOptions::default()
        };
        let lease = Box::new(AlwaysHeld);
        let store = Arc::clone(log.store());
        let deletion = LibraryDeletion::new(libraries).with(Arc::clone(room) as Arc<_>);
        let reactions = Reactions::new(store, Arc::clone(book), lease, log.head(), options, clock);
        tokio::spawn(
            reactions
                .with(Arc::new(deletion))
                .run(std::future::pending()),
        )
    }

    #[expect(clippy::disallowed_methods, reason = "the tests' edge")]
    fn clock() -> Timestamp {
        Timestamp::now()
    }

    async fn peopled(log: &EventLog, children: usize) -> LibraryId {
        let libraries: Repository<Library> =
            Repository::new(log.clone(), RepositoryOptions::default());
        let (library, by) = (
            LibraryId::new(Uuid::now_v7()),
            AccountId::new(Uuid::now_v7()),
        );
        let id = library.to_string();
        let name = ShortText::parse("Longbourn").unwrap();
        let mut commands = vec![LibraryCommand::Create(CreateLibrary {
            name,
            description: None,
            kind: LibraryKind::Family,
            by,
        })];
        for _ in 0..children {
            commands.push(LibraryCommand::AddChild(AddChild {
                account: AccountId::new(Uuid::now_v7()),
                name: serde_json::from_str(&format!(
                    r#"{{"subject":"{}","box":"AAAA"}}"#,
                    Uuid::now_v7()
                ))
                .unwrap(),
                birth_year: None,
                guardian: by,
            }));
        }
        commands.push(LibraryCommand::StartDeletion(StartDeletion {
            by,
            reason: None,
        }));
        for command in &commands {
            libraries
                .execute(&id, &Given::default(), command)
                .await
                .unwrap();
        }
        library
    }

    async fn count(log: &EventLog, name: &str) -> usize {
        let events = log.store().read_feed(Position::START, 10_000).await;
        let events = events.unwrap();
        events
            .iter()
            .filter(|event| &*event.event_type == name)
            .count()
    }

    #[tokio::test]
    async fn a_deletion_that_was_killed_half_way_is_carried_to_its_end_and_nothing_twice() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteLog::open(&folder.path().join("log.db"))
            .await
            .unwrap();
        let log = EventLog::start(Arc::new(store), WriterOptions::default());
        let database = PrivateDatabase::open_file(&folder.path().join("private.db")).await;
        let book = reaction_book::open(&database.unwrap());
        peopled(&log, 150).await;
        let room = Arc::new(Stubborn::default());

        let first = start(&log, &book, &room);
        eventually(LONG, || async { room.asked.load(Ordering::SeqCst) > 1 }).await;
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        assert_eq!(count(&log, "MemberRemoved").await, 151);
        assert_eq!(count(&log, "LibraryDeletionCompleted").await, 0);

        room.opened.store(true, Ordering::SeqCst);
        let second = start(&log, &book, &room);
        eventually(LONG, || async {
            count(&log, "LibraryDeletionCompleted").await == 1
        })
        .await;
        second.abort();
        assert_eq!(count(&log, "MemberRemoved").await, 151);
    }
}
