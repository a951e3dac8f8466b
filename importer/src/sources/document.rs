//! A JSON file that is one document: read as a whole, within a bound. Depth is bounded by the parser.
//!
//! Files without an end (dumps) never come through here.

use std::io::Read as _;

use serde_json::Value;

use super::{Given, UnreadableInput};
use crate::encodings::{Decoded, declared};

/// The largest document, in bytes: everything in it is held in memory at once.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Reads the document.
pub(super) fn read(given: Given) -> Result<Value, UnreadableInput> {
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
    serde_json::from_str(&text)
        .map_err(|error| UnreadableInput::new(format!("the file is no JSON document: {error}")))
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
