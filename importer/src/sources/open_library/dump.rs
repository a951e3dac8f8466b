//! The monthly dumps: lines of type, key, revision, time and a JSON document, separated by tabs; tens of millions of them.
//!
//! Nothing is kept but one line and the table of authors on disk. Works must be in before their editions: import the dump
//! of works (with `--authors` and the dump of authors), then that of editions. A resumed run goes on at the byte where the
//! last one stopped; a file that mixes authors with works is read again up to there, because their names are needed.

use std::io::BufReader;
use std::path::PathBuf;

use serde_json::Value;

use super::super::{Description, Given, Reading, UnreadableInput, Wishes};
use super::authors::Authors;
use super::documents;
use crate::fit::note;
use crate::lines;
use crate::looks::Look;
use crate::record::{Items, Note, Record, Reject};

pub(in crate::sources) const SOURCE: Description = Description {
    name: "open-library-dump",
    expects: "a monthly dump of Open Library (lines of type, key, revision, time and JSON, separated by tabs)",
    looks: &[Look::Text],
    built_in: None,
    asked: None,
    read,
};

/// One line of a dump.
pub(super) struct Line<'a> {
    /// For example `/type/work`.
    pub(super) kind: &'a str,
    /// For example `/works/OL1W`.
    pub(super) key: &'a str,
    /// When it changed, in UTC.
    changed: &'a str,
    /// The JSON.
    pub(super) document: &'a str,
}

impl<'a> Line<'a> {
    /// None when the line has other than five columns or is no UTF-8.
    pub(super) fn split(line: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(line)
            .ok()?
            .trim_end_matches(['\n', '\r']);
        let mut columns = text.splitn(5, '\t');
        let (kind, key) = (columns.next()?, columns.next()?);
        let (_revision, changed) = (columns.next()?, columns.next()?);
        let document = columns.next()?;
        kind.starts_with('/').then_some(Self {
            kind,
            key,
            changed,
            document,
        })
    }
}

fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let first = given
        .sample
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    if given.start.number == 0 && !first.starts_with(b"/type/") {
        return Err(UnreadableInput::new(format!(
            "its first line is no line of a dump; open-library-dump expects {}",
            SOURCE.expects
        )));
    }
    let authors = Authors::new().map_err(|error| {
        UnreadableInput::new(format!("no table of authors can be made: {error}"))
    })?;
    let records = Records {
        reader: BufReader::with_capacity(256 * 1024, given.reader),
        number: given.start.number,
        place: given.start.byte,
        authors,
        authors_file: given.wishes.authors.clone(),
        wishes: given.wishes,
        has_met_authors: false,
        line: Vec::new(),
        is_done: false,
    };
    Ok(Reading {
        columns: vec!["line".into()],
        records: Box::new(records),
    })
}

struct Records<R> {
    reader: R,
    number: u64,
    place: u64,
    authors: Authors,
    /// Read before the first line.
    authors_file: Option<PathBuf>,
    /// What was asked for, among it since when.
    wishes: Wishes,
    /// Then a later attempt needs the lines before its own.
    has_met_authors: bool,
    line: Vec<u8>,
    is_done: bool,
}

impl<R: std::io::BufRead> Iterator for Records<R> {
    type Item = Result<Record, UnreadableInput>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        match self.step() {
            Ok(Some(record)) => Some(Ok(record)),
            Ok(None) => {
                self.is_done = true;
                None
            }
            Err(error) => {
                self.is_done = true;
                Some(Err(UnreadableInput::new(format!(
                    "the file cannot be read to its end: {error}"
                ))))
            }
        }
    }
}

impl<R: std::io::BufRead> Records<R> {
    fn step(&mut self) -> std::io::Result<Option<Record>> {
        if let Some(path) = self.authors_file.take() {
            self.authors.read_dump(&path)?;
        }
        if !lines::next(&mut self.reader, &mut self.line)? {
            return Ok(None);
        }
        self.number += 1;
        self.place += u64::try_from(self.line.len()).unwrap_or(0);
        self.has_met_authors |= self.authors.take(&self.line)?;
        let mut notes = Vec::new();
        let names = |id: &str| self.authors.name(id);
        let line = Line::split(&self.line);
        let changed = line.as_ref().map(|line| line.changed);
        let items = if self.wishes.is_older(changed) {
            notes.push(note("not_changed_since", ""));
            Ok(Items::default())
        } else {
            items(&self.line, &names, &mut notes)
        };
        let name = line.map_or_else(
            || format!("line {}", self.number),
            |line| documents::last_part(line.key).to_owned(),
        );
        let raw = if items.is_err() {
            vec![String::from_utf8_lossy(&self.line).trim_end().to_owned()]
        } else {
            Vec::new()
        };
        Ok(Some(Record {
            number: self.number,
            name,
            raw,
            items,
            notes,
            end: (!self.has_met_authors).then_some(self.place),
        }))
    }
}

fn items(line: &[u8], names: documents::Names<'_>, notes: &mut Vec<Note>) -> Result<Items, Reject> {
    let line = Line::split(line).ok_or_else(|| {
        Reject::new(
            "bad_line",
            "expected type, key, revision, time and JSON, separated by tabs",
        )
    })?;
    let read = |document: &str| {
        serde_json::from_str::<Value>(document)
            .map_err(|error| Reject::new("bad_json", format!("{}: {error}", line.key)))
    };
    match line.kind {
        "/type/work" => documents::work(&read(line.document)?, names, notes),
        "/type/edition" => documents::edition(&read(line.document)?, names, notes),
        "/type/author" => Ok(Items::default()),
        kind => {
            // Redirects, deletions, pages and settings describe no book.
            notes.push(note("type_skipped", kind));
            Ok(Items::default())
        }
    }
}
