//! Real files of others, read by their sources: what is accepted and rejected, and that nothing panics.
//!
//! The files lie in `../shared/data` beside the project and are no part of it. Where they are not, the test says so and
//! passes. The table in `docs/importers.md` is what this test measures; `ACCESSION_UPDATE_IMPORTERS=1` writes it anew.

mod table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Source, Wishes};
use crate::input::Input;
use crate::record::Place;

/// A file and the source that reads it, or why none does.
type Belongs = Result<Source, &'static str>;

/// What one file came to.
#[derive(Debug, Default)]
struct Outcome {
    records: u64,
    accepted: u64,
    rejected: u64,
    reasons: BTreeMap<String, u64>,
    notes: BTreeMap<&'static str, u64>,
    /// Why the file as a whole cannot be read.
    refused: Option<String>,
}

/// One of the files, when they are there.
pub(super) fn shared(file: &str) -> Option<PathBuf> {
    data().map(|data| data.join(file))
}

fn data() -> Option<PathBuf> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if data.is_dir() {
        return Some(data);
    }
    eprintln!(
        "SKIPPED: {} is not there; this test needs the shared data beside the project",
        data.display()
    );
    None
}

/// Which source a file belongs to, by where it lies and how it is called.
fn source_of(path: &str) -> Belongs {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    match folder {
        "library_exports/goodreads" => Ok(Source::Goodreads),
        "library_exports/mal" | "library_exports/other" => export_of(name),
        "googlebooks" => Ok(Source::GoogleBooks),
        "kodik" => Ok(Source::Kodik),
        "shikimori" => Err("recorded exchanges of many kinds; no file of one answer"),
        _ if folder.starts_with("shikimori/") => shikimori_of(name),
        "openlibrary/api" => Ok(Source::OpenLibrary),
        "openlibrary" => Ok(Source::OpenLibraryDump),
        _ if folder.starts_with("opds/") => Ok(Source::Opds),
        _ if folder.starts_with("onix/") => Ok(Source::Onix),
        _ if folder.starts_with("marc/") => marc_of(folder, name),
        _ => Err("no source"),
    }
}

fn shikimori_of(name: &str) -> Belongs {
    match name {
        "anime.json"
        | "animes.json"
        | "ranobes.json"
        | "graphql_animes_simple.json"
        | "animes.jsonl"
        | "mangas.jsonl" => Ok(Source::Shikimori),
        _ => Err("people, genres, pictures, links or relations of titles; no title"),
    }
}

fn marc_of(folder: &str, name: &str) -> Belongs {
    if folder.ends_with("_expect") || folder.ends_with("add_book") && !name.ends_with("_meta.mrc") {
        return Err("what another importer makes of a record, not a record");
    }
    match name
        .trim_end_matches(".gz")
        .rsplit('.')
        .next()
        .unwrap_or_default()
    {
        "mrc" | "marc" | "dat" => Ok(Source::Marc),
        "xml" => Ok(Source::Marcxml),
        "mrk" => Err("MARCMaker text; no source of this importer reads it"),
        _ => Err("MARC in JSON; no source of this importer reads it"),
    }
}

fn export_of(name: &str) -> Belongs {
    match name {
        "animelist_a.xml" => Ok(Source::MalXml),
        "librarything.json.gz" => Ok(Source::Librarything),
        "bookwyrm_storygraph.csv" | "storygraph_lectorflow.csv" => Ok(Source::Storygraph),
        "bookwyrm_bookwyrm.csv" | "bookwyrm_calibre.csv" | "bookwyrm_generic.csv" => {
            Ok(Source::Csv)
        }
        "yamtrack_import_yamtrack.csv" => {
            Err("a journal of films and episodes, not a list of books")
        }
        _ => Err("pages of another service's API; no source of this importer reads them"),
    }
}

/// All files of the folders that belong to sources, in order.
fn files(data: &Path) -> Vec<String> {
    let folders = [
        "library_exports",
        "marc",
        "onix",
        "opds",
        "openlibrary",
        "googlebooks",
        "shikimori",
        "kodik",
    ];
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| data.join(folder)).collect();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_none_or(|kind| kind != "md") {
                let relative = path.strip_prefix(data).unwrap();
                found.push(relative.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

fn read(source: Source, path: &Path) -> Outcome {
    let mut outcome = Outcome::default();
    let input = Input::open(path).unwrap();
    let reading = match source.read(input.reader, &Wishes::default(), Place::default()) {
        Ok(reading) => reading,
        Err(error) => {
            outcome.refused = Some(error.reason);
            return outcome;
        }
    };
    for record in reading.records {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                outcome.refused = Some(error.reason);
                break;
            }
        };
        outcome.records += 1;
        match record.items {
            Ok(_) => outcome.accepted += 1,
            Err(reject) => {
                outcome.rejected += 1;
                *outcome.reasons.entry(reject.code).or_default() += 1;
            }
        }
        for note in record.notes {
            *outcome.notes.entry(note.code).or_default() += 1;
        }
    }
    outcome
}

#[test]
fn every_shared_file_of_a_source_is_read_and_the_table_in_the_docs_is_true() {
    let Some(data) = data() else {
        return;
    };
    let mut rows = Vec::new();
    let mut strangers = Vec::new();
    for file in files(&data) {
        match source_of(&file) {
            Ok(source) => rows.push((source.name(), file.clone(), read(source, &data.join(&file)))),
            Err(reason) => strangers.push((file, reason)),
        }
    }
    assert!(!rows.is_empty(), "no file was found");
    for (source, file, outcome) in &rows {
        assert_eq!(
            outcome.records,
            outcome.accepted + outcome.rejected,
            "{source} {file}"
        );
    }
    table::compare(&rows, &strangers);
}
