//! Who is reminded, on which day, how often; and that nothing leaves after the copy came back.
//!
//! Boxes are not opened here: what is queued is looked at, and whether it would leave.

use std::sync::Mutex;

use accession_event_log::{Append, EventLog, NewEvent, SqliteLog, StreamWrite, WriterOptions};
use accession_events::identity::AccountEvent;
use accession_events::ids::{EventId, SubjectId};
use accession_mail::{Letter, SendError, Sender, Templates, Transport};
use accession_secrets::challenges::ChallengeTokens;
use accession_secrets::outbox::{self, MessageState};
use accession_secrets::reaction_book::{self, ReactionBook};
use accession_secrets::{PrivateDatabase, RootKey, Sealer, SubjectKeys};
use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::notifications::sender::{MailSender, SenderOptions};

const ANA: Uuid = Uuid::from_u128(1);
const LIBRARY: Uuid = Uuid::from_u128(50);
const TITLE: Uuid = Uuid::from_u128(60);
const COPY: Uuid = Uuid::from_u128(70);
const LOAN: Uuid = Uuid::from_u128(80);
const HOLD: Uuid = Uuid::from_u128(90);

#[derive(Default)]
struct Post(Mutex<Vec<Letter>>);

#[async_trait]
impl Transport for Post {
    async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        self.0.lock().unwrap().push(letter.clone());
        Ok(())
    }

    fn name(&self) -> &'static str {
        "post"
    }
}

struct Office {
    log: EventLog,
    book: Arc<dyn ReactionBook>,
    outbox: Arc<dyn Outbox>,
    mails: LoanMails,
    sender: MailSender,
    post: Arc<Post>,
    keys: SubjectKeys,
    _folder: tempfile::TempDir,
}

fn due() -> Timestamp {
    "2030-12-05T23:59:59Z".parse().unwrap()
}

/// So many hours after the loan was due.
fn late(hours: i64) -> Timestamp {
    due()
        .checked_add(SignedDuration::from_hours(hours))
        .unwrap()
}

fn borrower() -> Value {
    json!({ "patron": Uuid::from_u128(101), "account": ANA })
}

impl Office {
    /// Emma is lent to Ana.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = SqliteLog::open(&folder.path().join("log.db"))
            .await
            .unwrap();
        let log = EventLog::start(Arc::new(log), WriterOptions::default());
        let path = folder.path().join("private.db");
        let database = PrivateDatabase::open_file(&path).await.unwrap();
        let root = RootKey::from_bytes([5; 32]);
        let keys = SubjectKeys::new(&database, &root);
        let post = Arc::new(Post::default());
        let sender = MailSender::new(
            outbox::open(&database),
            Sealer::new(keys.clone()),
            ChallengeTokens::new(&root),
            Templates::built_in().unwrap(),
            Arc::clone(&post) as Arc<dyn Transport>,
            Sender::parse("accession@example.org").unwrap(),
            SenderOptions::default(),
        );
        let office = Self {
            mails: LoanMails::new(outbox::open(&database), Arc::clone(log.store())),
            book: reaction_book::open(&database),
            outbox: outbox::open(&database),
            sender: sender.looking_at(Arc::clone(log.store())),
            post,
            keys,
            log,
            _folder: folder,
        };
        office.furnish().await;
        office
    }

    async fn furnish(&self) {
        let stream = StreamName::new(AccountEvent::AGGREGATE, ANA);
        let desk = Sealer::new(self.keys.clone());
        let desk = desk.of(SubjectId::new(ANA)).await.unwrap();
        let email = desk.seal(&stream, "email", &"ana@example.org").unwrap();
        let name = desk.seal(&stream, "name", &"Ana").unwrap();
        let registered = json!({ "email": email, "email_index": "A".repeat(43), "name": name,
            "language": "de", "consents": { "privacy": "1", "terms": "1" } });
        self.append(
            AccountEvent::AGGREGATE,
            ANA,
            "AccountRegistered",
            registered,
        )
        .await;
        let created = json!({ "name": "Longbourn", "kind": "family", "by": ANA });
        self.append(LibraryEvent::AGGREGATE, LIBRARY, "LibraryCreated", created)
            .await;
        let added = json!({ "kind": "book", "slug": "emma",
            "provenance": { "source": "curator:ana", "authority": "curator" },
            "facts": [{ "field": "name", "value": "Emma" }] });
        self.append(TitleEvent::AGGREGATE, TITLE, "TitleAdded", added)
            .await;
        let opened = json!({ "loan": LOAN, "library": LIBRARY, "title": TITLE, "borrower": borrower(),
            "lent_at": "2030-11-21T10:00:00Z", "due_at": due(), "how": "desk", "policy": 0, "hold": null, "by": ANA });
        self.lending("LoanOpened", opened).await;
    }

    async fn lending(&self, name: &'static str, fields: Value) {
        self.append(LendingEvent::AGGREGATE, COPY, name, fields)
            .await;
    }

    async fn append(&self, aggregate: &'static str, id: Uuid, name: &'static str, fields: Value) {
        let stream = StreamName::new(aggregate, id);
        let written = self.log.store().read_stream(&stream, 0, 100).await.unwrap();
        let event = NewEvent {
            id: EventId::new(Uuid::now_v7()),
            event_type: name.into(),
            event_version: u16::from(name == "TitleAdded") + 1,
            payload: json!({ name: fields }).to_string(),
        };
        let write = StreamWrite {
            stream,
            expected_version: written.len() as u64,
            events: vec![event],
            claims: Vec::new(),
        };
        let append = Append {
            writes: vec![write],
            ..Append::default()
        };
        self.log.append(append).await.unwrap();
    }

    /// Delivers what concerns the reaction from the beginning, as after a crash before the first checkpoint.
    async fn deliver(&self, now: Timestamp) {
        let feed = self.log.store().read_feed(Position::START, 100).await;
        for event in &feed.unwrap() {
            if self.mails.listens_to().contains(&&*event.event_type) {
                let course = Course::of_event("loan_mail", event, now, Arc::clone(&self.book));
                self.mails.react(&course, event).await.unwrap();
            }
        }
    }

    /// Has every timer ring that is due, as a process does that holds the lease.
    async fn ring(&self, now: Timestamp) {
        for timer in self.book.upkeep("loan_mail", now, 9).await.unwrap().due {
            let course = Course::of_timer("loan_mail", &timer, now, Arc::clone(&self.book));
            self.mails.on_timer(&course, &timer).await.unwrap();
            self.book.timer_done("loan_mail", &timer).await.unwrap();
        }
    }

    async fn kinds(&self) -> Vec<String> {
        let mut kinds: Vec<String> = self
            .outbox
            .list(100)
            .await
            .unwrap()
            .into_iter()
            .map(|line| line.kind)
            .collect();
        kinds.sort();
        kinds
    }

    async fn returned(&self) {
        let returned =
            json!({ "loan": LOAN, "borrower": borrower(), "returned_at": due(), "by": ANA });
        self.lending("LoanReturned", returned).await;
    }
}

#[tokio::test]
async fn somebody_is_reminded_once_a_day_however_often_and_late_the_timer_comes() {
    let office = Office::new().await;
    let lent: Timestamp = "2030-11-21T10:00:00Z".parse().unwrap();
    office.deliver(lent).await;
    office.ring(lent).await;
    assert!(office.kinds().await.is_empty());
    office.ring(late(-36)).await;
    assert_eq!(office.kinds().await, ["loan_due_soon"]);
    // Another process, or the same after a crash, has not heard of it.
    office.deliver(late(-36)).await;
    office.ring(late(-35)).await;
    assert_eq!(office.kinds().await, ["loan_due_soon"]);
    office.ring(late(-12)).await;
    office.ring(late(7 * 24)).await;
    // Two weeks without a server: the newest day only.
    office.ring(late(22 * 24)).await;
    office.ring(late(22 * 24)).await;
    assert_eq!(
        office.kinds().await,
        [
            "loan_due_soon",
            "loan_due_today",
            "loan_overdue",
            "loan_overdue"
        ]
    );
}

#[tokio::test]
async fn a_reminder_is_written_in_the_borrowers_language_with_what_is_due() {
    let office = Office::new().await;
    office.deliver(late(-40)).await;
    office.ring(late(-36)).await;
    assert!(office.sender.send_due(late(-36)).await.unwrap());
    let letters = office.post.0.lock().unwrap();
    let letter = format!("{:?}", letters.first().unwrap().rendered);
    for word in ["Emma", "Longbourn", "2030-12-05", "morgen", "/me/loans"] {
        assert!(letter.contains(word), "{word} in {letter}");
    }
}

#[tokio::test]
async fn nothing_leaves_after_the_copy_came_back() {
    let office = Office::new().await;
    office.deliver(late(-40)).await;
    office.ring(late(-36)).await;
    // It waits in the queue while the mail server is away; meanwhile the copy comes back.
    office.returned().await;
    assert!(office.sender.send_due(late(-30)).await.unwrap());
    assert!(office.post.0.lock().unwrap().is_empty());
    let lines = office.outbox.list(9).await.unwrap();
    assert!(lines.iter().all(|line| line.state == MessageState::Dropped));
    // Nor is anything queued any more, also by a timer that was set before.
    office.ring(late(24)).await;
    assert_eq!(office.outbox.counts().await.unwrap().waiting, 0);
}

#[tokio::test]
async fn a_loan_that_was_renewed_is_reminded_of_by_its_new_due_date() {
    let office = Office::new().await;
    let renewed = json!({ "loan": LOAN, "borrower": borrower(), "due_at": late(14 * 24), "renewals": 1, "by": ANA });
    office.lending("LoanRenewed", renewed).await;
    office.deliver(late(-40)).await;
    office.ring(late(-12)).await;
    assert!(office.kinds().await.is_empty());
    office.ring(late(14 * 24 - 36)).await;
    assert_eq!(office.kinds().await, ["loan_due_soon"]);
}

#[tokio::test]
async fn whoever_waited_is_told_that_the_copy_is_there_unless_it_is_not_any_more() {
    let office = Office::new().await;
    office.returned().await;
    let until = late(72);
    let placed = json!({ "hold": HOLD, "library": LIBRARY, "title": TITLE, "borrower": borrower(),
        "placed_at": due(), "by": ANA });
    office.lending("HoldPlaced", placed).await;
    let offered = json!({ "hold": HOLD, "borrower": borrower(), "until": until });
    office.lending("HoldOffered", offered).await;
    office.deliver(due()).await;
    assert_eq!(office.kinds().await, ["hold_ready"]);

    let other = Office::new().await;
    other.returned().await;
    let offered = json!({ "hold": HOLD, "borrower": borrower(), "until": until });
    other.lending("HoldOffered", offered).await;
    let cancelled = json!({ "hold": HOLD, "borrower": borrower(), "by": ANA });
    other.lending("HoldCancelled", cancelled).await;
    other.deliver(due()).await;
    assert!(other.kinds().await.is_empty());
}
