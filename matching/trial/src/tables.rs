//! Reads a table of records, packed or not, with any separator.
//!
//! Never fails on a crooked line: what is too long or too short is read as far as it goes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use accession_matching::Record;
use anyhow::{Context as _, Result};
use csv::StringRecord;
use flate2::read::GzDecoder;

use crate::columns::Columns;

/// Records in the order of the file, with what its `id` column says.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The records.
    pub records: Vec<Record>,
    /// Their ids; empty texts where the table has none.
    pub ids: Vec<String>,
}

/// Names and lines of a file.
pub(crate) fn lines(path: &Path, separator: u8) -> Result<(Vec<String>, Vec<StringRecord>)> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let packed = path.extension().is_some_and(|ending| ending == "gz");
    let mut bytes = Vec::new();
    if packed {
        GzDecoder::new(file).read_to_end(&mut bytes)?;
    } else {
        let mut file = file;
        file.read_to_end(&mut bytes)?;
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    read(reader).with_context(|| format!("cannot read {}", path.display()))
}

fn read<R: Read>(mut reader: csv::Reader<R>) -> Result<(Vec<String>, Vec<StringRecord>)> {
    let names = reader.headers()?.iter().map(str::to_owned).collect();
    let lines = reader.records().collect::<Result<_, _>>()?;
    Ok((names, lines))
}

/// Reads a table of records.
pub fn table(path: &Path, separator: u8) -> Result<Table> {
    let (names, lines) = lines(path, separator)?;
    let columns = Columns::of_table(names.iter().map(String::as_str));
    let id = |line: &StringRecord| {
        columns
            .id
            .and_then(|index| line.get(index))
            .unwrap_or_default()
            .to_owned()
    };
    Ok(Table {
        records: lines.iter().map(|line| columns.record(line)).collect(),
        ids: lines.iter().map(id).collect(),
    })
}
