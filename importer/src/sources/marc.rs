//! A library's catalogue in MARC 21, binary (`marc`) or XML (`marcxml`): one bibliographic record a title and its edition.
//!
//! The file's owner answers for its licence (many libraries give their records away as public domain, not all do); facts
//! are attributed to `marc` or `marcxml`, or to `marc:NAME` with `--as NAME`. A record is known by the agency of field 003
//! and the number of field 001. Records of authorities and holdings describe no title and are rejected.

mod map;
mod people;
mod words;

use super::elements;
use super::{Description, Given, Reading, UnreadableInput};
use crate::looks::Look;
use crate::marc::{MarcRecord, iso2709, xml};
use crate::record::{Note, Record, Reject};
use crate::xml::{Elements, Node, Piece};

pub(super) const BINARY: Description = Description {
    name: "marc",
    expects: "a file of MARC 21 records in their binary form (ISO 2709)",
    looks: &[Look::Marc],
    built_in: None,
    asked: None,
    read: read_binary,
};

pub(super) const XML: Description = Description {
    name: "marcxml",
    expects: "an XML file of MARC 21 records (MARCXML, alone or in OAI-PMH or SRU answers)",
    looks: &[Look::Xml],
    built_in: None,
    asked: None,
    read: read_xml,
};

#[expect(
    clippy::unnecessary_wraps,
    reason = "one signature for every source; this one finds out record by record"
)]
fn read_binary(given: Given) -> Result<Reading, UnreadableInput> {
    let source = given.provenance;
    let records = iso2709::Records::new(given.reader).zip(1..);
    let records = records.map(move |(parsed, number)| {
        let parsed = parsed?;
        let raw = parsed.as_ref().map(excerpt).unwrap_or_default();
        let name = parsed.as_ref().ok().and_then(map::name_of);
        let mut notes = Vec::new();
        let items = parsed.and_then(|record| map::items(&source, &record, &mut notes));
        Ok(Record {
            number,
            name: name.unwrap_or_else(|| format!("record {number}")),
            raw: vec![raw],
            items,
            notes,
            end: None,
        })
    });
    Ok(Reading {
        columns: vec!["record".into()],
        records: Box::new(records),
    })
}

fn read_xml(given: Given) -> Result<Reading, UnreadableInput> {
    let source = given.provenance.clone();
    let found = Elements::open(given.reader, &given.sample, xml::is_record)?;
    let pieces = found.flat_map(each);
    let name = |node: &Node| xml::read(node).ok().as_ref().and_then(map::name_of);
    let mut reading = elements::records(pieces, name, move |node, notes: &mut Vec<Note>| {
        let record = xml::read(node)?;
        map::items(&source, &record, notes)
    });
    // An answer without a record is fine; a document that could not hold one is another kind of file.
    let mut records = reading.records.peekable();
    if records.peek().is_none() && !is_envelope(&given.sample) {
        return Err(UnreadableInput::new(format!(
            "the XML document holds no MARC record; marcxml expects {}",
            XML.expects
        )));
    }
    reading.records = Box::new(records);
    Ok(reading)
}

/// Names of envelopes that may be empty.
fn is_envelope(sample: &[u8]) -> bool {
    let text = String::from_utf8_lossy(sample);
    ["collection", "searchRetrieveResponse", "OAI-PMH"]
        .iter()
        .any(|name| text.contains(name))
}

/// The records of one envelope; an envelope without any is a rejection that shows what it holds.
fn each(piece: Piece) -> Vec<Piece> {
    let node = match piece {
        Ok(Ok(node)) => node,
        other => return vec![other],
    };
    let inside: Vec<Piece> = xml::inside(&node)
        .into_iter()
        .map(|node| Ok(Ok(node.clone())))
        .collect();
    if inside.is_empty() {
        return vec![Ok(Err(Reject::new("no_marc_record", node.excerpt())))];
    }
    inside
}

/// The record's texts in one line, short, for the file of rejected records.
fn excerpt(record: &MarcRecord) -> String {
    let mut line = String::from(&record.leader);
    for field in &record.fields {
        line.extend([" =", &field.tag, " ", &field.text]);
        for (code, text) in &field.subfields {
            line.push('$');
            line.push(*code);
            line.push_str(text);
        }
        if line.len() > 500 {
            break;
        }
    }
    line.chars().take(500).collect()
}

#[cfg(test)]
mod tests;
