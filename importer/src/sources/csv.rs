//! Any CSV file of books: `--map title=Name,authors=Writers` tells which column holds what; without it the usual names do.
//!
//! The file's owner answers for its licence; facts in it are attributed to `csv`, or to `csv:NAME` with `--as NAME`, which
//! keeps the ids of two files apart. Commas, semicolons or tabs stand between fields, whichever the header has most of.
//! A cell with several authors or genres separates them by `;`, `|` or ` & `; a comma belongs to a name. Columns that
//! nothing is made of are named in the notes of the first row.

mod mapping;

use accession_events::catalog::TitleKind;
use accession_events::ingestion::items::{EditionItem, TitleItem};
use accession_events::values::Isbn;

use super::book::{count_in, id_of, parts, set_isbn, squeezed, year_in};
use super::columns::{self, Dialect, Row};
use super::{Description, Given, Reading, UnreadableInput};
use crate::looks::Look;
use crate::record::{Items, Note, Reject};
use mapping::{Field, Mapping};

pub(super) const SOURCE: Description = Description {
    name: "csv",
    expects: "a CSV file whose first line names its columns, one of them a title (say which with --map title=COLUMN)",
    looks: &[Look::Text],
    built_in: None,
    asked: None,
    read,
};

fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let source = given.provenance.clone();
    let wanted = given.wishes.columns.clone();
    let dialect = Dialect {
        delimiter: delimiter(&given.sample),
        quoted: true,
    };
    let rows = columns::read(given, dialect, &[])?;
    let mapping = Mapping::of(&rows.header, &wanted).map_err(UnreadableInput::new)?;
    let unused = mapping.unused(&rows.header);
    let named = mapping.clone();
    let name = move |row: &Row| named.value(row, Field::Id).map(str::to_owned);
    let mut unused = (!unused.is_empty()).then(|| unused.join(", "));
    let mut reading = columns::records(rows, name, move |row, notes| {
        items(&source, &mapping, row, notes)
    });
    reading.records = Box::new(reading.records.map(move |record| {
        record.map(|mut record| {
            record.notes.extend(unused.take().map(|detail| Note {
                code: "columns_not_taken",
                detail,
            }));
            record
        })
    }));
    Ok(reading)
}

/// The separator that the first line has most of, outside quotation marks.
fn delimiter(sample: &[u8]) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut is_quoted = false;
    for byte in sample {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => break,
            _ if is_quoted => {}
            byte => {
                if let Some((_, count)) = counts.iter_mut().find(|(sign, _)| sign == byte) {
                    *count += 1;
                }
            }
        }
    }
    let most = counts
        .iter()
        .max_by_key(|(sign, count)| (*count, *sign == b','));
    most.filter(|(_, count)| *count > 0)
        .map_or(b',', |(sign, _)| *sign)
}

fn items(
    source: &str,
    mapping: &Mapping,
    row: &Row,
    notes: &mut Vec<Note>,
) -> Result<Items, Reject> {
    let value = |field: Field| mapping.value(row, field);
    let name = value(Field::Title).map(squeezed).ok_or_else(|| {
        Reject::new(
            "missing_field",
            format!("line {}: the title is empty", row.line),
        )
    })?;
    let several = |field: Field| -> Vec<String> {
        let cell = value(field).unwrap_or_default().replace(" & ", ";");
        parts(&cell, &[';', '|'])
    };
    let authors = several(Field::Authors);
    let isbns: Vec<&str> = mapping.values(row, Field::Isbn).collect();
    let made_id = || {
        let isbn = isbns.iter().find_map(|text| Isbn::parse(text).ok());
        isbn.map_or_else(
            || id_of(&[&name, &authors.join(";")]),
            |isbn| isbn.to_string(),
        )
    };
    let id = value(Field::Id).map_or_else(made_id, str::to_owned);
    let published = value(Field::Year).and_then(year_in);
    let title = TitleItem {
        source: source.into(),
        source_id: id.clone(),
        kind: Some(TitleKind::Book),
        name: name.clone(),
        original_name: value(Field::OriginalTitle).map(squeezed),
        authors,
        genres: several(Field::Genres),
        description: value(Field::Description).map(str::to_owned),
        year: published,
        language: value(Field::Language).map(str::to_owned),
        ..TitleItem::default()
    };
    let mut edition = EditionItem {
        source: source.into(),
        source_id: id.clone(),
        title_source_id: id,
        name: Some(name),
        publisher: value(Field::Publisher).map(squeezed),
        published_year: published,
        language: value(Field::Language).map(str::to_owned),
        page_count: value(Field::Pages).and_then(count_in),
        format: value(Field::Format).map(str::to_owned),
        cover: value(Field::Cover)
            .filter(|cover| cover.contains("://"))
            .map(str::to_owned),
        ..EditionItem::default()
    };
    set_isbn(&mut edition, isbns, notes);
    Ok(Items::book(title, edition))
}

#[cfg(test)]
mod tests;
