//! From the elements of an XML document to records. Knows nothing of what an element means.

use super::Reading;
use crate::record::{Items, Note, Record, Reject};
use crate::xml::{Node, Piece};

/// Turns elements into records: `name` is how a person finds the element, `map` says what it means.
pub(super) fn records(
    elements: impl Iterator<Item = Piece> + Send + 'static,
    name: impl Fn(&Node) -> Option<String> + Send + 'static,
    map: impl Fn(&Node, &mut Vec<Note>) -> Result<Items, Reject> + Send + 'static,
) -> Reading {
    let records = elements.zip(1..).map(move |(piece, number)| {
        let mut notes = Vec::new();
        let (name, raw, items) = match piece? {
            Ok(node) => (name(&node), node.excerpt(), map(&node, &mut notes)),
            Err(reject) => (None, String::new(), Err(reject)),
        };
        Ok(Record {
            number,
            name: name.unwrap_or_else(|| format!("record {number}")),
            raw: vec![raw],
            items,
            notes,
            end: None,
        })
    });
    Reading {
        columns: vec!["record".into()],
        records: Box::new(records),
    }
}
