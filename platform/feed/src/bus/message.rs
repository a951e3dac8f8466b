//! An event as a message: the payload's own bytes, everything else in headers, and back exactly.
//!
//! What does not fit a message is never cut: the message then only says that the event is in the log.

use accession_events::ids::EventId;
use accession_events::{Position, RecordedEvent};
use async_nats::HeaderMap;
use bytes::Bytes;

use crate::bus::checksum::checksum;
use crate::bus::subject::{push_escaped, stream_of, subject_of, unescape};

const POSITION: &str = "Accession-Position";
const EVENT_ID: &str = "Accession-Event-Id";
const EVENT_TYPE: &str = "Accession-Event-Type";
const EVENT_VERSION: &str = "Accession-Event-Version";
const SEQUENCE: &str = "Accession-Sequence";
const RECORDED_AT: &str = "Accession-Recorded-At";
const METADATA: &str = "Accession-Metadata";
const CHECKSUM: &str = "Accession-Checksum";
const ELSEWHERE: &str = "Accession-Elsewhere";
const TRACEPARENT: &str = "traceparent";

/// Servers refuse more than 64 KiB of headers.
const LARGEST_METADATA: usize = 32 * 1024;
/// Servers refuse subjects of more than about 4 KiB.
const LONGEST_SUBJECT: usize = 1024;
/// Bound of what our headers and the publisher's take besides metadata and subject.
const ROOM_FOR_HEADERS: usize = 2048;

/// A message ready to be published.
pub(crate) struct Encoded {
    pub(crate) subject: String,
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Bytes,
}

/// Why a message is no event; the log has it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("header `{0}` is missing or cannot be read")]
    Header(&'static str),
    #[error("its subject is not one of ours")]
    Subject,
    #[error("its content does not match its checksum")]
    Damaged,
    #[error("it does not fit a message and is only in the log")]
    Elsewhere,
}

/// The message for an event on a server that takes at most `max_message` bytes.
pub(crate) fn encode(root: &str, event: &RecordedEvent, max_message: usize) -> Encoded {
    let subject = subject_of(root, &event.stream);
    let metadata = header_text(&event.metadata);
    let size = event.payload.len() + metadata.len() + subject.len() + ROOM_FOR_HEADERS;
    if size > max_message || metadata.len() > LARGEST_METADATA || subject.len() > LONGEST_SUBJECT {
        return elsewhere(root, event);
    }
    let mut headers = identity(event);
    headers.insert(EVENT_TYPE, header_text(&event.event_type));
    headers.insert(EVENT_VERSION, event.event_version.to_string());
    headers.insert(SEQUENCE, event.sequence.to_string());
    headers.insert(RECORDED_AT, event.recorded_at.to_string());
    headers.insert(METADATA, metadata);
    headers.insert(CHECKSUM, format!("{:016x}", checksum_of(event)));
    if let Some(traceparent) = traceparent(event) {
        headers.insert(TRACEPARENT, traceparent);
    }
    let payload = Bytes::copy_from_slice(event.payload.as_bytes());
    Encoded {
        subject,
        headers,
        payload,
    }
}

/// The event in a message.
pub(crate) fn decode(
    root: &str,
    subject: &str,
    headers: &HeaderMap,
    payload: &[u8],
) -> Result<RecordedEvent, Unreadable> {
    if headers.get(ELSEWHERE).is_some() {
        return Err(Unreadable::Elsewhere);
    }
    let payload = std::str::from_utf8(payload).map_err(|_| Unreadable::Damaged)?;
    let event = RecordedEvent {
        position: position_of(headers).ok_or(Unreadable::Header(POSITION))?,
        stream: stream_of(root, subject).ok_or(Unreadable::Subject)?,
        sequence: parsed(headers, SEQUENCE)?,
        event_id: event_id_of(headers).ok_or(Unreadable::Header(EVENT_ID))?,
        event_type: text(headers, EVENT_TYPE)?.into(),
        event_version: parsed(headers, EVENT_VERSION)?,
        payload: payload.into(),
        metadata: text(headers, METADATA)?.into(),
        recorded_at: parsed(headers, RECORDED_AT)?,
    };
    let stated = u64::from_str_radix(&text(headers, CHECKSUM)?, 16);
    if stated == Ok(checksum_of(&event)) {
        Ok(event)
    } else {
        Err(Unreadable::Damaged)
    }
}

/// The position that a message states.
pub(crate) fn position_of(headers: &HeaderMap) -> Option<Position> {
    headers
        .get(POSITION)?
        .as_str()
        .parse()
        .ok()
        .map(Position::new)
}

/// The id of the event that a message is about.
pub(crate) fn event_id_of(headers: &HeaderMap) -> Option<EventId> {
    headers.get(EVENT_ID)?.as_str().parse().ok()
}

/// Says that the event at this position is in the log alone. It keeps the bus dense.
fn elsewhere(root: &str, event: &RecordedEvent) -> Encoded {
    let mut headers = identity(event);
    headers.insert(ELSEWHERE, "log");
    Encoded {
        subject: format!("{root}.%.%.%"),
        headers,
        payload: Bytes::new(),
    }
}

fn identity(event: &RecordedEvent) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(POSITION, event.position.to_string());
    headers.insert(EVENT_ID, event.event_id.to_string());
    headers
}

/// A header's value may hold neither line ends nor spaces at its ends.
fn header_text(text: &str) -> String {
    let plain = |c: char| !c.is_control() && c != '%';
    let inner = text.trim();
    if inner.len() == text.len() && text.chars().all(plain) {
        return text.to_owned();
    }
    let lead = text.len() - text.trim_start().len();
    let mut out = String::with_capacity(text.len() + 8);
    push_escaped(&mut out, text.get(..lead).unwrap_or_default(), |_| false);
    push_escaped(&mut out, inner, plain);
    push_escaped(
        &mut out,
        text.get(lead + inner.len()..).unwrap_or_default(),
        |_| false,
    );
    out
}

fn text(headers: &HeaderMap, name: &'static str) -> Result<String, Unreadable> {
    let value = headers.get(name).ok_or(Unreadable::Header(name))?;
    unescape(value.as_str()).ok_or(Unreadable::Header(name))
}

fn parsed<T: std::str::FromStr>(headers: &HeaderMap, name: &'static str) -> Result<T, Unreadable> {
    let value = headers.get(name).ok_or(Unreadable::Header(name))?;
    value.as_str().parse().map_err(|_| Unreadable::Header(name))
}

fn checksum_of(event: &RecordedEvent) -> u64 {
    checksum(&[
        &event.position.get().to_le_bytes(),
        event.stream.aggregate_type.as_bytes(),
        event.stream.aggregate_id.as_bytes(),
        &event.sequence.to_le_bytes(),
        event.event_id.as_uuid().as_bytes(),
        event.event_type.as_bytes(),
        &event.event_version.to_le_bytes(),
        event.payload.as_bytes(),
        event.metadata.as_bytes(),
        &event.recorded_at.as_nanosecond().to_le_bytes(),
    ])
}

/// W3C trace context, when the metadata names a trace: the event itself is the parent span.
fn traceparent(event: &RecordedEvent) -> Option<String> {
    // Not parsed for nothing: most events of an import name no trace.
    if !event.metadata.contains("\"trace\"") {
        return None;
    }
    let metadata = event.parsed_metadata();
    if let Some(traceparent) = metadata.traceparent {
        return Some(header_text(&traceparent));
    }
    let trace = metadata.trace?;
    let is_id = trace.len() == 32 && trace.bytes().all(|byte| byte.is_ascii_hexdigit());
    let span = event.event_id.as_uuid().as_u64_pair().1;
    is_id.then(|| format!("00-{}-{span:016x}-01", trace.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use accession_events::ids::EventId;
    use accession_events::{Position, RecordedEvent, StreamName};
    use jiff::Timestamp;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::{CHECKSUM, ELSEWHERE, METADATA, POSITION, TRACEPARENT, Unreadable, decode, encode};

    const MEGABYTE: usize = 1 << 20;

    fn event(payload: &str, metadata: &str) -> RecordedEvent {
        RecordedEvent {
            position: Position::new(42),
            stream: StreamName::new("catalog.title", "t-1"),
            sequence: 7,
            event_id: EventId::new(Uuid::from_u128(0x0198_c7a2_5b1e_7cc3_8f4a_0d6f_3b2a_1e5c)),
            event_type: "TitleAdded".into(),
            event_version: 2,
            payload: payload.into(),
            metadata: metadata.into(),
            recorded_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_message_that_was_changed_on_the_bus_is_no_event() {
        let whole = encode("a", &event("{}", "{}"), MEGABYTE);
        let read = |headers, payload| decode("a", &whole.subject, headers, payload);
        assert_eq!(read(&whole.headers, b"{ }"), Err(Unreadable::Damaged));
        assert_eq!(read(&whole.headers, b"\xff"), Err(Unreadable::Damaged));
        assert_eq!(
            decode("a", "a.catalog.title.t-2", &whole.headers, b"{}"),
            Err(Unreadable::Damaged)
        );
        let mut moved = whole.headers.clone();
        moved.insert(POSITION, "43");
        assert_eq!(read(&moved, b"{}"), Err(Unreadable::Damaged));
    }

    #[test]
    fn a_message_without_all_its_headers_is_no_event() {
        let whole = encode("a", &event("{}", "{}"), MEGABYTE);
        for (name, _) in whole.headers.iter() {
            let others = whole.headers.iter().filter(|(other, _)| *other != name);
            let rest = others.map(|(name, values)| (name.clone(), values[0].clone()));
            let read = decode("a", &whole.subject, &rest.collect(), b"{}");
            assert!(matches!(read, Err(Unreadable::Header(_))), "{name:?}");
        }
        assert!(whole.headers.get(METADATA).is_some() && whole.headers.get(CHECKSUM).is_some());
    }

    #[test]
    fn what_does_not_fit_is_named_and_left_in_the_log() {
        let long = "x".repeat(MEGABYTE);
        let mut long_name = event("{}", "{}");
        long_name.stream.aggregate_id = long.as_str().into();
        for event in [event(&long, "{}"), event("{}", &long), long_name] {
            let message = encode("a", &event, MEGABYTE);
            assert!(message.payload.is_empty() && message.headers.get(ELSEWHERE).is_some());
            assert_eq!(super::position_of(&message.headers), Some(event.position));
            let read = decode("a", &message.subject, &message.headers, &message.payload);
            assert_eq!(read, Err(Unreadable::Elsewhere));
        }
    }

    #[test]
    fn a_trace_in_the_metadata_goes_on_as_traceparent() {
        let traced = event("{}", r#"{"trace":"4BF92F3577B34DA6A3CE929D0E0E4736"}"#);
        let message = encode("a", &traced, MEGABYTE);
        let parent = message.headers.get(TRACEPARENT).map(ToString::to_string);
        assert_eq!(
            parent.as_deref(),
            Some("00-4bf92f3577b34da6a3ce929d0e0e4736-8f4a0d6f3b2a1e5c-01")
        );
        let odd = encode("a", &event("{}", r#"{"trace":"not one"}"#), MEGABYTE);
        assert!(odd.headers.get(TRACEPARENT).is_none());
    }

    proptest! {
        #[test]
        fn every_event_comes_back_byte_for_byte(
            payload in "\\PC{0,40}|[\\x00-\\x7f]{0,40}",
            metadata in "\\PC{0,40}|[\\x00-\\x7f]{0,40}",
            name in "[\\x00-\\x7f]{0,12}",
            micros in -1_000_000_000_000_i64..4_000_000_000_000_000,
        ) {
            let mut sent = event(&payload, &metadata);
            sent.event_type = name.as_str().into();
            sent.recorded_at = Timestamp::from_microsecond(micros).expect("within range");
            let message = encode("a", &sent, MEGABYTE);
            // As the wire does: values without line ends, trimmed at both ends.
            for (_, values) in message.headers.iter() {
                let value = values[0].as_str();
                prop_assert!(value.trim() == value && !value.contains(['\r', '\n']));
            }
            let read = decode("a", &message.subject, &message.headers, &message.payload);
            prop_assert_eq!(read, Ok(sent));
        }
    }
}
