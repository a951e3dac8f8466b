//! Sealing: one tree however it is cut, one sealer at a time, and never a signature over something damaged.

use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use accession_feed::relay::lease::AlwaysHeld;
use accession_register::{SealError, Sealer, SealingOptions, SealingState, SealingTask};
use accession_testkit::eventually;
use accession_transparency::{Checkpoint, TiledTree};
use tokio::sync::{oneshot, watch};

use crate::stage::{Stage, events, now, signer};

fn root_of(upto: u64) -> accession_transparency::Hash {
    let mut tree = TiledTree::new();
    for event in events(1, upto) {
        tree.push(event.hash());
    }
    tree.root()
}

pub(crate) async fn what_is_sealed_in_pieces_is_one_tree(stage: &Stage) {
    stage.sealed_at(&[1, 2, 255, 256, 257, 300, 512, 700]).await;
    let seals = stage.store.seals_after(0, 100).await.unwrap();
    assert_eq!(seals.len(), 8);
    for seal in seals {
        let checkpoint = Checkpoint::verified(&seal.note, &[signer().verifier()]).unwrap();
        assert_eq!(
            (checkpoint.size, checkpoint.root),
            (seal.size, root_of(seal.size))
        );
    }
    let report = stage.verify(&[]).await;
    assert_eq!(report.findings, []);
    assert_eq!(
        (report.events, report.sealed, report.checkpoints),
        (700, 700, 8)
    );
}

pub(crate) async fn a_sealer_goes_on_where_another_has_stopped(stage: &Stage) {
    stage.grow(300).await;
    let mut first = Sealer::open(Arc::clone(&stage.store), signer())
        .await
        .unwrap();
    assert_eq!(first.seal(now()).await.unwrap().unwrap().size, 300);
    assert_eq!(first.seal(now()).await.unwrap(), None);
    drop(first);
    stage.grow(310).await;
    let mut second = Sealer::open(Arc::clone(&stage.store), signer())
        .await
        .unwrap();
    assert_eq!(second.sealed(), 300);
    assert_eq!(second.seal(now()).await.unwrap().unwrap().size, 310);
    assert_eq!(second.tree().root(), root_of(310));
}

pub(crate) async fn of_two_sealers_one_wins_and_the_other_is_told(stage: &Stage) {
    stage.sealed_at(&[10]).await;
    let mut one = Sealer::open(Arc::clone(&stage.store), signer())
        .await
        .unwrap();
    let mut other = Sealer::open(Arc::clone(&stage.store), signer())
        .await
        .unwrap();
    stage.grow(20).await;
    one.seal(now()).await.unwrap();
    stage.grow(30).await;
    assert!(matches!(other.seal(now()).await, Err(SealError::Rival)));
    assert_eq!(stage.store.last_seal().await.unwrap().unwrap().size, 20);
}

pub(crate) async fn nothing_is_signed_over_a_damaged_tree(stage: &Stage) {
    stage.sealed_at(&[300]).await;
    stage.unprotected().await;
    let mut tile = stage.store.tiles(0, 0, 1).await.unwrap().remove(0);
    tile.root = tile.hashes[0];
    stage.set_tile(0, &tile.hashes, tile.root).await;
    let refused = Sealer::open(Arc::clone(&stage.store), signer())
        .await
        .err()
        .unwrap();
    assert!(
        matches!(refused, SealError::Root { size: 300 }),
        "{refused}"
    );
    assert!(refused.to_string().contains("log verify"), "{refused}");
}

pub(crate) async fn nothing_is_signed_over_a_hole(stage: &Stage) {
    stage.sealed_at(&[10]).await;
    stage.grow(20).await;
    stage.unprotected().await;
    stage.sql("DELETE FROM events WHERE position = 15").await;
    let mut sealer = Sealer::open(Arc::clone(&stage.store), signer())
        .await
        .unwrap();
    let refused = sealer.seal(now()).await.err().unwrap();
    assert!(
        matches!(
            refused,
            SealError::Hole {
                expected: 15,
                found: 16
            }
        ),
        "{refused}"
    );
}

pub(crate) async fn checkpoints_and_tiles_cannot_be_changed_or_removed(stage: &Stage) {
    stage.sealed_at(&[256]).await;
    for statement in [
        "UPDATE log_tiles SET number = 7",
        "DELETE FROM log_tiles",
        "UPDATE log_checkpoints SET note = 'x'",
        "DELETE FROM log_checkpoints",
    ] {
        let refused = stage.try_sql(statement).await.unwrap_err();
        assert!(refused.contains("append-only"), "{statement}: {refused}");
    }
}

pub(crate) async fn a_task_seals_until_it_is_told_to_stop_and_then_the_rest(stage: &Stage) {
    const SOON: Duration = Duration::from_secs(20);
    let (head, wake) = watch::channel(Position::START);
    let (stop, stopped) = oneshot::channel::<()>();
    let options = SealingOptions {
        every: Duration::from_hours(1),
        events: 50,
    };
    let store = Arc::clone(&stage.store);
    let task = SealingTask::new(store, signer(), Box::new(AlwaysHeld), wake, options, now);
    let doing = task.state();
    let running = tokio::spawn(task.run(async {
        let _ = stopped.await;
    }));
    eventually(SOON, async || {
        *doing.borrow() == SealingState::Sealing { sealed: 0 }
    })
    .await;
    stage.grow(60).await;
    head.send_replace(Position::new(60));
    eventually(SOON, async || {
        *doing.borrow() == SealingState::Sealing { sealed: 60 }
    })
    .await;
    // Too few to be sealed before the hour is over, but for the end.
    stage.grow(70).await;
    head.send_replace(Position::new(70));
    stop.send(()).unwrap();
    running.await.unwrap();
    assert_eq!(stage.store.last_seal().await.unwrap().unwrap().size, 70);
}
