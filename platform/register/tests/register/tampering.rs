//! Everything that whoever owns the database could try, one by one: each is found, and the first position is named.
//! The table that comes of it stands in `docs/trust.md`.

mod attempts;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use accession_register::{Report, VerifyOptions, verify};
use accession_transparency::tile::perfect_root;
use accession_transparency::{Checkpoint, Hash};

use self::attempts::{ATTEMPTS, Attempt, Deed};
use crate::stage::{Stage, event, key, signer};

/// Where checkpoints are signed, and where the log ends: some events are not sealed.
const SEALED: [u64; 4] = [100, 256, 300, 580];
const HEAD: u64 = 600;

impl Attempt {
    /// Those that only a checkpoint outside the database can find.
    fn needs_kept(&self) -> bool {
        self.what.contains("you kept")
    }

    async fn on(&self, stage: Stage) -> (Stage, Option<String>) {
        stage.sealed_at(&SEALED).await;
        stage.grow(HEAD).await;
        let kept = stage.note(580).await;
        stage.unprotected().await;
        let stage = match &self.deed {
            Deed::Sql(sql) => {
                stage.sql(sql).await;
                stage
            }
            Deed::SqlOf(sqlite, postgres) => {
                stage
                    .sql(if stage.is_sqlite() { sqlite } else { postgres })
                    .await;
                stage
            }
            Deed::Rewritten { stolen } => rewritten(stage, *stolen).await,
            deed => {
                deed.to_what_proves(&stage).await;
                stage
            }
        };
        (stage, self.needs_kept().then_some(kept))
    }
}

impl Deed {
    async fn to_what_proves(&self, stage: &Stage) {
        let mut tile = stage.store.tiles(0, 0, 1).await.unwrap().remove(0);
        match self {
            Self::Tile => {
                let mut bytes = *tile.hashes[0].as_bytes();
                bytes[7] ^= 1;
                tile.hashes[0] = Hash::new(bytes);
                stage.set_tile(0, &tile.hashes, tile.root).await;
            }
            Self::EventAndTile => {
                stage
                    .sql("UPDATE events SET payload = '{}' WHERE position = 1")
                    .await;
                tile.hashes[0] = event(1, "{}").hash();
                let root = perfect_root(&tile.hashes).unwrap();
                stage.set_tile(0, &tile.hashes, root).await;
            }
            Self::ForgedCheckpoint => {
                let note = stage.note(256).await;
                let root = Checkpoint::unverified(&note).unwrap().root.to_string();
                let forged = note.replace(&root, &Hash::of_leaf(b"other").to_string());
                stage.set_note(256, &forged).await;
            }
            Self::AnotherKey => {
                let checkpoint = Checkpoint::unverified(&stage.note(256).await).unwrap();
                let note = checkpoint.sign(&key("books.example/log", 5));
                stage.set_note(256, &note).await;
            }
            Self::Sql(_) | Self::SqlOf(..) | Self::Rewritten { .. } => {}
        }
    }
}

/// Another history of the same length, sealed as if it were the true one.
async fn rewritten(stage: Stage, stolen: bool) -> Stage {
    let fresh = if stage.is_sqlite() {
        Stage::sqlite().await
    } else {
        Stage::postgres().await
    };
    let key = if stolen {
        signer()
    } else {
        key("books.example/log", 5)
    };
    fresh.write(&[event(1, "{\"n\": \"another\"}")]).await;
    for size in SEALED {
        fresh.grow(size).await;
        fresh.seal_with(key.clone()).await;
    }
    fresh.grow(HEAD).await;
    fresh
}

async fn report(stage: &Stage, kept: Option<String>) -> Report {
    let options = VerifyOptions {
        keys: vec![signer().verifier()],
        kept: kept.into_iter().collect(),
    };
    verify(Arc::clone(&stage.store), &options, &|_, _| {})
        .await
        .unwrap()
}

/// Tries everything; the rows of the table.
async fn all_attempts(postgres: bool) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for attempt in ATTEMPTS {
        let stage = if postgres {
            Stage::postgres().await
        } else {
            Stage::sqlite().await
        };
        let (stage, kept) = attempt.on(stage).await;
        if kept.is_some() {
            let without = report(&stage, None).await;
            assert_eq!(
                without.findings,
                [],
                "{}: found without the kept one",
                attempt.what
            );
        }
        let report = report(&stage, kept).await;
        let said: Vec<String> = report
            .findings
            .iter()
            .map(|finding| finding.what.clone())
            .collect();
        if attempt.found.is_empty() {
            assert_eq!(said, Vec::<String>::new(), "{}", attempt.what);
            rows.push((attempt.what.to_owned(), "nothing is found".to_owned()));
            continue;
        }
        let found = report
            .findings
            .iter()
            .find(|finding| finding.what.contains(attempt.found));
        let found = found.unwrap_or_else(|| panic!("{}: {said:?}", attempt.what));
        if let Some(position) = attempt.position.filter(|position| *position > 0) {
            assert_eq!(found.position, Some(position), "{}: {said:?}", attempt.what);
        }
        rows.push((attempt.what.to_owned(), without_hashes(&found.what)));
    }
    rows
}

/// A hash says nothing to a reader of the table.
fn without_hashes(text: &str) -> String {
    text.split(' ')
        .map(|word| {
            if word.len() >= 44 && word.contains('=') {
                "…"
            } else {
                word
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_to_tamper_with_postgres_is_found_and_located() {
    all_attempts(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn golden_every_way_to_tamper_with_sqlite_is_found_and_located_as_the_handbook_says() {
    let mut table = String::from(
        "| what was done, with the triggers off | what `accession log verify` says |\n|---|---|\n",
    );
    for (what, said) in all_attempts(false).await {
        writeln!(table, "| {what} | {said} |").unwrap();
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/trust.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once("<!-- tampering -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end of tampering -->").unwrap();
    let expected = format!("{before}<!-- tampering -->\n{table}<!-- end of tampering -->{after}");
    if std::env::var_os("ACCESSION_UPDATE_GOLDEN").is_some() {
        std::fs::write(&page, expected).unwrap();
        return;
    }
    assert_eq!(
        text, expected,
        "run with ACCESSION_UPDATE_GOLDEN=1 and look at the difference"
    );
}
