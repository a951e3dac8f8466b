//! Reading the feed, streams and what is known of positions and ids; nothing is ever skipped.

use accession_event_log::{Append, LogError, LogStore, StreamEvent, StreamWrite};
use accession_events::ids::EventId;
use accession_events::{Position, RecordedEvent, StreamName};
use jiff::SignedDuration;
use serde_json::Value;

use crate::stories::*;
use crate::subject::Subject;

/// Twelve events over three streams.
async fn twelve_events(log: &dyn LogStore) {
    for round in 0..2 {
        for name in ["a", "b", "c"] {
            must_append(log, append(vec![write(name, round * 2, 2)])).await;
        }
    }
}

pub(crate) async fn pages_of_the_feed_of_every_size_make_up_the_whole(subject: &dyn Subject) {
    let log = subject.log();
    twelve_events(&*log).await;
    let whole = whole_feed(&*log).await;
    assert_eq!(whole.len(), 12);
    for size in 1..=13 {
        let mut paged: Vec<RecordedEvent> = Vec::new();
        loop {
            let after = paged.last().map_or(Position::START, |last| last.position);
            let page = log.read_feed(after, size).await.unwrap();
            assert!(page.len() <= size);
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, whole, "pages of {size}");
    }
}

pub(crate) async fn pages_of_a_stream_of_every_size_make_up_the_whole(subject: &dyn Subject) {
    let log = subject.log();
    twelve_events(&*log).await;
    let name = stream("b");
    let whole = log.read_stream(&name, 0, 100).await.unwrap();
    assert_eq!(whole.len(), 4);
    for size in 1..=5 {
        let mut paged: Vec<RecordedEvent> = Vec::new();
        loop {
            let after = paged.last().map_or(0, |last| last.sequence);
            let page = log.read_stream(&name, after, size).await.unwrap();
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, whole, "pages of {size}");
    }
}

pub(crate) async fn a_feed_read_past_the_head_is_empty(subject: &dyn Subject) {
    let log = subject.log();
    twelve_events(&*log).await;
    for after in [12, 13, 1_000_000] {
        let page = log.read_feed(Position::new(after), 10).await.unwrap();
        assert_eq!(page, [], "after {after}");
    }
}

pub(crate) async fn a_limit_of_zero_reads_nothing(subject: &dyn Subject) {
    let log = subject.log();
    twelve_events(&*log).await;
    assert_eq!(log.read_feed(Position::START, 0).await.unwrap(), []);
    assert_eq!(log.read_stream(&stream("a"), 0, 0).await.unwrap(), []);
}

pub(crate) async fn unknown_streams_are_empty(subject: &dyn Subject) {
    let log = subject.log();
    twelve_events(&*log).await;
    assert_eq!(log.read_stream(&stream("x"), 0, 10).await.unwrap(), []);
    let alone = log.load_streams(&[after("x", 0)]).await.unwrap();
    assert_eq!(alone, [vec![]]);
    let wanted = [after("x", 0), after("a", 3), after("y", 9)];
    let lengths: Vec<_> = log
        .load_streams(&wanted)
        .await
        .unwrap()
        .iter()
        .map(Vec::len)
        .collect();
    assert_eq!(lengths, [0, 1, 0]);
    assert_eq!(
        log.load_streams(&[]).await.unwrap(),
        Vec::<Vec<StreamEvent>>::new()
    );
}

pub(crate) async fn streams_are_loaded_in_the_order_asked_for(subject: &dyn Subject) {
    let log = subject.log();
    twelve_events(&*log).await;
    let wanted = [
        after("c", 2),
        after("a", 0),
        after("b", 4),
        after("c", 3),
        after("a", 9),
    ];
    let loaded = log.load_streams(&wanted).await.unwrap();
    let sequences: Vec<Vec<_>> = loaded
        .iter()
        .map(|events| events.iter().map(|event| event.sequence).collect())
        .collect();
    assert_eq!(
        sequences,
        [vec![3, 4], vec![1, 2, 3, 4], vec![], vec![4], vec![]]
    );
    assert_matches_feed(&*log, "a", &loaded[1]).await;
}

pub(crate) async fn a_lone_stream_is_loaded_like_many(subject: &dyn Subject) {
    let log = subject.log();
    twelve_events(&*log).await;
    let whole = log.load_streams(&[after("b", 0)]).await.unwrap().remove(0);
    assert_matches_feed(&*log, "b", &whole).await;
    let tail = log.load_streams(&[after("b", 3)]).await.unwrap().remove(0);
    assert_eq!(tail, whole[3..]);
    let past = log.load_streams(&[after("b", 4)]).await.unwrap().remove(0);
    assert_eq!(past, []);
}

/// A load may reformat a payload; it never changes its value.
async fn assert_matches_feed(log: &dyn LogStore, id: &str, loaded: &[StreamEvent]) {
    let recorded = log.read_stream(&stream(id), 0, 100).await.unwrap();
    assert_eq!(loaded.len(), recorded.len());
    for (loaded, recorded) in loaded.iter().zip(&recorded) {
        assert_eq!(loaded.sequence, recorded.sequence);
        assert_eq!(*loaded.event_type, *recorded.event_type);
        assert_eq!(loaded.event_version, recorded.event_version);
        let value: Value = serde_json::from_str(&loaded.payload).unwrap();
        let expected: Value = serde_json::from_str(&recorded.payload).unwrap();
        assert_eq!(value, expected);
    }
}

pub(crate) async fn streams_of_two_types_with_one_id_are_two_streams(subject: &dyn Subject) {
    let log = subject.log();
    let other = StreamName::new("test.other", "a");
    let elsewhere = append(vec![StreamWrite {
        stream: other.clone(),
        ..write("a", 0, 1)
    }]);
    log.append(&[one("a", 0), elsewhere, one("a", 1)])
        .await
        .unwrap();
    assert_eq!(version(&*log, "a").await, 2);
    let events = log.read_stream(&other, 0, 10).await.unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].position.get(), 2);
}

pub(crate) async fn an_odd_stream_name_is_just_a_name(subject: &dyn Subject) {
    let log = subject.log();
    let odd = StreamName::new("it's; DROP TABLE events --", "a'b\"c%_\\ 名");
    let append = append(vec![StreamWrite {
        stream: odd.clone(),
        ..write("", 0, 2)
    }]);
    must_append(&*log, append).await;
    let events = log.read_stream(&odd, 0, 10).await.unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].stream, odd);
    let wanted = accession_event_log::StreamAfter {
        stream: odd,
        after: 1,
    };
    let alone = log
        .load_streams(std::slice::from_ref(&wanted))
        .await
        .unwrap();
    let twice = log.load_streams(&[wanted.clone(), wanted]).await.unwrap();
    assert_eq!(alone[0].len(), 1);
    assert_eq!(twice[0], alone[0]);
}

pub(crate) async fn the_head_is_the_last_position(subject: &dyn Subject) {
    let log = subject.log();
    assert_eq!(log.head().await.unwrap(), Position::START);
    twelve_events(&*log).await;
    assert_eq!(log.head().await.unwrap(), Position::new(12));
}

pub(crate) async fn a_time_maps_to_the_last_position_recorded_by_then(subject: &dyn Subject) {
    let log = subject.log();
    let long_ago = "2001-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(log.position_at(long_ago).await.unwrap(), Position::START);
    twelve_events(&*log).await;
    let feed = whole_feed(&*log).await;
    let tick = SignedDuration::from_micros(1);
    for time in feed.iter().map(|event| event.recorded_at) {
        for asked in [time - tick, time, time + tick] {
            let expected = feed
                .iter()
                .take_while(|event| event.recorded_at <= asked)
                .count();
            let found = log.position_at(asked).await.unwrap();
            assert_eq!(found.get(), expected as u64, "at {asked}");
        }
    }
    assert_eq!(log.position_at(long_ago).await.unwrap(), Position::START);
    let far_off = "2999-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(log.position_at(far_off).await.unwrap(), Position::new(12));
}

pub(crate) async fn events_are_found_by_their_ids(subject: &dyn Subject) {
    let log = subject.log();
    let first = append(vec![write("a", 0, 2)]);
    let refused = append(vec![write("a", 0, 1)]);
    log.append(&[first.clone(), refused.clone()]).await.unwrap();
    let asked = [
        first.writes[0].events[1].id,
        refused.writes[0].events[0].id,
        EventId::new(uuid::Uuid::now_v7()),
        first.writes[0].events[0].id,
    ];
    let found = log.find_events(&asked).await.unwrap();
    let expected = [Some(Position::new(2)), None, None, Some(Position::new(1))];
    assert_eq!(found, expected);
    assert_eq!(log.find_events(&[]).await.unwrap(), []);
}

pub(crate) async fn an_event_id_is_written_only_once(subject: &dyn Subject) {
    let log = subject.log();
    let first = one("a", 0);
    must_append(&*log, first.clone()).await;
    assert_eq!(try_append(&*log, first.clone()).await, conflict("a", 0, 1));
    let elsewhere: Append = append(vec![StreamWrite {
        stream: stream("b"),
        ..first.writes[0].clone()
    }]);
    let refused = log.append(&[one("c", 0), elsewhere]).await.unwrap_err();
    assert!(matches!(refused, LogError::Permanent { .. }), "{refused:?}");
    assert!(
        refused.to_string().contains("in the log already"),
        "{refused}"
    );
    assert_eq!(head(&*log).await, 1);
    assert_eq!(must_append(&*log, one("c", 0)).await, 2);
}
