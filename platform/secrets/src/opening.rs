//! Opens the boxes of a batch of events on their way to those who fold them.
//!
//! Only the copies in memory are opened; the log's text stays as it was written. A batch costs one look-up of keys at
//! most, and events without a box cost one search for a word.

use std::collections::HashMap;
use std::sync::Arc;

use accession_events::identity::SubjectEvent;
use accession_events::ids::SubjectId;
use accession_events::values::personal::boxes::{
    FoundBox, boxes_in, may_hold_a_box, replace_boxes,
};
use accession_events::{LoggedEvent, RecordedEvent, StreamName};
use serde_json::{Value, json};

use crate::error::SecretsError;
use crate::keyring::{Key, SubjectKeys};
use crate::sealer::opened;

/// Opens boxes under these keys. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Opening {
    keys: SubjectKeys,
}

impl Opening {
    /// Opens under these keys.
    #[must_use]
    pub const fn new(keys: SubjectKeys) -> Self {
        Self { keys }
    }

    /// Opens every box of these events. What cannot be opened is left so that decoding the event says why. Fails only
    /// when the keys cannot be looked up: then nothing was changed, and trying again later may help.
    pub async fn open(&self, events: &mut [RecordedEvent]) -> Result<(), SecretsError> {
        for event in events.iter() {
            if let Some(subject) = erased_by(event) {
                self.keys.mark_erased(subject);
            }
        }
        let mut payloads = parsed(events);
        if payloads.is_empty() {
            return Ok(());
        }
        let subjects = payloads
            .iter()
            .flat_map(|(_, payload)| boxes_in(payload))
            .map(|found| found.sealed.subject);
        let keys = self.keys.get_many(subjects).await?;
        for (place, payload) in &mut payloads {
            if let Some(event) = events.get_mut(*place) {
                let stream = &event.stream;
                replace_boxes(payload, &mut |found| replacement(&found, stream, &keys));
                event.payload = payload.to_string().into();
            }
        }
        Ok(())
    }

    /// Opens the payload of one event of this stream.
    pub async fn open_payload(
        &self,
        stream: &StreamName,
        payload: &str,
    ) -> Result<Option<Arc<str>>, SecretsError> {
        let Some(mut value) = value_with_boxes(payload) else {
            return Ok(None);
        };
        let subjects = boxes_in(&value)
            .into_iter()
            .map(|found| found.sealed.subject);
        let keys = self.keys.get_many(subjects).await?;
        replace_boxes(&mut value, &mut |found| replacement(&found, stream, &keys));
        Ok(Some(value.to_string().into()))
    }
}

/// Whose erasure this event is, if it is one.
#[must_use]
pub fn erased_by(event: &RecordedEvent) -> Option<SubjectId> {
    (*event.stream.aggregate_type == *SubjectEvent::AGGREGATE)
        .then(|| event.stream.aggregate_id.parse().ok())?
}

/// The payloads that hold boxes, by their places in the batch.
fn parsed(events: &[RecordedEvent]) -> Vec<(usize, Value)> {
    let with_boxes = events.iter().enumerate();
    with_boxes
        .filter_map(|(place, event)| Some((place, value_with_boxes(&event.payload)?)))
        .collect()
}

fn value_with_boxes(payload: &str) -> Option<Value> {
    if !may_hold_a_box(payload) {
        return None;
    }
    let value: Value = serde_json::from_str(payload).ok()?;
    (!boxes_in(&value).is_empty()).then_some(value)
}

fn replacement(found: &FoundBox, stream: &StreamName, keys: &HashMap<SubjectId, Key>) -> Value {
    let sealed = &found.sealed;
    let reason = match keys.get(&sealed.subject) {
        Some(Key::Erased) => return json!({ "erased": sealed.subject }),
        Some(Key::Known(key)) => match known(key, found, stream) {
            Ok(known) => return json!({ "known": known }),
            Err(reason) => reason,
        },
        Some(Key::Missing) | None => {
            "there is no key for it, and its subject was not erased: the private tables do not belong to this log"
        }
    };
    json!({ "unreadable": format!(
        "the sealed box of subject {} in field `{}` of {stream} cannot be opened: {reason}", sealed.subject, found.field
    ) })
}

fn known(key: &[u8; 32], found: &FoundBox, stream: &StreamName) -> Result<Value, &'static str> {
    let plain = opened(key, &found.sealed, stream, &found.field)?;
    serde_json::from_slice(&plain).map_err(|_| "what is in it is no JSON")
}
