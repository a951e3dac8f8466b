//! An event as it is stored, column by column, and its one canonical encoding: the content of its leaf.
//!
//! Nothing is parsed or normalised before it is hashed: whatever a column holds is what counts.

use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use uuid::Uuid;

use crate::hash::Hash;

/// First bytes of every leaf: tells this encoding from any other, also from a later version of it.
const TAG: &[u8] = b"accession event v1\n";

/// The columns of variable length, in the order of the encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The event's own id, 16 bytes.
    EventId,
    /// Kind of aggregate.
    AggregateType,
    /// Which aggregate.
    AggregateId,
    /// Name of the event's type.
    EventType,
    /// Version of its type's shape, as text.
    EventVersion,
    /// Payload, the exact JSON text.
    Payload,
    /// Metadata, the exact JSON text.
    Metadata,
}

/// How many columns have a variable length.
pub const COLUMNS: usize = 7;

/// A row of the table of events, byte for byte, in one allocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its place in the log.
    pub position: i64,
    /// Its number in its stream.
    pub sequence: i64,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub recorded_at: i64,
    bytes: Box<[u8]>,
    ends: [usize; COLUMNS],
}

/// A line that is not an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LineError(String);

/// An event as one line of JSON: every column, texts exactly as they are stored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    position: i64,
    aggregate_type: std::borrow::Cow<'a, str>,
    aggregate_id: std::borrow::Cow<'a, str>,
    sequence: i64,
    event_id: Uuid,
    event_type: std::borrow::Cow<'a, str>,
    event_version: std::borrow::Cow<'a, str>,
    recorded_at_us: i64,
    metadata: std::borrow::Cow<'a, str>,
    payload: std::borrow::Cow<'a, str>,
    leaf_hash: Hash,
}

impl StoredEvent {
    /// An event from its numbers and its other columns in the order of [`Column`].
    #[must_use]
    pub fn new(position: i64, sequence: i64, recorded_at: i64, columns: [&[u8]; COLUMNS]) -> Self {
        let mut ends = [0; COLUMNS];
        let mut end = 0;
        for (place, column) in ends.iter_mut().zip(columns) {
            end += column.len();
            *place = end;
        }
        Self {
            position,
            sequence,
            recorded_at,
            bytes: columns.concat().into_boxed_slice(),
            ends,
        }
    }

    /// What a column holds.
    #[must_use]
    pub fn column(&self, column: Column) -> &[u8] {
        let place = column as usize;
        let end = self.ends.get(place).copied().unwrap_or_default();
        let start = place
            .checked_sub(1)
            .and_then(|before| self.ends.get(before).copied())
            .unwrap_or_default();
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// What a column holds, as text for messages.
    #[must_use]
    pub fn text(&self, column: Column) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.column(column))
    }

    /// The content of its leaf: the tag; position, sequence and `recorded_at` as 8 bytes each, big-endian, two's
    /// complement; then each column as its length in 8 bytes, big-endian, and its bytes. Injective: two events with
    /// the same encoding are the same event.
    #[must_use]
    pub fn leaf(&self) -> Vec<u8> {
        let mut leaf = Vec::with_capacity(TAG.len() + 24 + COLUMNS * 8 + self.bytes.len());
        self.encode(|piece| leaf.extend_from_slice(piece));
        leaf
    }

    /// The hash of its leaf.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let mut digest = Hash::leaf_digest();
        self.encode(|piece| digest.update(piece));
        Hash::finish(digest)
    }

    fn encode(&self, mut piece: impl FnMut(&[u8])) {
        piece(TAG);
        for number in [self.position, self.sequence, self.recorded_at] {
            piece(&number.to_be_bytes());
        }
        let mut start = 0;
        for end in self.ends {
            piece(&((end - start) as u64).to_be_bytes());
            piece(self.bytes.get(start..end).unwrap_or_default());
            start = end;
        }
    }

    /// The event as one line of JSON, without its end of line. Fails for an event that was stored as no text at all.
    pub fn to_line(&self) -> Result<String, LineError> {
        let text = |column: Column| {
            std::str::from_utf8(self.column(column))
                .map(std::borrow::Cow::Borrowed)
                .map_err(|error| LineError(format!("its {column:?} is not text: {error}")))
        };
        let line = Line {
            position: self.position,
            aggregate_type: text(Column::AggregateType)?,
            aggregate_id: text(Column::AggregateId)?,
            sequence: self.sequence,
            event_id: Uuid::from_slice(self.column(Column::EventId))
                .map_err(|error| LineError(format!("its id is not a UUID: {error}")))?,
            event_type: text(Column::EventType)?,
            event_version: text(Column::EventVersion)?,
            recorded_at_us: self.recorded_at,
            metadata: text(Column::Metadata)?,
            payload: text(Column::Payload)?,
            leaf_hash: self.hash(),
        };
        serde_json::to_string(&line).map_err(|error| LineError(error.to_string()))
    }

    /// The event of such a line. Fails when its columns do not make the hash that the line carries.
    pub fn from_line(line: &str) -> Result<Self, LineError> {
        let line: Line<'_> =
            serde_json::from_str(line).map_err(|error| LineError(error.to_string()))?;
        let event = Self::new(
            line.position,
            line.sequence,
            line.recorded_at_us,
            [
                line.event_id.as_bytes(),
                line.aggregate_type.as_bytes(),
                line.aggregate_id.as_bytes(),
                line.event_type.as_bytes(),
                line.event_version.as_bytes(),
                line.payload.as_bytes(),
                line.metadata.as_bytes(),
            ],
        );
        match event.hash() {
            hash if hash == line.leaf_hash => Ok(event),
            hash => Err(LineError(format!(
                "position {} was changed: its columns hash to {hash}, and the line says {}",
                line.position, line.leaf_hash
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(columns: [&[u8]; COLUMNS]) -> StoredEvent {
        StoredEvent::new(7, 2, 1_700_000_000_000_000, columns)
    }

    fn usual() -> StoredEvent {
        event([
            &[9; 16],
            b"catalog.title",
            b"t",
            b"TitleAdded",
            b"2",
            b"{\"a\": 1}",
            b"{}",
        ])
    }

    #[test]
    fn columns_come_back_as_they_went_in() {
        let event = usual();
        assert_eq!(event.column(Column::EventId), [9; 16]);
        assert_eq!(event.text(Column::AggregateType), "catalog.title");
        assert_eq!(event.text(Column::Payload), "{\"a\": 1}");
        assert_eq!(event.text(Column::Metadata), "{}");
    }

    #[test]
    fn the_hash_is_that_of_the_leaf_and_the_leaf_is_as_documented() {
        let event = usual();
        assert_eq!(event.hash(), Hash::of_leaf(&event.leaf()));
        let mut expected = b"accession event v1\n".to_vec();
        for number in [7_i64, 2, 1_700_000_000_000_000] {
            expected.extend(number.to_be_bytes());
        }
        for column in [
            &[9; 16][..],
            b"catalog.title",
            b"t",
            b"TitleAdded",
            b"2",
            b"{\"a\": 1}",
            b"{}",
        ] {
            expected.extend((column.len() as u64).to_be_bytes());
            expected.extend(column);
        }
        assert_eq!(event.leaf(), expected);
    }

    #[test]
    fn a_byte_that_moves_to_the_next_column_changes_the_hash() {
        let moved = event([
            &[9; 16],
            b"catalog.titl",
            b"et",
            b"TitleAdded",
            b"2",
            b"{\"a\": 1}",
            b"{}",
        ]);
        assert_ne!(moved.hash(), usual().hash());
    }

    #[test]
    fn every_column_and_every_number_counts() {
        let base = usual();
        let mut hashes = vec![base.hash()];
        for place in 0..COLUMNS {
            let mut columns: [&[u8]; COLUMNS] = [
                &[9; 16],
                b"catalog.title",
                b"t",
                b"TitleAdded",
                b"2",
                b"{\"a\": 1}",
                b"{}",
            ];
            columns[place] = b"other";
            hashes.push(event(columns).hash());
        }
        for change in [
            |event: &mut StoredEvent| event.position += 1,
            |event: &mut StoredEvent| event.sequence += 1,
            |event: &mut StoredEvent| event.recorded_at += 1,
        ] {
            let mut changed = base.clone();
            change(&mut changed);
            hashes.push(changed.hash());
        }
        let count = hashes.len();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
    }

    #[test]
    fn a_line_carries_every_byte() {
        let odd = event([
            &[9; 16],
            b"a.b",
            b"\"q\" \\",
            b"T",
            b"1",
            "{ \"é\":\t\"\\u0000\" }".as_bytes(),
            b"{}",
        ]);
        let line = odd.to_line().unwrap();
        assert!(!line.contains('\n'));
        assert_eq!(StoredEvent::from_line(&line).unwrap(), odd);
    }

    #[test]
    fn a_line_with_an_unknown_or_missing_field_is_no_event() {
        let line = usual().to_line().unwrap();
        let more = line.replace("{\"position\"", "{\"more\":1,\"position\"");
        assert!(
            StoredEvent::from_line(&more)
                .unwrap_err()
                .to_string()
                .contains("more")
        );
        let less = line.replace("\"sequence\":2,", "");
        assert!(
            StoredEvent::from_line(&less)
                .unwrap_err()
                .to_string()
                .contains("sequence")
        );
    }

    #[test]
    fn a_line_that_was_changed_is_no_event() {
        let line = usual()
            .to_line()
            .unwrap()
            .replace("TitleAdded", "TitleAdder");
        let refused = StoredEvent::from_line(&line).unwrap_err().to_string();
        assert!(refused.contains("position 7 was changed"), "{refused}");
    }

    #[test]
    fn an_event_that_is_no_text_has_no_line() {
        let odd = event([&[9; 16], b"a.b", b"x", b"T", b"1", &[0xff], b"{}"]);
        assert!(odd.to_line().unwrap_err().to_string().contains("Payload"));
    }
}
