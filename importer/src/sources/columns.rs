//! Rows of a CSV file by the names of their columns. Knows nothing of what a column means.

use std::io::Read;
use std::sync::Arc;

use csv::{ByteRecord, ReaderBuilder, StringRecord};

use super::{Given, Reading, UnreadableInput};
use crate::encodings::{Decoded, text_of};
use crate::fit::note;
use crate::leash::{LONGEST_RECORD, Leash};
use crate::looks::is_utf16;
use crate::record::{Items, Note, Record, Reject};

/// One row, whose fields are found by the header's names.
pub(crate) struct Row {
    header: Arc<StringRecord>,
    fields: StringRecord,
    /// Line in the file, from 1.
    pub(crate) line: u64,
    /// Whether it was no UTF-8 and had to be read as Windows-1252.
    was_decoded: bool,
}

/// A row that the CSV reader could not read.
pub(crate) struct BadRow {
    /// Line in the file, from 1.
    pub(crate) line: u64,
    /// What is wrong with it.
    pub(crate) reason: String,
}

impl Row {
    /// The field of this column, trimmed; empty when the row is too short.
    pub(crate) fn field(&self, column: &str) -> &str {
        let index = self.header.iter().position(|name| name.trim() == column);
        index
            .and_then(|index| self.fields.get(index))
            .map_or("", str::trim)
    }

    /// The field, or none when it is empty.
    pub(crate) fn filled(&self, column: &str) -> Option<&str> {
        Some(self.field(column)).filter(|text| !text.is_empty())
    }

    /// The field, or a rejection that names the line and the column.
    pub(crate) fn needed(&self, column: &str) -> Result<&str, Reject> {
        self.filled(column).ok_or_else(|| {
            Reject::new(
                "missing_field",
                format!("line {}: `{column}` is empty", self.line),
            )
        })
    }

    /// All fields as they came.
    pub(crate) fn raw(&self) -> Vec<String> {
        self.fields.iter().map(str::to_owned).collect()
    }
}

/// A header and rows in file order.
pub(crate) struct Rows {
    /// The names of the columns.
    pub(crate) header: Vec<String>,
    /// The rows; an error of the file itself is the last item.
    pub(crate) rows: RowStream,
}

/// Rows, bad rows, and at most one reason why no more come.
type RowStream = Box<dyn Iterator<Item = Result<Result<Row, BadRow>, UnreadableInput>> + Send>;

/// How a file of rows is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect {
    /// What stands between two fields.
    pub(crate) delimiter: u8,
    /// Whether quotation marks enclose fields.
    pub(crate) quoted: bool,
}

impl Dialect {
    /// Commas and quotation marks.
    pub(crate) const CSV: Self = Self {
        delimiter: b',',
        quoted: true,
    };
    /// Tabs, and quotation marks mean themselves.
    pub(crate) const TABS: Self = Self {
        delimiter: b'\t',
        quoted: false,
    };
}

/// Reads rows under a header that has at least the `needed` columns.
pub(crate) fn read(
    given: Given,
    dialect: Dialect,
    needed: &[&str],
) -> Result<Rows, UnreadableInput> {
    let reader: Box<dyn Read + Send> = if is_utf16(&given.sample) {
        let encoding = crate::encodings::declared(&given.sample).map_err(UnreadableInput::new)?;
        Box::new(Decoded::new(given.reader, encoding))
    } else {
        given.reader
    };
    let (reader, slack) = Leash::new(reader, LONGEST_RECORD);
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .delimiter(dialect.delimiter)
        .quoting(dialect.quoted)
        .from_reader(reader);
    let header = reader.byte_headers().map_err(|error| {
        UnreadableInput::new(format!("the file cannot be read as CSV: {error}"))
    })?;
    let (header, _) = texts(header);
    demand(&header, needed)?;
    let names = header.iter().map(str::to_owned).collect();
    let header = Arc::new(header);
    let rows = reader.into_byte_records().map(move |result| {
        slack.renew();
        row(result, &header)
    });
    Ok(Rows {
        header: names,
        rows: Box::new(rows),
    })
}

fn demand(header: &StringRecord, needed: &[&str]) -> Result<(), UnreadableInput> {
    let missing: Vec<&str> = needed
        .iter()
        .copied()
        .filter(|name| !header.iter().any(|found| found.trim() == *name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let found: Vec<String> = header
        .iter()
        .take(12)
        .map(|name| name.chars().take(40).collect())
        .collect();
    Err(UnreadableInput::new(format!(
        "the header lacks {}; found {}",
        missing.join(", "),
        found.join(", ")
    )))
}

fn row(
    result: Result<ByteRecord, csv::Error>,
    header: &Arc<StringRecord>,
) -> Result<Result<Row, BadRow>, UnreadableInput> {
    match result {
        Ok(bytes) => {
            let line = bytes.position().map_or(0, csv::Position::line);
            let (fields, was_decoded) = texts(&bytes);
            Ok(Ok(Row {
                header: Arc::clone(header),
                fields,
                line,
                was_decoded,
            }))
        }
        Err(error) if error.is_io_error() => Err(UnreadableInput::new(format!(
            "the file cannot be read to its end: {error}"
        ))),
        Err(error) => Ok(Err(BadRow {
            line: error.position().map_or(0, csv::Position::line),
            reason: format!("the row cannot be read as CSV: {error}"),
        })),
    }
}

/// The fields as texts; tells whether any was no UTF-8.
fn texts(bytes: &ByteRecord) -> (StringRecord, bool) {
    if let Ok(fields) = StringRecord::from_byte_record(bytes.clone()) {
        return (fields, false);
    }
    let fields = bytes.iter().map(|field| text_of(field).0.into_owned());
    (fields.collect(), true)
}

/// Turns rows into records: `name` is how a person finds the row, `map` says what it means.
pub(crate) fn records(
    rows: Rows,
    name: impl Fn(&Row) -> Option<String> + Send + 'static,
    map: impl Fn(&Row, &mut Vec<Note>) -> Result<Items, Reject> + Send + 'static,
) -> Reading {
    let records = rows.rows.zip(1..).map(move |(row, number)| {
        Ok(match row? {
            Ok(row) => {
                let mut notes = Vec::new();
                if row.was_decoded {
                    notes.push(note("read_as_windows_1252", &format!("line {}", row.line)));
                }
                Record {
                    number,
                    name: name(&row).unwrap_or_else(|| format!("line {}", row.line)),
                    raw: row.raw(),
                    items: map(&row, &mut notes),
                    notes,
                    end: None,
                }
            }
            Err(bad) => Record {
                number,
                name: format!("line {}", bad.line),
                raw: Vec::new(),
                items: Err(Reject::new("bad_row", bad.reason)),
                notes: Vec::new(),
                end: None,
            },
        })
    });
    Reading {
        columns: rows.header,
        records: Box::new(records),
    }
}
