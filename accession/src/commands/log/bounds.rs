//! Places in the log as an operator names them: positions, and times that stand for positions.
//!
//! Never guesses: a place that the log does not have is refused with what it has.

use accession_event_log::LogStore;
use accession_events::{Position, StreamName};
use anyhow::{Context as _, Result, bail};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// Reads a time: RFC 3339, or a date, which is its first moment in UTC.
pub(super) fn time(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    // jiff reads the date out of a date with a time and drops the time; here that would be another moment.
    let date = (!text.contains(['T', 't', ' ', ':'])).then(|| text.parse::<Date>().ok());
    let date = date.flatten();
    let start = date.and_then(|date| date.in_tz("UTC").ok());
    start.map(|start| start.timestamp()).ok_or_else(|| {
        format!(
            "`{text}` is not a time; expected RFC 3339 such as 2026-03-31T18:00:00Z, or a date such as 2026-03-31"
        )
    })
}

/// Reads the name of a stream.
pub(super) fn stream(text: &str) -> Result<StreamName, String> {
    match text.split_once('/') {
        Some((kind, id)) if kind.contains('.') && !id.is_empty() => Ok(StreamName::new(kind, id)),
        _ => Err(format!(
            "`{text}` is not a stream; expected <context>.<aggregate>/<id>, for example catalog.title/0198…"
        )),
    }
}

/// The position of the newest event.
pub(super) async fn head(store: &dyn LogStore) -> Result<Position> {
    store
        .head()
        .await
        .context("the event log could not be read")
}

/// The position right before the first event recorded at a time or later.
pub(super) async fn before(store: &dyn LogStore, time: Timestamp) -> Result<Position> {
    position_at(store, time - SignedDuration::from_micros(1)).await
}

/// The position of the last event recorded at a time or earlier; refused when there was none yet.
pub(super) async fn until(store: &dyn LogStore, time: Timestamp) -> Result<Position> {
    let position = position_at(store, time).await?;
    if position > Position::START {
        return Ok(position);
    }
    let first = store.read_feed(Position::START, 1).await;
    match first.context("the event log could not be read")?.first() {
        Some(first) => bail!(
            "nothing was recorded yet at {time}: the first event is of {}",
            first.recorded_at
        ),
        None => bail!("nothing was recorded yet: the log is empty"),
    }
}

/// Refuses a position that the log does not have yet.
pub(super) fn reached(position: Position, head: Position) -> Result<Position> {
    if position > head {
        bail!("position {position} is beyond the end of the log: its last event is {head}");
    }
    Ok(position)
}

async fn position_at(store: &dyn LogStore, time: Timestamp) -> Result<Position> {
    let position = store.position_at(time).await;
    position.context("the event log could not be read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_its_first_moment_and_nonsense_is_no_time() {
        assert_eq!(
            time("2026-03-31").unwrap(),
            time("2026-03-31T00:00:00Z").unwrap()
        );
        assert_eq!(
            time("2026-03-31T20:00:00+02:00").unwrap(),
            time("2026-03-31T18:00:00Z").unwrap()
        );
        for text in ["", "yesterday", "2026-13-01", "2026-03-31T18:00:00"] {
            assert!(
                time(text).unwrap_err().contains("expected RFC 3339"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_stream_has_a_kind_with_a_context_and_an_id() {
        assert_eq!(
            stream("catalog.title/x").unwrap().to_string(),
            "catalog.title/x"
        );
        for text in ["title/x", "catalog.title", "catalog.title/"] {
            assert!(stream(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_position_beyond_the_end_is_refused_with_the_end() {
        let refused = reached(Position::new(8), Position::new(7)).unwrap_err();
        assert!(
            refused.to_string().contains("its last event is 7"),
            "{refused}"
        );
        assert!(reached(Position::new(7), Position::new(7)).is_ok());
    }
}
