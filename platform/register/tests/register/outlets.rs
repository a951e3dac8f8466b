//! Copies outside the database: complete at every moment, caught up after an absence, never turned back.

use std::path::Path;
use std::sync::Arc;

use accession_register::{DirectoryOutlet, Outlet, OutletError, Sealer};
use accession_transparency::hash::separated;
use accession_transparency::{Checkpoint, TileId, TiledTree};

use crate::stage::{Stage, signer};

async fn delivered(stage: &Stage, outlet: &DirectoryOutlet) -> Result<(), OutletError> {
    let sealer = Sealer::open(Arc::clone(&stage.store), signer())
        .await
        .unwrap();
    let seal = sealer.last().unwrap();
    outlet.deliver(&*stage.store, sealer.tree(), seal).await
}

/// Rebuilds the tree's head from the files alone, as any client of such a directory does.
fn root_from_files(folder: &Path) -> accession_transparency::Hash {
    let note = std::fs::read_to_string(folder.join("checkpoint")).unwrap();
    let checkpoint = Checkpoint::verified(&note, &[signer().verifier()]).unwrap();
    let mut tree = TiledTree::new();
    let mut left = usize::try_from(checkpoint.size).unwrap();
    for number in 0.. {
        if left == 0 {
            break;
        }
        let width = left.min(256);
        let file = folder.join(TileId { level: 0, number }.path(width));
        let hashes = separated(&std::fs::read(file).unwrap()).unwrap();
        assert_eq!(hashes.len(), width);
        for hash in hashes {
            tree.push(hash);
        }
        left -= width;
    }
    assert_eq!(tree.root(), checkpoint.root);
    tree.root()
}

pub(crate) async fn a_directory_holds_all_that_a_verifier_needs(stage: &Stage) {
    let folder = stage.file("outside");
    let outlet = DirectoryOutlet::at(&folder);
    for size in [10, 300, 700] {
        stage.sealed_at(&[size]).await;
        delivered(stage, &outlet).await.unwrap();
        root_from_files(&folder);
    }
    let kept = std::fs::read_to_string(folder.join("checkpoints/000000000300")).unwrap();
    assert_eq!(kept, stage.note(300).await);
    assert!(folder.join("tile/1/000.p/2").exists());
    assert_eq!(stage.verify(&[kept]).await.findings, []);
}

pub(crate) async fn a_directory_that_was_away_catches_up(stage: &Stage) {
    let folder = stage.file("outside");
    let outlet = DirectoryOutlet::at(&folder);
    stage.sealed_at(&[10]).await;
    delivered(stage, &outlet).await.unwrap();
    stage.sealed_at(&[300, 600, 900]).await;
    delivered(stage, &outlet).await.unwrap();
    root_from_files(&folder);
}

pub(crate) async fn a_directory_with_a_newer_checkpoint_refuses_an_older_log(stage: &Stage) {
    let outlet = DirectoryOutlet::at(&stage.file("outside"));
    stage.sealed_at(&[300]).await;
    delivered(stage, &outlet).await.unwrap();
    let restored = stage.other_kind().await;
    restored.sealed_at(&[200]).await;
    let refused = delivered(&restored, &outlet).await.unwrap_err();
    assert!(
        matches!(
            refused,
            OutletError::Ahead {
                theirs: 300,
                ours: 200,
                ..
            }
        ),
        "{refused}"
    );
}
