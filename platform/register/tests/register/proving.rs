//! Proofs convince whoever has the key, and nobody gets one that would not.

use accession_register::{ProveError, prove_consistency, prove_inclusion};
use accession_transparency::{ConsistencyFile, InclusionFile};

use crate::stage::{Stage, key, signer};

pub(crate) async fn every_sealed_position_is_proven_to_whoever_has_the_key(stage: &Stage) {
    stage.sealed_at(&[100, 256, 530]).await;
    for position in [1, 2, 100, 255, 256, 257, 512, 513, 529, 530] {
        let proof = prove_inclusion(&*stage.store, position).await.unwrap();
        let text = serde_json::to_string(&proof).unwrap();
        let read: InclusionFile = serde_json::from_str(&text).unwrap();
        let (event, checkpoint) = read.verify(&[signer().verifier()]).unwrap();
        assert_eq!(event.position, i64::try_from(position).unwrap());
        assert_eq!(checkpoint.size, 530);
        assert!(
            read.verify(&[key("books.example/log", 9).verifier()])
                .is_err()
        );
        let bent = text.replace("ThingHappened", "ThingHappenee");
        let bent: InclusionFile = serde_json::from_str(&bent).unwrap();
        assert!(bent.verify(&[signer().verifier()]).is_err());
    }
}

pub(crate) async fn a_position_that_is_not_there_or_not_sealed_has_no_proof(stage: &Stage) {
    stage.grow(5).await;
    let refused = prove_inclusion(&*stage.store, 3).await.unwrap_err();
    assert!(
        matches!(
            refused,
            ProveError::NotSealed {
                position: 3,
                sealed: 0
            }
        ),
        "{refused}"
    );
    stage.seal().await;
    stage.grow(8).await;
    let refused = prove_inclusion(&*stage.store, 7).await.unwrap_err();
    assert!(
        matches!(
            refused,
            ProveError::NotSealed {
                position: 7,
                sealed: 5
            }
        ),
        "{refused}"
    );
    for beyond in [0, 9, u64::MAX] {
        let refused = prove_inclusion(&*stage.store, beyond).await.unwrap_err();
        assert!(
            matches!(refused, ProveError::Beyond { head: 8, .. }),
            "{refused}"
        );
    }
}

pub(crate) async fn a_changed_event_has_no_proof(stage: &Stage) {
    stage.sealed_at(&[300]).await;
    stage.unprotected().await;
    stage
        .sql("UPDATE events SET payload = '{}' WHERE position = 4")
        .await;
    let refused = prove_inclusion(&*stage.store, 4).await.unwrap_err();
    assert!(matches!(refused, ProveError::False(_)), "{refused}");
    assert!(prove_inclusion(&*stage.store, 5).await.is_ok());
}

pub(crate) async fn every_checkpoint_is_proven_to_continue_every_earlier_one(stage: &Stage) {
    let sizes = [1, 100, 256, 300, 512, 530];
    stage.sealed_at(&sizes).await;
    for (place, old) in sizes.iter().enumerate() {
        for new in &sizes[place..] {
            let proof = prove_consistency(&*stage.store, *old, *new).await.unwrap();
            let text = serde_json::to_string(&proof).unwrap();
            let read: ConsistencyFile = serde_json::from_str(&text).unwrap();
            let (from, to) = read.verify(&[signer().verifier()]).unwrap();
            assert_eq!((from.size, to.size), (*old, *new));
        }
    }
    assert!(prove_consistency(&*stage.store, 300, 100).await.is_err());
}

pub(crate) async fn a_size_without_a_checkpoint_has_no_proof_and_names_its_neighbours(
    stage: &Stage,
) {
    stage.sealed_at(&[10, 20]).await;
    let refused = prove_consistency(&*stage.store, 10, 15)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("no checkpoint of 15") && refused.contains("20"),
        "{refused}"
    );
    let refused = prove_consistency(&*stage.store, 10, 99)
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains("20"), "{refused}");
}
