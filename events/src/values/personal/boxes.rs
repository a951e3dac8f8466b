//! Finds the sealed boxes in an event's payload, wherever they stand in it.
//!
//! Pure: what becomes of a box is the caller's to say. It never looks into one.

use serde_json::Value;

use super::SealedBox;
use crate::ids::SubjectId;

/// A box as it stands in a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundBox {
    /// Name of the field that holds it: the nearest name around it.
    pub field: String,
    /// The box.
    pub sealed: SealedBox,
}

/// Whether a payload may hold a box. Most do not, and this is all that reading them costs.
#[must_use]
pub fn may_hold_a_box(payload: &str) -> bool {
    payload.contains("\"box\"")
}

/// Whether a payload holds personal data that is not sealed. Such an event must never be written.
#[must_use]
pub fn holds_known(payload: &str) -> bool {
    payload.contains("\"known\"")
        && serde_json::from_str::<Value>(payload).is_ok_and(|value| is_known_within(&value))
}

/// All boxes of a payload, in their order.
#[must_use]
pub fn boxes_in(payload: &Value) -> Vec<FoundBox> {
    let mut found = Vec::new();
    collect(payload, "", &mut found);
    found
}

/// Puts something in the place of each box of a payload.
pub fn replace_boxes(payload: &mut Value, replacement: &mut dyn FnMut(FoundBox) -> Value) {
    replace(payload, "", replacement);
}

fn collect(value: &Value, field: &str, found: &mut Vec<FoundBox>) {
    if let Some(sealed) = as_box(value) {
        let field = field.to_owned();
        return found.push(FoundBox { field, sealed });
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, field, found)),
        Value::Object(entries) => entries
            .iter()
            .for_each(|(name, value)| collect(value, name, found)),
        _ => {}
    }
}

fn replace(value: &mut Value, field: &str, replacement: &mut dyn FnMut(FoundBox) -> Value) {
    if let Some(sealed) = as_box(value) {
        let field = field.to_owned();
        *value = replacement(FoundBox { field, sealed });
        return;
    }
    match value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| replace(item, field, replacement)),
        Value::Object(entries) => entries
            .iter_mut()
            .for_each(|(name, value)| replace(value, name, replacement)),
        _ => {}
    }
}

/// Exactly `{"subject": …, "box": …}` is a box.
fn as_box(value: &Value) -> Option<SealedBox> {
    let entries = value.as_object().filter(|entries| entries.len() == 2)?;
    let subject: SubjectId = entries.get("subject")?.as_str()?.parse().ok()?;
    let contents = entries.get("box")?.as_str()?.to_owned();
    Some(SealedBox { subject, contents })
}

fn is_known_within(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(is_known_within),
        Value::Object(entries) => {
            (entries.len() == 1 && entries.contains_key("known"))
                || entries.values().any(is_known_within)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SUBJECT: &str = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c";

    fn sealed(contents: &str) -> Value {
        json!({ "subject": SUBJECT, "box": contents })
    }

    #[test]
    fn boxes_are_found_in_fields_lists_and_objects_with_the_nearest_name() {
        let payload = json!({ "AccountRegistered": {
            "email": sealed("a"),
            "names": [sealed("b"), { "first": sealed("c") }],
            "kind": "person",
        }});
        let found: Vec<_> = boxes_in(&payload)
            .into_iter()
            .map(|found| (found.field, found.sealed.contents))
            .collect();
        let expected = [("email", "a"), ("names", "b"), ("first", "c")];
        assert_eq!(
            found,
            expected.map(|(field, contents)| (field.to_owned(), contents.to_owned()))
        );
    }

    #[test]
    fn what_only_looks_like_a_box_stays() {
        let payload = json!({ "TitleAdded": {
            "a": { "subject": SUBJECT, "box": 1 },
            "b": { "subject": "nobody", "box": "x" },
            "c": { "subject": SUBJECT, "box": "x", "more": 1 },
            "d": "box",
        }});
        assert_eq!(boxes_in(&payload), []);
        let mut same = payload.clone();
        replace_boxes(&mut same, &mut |_| Value::Null);
        assert_eq!(same, payload);
    }

    #[test]
    fn every_box_is_replaced_where_it_stands() {
        let mut payload = json!({ "X": { "a": [sealed("1"), 2], "b": sealed("3") } });
        replace_boxes(
            &mut payload,
            &mut |found| json!({ "known": found.sealed.contents }),
        );
        let expected = json!({ "X": { "a": [{ "known": "1" }, 2], "b": { "known": "3" } } });
        assert_eq!(payload, expected);
        assert!(holds_known(&payload.to_string()));
    }

    #[test]
    fn a_payload_with_the_word_known_in_it_is_not_taken_for_open_data() {
        assert!(!holds_known(
            r#"{"X":{"name":"\"known\"","known":1,"b":2}}"#
        ));
        assert!(!holds_known(r#"{"X":{"name":"Known"}}"#));
    }
}
