//! The XML form of MARC, whatever envelope is around it: a collection, an OAI-PMH answer, an SRU answer.
//!
//! Never reads more than one envelope's record at a time.

use super::{Field, MarcRecord};
use crate::record::Reject;
use crate::xml::Node;

/// Whether an element is a record, or an envelope of that name around one.
pub(crate) fn is_record(name: &str) -> bool {
    name == "record"
}

/// The MARC records inside an element: the element itself, or those in its envelope.
pub(crate) fn inside(node: &Node) -> Vec<&Node> {
    if holds_fields(node) {
        return vec![node];
    }
    node.elements().flat_map(inside).collect()
}

fn holds_fields(node: &Node) -> bool {
    let is_part =
        |part: &Node| matches!(part.name.as_str(), "leader" | "controlfield" | "datafield");
    is_record(&node.name) && node.elements().any(is_part)
}

/// Reads a record.
pub(crate) fn read(node: &Node) -> Result<MarcRecord, Reject> {
    let mut record = MarcRecord {
        leader: node.first("leader").map(Node::text).unwrap_or_default(),
        ..MarcRecord::default()
    };
    for part in node.elements() {
        match part.name.as_str() {
            "controlfield" => record.fields.push(Field {
                tag: tag(part)?,
                indicators: [' ', ' '],
                text: part.text(),
                ..Field::default()
            }),
            "datafield" => record.fields.push(data_field(part)?),
            _ => {}
        }
    }
    if record.leader.chars().count() != 24 {
        record.mend("leader_mended");
    }
    Ok(record.without_controls())
}

fn tag(part: &Node) -> Result<String, Reject> {
    part.attribute("tag")
        .map(str::to_owned)
        .ok_or_else(|| Reject::new("bad_field", format!("a {} has no tag", part.name)))
}

fn data_field(part: &Node) -> Result<Field, Reject> {
    let indicator = |name: &str| {
        part.attribute(name)
            .and_then(|text| text.chars().next())
            .unwrap_or(' ')
    };
    let subfields = part.all("subfield");
    let subfields = subfields.filter_map(|subfield| {
        let code = subfield.attribute("code")?.chars().next()?;
        Some((code, subfield.text()))
    });
    Ok(Field {
        tag: tag(part)?,
        indicators: [indicator("ind1"), indicator("ind2")],
        text: String::new(),
        subfields: subfields.collect(),
    })
}
