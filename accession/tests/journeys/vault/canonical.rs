//! A backup without what no restore can keep, so that two can be compared.
//!
//! Ids are numbered in the order in which they appear. What is left out: the times of the acts themselves, the seal, the library's
//! name in the log, and who belongs to the library: nobody becomes a member by a file, and members' loans are borrowers' by name.

use std::collections::HashMap;

use serde_json::Value;

/// Fields of which a restored library has its own.
const OWN: [&str; 4] = ["made_at", "position", "added_at", "account"];

/// The lines of a backup, comparable.
pub(super) fn canonical(file: &str) -> Vec<Value> {
    let mut numbers = HashMap::new();
    let lines = file.lines().map(|line| serde_json::from_str(line).unwrap());
    let mut lines: Vec<Value> = lines
        .filter(|line: &Value| line["line"] != "end" && line["line"] != "member")
        .collect();
    for line in &mut lines {
        for field in OWN {
            line.as_object_mut().unwrap().remove(field);
        }
        number(line, &mut numbers);
    }
    lines
}

fn number(value: &mut Value, numbers: &mut HashMap<String, usize>) {
    match value {
        Value::String(text) if is_id(text) => {
            let next = numbers.len() + 1;
            let number = numbers.entry(text.clone()).or_insert(next);
            *value = Value::from(format!("id {number}"));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| number(value, numbers)),
        Value::Object(fields) => fields.values_mut().for_each(|value| number(value, numbers)),
        _ => {}
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 36 && text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}
