//! Sweeping with a clock that is moved: what goes, what stays, and that one process does it at a time.
//!
//! Never waits for the time of day.

use std::sync::atomic::{AtomicU64, Ordering};

use accession_event_log::{SqliteLog, WriterOptions};
use accession_events::identity::{ClientClass, SessionEvent, SignInMethod};
use accession_events::ids::{AccountId, ChallengeId, SessionId};
use accession_events::{LoggedEvent as _, Position};
use accession_feed::relay::lease::LeaseError;
use accession_secrets::RootKey;
use accession_secrets::challenges::{ChallengePurpose, Challenges, KeptChallenge};
use accession_secrets::sessions::KeptSession;
use accession_service::views::View;
use async_trait::async_trait;
use uuid::Uuid;

use super::*;
use crate::identity::session::Start;

const DAY: i64 = 24 * 3600;

struct Site {
    database: PrivateDatabase,
    log: EventLog,
    sweeper: Sweeper,
    _folder: tempfile::TempDir,
}

fn after(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn id(number: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(number))
}

impl Site {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = SqliteLog::open(folder.path().join("log.db")).await.unwrap();
        let log = EventLog::start(Arc::new(log), WriterOptions::default());
        let database = PrivateDatabase::open_file(&folder.path().join("private.db"))
            .await
            .unwrap();
        Self {
            sweeper: Sweeper::new(&log, &database),
            database,
            log,
            _folder: folder,
        }
    }

    /// A session of now, good for thirty days.
    async fn begin(&self, number: u128) {
        let account = AccountId::new(Uuid::from_u128(1));
        let start = SessionCommand::Start(Start {
            account,
            method: SignInMethod::Password,
            client: ClientClass::Browser,
            device: None,
        });
        let repository = &self.sweeper.repository;
        let stream = id(number).to_string();
        repository
            .execute(&stream, &Given::default(), &start)
            .await
            .unwrap();
        self.keep(number).await;
    }

    async fn keep(&self, number: u128) {
        let session = KeptSession {
            id: id(number),
            account: AccountId::new(Uuid::from_u128(1)),
            since: Position::new(1),
            seed: [1; 16],
            generation: 0,
            token_hash: [1; 32],
            in_cookie: false,
            selected: None,
            started_at: after(0),
            rotated_at: after(0),
            expires_at: after(30 * DAY),
            ended_at: None,
        };
        self.sweeper.sessions.begin(&session).await.unwrap();
    }

    async fn ends(&self) -> Vec<String> {
        let head = self.log.store().head().await.unwrap();
        let feed = self.log.store();
        let events = feed
            .read_feed(Position::START, usize::try_from(head.get()).unwrap())
            .await
            .unwrap();
        let ends = events
            .iter()
            .filter(|event| &*event.event_type == "SessionEnded");
        ends.map(|event| event.payload.to_string()).collect()
    }

    async fn sweep(&self, seconds: i64) -> Vec<(&'static str, u64)> {
        let mut swept = self.sweeper.sweep(after(seconds)).await.unwrap();
        swept.retain(|(_, rows)| *rows > 0);
        swept
    }
}

#[tokio::test]
async fn a_session_that_nobody_refreshed_is_ended_once_and_its_row_goes_a_month_later() {
    let site = Site::new().await;
    site.begin(1).await;
    assert_eq!(site.sweep(30 * DAY - 1).await, []);
    assert_eq!(site.sweep(30 * DAY).await, [("sessions_expired", 1)]);
    assert_eq!(site.sweep(31 * DAY).await, []);
    let ends = site.ends().await;
    assert_eq!(ends.len(), 1, "{ends:?}");
    assert!(ends[0].contains("expired"), "{ends:?}");
    assert_eq!(site.sweep(61 * DAY).await, [("sessions_ended", 1)]);
    assert_eq!(SessionEvent::AGGREGATE, "identity.session");
}

#[tokio::test]
async fn a_row_whose_session_never_began_is_ended_too() {
    let site = Site::new().await;
    site.keep(7).await;
    assert_eq!(site.sweep(30 * DAY).await, [("sessions_expired", 1)]);
    assert_eq!(site.ends().await, [""; 0]);
}

#[tokio::test]
async fn guesses_challenges_and_views_go_when_their_time_is_over_and_not_before() {
    let site = Site::new().await;
    let root = RootKey::from_bytes([3; 32]);
    let challenge = KeptChallenge {
        id: ChallengeId::new(Uuid::from_u128(5)),
        purpose: ChallengePurpose::VerifyEmail,
        about: Uuid::from_u128(1),
        expires_at: after(DAY),
    };
    Challenges::new(&site.database, &root)
        .keep(&challenge)
        .await
        .unwrap();
    site.sweeper
        .failures
        .attempt(&[1; 32], after(0))
        .await
        .unwrap();
    let view = View {
        at: after(0),
        viewer: Uuid::from_u128(9),
        subject: Uuid::from_u128(1),
        route: "/".to_owned(),
    };
    site.sweeper.views.note(&[view]).await.unwrap();
    assert_eq!(site.sweep(DAY).await, []);
    assert_eq!(site.sweep(DAY + 1).await, [("sign_in_failures", 1)]);
    assert_eq!(site.sweep(8 * DAY).await, []);
    assert_eq!(site.sweep(8 * DAY + 1).await, [("challenges", 1)]);
    assert_eq!(site.sweep(2 * 365 * DAY).await, []);
    assert_eq!(site.sweep(2 * 365 * DAY + 1).await, [("views", 1)]);
}

/// A lease that is somebody's, and counts who asks for it.
#[derive(Clone)]
struct Counted {
    ours: bool,
    asked: Arc<AtomicU64>,
}

#[async_trait]
impl Lease for Counted {
    async fn try_acquire(&mut self) -> Result<bool, LeaseError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(self.ours)
    }

    async fn is_held(&mut self) -> Result<bool, LeaseError> {
        Ok(self.ours)
    }

    async fn release(&mut self) {}
}

/// After the session's time.
fn late() -> Timestamp {
    after(40 * DAY)
}

#[tokio::test]
async fn whoever_has_the_lease_sweeps_and_nobody_else() {
    for ours in [false, true] {
        let site = Site::new().await;
        site.begin(1).await;
        let sessions = Arc::clone(&site.sweeper.sessions);
        let lease = Counted {
            ours,
            asked: Arc::default(),
        };
        let asked = Arc::clone(&lease.asked);
        let until = accession_testkit::eventually(Duration::from_secs(20), async || {
            asked.load(Ordering::SeqCst) >= 3
        });
        let sweeper = site.sweeper.every(Duration::from_millis(1));
        sweeper.run(Box::new(lease), late, until).await;
        let kept = sessions.get(id(1)).await.unwrap().unwrap();
        assert_eq!(kept.ended_at.is_some(), ours);
    }
}
