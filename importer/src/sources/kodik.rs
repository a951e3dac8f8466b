//! Kodik: players of series and films with their translations, as its `/search` and `/list` answer them, over HTTP or as files.
//!
//! The service asks for a token and is subject to the rights of others: it is off until an operator configures it. Facts are
//! attributed to `kodik`; players are linked, never copied. Results of one title (one for each translation) become one
//! record; the title is known by its id at Shikimori (`shikimori:20`) where the service gives it, otherwise by its own.

mod asked;
mod results;

use serde_json::Value;

use super::document::{self, text};
use super::{Description, Given, Reading, UnreadableInput};
use crate::looks::Look;
use crate::record::{Note, Record};

pub(super) const SOURCE: Description = Description {
    name: "kodik",
    expects: "a JSON answer of Kodik's /search or /list",
    looks: &[Look::Json],
    built_in: None,
    asked: Some(&asked::ASKED),
    read,
};

fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    for answer in document::read_all(given)? {
        let found = groups_of(answer).ok_or_else(|| {
            UnreadableInput::new(format!(
                "the JSON is no answer of Kodik; kodik expects {}",
                SOURCE.expects
            ))
        })?;
        groups.extend(found);
    }
    let records = groups
        .into_iter()
        .zip(1..)
        .map(|(group, number)| Ok(record(group, number)));
    Ok(Reading {
        columns: vec!["results".into()],
        records: Box::new(records),
    })
}

/// The results of an answer by title, in the order in which titles come first; none when it is no answer.
pub(super) fn groups_of(mut answer: Value) -> Option<Vec<(String, Vec<Value>)>> {
    let Some(Value::Array(results)) = answer.get_mut("results").map(Value::take) else {
        return None;
    };
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    for result in results {
        let id = title_id(&result).unwrap_or_default();
        match groups
            .iter_mut()
            .find(|(known, _)| !id.is_empty() && *known == id)
        {
            Some((_, group)) => group.push(result),
            None => groups.push((id, vec![result])),
        }
    }
    Some(groups)
}

fn title_id(result: &Value) -> Option<String> {
    let shikimori = result.get("shikimori_id").and_then(text);
    shikimori
        .map(|id| format!("shikimori:{id}"))
        .or_else(|| result.get("id").and_then(text))
}

/// The record of a group.
pub(super) fn record((id, group): (String, Vec<Value>), number: u64) -> Record {
    let mut notes: Vec<Note> = Vec::new();
    let items = results::items(&id, &group, &mut notes);
    Record {
        number,
        name: if id.is_empty() {
            format!("result {number}")
        } else {
            id
        },
        raw: group.iter().map(Value::to_string).take(1).collect(),
        items,
        notes,
        end: None,
    }
}

#[cfg(test)]
mod tests;
