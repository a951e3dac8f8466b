//! A JSON file that is one document: read as a whole, within a bound. Depth is bounded by the parser.
//!
//! Files without an end (dumps) never come through here.

use std::io::Read as _;

use serde_json::Value;

use super::{Given, Reading, UnreadableInput};
use crate::encodings::{Decoded, declared};
use crate::record::{Items, Note, Record, Reject};

/// The largest document, in bytes: everything in it is held in memory at once.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Reads the document.
pub(super) fn read(given: Given) -> Result<Value, UnreadableInput> {
    serde_json::from_str(&whole(given)?).map_err(|error| no_json(&error))
}

/// Reads documents that stand one behind the other, on lines or not.
pub(super) fn read_all(given: Given) -> Result<Vec<Value>, UnreadableInput> {
    let text = whole(given)?;
    let documents = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    documents
        .collect::<Result<Vec<Value>, _>>()
        .map_err(|error| no_json(&error))
}

fn no_json(error: &serde_json::Error) -> UnreadableInput {
    UnreadableInput::new(format!("the file is no JSON document: {error}"))
}

fn whole(given: Given) -> Result<String, UnreadableInput> {
    let encoding = declared(&given.sample).map_err(UnreadableInput::new)?;
    let mut text = String::new();
    let mut reader = Decoded::new(given.reader, encoding).take(LARGEST + 1);
    reader.read_to_string(&mut text).map_err(|error| {
        UnreadableInput::new(format!("the file cannot be read to its end: {error}"))
    })?;
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > LARGEST {
        return Err(UnreadableInput::new(format!(
            "the JSON document is larger than {LARGEST} bytes; split it into several files"
        )));
    }
    Ok(text)
}

/// One record for each value; `name` is the field by which a person finds it.
pub(super) fn records(
    values: Vec<Value>,
    name: &'static str,
    map: impl Fn(&Value, &mut Vec<Note>) -> Result<Items, Reject> + Send + 'static,
) -> Reading {
    let records = values.into_iter().zip(1..);
    let records = records.map(move |(value, number)| Ok(record(&value, number, name, &map)));
    Reading {
        columns: vec!["document".into()],
        records: Box::new(records),
    }
}

/// The record of a value.
pub(super) fn record(
    value: &Value,
    number: u64,
    name: &str,
    map: &impl Fn(&Value, &mut Vec<Note>) -> Result<Items, Reject>,
) -> Record {
    let mut notes = Vec::new();
    let items = map(value, &mut notes);
    let name = value.get(name).and_then(text);
    Record {
        number,
        name: name.unwrap_or_else(|| format!("document {number}")),
        raw: vec![value.to_string()],
        items,
        notes,
        end: None,
    }
}

/// A text or a number as a text; none when it is blank.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// The texts of a list; of an object, its values'; of a text, itself.
pub(super) fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(text).collect(),
        Value::Object(map) => map.values().filter_map(text).collect(),
        other => text(other).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_come_in_three_shapes() {
        assert_eq!(list(&json!(["a", 5, " ", null])), ["a", "5"]);
        assert_eq!(list(&json!({"0": "a", "2": "b"})), ["a", "b"]);
        assert_eq!(list(&json!("a")), ["a"]);
        assert!(list(&json!(null)).is_empty());
    }
}
