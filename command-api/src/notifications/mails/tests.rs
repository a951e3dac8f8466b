//! What is queued for an event: once, however often it is delivered, and nothing more for somebody who was erased.
//!
//! Never sends anything.

mod letters;

use accession_event_log::{
    Append, EventLog, NewEvent, Outcome, SqliteLog, StreamWrite, WriterOptions,
};
use accession_events::identity::{AccountEvent, SubjectEvent};
use accession_events::ids::EventId;
use accession_events::{LoggedEvent as _, Position, StreamName};
use accession_secrets::outbox;
use accession_secrets::reaction_book::{self, ReactionBook};
use accession_secrets::{PrivateDatabase, RootKey, SubjectKeys};
use serde_json::{Value, json};

use super::*;

const ANA: Uuid = Uuid::from_u128(1);

struct Room {
    log: EventLog,
    book: Arc<dyn ReactionBook>,
    outbox: Arc<dyn Outbox>,
    mails: Mails,
    _folder: tempfile::TempDir,
}

impl Room {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = SqliteLog::open(&folder.path().join("log.db"))
            .await
            .unwrap();
        let log = EventLog::start(Arc::new(log), WriterOptions::default());
        let database = PrivateDatabase::open_file(&folder.path().join("private.db"))
            .await
            .unwrap();
        let outbox = outbox::open(&database);
        let keys = SubjectKeys::new(&database, &RootKey::from_bytes([5; 32]));
        Self {
            mails: Mails::new(Arc::clone(&outbox), Arc::clone(log.store()), keys),
            book: reaction_book::open(&database),
            log,
            outbox,
            _folder: folder,
        }
    }

    async fn append(&self, aggregate: &str, events: &[(&'static str, Value)]) {
        let new_event = |(name, payload): &(&'static str, Value)| NewEvent {
            id: EventId::new(Uuid::now_v7()),
            event_type: (*name).into(),
            event_version: 1,
            payload: payload.to_string(),
        };
        let write = StreamWrite {
            stream: StreamName::new(aggregate, ANA),
            expected_version: 0,
            events: events.iter().map(new_event).collect(),
            claims: Vec::new(),
        };
        let append = Append {
            writes: vec![write],
            ..Append::default()
        };
        let outcome = self.log.append(append).await.unwrap();
        assert!(matches!(outcome, Outcome::Committed(_)), "{outcome:?}");
    }

    /// Ana registers and wants the mail about her address twice.
    async fn registered(&self) {
        let sealed = json!({ "subject": ANA, "box": "AAAA" });
        let request = |number| {
            let challenge = Uuid::from_u128(number);
            let asked = json!({ "challenge": challenge, "expires_at": "2027-01-15T09:00:00Z" });
            json!({ "EmailVerificationRequested": asked })
        };
        let registered = json!({ "AccountRegistered": {
            "email": sealed,
            "email_index": "A".repeat(43),
            "name": sealed,
            "language": "de",
            "consents": { "privacy": "1", "terms": "1" },
        }});
        let events = [
            ("AccountRegistered", registered),
            ("EmailVerificationRequested", request(7)),
            ("EmailVerificationRequested", request(8)),
        ];
        self.append(AccountEvent::AGGREGATE, &events).await;
    }

    /// Delivers everything from the beginning, as after a crash before the first checkpoint.
    async fn deliver(&self, second: i64) {
        let now = Timestamp::from_second(1_800_000_000 + second).unwrap();
        let feed = self.log.store().read_feed(Position::START, 100).await;
        for event in &feed.unwrap() {
            let course = Course::of_event("mail", event, now, Arc::clone(&self.book));
            self.mails.react(&course, event).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_message_is_queued_once_for_each_event_however_often_it_is_delivered() {
    let room = Room::new().await;
    room.registered().await;
    room.deliver(0).await;
    let lines = room.outbox.list(9).await.unwrap();
    let kinds: Vec<_> = lines.iter().map(|line| &*line.kind).collect();
    assert_eq!(kinds, ["verify_email", "verify_email"]);
    room.deliver(60).await;
    assert_eq!(room.outbox.list(9).await.unwrap(), lines);
    // Nor is it queued anew after it has left.
    let now = Timestamp::from_second(1_800_000_100).unwrap();
    for line in &lines {
        assert!(room.outbox.discard(line.id, now).await.unwrap());
    }
    room.deliver(120).await;
    assert_eq!(room.outbox.list(9).await.unwrap(), []);
}

#[tokio::test]
async fn what_waits_for_somebody_is_dropped_when_they_are_erased() {
    let room = Room::new().await;
    room.registered().await;
    room.deliver(0).await;
    assert_eq!(room.outbox.counts().await.unwrap().waiting, 2);
    room.append(SubjectEvent::AGGREGATE, &[("SubjectErased", json!({}))])
        .await;
    room.deliver(60).await;
    assert_eq!(room.outbox.counts().await.unwrap().waiting, 0);
}
