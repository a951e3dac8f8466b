//! A queue, a sender and a transport that answers as it is told.
//!
//! No letter of a test leaves the process.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use accession_events::identity::AccountEvent;
use accession_events::ids::{ChallengeId, SubjectId};
use accession_events::{LoggedEvent as _, StreamName};
use accession_mail::{Letter, MessageKind, SendError, Sender, Templates, Transport};
use accession_secrets::challenges::ChallengeTokens;
use accession_secrets::outbox::{self, MessageState, NewMessage, Outbox};
use accession_secrets::{PrivateDatabase, RootKey, Sealer, SubjectKeys};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::Map;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::notifications::draft::{Boxed, Draft, Page};
use crate::notifications::sender::{MailSender, SenderOptions};

const ROOT: RootKey = RootKey::from_bytes([5; 32]);
pub(super) const ANA: SubjectId = SubjectId::new(Uuid::from_u128(1));
pub(super) const CHALLENGE: ChallengeId = ChallengeId::new(Uuid::from_u128(77));

/// So many seconds after the tests begin.
pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// What the transport does with a letter.
pub(super) enum Answer {
    /// Takes it once the gate is opened.
    WhenOpened,
    Later,
    Never,
}

/// Takes every letter unless it was told something else about the next ones.
pub(super) struct Post {
    pub(super) answers: Mutex<VecDeque<Answer>>,
    pub(super) tried: Mutex<Vec<Uuid>>,
    pub(super) taken: Mutex<Vec<Letter>>,
    pub(super) gate: Semaphore,
}

impl Post {
    pub(super) fn taken(&self) -> Vec<Uuid> {
        let taken = self.taken.lock().unwrap();
        taken.iter().map(|letter| letter.id).collect()
    }

    pub(super) fn tried(&self) -> usize {
        self.tried.lock().unwrap().len()
    }
}

#[async_trait]
impl Transport for Post {
    async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        self.tried.lock().unwrap().push(letter.id);
        let answer = self.answers.lock().unwrap().pop_front();
        let reason = "the office is closed".to_owned();
        match answer {
            None => {}
            Some(Answer::WhenOpened) => self.gate.acquire().await.unwrap().forget(),
            Some(Answer::Later) => return Err(SendError::Later { reason }),
            Some(Answer::Never) => return Err(SendError::Never { reason }),
        }
        self.taken.lock().unwrap().push(letter.clone());
        Ok(())
    }

    fn name(&self) -> &'static str {
        "post"
    }
}

/// Everything that a test of the sender needs.
pub(super) struct Room {
    database: PrivateDatabase,
    pub(super) keys: SubjectKeys,
    pub(super) outbox: Arc<dyn Outbox>,
    pub(super) post: Arc<Post>,
    _folder: tempfile::TempDir,
}

impl Room {
    /// A room whose transport answers this to the first letters.
    pub(super) async fn with(answers: impl IntoIterator<Item = Answer>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("private.db");
        let database = PrivateDatabase::open_file(&path).await.unwrap();
        Self {
            keys: SubjectKeys::new(&database, &ROOT),
            outbox: outbox::open(&database),
            database,
            post: Arc::new(Post {
                answers: Mutex::new(answers.into_iter().collect()),
                tried: Mutex::default(),
                taken: Mutex::default(),
                gate: Semaphore::new(0),
            }),
            _folder: folder,
        }
    }

    pub(super) fn tokens() -> ChallengeTokens {
        ChallengeTokens::new(&ROOT)
    }

    pub(super) fn sender(&self, options: SenderOptions) -> MailSender {
        MailSender::new(
            outbox::open(&self.database),
            Sealer::new(self.keys.clone()),
            Self::tokens(),
            Templates::built_in().unwrap(),
            Arc::clone(&self.post) as Arc<dyn Transport>,
            Sender::parse("accession@example.org").unwrap(),
            options,
        )
    }

    /// Queues a message to Ana under this number; whether it was new. Its link is good for an hour.
    pub(super) async fn queue(&self, number: u128) -> bool {
        let stream = StreamName::new(AccountEvent::AGGREGATE, ANA);
        let email = "ana@example.org".to_owned();
        let sealer = Sealer::new(self.keys.clone());
        let boxed = sealer.seal(ANA, &stream, "email", &email).await.unwrap();
        let until = at(0).checked_add(SignedDuration::from_hours(1)).unwrap();
        let draft = Draft {
            to: Boxed::of(&stream, "email", &boxed),
            name: None,
            inviter: None,
            child: None,
            device: None,
            language: "en".into(),
            page: Some(Page::VerifyEmail),
            challenge: Some(CHALLENGE),
            until: Some(until),
            once: None,
            loan: None,
            when: at(0),
            values: Map::new(),
        };
        let message = NewMessage {
            id: Uuid::from_u128(number),
            subject: ANA,
            kind: MessageKind::VerifyEmail.as_str().into(),
            letter: serde_json::to_string(&draft).unwrap(),
            state: MessageState::Queued,
            queued_at: at(0),
            expires_at: Some(until),
        };
        assert!(!message.letter.contains("ana@"));
        self.outbox.queue(&message).await.unwrap()
    }
}
