//! Upcasters: pure steps that bring a retired shape of an event to the next one, chained on read.
//!
//! Stored bytes are never changed. One file per retired shape, kept for ever together with its golden JSON.

mod title_added_v1;

use serde_json::Value;

/// Why an old event could not be brought to its present shape.
#[derive(Debug, thiserror::Error)]
#[error("{event_type} v{version}: {reason}")]
pub struct UpcastError {
    /// The event's type.
    pub event_type: String,
    /// The version that could not be read.
    pub version: u16,
    /// What is wrong.
    pub reason: String,
}

/// One step: from `from_version` of a type to the next version.
pub struct Upcaster {
    /// Aggregate type, `<context>.<aggregate>`.
    pub aggregate: &'static str,
    /// Event type.
    pub event_type: &'static str,
    /// The version it reads; it writes the next.
    pub from_version: u16,
    /// The step itself: payload in, payload out.
    pub step: fn(Value) -> Result<Value, String>,
}

/// Every step there is. Append-only.
pub const UPCASTERS: &[Upcaster] = &[title_added_v1::UPCASTER];

/// Whether no step applies, so that the payload can be read as it is.
#[must_use]
pub fn is_current(aggregate: &str, event_type: &str, version: u16) -> bool {
    !UPCASTERS
        .iter()
        .any(|step| applies(step, aggregate, event_type, version))
}

/// Applies all steps from this version on.
pub fn upcast(
    aggregate: &str,
    event_type: &str,
    version: u16,
    payload: Value,
) -> Result<Value, UpcastError> {
    let mut version = version;
    let mut payload = payload;
    while let Some(step) = UPCASTERS
        .iter()
        .find(|step| applies(step, aggregate, event_type, version))
    {
        payload = (step.step)(payload).map_err(|reason| UpcastError {
            event_type: event_type.to_owned(),
            version,
            reason,
        })?;
        version += 1;
    }
    Ok(payload)
}

fn applies(step: &Upcaster, aggregate: &str, event_type: &str, version: u16) -> bool {
    step.aggregate == aggregate && step.event_type == event_type && step.from_version == version
}
