//! From an event to the letter that leaves: to whom, in which language, with which words; and the last mail, which leaves
//! after its receiver was erased.
//!
//! Boxes are sealed with real keys; the transport only keeps what it is handed.

use std::sync::Mutex;

use accession_event_log::{Given, Repository, RepositoryOptions};
use accession_events::library::{LibraryEvent, MemberRole};
use accession_events::values::EmailIndex;
use accession_mail::{Letter, SendError, Sender, Templates, Transport};
use accession_secrets::Sealer;
use accession_secrets::challenges::ChallengeTokens;
use accession_secrets::subject_keys::{self, KeptKey, SubjectKeyStore};

use super::*;
use crate::identity::account::Account;
use crate::identity::erasure::{Erase, Erasure};
use crate::notifications::sender::{MailSender, SenderOptions};
use crate::ties::{Orphans, Untied};

#[derive(Default)]
struct Post {
    taken: Mutex<Vec<Letter>>,
    closed: Mutex<bool>,
}

#[async_trait]
impl Transport for Post {
    async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        if *self.closed.lock().unwrap() {
            let reason = "nobody lives there".to_owned();
            return Err(SendError::Never { reason });
        }
        self.taken.lock().unwrap().push(letter.clone());
        Ok(())
    }

    fn name(&self) -> &'static str {
        "post"
    }
}

/// Everything between a log and the post office.
struct Office {
    log: EventLog,
    book: Arc<dyn ReactionBook>,
    store: Arc<dyn SubjectKeyStore>,
    keys: SubjectKeys,
    mails: Mails,
    sender: MailSender,
    post: Arc<Post>,
    erasure: Erasure,
    folder: tempfile::TempDir,
}

fn person(number: u128) -> SubjectId {
    SubjectId::new(Uuid::from_u128(number))
}

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

const LONGBOURN: Uuid = Uuid::from_u128(70);

impl Office {
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
        let outbox = || outbox::open(&database);
        let post = Arc::new(Post::default());
        let accounts: Repository<Account> =
            Repository::new(log.clone(), RepositoryOptions::default());
        Self {
            mails: Mails::new(outbox(), Arc::clone(log.store()), keys.clone()),
            book: reaction_book::open(&database),
            store: subject_keys::open(&database),
            sender: MailSender::new(
                outbox(),
                Sealer::new(keys.clone()),
                ChallengeTokens::new(&root),
                Templates::built_in().unwrap(),
                Arc::clone(&post) as Arc<dyn Transport>,
                Sender::parse("accession@example.org").unwrap(),
                SenderOptions::default(),
            ),
            erasure: Erasure::new(accounts, keys.clone()),
            post,
            keys,
            log,
            folder,
        }
    }

    async fn append(&self, aggregate: &'static str, id: Uuid, name: &'static str, fields: Value) {
        let stream = StreamName::new(aggregate, id);
        let written = self.log.store().read_stream(&stream, 0, 100).await.unwrap();
        let event = NewEvent {
            id: EventId::new(Uuid::now_v7()),
            event_type: name.into(),
            event_version: 1,
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
        let outcome = self.log.append(append).await.unwrap();
        assert!(matches!(outcome, Outcome::Committed(_)), "{outcome:?}");
    }

    /// An account whose mail is wanted in this language.
    async fn registers(&self, number: u128, language: &str) {
        self.registers_for(number, language, None).await;
    }

    async fn registers_for(&self, number: u128, language: &str, guardian: Option<u128>) {
        let stream = StreamName::new(AccountEvent::AGGREGATE, person(number));
        let sealer = Sealer::new(self.keys.clone())
            .of(person(number))
            .await
            .unwrap();
        let index = EmailIndex::new([u8::try_from(number).unwrap(); 32]);
        let mut registered = json!({
            "email": sealer.seal(&stream, "email", &format!("person{number}@example.org")).unwrap(),
            "email_index": index,
            "name": sealer.seal(&stream, "name", &format!("Person {number}")).unwrap(),
            "language": language,
            "consents": { "privacy": "1", "terms": "1" },
        });
        if let Some(guardian) = guardian {
            registered["guardian"] = json!(person(guardian));
        }
        let id = person(number).as_uuid();
        self.append(AccountEvent::AGGREGATE, id, "AccountRegistered", registered)
            .await;
    }

    async fn in_library(&self, name: &'static str, fields: Value) {
        self.append(LibraryEvent::AGGREGATE, LONGBOURN, name, fields)
            .await;
    }

    async fn joins(&self, number: u128, role: MemberRole) {
        let joined = json!({ "account": person(number), "role": role, "kind": "family", "kids_mode": false,
            "how": "invitation", "invitation": null });
        self.in_library("MemberJoined", joined).await;
    }

    async fn founded(&self) {
        self.registers(1, "en").await;
        let created = json!({ "name": "Longbourn", "kind": "family", "by": person(1) });
        self.in_library("LibraryCreated", created).await;
        self.joins(1, MemberRole::Admin).await;
    }

    /// Delivers every event, from the beginning, and sends all that is due.
    async fn deliver(&self) -> Vec<Letter> {
        let feed = self.log.store().read_feed(Position::START, 100).await;
        let feed = feed.unwrap();
        let now = feed.last().unwrap().recorded_at;
        for event in &feed {
            if self.mails.listens_to().contains(&&*event.event_type) {
                let course = Course::of_event("mail", event, now, Arc::clone(&self.book));
                self.mails.react(&course, event).await.unwrap();
            }
        }
        while self.sender.send_due(now).await.unwrap() {}
        std::mem::take(&mut self.post.taken.lock().unwrap())
    }

    /// The letter that leaves last is the only one since the last look.
    async fn one(&self) -> Letter {
        let mut letters = self.deliver().await;
        let letter = letters.pop().expect("a letter leaves");
        assert!(letters.is_empty(), "{letters:?}");
        letter
    }

    async fn erases(&self, number: u128) {
        let erase = Erase {
            subject: person(number),
            by: None,
            reason: accession_events::identity::ErasureReason::Asked,
            at: now(),
            orphans: Orphans::HoldBack,
        };
        let given = Given::default();
        self.erasure.erase(&erase, &Untied, &given).await.unwrap();
    }

    /// The subject that the last mail is sealed for.
    async fn farewell(&self) -> SubjectId {
        let feed = self.log.store().read_feed(Position::START, 100).await;
        let deleted = feed
            .unwrap()
            .into_iter()
            .find(|event| &*event.event_type == "AccountDeleted");
        let deleted: Value = serde_json::from_str(&deleted.unwrap().payload).unwrap();
        let subject = &deleted["AccountDeleted"]["farewell"]["subject"];
        subject.as_str().unwrap().parse().unwrap()
    }

    async fn key_of(&self, subject: SubjectId) -> Option<KeptKey> {
        self.store.get_many(&[subject]).await.unwrap().remove(0)
    }
}

fn assert_says(letter: &Letter, to: &str, subject: &str, words: &[&str]) {
    assert_eq!((&*letter.to, &*letter.rendered.subject), (to, subject));
    for word in words {
        assert!(
            letter.rendered.text.contains(word),
            "{word}: {}",
            letter.rendered.text
        );
        assert!(
            letter.rendered.html.contains(word),
            "{word}: {}",
            letter.rendered.html
        );
    }
}

#[tokio::test]
async fn a_new_program_and_another_sign_in_are_told_of_in_both_languages() {
    for (language, new_program, linked, unlinked, client) in [
        (
            "en",
            "A new sign-in to your account",
            "A sign-in was linked to your account",
            "A sign-in was taken away from your account",
            "a browser",
        ),
        (
            "de",
            "Neue Anmeldung an Ihrem Konto",
            "Eine Anmeldung wurde mit Ihrem Konto verknüpft",
            "Eine Anmeldung wurde von Ihrem Konto gelöst",
            "ein Browser",
        ),
    ] {
        let office = Office::new().await;
        office.registers(2, language).await;
        let started =
            |client: &str| json!({ "account": person(2), "method": "password", "client": client });
        for (session, client) in [(80, "mobile"), (81, "browser")] {
            let id = Uuid::from_u128(session);
            office
                .append("identity.session", id, "SessionStarted", started(client))
                .await;
        }
        let letter = office.one().await;
        assert_says(
            &letter,
            "person2@example.org",
            new_program,
            &["Person 2", client],
        );
        let identity = json!({ "provider": "google", "subject_index": EmailIndex::new([9; 32]) });
        let account = AccountEvent::AGGREGATE;
        let id = person(2).as_uuid();
        let fields =
            json!({ "identity": identity, "subject": { "subject": person(2), "box": "AAAA" } });
        office
            .append(account, id, "ExternalIdentityLinked", fields)
            .await;
        let letter = office.one().await;
        assert_says(
            &letter,
            "person2@example.org",
            linked,
            &["google", "forgot-password"],
        );
        let fields = json!({ "identity": identity });
        office
            .append(account, id, "ExternalIdentityUnlinked", fields)
            .await;
        let letter = office.one().await;
        assert_says(&letter, "person2@example.org", unlinked, &["google"]);
    }
}

#[tokio::test]
async fn what_a_library_does_to_a_member_is_told_in_both_languages() {
    for (language, changed, removed, deleted, role) in [
        (
            "en",
            "Your role in Longbourn has changed",
            "You no longer belong to Longbourn",
            "Longbourn is being deleted",
            "an editor",
        ),
        (
            "de",
            "Ihre Rolle in Longbourn hat sich geändert",
            "Sie gehören nicht mehr zu Longbourn",
            "Longbourn wird gelöscht",
            "Bearbeitung",
        ),
    ] {
        let office = Office::new().await;
        office.founded().await;
        office.registers(2, language).await;
        let to = "person2@example.org";
        office.joins(2, MemberRole::Viewer).await;
        let by = person(1);
        let fields = json!({ "account": person(2), "from": "viewer", "to": "editor", "by": by });
        office.in_library("RoleChanged", fields).await;
        assert_says(&office.one().await, to, changed, &["Longbourn", role]);
        let fields = json!({ "account": person(2), "name": null, "by": by });
        office.in_library("MemberRemoved", fields).await;
        assert_says(&office.one().await, to, removed, &["Longbourn", "Person 2"]);
        office.joins(2, MemberRole::Viewer).await;
        let fields = json!({ "by": by, "reason": null });
        office.in_library("LibraryDeletionStarted", fields).await;
        // Whoever has done it knows, and what follows from it is no news.
        let fields = json!({ "account": person(2), "name": null, "by": null });
        office.in_library("MemberRemoved", fields).await;
        assert_says(&office.one().await, to, deleted, &["Longbourn", "Person 2"]);
    }
}

#[tokio::test]
async fn whoever_looks_after_a_child_reads_that_its_library_is_deleted_and_not_their_own() {
    for (language, said, unsaid) in [
        (
            "en",
            "Person 3, whom you look after",
            "You no longer belong",
        ),
        (
            "de",
            "Person 3, für das Sie verantwortlich sind",
            "Sie gehören nicht mehr",
        ),
    ] {
        let office = Office::new().await;
        office.founded().await;
        office.registers(2, language).await;
        office.registers_for(3, language, Some(2)).await;
        office.joins(3, MemberRole::Child).await;
        let fields = json!({ "by": person(1), "reason": null });
        office.in_library("LibraryDeletionStarted", fields).await;
        let letter = office.one().await;
        assert_eq!(letter.to, "person2@example.org");
        for text in [&letter.rendered.text, &letter.rendered.html] {
            assert!(text.contains(said), "{text}");
            assert!(!text.contains(unsaid), "{text}");
        }
    }
}

#[tokio::test]
async fn an_invitation_leaves_with_its_link_in_both_languages() {
    for (language, newcomer, member) in [
        ("en", "Person 1", "Longbourn"),
        ("de", "Person 1", "Longbourn"),
    ] {
        let office = Office::new().await;
        office.registers(1, language).await;
        let created = json!({ "name": "Longbourn", "kind": "family", "by": person(1) });
        office.in_library("LibraryCreated", created).await;
        office.registers(2, language).await;
        let stream = StreamName::new(LibraryEvent::AGGREGATE, LONGBOURN);
        for (subject, account) in [(60, None), (61, Some(person(2)))] {
            let sealer = Sealer::new(office.keys.clone())
                .of(person(subject))
                .await
                .unwrap();
            let email = sealer.seal(&stream, "email", &"guest@example.org".to_owned());
            let index = EmailIndex::new([u8::try_from(subject).unwrap(); 32]);
            let invited = json!({ "subject": person(subject), "challenge": person(subject), "account": account,
                "email": email.unwrap(), "email_index": index, "name": null, "role": "viewer",
                "expires_at": "2099-01-01T00:00:00Z", "by": person(1) });
            office.in_library("MemberInvited", invited).await;
            let letter = office.one().await;
            assert_eq!(letter.to, "guest@example.org");
            let text = &letter.rendered.text;
            assert!(text.contains(newcomer) && text.contains(member), "{text}");
            assert!(text.contains("/invitation#token="), "{text}");
            let german = text.contains("Bibliothek");
            assert_eq!(german, language == "de", "{text}");
        }
    }
}

#[tokio::test]
async fn the_last_mail_leaves_after_the_erasure_and_its_address_goes_with_it() {
    for (language, subject) in [
        ("en", "Your account was deleted"),
        ("de", "Ihr Konto wurde gelöscht"),
    ] {
        let office = Office::new().await;
        office.registers(2, language).await;
        office.erases(2).await;
        let farewell = office.farewell().await;
        assert_eq!(office.key_of(person(2)).await, Some(KeptKey::Destroyed));
        assert!(matches!(
            office.key_of(farewell).await,
            Some(KeptKey::Wrapped(_))
        ));
        let letter = office.one().await;
        assert_says(&letter, "person2@example.org", subject, &["Person 2"]);
        assert_eq!(office.key_of(farewell).await, Some(KeptKey::Destroyed));
        assert!(office.deliver().await.is_empty(), "once");
        for file in std::fs::read_dir(office.folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let told = bytes.windows(8).any(|bytes| bytes == b"person2@");
            assert!(!told);
        }
    }
}

#[tokio::test]
async fn a_last_mail_that_nobody_takes_is_given_up_and_its_address_goes_as_well() {
    let office = Office::new().await;
    office.registers(2, "en").await;
    office.erases(2).await;
    *office.post.closed.lock().unwrap() = true;
    assert!(office.deliver().await.is_empty());
    let farewell = office.farewell().await;
    assert_eq!(office.key_of(farewell).await, Some(KeptKey::Destroyed));
}

#[tokio::test]
async fn time_destroys_the_address_of_a_last_mail_that_never_came_to_be_sent() {
    let office = Office::new().await;
    office.registers(2, "en").await;
    office.erases(2).await;
    let farewell = office.farewell().await;
    let timer = KeptTimer {
        name: format!("farewell/{farewell}"),
        note: farewell.to_string(),
        due_at: now(),
    };
    let feed = office.log.store().read_feed(Position::START, 1).await;
    let course = Course::of_event("mail", &feed.unwrap()[0], now(), Arc::clone(&office.book));
    office.mails.on_timer(&course, &timer).await.unwrap();
    assert_eq!(office.key_of(farewell).await, Some(KeptKey::Destroyed));
    assert!(office.deliver().await.is_empty());
}

#[tokio::test]
async fn the_end_of_a_childs_account_is_told_to_the_grown_up() {
    let office = Office::new().await;
    office.registers(1, "en").await;
    office.registers_for(2, "en", Some(1)).await;
    office.erases(2).await;
    let letter = office.one().await;
    assert_says(
        &letter,
        "person1@example.org",
        "A child’s account was deleted",
        &["Person 1"],
    );
}

#[tokio::test]
async fn what_happens_to_a_childs_password_is_told_to_the_grown_up_who_cannot_take_it_for_their_own()
 {
    for (language, link, changed, whose) in [
        (
            "en",
            "Choose a new password for a child",
            "A child’s password was changed",
            "the account of Person 2",
        ),
        (
            "de",
            "Neues Passwort für ein Kind wählen",
            "Das Passwort eines Kindes wurde geändert",
            "Konto",
        ),
    ] {
        let office = Office::new().await;
        office.registers(1, language).await;
        office.registers_for(2, "en", Some(1)).await;
        let of_child = async |name: &'static str, fields: Value| {
            let id = person(2).as_uuid();
            office
                .append(AccountEvent::AGGREGATE, id, name, fields)
                .await;
            office.one().await
        };
        let asked =
            json!({ "challenge": Uuid::from_u128(7), "expires_at": "2099-01-01T00:00:00Z" });
        let letter = of_child("PasswordResetRequested", asked).await;
        let words = ["Person 1", whose, "Person 2", "#token="];
        assert_says(&letter, "person1@example.org", link, &words);
        let password = json!({ "password": Uuid::from_u128(8) });
        let letter = of_child("PasswordChanged", password).await;
        let words = ["Person 1", whose, "Person 2"];
        assert_says(&letter, "person1@example.org", changed, &words);
    }
}
