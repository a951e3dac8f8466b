//! What was sealed opens where it was sealed and nowhere else, and not after an erasure.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use accession_events::ids::{EventId, SubjectId};
use accession_events::values::Personal;
use accession_events::{Position, RecordedEvent, StreamName};
use accession_secrets::subject_keys::{self, KeptKey, SubjectKeyStore};
use accession_secrets::{Opening, RootKey, SealError, Sealer, SecretsError, SubjectKeys};
use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::room::{Room, over_both};

over_both!(
    what_was_sealed_is_known_to_readers_and_erased_after_the_key_is_gone,
    a_box_opens_in_its_own_place_only,
    nothing_is_sealed_for_an_erased_subject,
    a_key_that_never_was_is_not_taken_for_an_erasure,
);

const ROOT: RootKey = RootKey::from_bytes([7; 32]);

fn subject(number: u128) -> SubjectId {
    SubjectId::new(Uuid::from_u128(number))
}

fn account(number: u128) -> StreamName {
    StreamName::new("identity.account", subject(number))
}

fn event(stream: &StreamName, event_type: &str, payload: &Value) -> RecordedEvent {
    RecordedEvent {
        position: Position::new(1),
        stream: stream.clone(),
        sequence: 1,
        event_id: EventId::new(Uuid::from_u128(1)),
        event_type: event_type.into(),
        event_version: 1,
        payload: payload.to_string().into(),
        metadata: "{}".into(),
        recorded_at: Timestamp::UNIX_EPOCH,
    }
}

async fn opened(opening: &Opening, stream: &StreamName, payload: &Value) -> Value {
    let mut events = [event(stream, "AccountRegistered", payload)];
    opening.open(&mut events).await.unwrap();
    serde_json::from_str(&events[0].payload).unwrap()
}

async fn sealed(sealer: &Sealer, number: u128, field: &str, text: &str) -> Value {
    let boxed = sealer
        .seal(subject(number), &account(number), field, &text)
        .await;
    serde_json::to_value(boxed.unwrap()).unwrap()
}

async fn what_was_sealed_is_known_to_readers_and_erased_after_the_key_is_gone(room: Room) {
    let keys = SubjectKeys::new(&room.database, &ROOT);
    let (sealer, opening) = (Sealer::new(keys.clone()), Opening::new(keys.clone()));
    let name = sealed(&sealer, 1, "name", "Ana").await;
    assert!(!name.to_string().contains("Ana"));
    let payload = json!({ "AccountRegistered": { "name": name, "kind": "person" } });
    let read = opened(&opening, &account(1), &payload).await;
    assert_eq!(read["AccountRegistered"]["name"], json!({ "known": "Ana" }));
    assert_eq!(read["AccountRegistered"]["kind"], "person");
    let value: Personal<String> = serde_json::from_value(name).unwrap();
    let open = sealer.open(&account(1), "name", &value).await.unwrap();
    assert_eq!(open.as_deref(), Some("Ana"));

    keys.destroy(subject(1), Timestamp::UNIX_EPOCH)
        .await
        .unwrap();
    let fresh = Opening::new(SubjectKeys::new(&room.database, &ROOT));
    for opening in [&opening, &fresh] {
        let read = opened(opening, &account(1), &payload).await;
        assert_eq!(
            read["AccountRegistered"]["name"],
            json!({ "erased": subject(1) })
        );
    }
    assert_eq!(
        sealer.open(&account(1), "name", &value).await.unwrap(),
        None
    );
}

async fn a_box_opens_in_its_own_place_only(room: Room) {
    let keys = SubjectKeys::new(&room.database, &ROOT);
    let (sealer, opening) = (Sealer::new(keys.clone()), Opening::new(keys));
    let name = sealed(&sealer, 1, "name", "Ana").await;
    sealed(&sealer, 2, "name", "Ben").await;
    let mut other_person = name.clone();
    other_person["subject"] = json!(subject(2));
    let mut tampered = name.clone();
    let mut contents = tampered["box"].as_str().unwrap().to_owned();
    let last = if contents.ends_with('A') { "Q" } else { "A" };
    contents.replace_range(contents.len() - 2..contents.len() - 1, last);
    tampered["box"] = json!(contents);
    for (stream, payload) in [
        (account(2), json!({ "X": { "name": name } })),
        (account(1), json!({ "X": { "email": name } })),
        (account(1), json!({ "X": { "name": other_person } })),
        (account(1), json!({ "X": { "name": tampered } })),
        (
            account(1),
            json!({ "X": { "name": { "subject": subject(1), "box": "short" } } }),
        ),
    ] {
        let read = opened(&opening, &stream, &payload).await;
        let field = read["X"]
            .as_object()
            .unwrap()
            .values()
            .next()
            .unwrap()
            .clone();
        let error = serde_json::from_value::<Personal<String>>(field)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("cannot be opened") && error.contains("field `"),
            "{error}"
        );
    }
}

async fn nothing_is_sealed_for_an_erased_subject(room: Room) {
    let keys = SubjectKeys::new(&room.database, &ROOT);
    let sealer = Sealer::new(keys.clone());
    keys.destroy(subject(1), Timestamp::UNIX_EPOCH)
        .await
        .unwrap();
    let fresh = Sealer::new(SubjectKeys::new(&room.database, &ROOT));
    for sealer in [sealer, fresh] {
        let refused = sealer.seal(subject(1), &account(1), "name", &"Ana").await;
        assert!(matches!(refused, Err(SealError::Erased(_))), "{refused:?}");
    }
}

async fn a_key_that_never_was_is_not_taken_for_an_erasure(room: Room) {
    let opening = Opening::new(SubjectKeys::new(&room.database, &ROOT));
    let payload = json!({ "X": { "name": { "subject": subject(9), "box": "AAAA" } } });
    let read = opened(&opening, &account(9), &payload).await;
    let reason = read["X"]["name"]["unreadable"].as_str().unwrap().to_owned();
    assert!(reason.contains("do not belong to this log"), "{reason}");
}

/// A store that counts its round trips, and can be away.
struct Counted {
    inner: Arc<dyn SubjectKeyStore>,
    asked: AtomicUsize,
    away: AtomicBool,
}

#[async_trait]
impl SubjectKeyStore for Counted {
    async fn create_or_get(
        &self,
        subject: SubjectId,
        wrapped: &[u8],
    ) -> Result<KeptKey, SecretsError> {
        self.inner.create_or_get(subject, wrapped).await
    }

    async fn get_many(&self, subjects: &[SubjectId]) -> Result<Vec<Option<KeptKey>>, SecretsError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.away.load(Ordering::SeqCst) {
            let source = sqlx::Error::PoolTimedOut;
            return Err(SecretsError::Store {
                doing: "testing",
                source,
            });
        }
        self.inner.get_many(subjects).await
    }

    async fn destroy(&self, subject: SubjectId, at: Timestamp) -> Result<bool, SecretsError> {
        self.inner.destroy(subject, at).await
    }
}

async fn counted() -> (Room, Arc<Counted>, Vec<RecordedEvent>) {
    let room = crate::room::embedded().await;
    let sealer = Sealer::new(SubjectKeys::new(&room.database, &ROOT));
    let mut events = Vec::new();
    for number in 1..=50 {
        let name = sealed(&sealer, number, "name", "Ana").await;
        let payload = json!({ "X": { "name": name } });
        events.push(event(&account(number), "X", &payload));
    }
    let store = Counted {
        inner: subject_keys::open(&room.database),
        asked: AtomicUsize::new(0),
        away: AtomicBool::new(false),
    };
    (room, Arc::new(store), events)
}

#[tokio::test]
async fn the_keys_of_a_batch_cost_one_round_trip_and_the_next_batch_none() {
    let (_room, store, events) = counted().await;
    let opening = Opening::new(SubjectKeys::over(store.clone(), &ROOT));
    for _ in 0..3 {
        let mut batch = events.clone();
        opening.open(&mut batch).await.unwrap();
        assert!(batch.iter().all(|event| event.payload.contains("known")));
    }
    assert_eq!(store.asked.load(Ordering::SeqCst), 1);
    let mut plain = [event(
        &account(1),
        "X",
        &json!({ "X": { "title": "a box" } }),
    )];
    let before = plain.clone();
    opening.open(&mut plain).await.unwrap();
    assert_eq!(plain, before);
}

#[tokio::test]
async fn a_store_that_is_away_changes_nothing_and_is_no_erasure() {
    let (_room, store, events) = counted().await;
    let opening = Opening::new(SubjectKeys::over(store.clone(), &ROOT));
    store.away.store(true, Ordering::SeqCst);
    let mut batch = events.clone();
    let error = opening.open(&mut batch).await.unwrap_err();
    assert!(error.is_transient());
    assert_eq!(batch, events);
    store.away.store(false, Ordering::SeqCst);
    opening.open(&mut batch).await.unwrap();
    assert!(batch.iter().all(|event| event.payload.contains("known")));
}

#[tokio::test]
async fn an_erasure_in_the_feed_is_believed_although_the_key_is_still_there() {
    let (_room, store, mut events) = counted().await;
    let opening = Opening::new(SubjectKeys::over(store, &ROOT));
    opening.open(&mut events.clone()).await.unwrap();
    let stream = StreamName::new("identity.subject", subject(1));
    events.push(event(
        &stream,
        "SubjectErased",
        &json!({ "SubjectErased": {} }),
    ));
    opening.open(&mut events).await.unwrap();
    let erased = events
        .iter()
        .filter(|event| event.payload.contains("\"erased\""))
        .count();
    assert_eq!(erased, 1);
}
