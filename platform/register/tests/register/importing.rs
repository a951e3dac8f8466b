//! Imports: the same log on the other database, also after a kill; and what is not a whole log is not imported.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use accession_register::{ImportError, Imported, VerifyOptions, import};

use crate::exporting::written;
use crate::stage::{Stage, claims, key, lines, signer};

async fn exported(stage: &Stage) -> PathBuf {
    stage.sealed_at(&[100, 256, 5000]).await;
    stage.grow(5010).await;
    let file = stage.file("log.jsonl");
    written(stage, &file, 0).await;
    file
}

async fn imported(to: &Stage, file: &Path) -> Result<Imported, ImportError> {
    let options = VerifyOptions {
        keys: vec![signer().verifier()],
        kept: Vec::new(),
    };
    import(Arc::clone(&to.store), file, &options, claims(), &|_, _| {}).await
}

pub(crate) async fn an_import_is_the_same_log(stage: &Stage) {
    let file = exported(stage).await;
    let other = stage.other_kind().await;
    let done = imported(&other, &file).await.unwrap();
    assert_eq!(
        (done.events, done.resumed_at, done.checkpoints, done.sealed),
        (5010, 0, 3, 5000)
    );
    assert_eq!(other.all().await, stage.all().await);
    assert_eq!(
        other.store.seals_after(0, 100).await.unwrap(),
        stage.store.seals_after(0, 100).await.unwrap()
    );
    for level in [0, 1] {
        let tiles = stage.store.tiles(level, 0, 100).await.unwrap();
        assert_eq!(other.store.tiles(level, 0, 100).await.unwrap(), tiles);
    }
    assert_eq!(other.verify(&[]).await.findings, []);
    // And back again, to the letter.
    let again = other.file("again.jsonl");
    written(&other, &again, 0).await;
    assert_eq!(lines(&again), lines(&file));
}

pub(crate) async fn an_interrupted_import_goes_on(stage: &Stage) {
    let file = exported(stage).await;
    let other = stage.other_kind().await;
    // As a kill between two batches leaves it: begun, some events, the first checkpoints.
    let root = {
        let mut tree = accession_transparency::TiledTree::new();
        stage
            .all()
            .await
            .iter()
            .for_each(|event| tree.push(event.hash()));
        tree.root()
    };
    other.store.begin_import(root, 5010).await.unwrap();
    other.grow(2000).await;
    let unfinished = other.store.log_import().await.unwrap().unwrap();
    assert!(!unfinished.finished);
    let done = imported(&other, &file).await.unwrap();
    assert_eq!((done.events, done.resumed_at), (5010, 2000));
    assert!(other.store.log_import().await.unwrap().unwrap().finished);
    assert_eq!(other.all().await, stage.all().await);
    assert_eq!(other.verify(&[]).await.checkpoints, 3);
    let twice = imported(&other, &file).await.unwrap_err().to_string();
    assert!(twice.contains("imported already"), "{twice}");
}

pub(crate) async fn a_log_with_events_takes_no_import(stage: &Stage) {
    let file = exported(stage).await;
    let other = stage.other_kind().await;
    other.grow(1).await;
    let refused = imported(&other, &file).await.unwrap_err().to_string();
    assert!(refused.contains("the log holds 1 events"), "{refused}");
    assert_eq!(other.store.head().await.unwrap().get(), 1);
    assert_eq!(other.store.log_import().await.unwrap(), None);
}

pub(crate) async fn another_export_is_not_mixed_into_an_unfinished_import(stage: &Stage) {
    let file = exported(stage).await;
    let other = stage.other_kind().await;
    let foreign = accession_transparency::Hash::of_leaf(b"another log");
    other.store.begin_import(foreign, 9).await.unwrap();
    let refused = imported(&other, &file).await.unwrap_err().to_string();
    assert!(refused.contains("another export of 9 events"), "{refused}");
}

pub(crate) async fn a_corrupt_export_is_refused_with_its_line_and_nothing_is_written(
    stage: &Stage,
) {
    let lines = lines(&exported(stage).await);
    let other = stage.other_kind().await;
    let file = stage.file("bent.jsonl");
    let text = |lines: &[String]| lines.join("\n") + "\n";
    let bent = |change: &dyn Fn(&mut Vec<String>)| {
        let mut changed = lines.clone();
        change(&mut changed);
        text(&changed)
    };
    let cases: [(String, &str); 9] = [
        (
            bent(&|lines| lines[5] = lines[5].replace("curator:ana", "curator:eve")),
            "line 6: position 5 was changed",
        ),
        (
            bent(&|lines| drop(lines.remove(50))),
            "line 51: position 50 is missing",
        ),
        (
            bent(&|lines| lines.swap(50, 51)),
            "line 51: position 50 is missing",
        ),
        (bent(&|lines| drop(lines.pop())), "cut off"),
        (bent(&|lines| lines[7].truncate(40)), "line 8"),
        (
            bent(&|lines| drop(lines.remove(0))),
            "line 1: the first line of the export is missing",
        ),
        (
            bent(&|lines| lines[0] = lines[0].replace(":1,", ":2,")),
            "version 2",
        ),
        (
            bent(&|lines| lines[101] = lines[101].replace("\\n100\\n", "\\n101\\n")),
            "line 102",
        ),
        (text(&lines)[..20_000].to_owned(), "cut off"),
    ];
    for (content, expected) in cases {
        std::fs::write(&file, content).unwrap();
        let refused = imported(&other, &file).await.unwrap_err().to_string();
        assert!(refused.contains(expected), "{expected}: {refused}");
        assert_eq!(other.store.head().await.unwrap().get(), 0, "{expected}");
        assert_eq!(other.store.log_import().await.unwrap(), None);
    }
    let stranger = VerifyOptions {
        keys: vec![key("books.example/log", 3).verifier()],
        kept: Vec::new(),
    };
    let file = stage.file("log.jsonl");
    let refused = import(
        Arc::clone(&other.store),
        &file,
        &stranger,
        claims(),
        &|_, _| {},
    )
    .await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("none of the given keys"), "{refused}");
}

pub(crate) async fn an_imported_log_goes_on_being_sealed(stage: &Stage) {
    let file = exported(stage).await;
    let other = stage.other_kind().await;
    imported(&other, &file).await.unwrap();
    other.sealed_at(&[5300]).await;
    let report = other.verify(&[stage.note(256).await]).await;
    assert_eq!(report.findings, []);
    assert_eq!((report.sealed, report.checkpoints), (5300, 5));
}
