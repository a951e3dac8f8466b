//! The newest checkpoint and proofs over HTTP: they convince whoever has the key.

use std::sync::Arc;

use accession_event_log::{Append, NewEvent, StreamWrite};
use accession_events::StreamName;
use accession_events::ids::EventId;
use accession_register::Sealer;
use accession_transparency::{Checkpoint, InclusionFile, NoteSigner};
use jiff::Timestamp;

use crate::app::App;

fn signer() -> NoteSigner {
    NoteSigner::new(
        "books.example/log",
        &std::array::from_fn(|place| u8::try_from(place).unwrap()),
    )
    .unwrap()
}

async fn with_events(count: u64) -> App {
    let app = App::start().await;
    let events = (0..count).map(|_| NewEvent {
        id: EventId::new(uuid::Uuid::now_v7()),
        event_type: "ThingHappened".into(),
        event_version: 1,
        payload: "{}".into(),
    });
    let append = Append {
        writes: vec![StreamWrite {
            stream: StreamName::new("test.thing", "a"),
            expected_version: 0,
            events: events.collect(),
            claims: Vec::new(),
        }],
        ..Append::default()
    };
    app.log.append(&[append]).await.unwrap();
    app
}

async fn sealed(app: &App) {
    let mut sealer = Sealer::open(Arc::clone(&app.register), signer())
        .await
        .unwrap();
    sealer.seal(Timestamp::UNIX_EPOCH).await.unwrap();
}

#[tokio::test]
async fn the_newest_checkpoint_is_given_as_it_was_signed() {
    let app = with_events(3).await;
    let admin = app.admin();
    let path = "/api/v1/admin/log/checkpoint";
    let before = app.send("GET", path, Some(&admin), None).await;
    assert_eq!(before.problem(), (404, "nothing_sealed"));
    sealed(&app).await;
    let note = app.text(path, &admin).await;
    let checkpoint = Checkpoint::verified(&note, &[signer().verifier()]).unwrap();
    assert_eq!(checkpoint.size, 3);
}

#[tokio::test]
async fn a_proof_convinces_whoever_has_the_key() {
    let app = with_events(3).await;
    sealed(&app).await;
    let text = app.text("/api/v1/admin/log/proof/2", &app.admin()).await;
    let proof: InclusionFile = serde_json::from_str(&text).unwrap();
    let (event, checkpoint) = proof.verify(&[signer().verifier()]).unwrap();
    assert_eq!((event.position, checkpoint.size), (2, 3));
}

#[tokio::test]
async fn a_position_without_a_proof_is_told_why() {
    let app = with_events(3).await;
    let admin = app.admin();
    for (position, status, code) in [
        ("2", 409, "not_sealed_yet"),
        ("4", 404, "not_found"),
        ("0", 404, "not_found"),
        ("two", 400, "malformed_request"),
    ] {
        let path = format!("/api/v1/admin/log/proof/{position}");
        let answer = app.send("GET", &path, Some(&admin), None).await;
        assert_eq!(answer.problem(), (status, code), "{position}");
    }
}
