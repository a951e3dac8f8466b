//! Exports: every byte, whole or not at all, and verified by whoever has only the file.

use std::path::Path;
use std::sync::Arc;

use accession_register::export::{ExportFailure, Target};
use accession_register::{ExportOptions, Exported, Report, VerifyOptions, export, verify_export};
use accession_transparency::StoredEvent;

use crate::stage::{Stage, lines, signer};

pub(crate) async fn written(stage: &Stage, file: &Path, after: u64) -> Exported {
    let target = Target::file(file).unwrap();
    export(
        Arc::clone(&stage.store),
        target,
        ExportOptions { after },
        &|_, _| {},
    )
    .await
    .unwrap()
}

pub(crate) async fn verified(path: &Path, kept: &[String]) -> Report {
    let options = VerifyOptions {
        keys: vec![signer().verifier()],
        kept: kept.to_vec(),
    };
    verify_export(path, &options, &|_, _| {}).await.unwrap()
}

pub(crate) async fn an_export_holds_every_byte_and_verifies_without_a_database(stage: &Stage) {
    stage.sealed_at(&[100, 256, 3000]).await;
    stage.grow(3010).await;
    for name in ["log.jsonl", "log.jsonl.gz"] {
        let file = stage.file(name);
        let exported = written(stage, &file, 0).await;
        assert_eq!(
            (exported.upto, exported.sealed, exported.resumed_at),
            (3010, 3000, None)
        );
        let report = verified(&file, &[stage.note(256).await]).await;
        assert_eq!(report.findings, []);
        assert_eq!(
            (report.events, report.sealed, report.checkpoints),
            (3010, 3000, 4)
        );
    }
    let exported: Vec<StoredEvent> = lines(&stage.file("log.jsonl"))
        .iter()
        .filter(|line| line.starts_with("{\"position\""))
        .map(|line| StoredEvent::from_line(line).unwrap())
        .collect();
    assert_eq!(exported, stage.all().await);
}

pub(crate) async fn an_interrupted_export_goes_on_and_ends_as_if_it_had_not_been(stage: &Stage) {
    stage.sealed_at(&[100, 256, 600]).await;
    let whole = stage.file("whole.jsonl");
    written(stage, &whole, 0).await;
    let text = std::fs::read_to_string(&whole).unwrap();
    let lines = lines(&whole);
    // After a checkpoint, right before one, within a line, after the end, and with nothing but the first line.
    let cut_after = |count: usize| {
        lines[..count]
            .iter()
            .map(|line| line.len() + 1)
            .sum::<usize>()
    };
    for cut in [
        cut_after(102),
        cut_after(101),
        cut_after(300) + 17,
        text.len(),
        cut_after(1),
    ] {
        let file = stage.file(&format!("cut-{cut}.jsonl"));
        std::fs::write(stage.file(&format!("cut-{cut}.jsonl.part")), &text[..cut]).unwrap();
        let exported = written(stage, &file, 0).await;
        assert!(exported.resumed_at.is_some());
        assert_eq!(
            std::fs::read_to_string(&file).unwrap(),
            text,
            "cut at {cut}"
        );
    }
}

pub(crate) async fn an_export_never_overwrites_a_file(stage: &Stage) {
    stage.sealed_at(&[5]).await;
    let file = stage.file("log.jsonl");
    std::fs::write(&file, "precious").unwrap();
    let refused = Target::file(&file).err().unwrap().to_string();
    assert!(
        refused.contains("there is a file of this name"),
        "{refused}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
}

pub(crate) async fn an_export_beyond_the_head_is_refused(stage: &Stage) {
    stage.grow(5).await;
    let target = Target::stream(Box::new(std::io::sink()));
    let refused = export(
        Arc::clone(&stage.store),
        target,
        ExportOptions { after: 6 },
        &|_, _| {},
    )
    .await;
    assert!(matches!(
        refused,
        Err(ExportFailure::Beyond { after: 6, head: 5 })
    ));
}

pub(crate) async fn exports_in_parts_verify_as_one(stage: &Stage) {
    let folder = stage.file("parts");
    std::fs::create_dir(&folder).unwrap();
    stage.sealed_at(&[300]).await;
    written(stage, &folder.join("a.jsonl.gz"), 0).await;
    stage.sealed_at(&[500]).await;
    written(stage, &folder.join("b.jsonl"), 300).await;
    let report = verified(&folder, &[]).await;
    assert_eq!(report.findings, []);
    assert_eq!(
        (report.events, report.sealed, report.checkpoints),
        (500, 500, 2)
    );
    // The second alone has no beginning, and says so.
    let report = verified(&folder.join("b.jsonl"), &[]).await;
    assert!(
        report.findings[0]
            .what
            .contains("does not begin with the first event")
    );
    std::fs::remove_file(folder.join("a.jsonl.gz")).unwrap();
    stage.sealed_at(&[600]).await;
    written(stage, &folder.join("d.jsonl"), 550).await;
    let found = &verified(&folder, &[]).await.findings[0].what;
    assert!(found.contains("begins after position 550"), "{found}");
    let bent = lines(&folder.join("b.jsonl"))
        .join("\n")
        .replacen("curator:ana", "curator:eve", 1);
    std::fs::write(folder.join("b.jsonl"), bent + "\n").unwrap();
    let found = &verified(&folder.join("b.jsonl"), &[]).await.findings[0].what;
    assert!(
        found.contains("line 2: position 301 was changed"),
        "{found}"
    );
}
