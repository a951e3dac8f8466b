//! Labelled pairs: two records and what people said about them.
//!
//! Never drops a pair that it cannot read well; an empty field is a fact about the data.

use std::path::{Path, PathBuf};

use accession_matching::{Prepared, Record};
use anyhow::{Context as _, Result};

use crate::columns::{Columns, label};
use crate::tables::{Table, lines, table};

/// Two records with a label.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The left record as it was read.
    pub left: Record,
    /// The right one.
    pub right: Record,
    /// Both, ready to be compared.
    pub ready: (Prepared, Prepared),
    /// Whether people call them the same.
    pub label: bool,
}

impl Pair {
    /// Prepares two records.
    #[must_use]
    pub fn of(left: Record, right: Record, label: bool) -> Self {
        let ready = (Prepared::of(&left), Prepared::of(&right));
        Self {
            left,
            right,
            ready,
            label,
        }
    }
}

/// A file of labelled pairs.
#[derive(Debug, Clone)]
pub struct PairSet {
    /// What the tables call it: its folder.
    pub name: String,
    /// In the order of the file.
    pub pairs: Vec<Pair>,
}

/// Reads a file of labelled pairs; ISBNs that it leaves out are looked up in the tables `tables` says it was made from.
pub fn labelled(path: &Path, tables: &Path) -> Result<PairSet> {
    let (names, lines) = lines(path, b',')?;
    let what = || {
        format!(
            "{} has no column that says which pairs match",
            path.display()
        )
    };
    let label = label(&names).with_context(what)?;
    let what = || {
        format!(
            "{} has no titles of a left and a right record",
            path.display()
        )
    };
    let (left, right) = Columns::of_pairs(&names).with_context(what)?;
    let sources = sources(tables)?;
    let mut pairs = Vec::with_capacity(lines.len());
    for line in &lines {
        let (mut one, mut two) = (left.record(line), right.record(line));
        if let Some((first, second)) = &sources {
            look_up(&mut one, first, left.id.and_then(|index| line.get(index)));
            look_up(&mut two, second, right.id.and_then(|index| line.get(index)));
        }
        let label = matches!(
            line.get(label).map(str::trim),
            Some("1" | "1.0" | "true" | "True" | "yes")
        );
        pairs.push(Pair::of(one, two, label));
    }
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
    Ok(PairSet {
        name: folder.to_string_lossy().into_owned(),
        pairs,
    })
}

/// The two tables whose rows the pairs name by number, where the pairs themselves have no ISBN.
fn sources(folder: &Path) -> Result<Option<(Table, Table)>> {
    let named = |name: &str| -> Option<PathBuf> {
        let path = folder.join(name);
        path.is_file().then_some(path)
    };
    match (named("bookdepository.csv.gz"), named("goodreads.csv.gz")) {
        (Some(left), Some(right)) => Ok(Some((table(&left, b',')?, table(&right, b',')?))),
        _ => Ok(None),
    }
}

/// Adds the ISBNs of the row that an id names (they count from 1), if it is the same title.
fn look_up(record: &mut Record, table: &Table, id: Option<&str>) {
    let row = id
        .and_then(|id| id.parse::<usize>().ok())
        .and_then(|id| id.checked_sub(1));
    let Some(found) = row.and_then(|row| table.records.get(row)) else {
        return;
    };
    if record.isbns.is_empty() && found.titles == record.titles {
        record.isbns.clone_from(&found.isbns);
    }
}
