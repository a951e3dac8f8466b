//! The promises every feed keeps. A new kind of feed is one more line at the end.
//! It calls feeds through the port alone.

use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use accession_feed::FeedError;
use tokio::time::{Instant, timeout};

use crate::rig::{Kind, PATIENCE, Rig, read_until};

async fn every_event_comes_once_in_order_while_others_append(kind: Kind) {
    let rig = Rig::start(kind).await;
    rig.log.append(500);
    let log = Arc::clone(&rig.log);
    let writer = tokio::spawn(async move {
        for burst in 0..200_u64 {
            log.append(burst % 7);
            tokio::task::yield_now().await;
        }
    });
    let total = 500 + (0..200_u64).map(|burst| burst % 7).sum::<u64>();
    let seen = read_until(rig.feed().as_mut(), 0, total).await;
    writer.await.expect("the writer ends well");
    assert_eq!(seen, rig.log.all());
}

async fn a_reader_may_resume_at_any_earlier_position(kind: Kind) {
    let rig = Rig::start(kind).await;
    rig.log.append(300);
    let mut feed = rig.feed();
    for from in [0, 299, 150, 151, 0, 298] {
        assert_eq!(
            read_until(feed.as_mut(), from, 300).await.len() as u64,
            300 - from
        );
    }
    rig.log.append(5);
    for from in [300, 299, 302, 10] {
        assert_eq!(
            read_until(feed.as_mut(), from, 305).await.len() as u64,
            305 - from
        );
    }
}

async fn a_page_is_never_longer_than_asked(kind: Kind) {
    let rig = Rig::start(kind).await;
    rig.log.append(10);
    let mut feed = rig.feed();
    let mut after = Position::START;
    for _ in 0..10 {
        let page = feed.after(after, 1, PATIENCE).await.expect("an event");
        assert_eq!(
            page.iter().map(|event| event.position).collect::<Vec<_>>(),
            [after.next()]
        );
        after = after.next();
    }
    let page = feed
        .after(Position::new(2), 3, PATIENCE)
        .await
        .expect("events");
    assert_eq!(page.len(), 3);
}

async fn an_idle_feed_answers_with_nothing_when_patience_ends(kind: Kind) {
    let rig = Rig::start(kind).await;
    rig.log.append(4);
    let mut feed = rig.feed();
    read_until(feed.as_mut(), 0, 4).await;
    for patience in [Duration::ZERO, Duration::from_millis(60)] {
        let asked = Instant::now();
        let page = feed
            .after(Position::new(4), 10, patience)
            .await
            .expect("an idle feed is no error");
        assert!(page.is_empty());
        assert!(asked.elapsed() >= patience, "it gave up early");
    }
}

async fn a_waiting_reader_is_woken_and_does_not_wait_for_the_next_poll(kind: Kind) {
    let rig = Rig::start(kind).await;
    rig.log.append(1);
    let mut feed = rig.feed();
    read_until(feed.as_mut(), 0, 1).await;
    for number in 2..30_u64 {
        let log = Arc::clone(&rig.log);
        let waiting = async {
            let page = feed
                .after(Position::new(number - 1), 10, PATIENCE)
                .await
                .expect("an event");
            assert_eq!(page[0].position.get(), number);
        };
        let append_while_it_waits = async {
            tokio::task::yield_now().await;
            log.append(1);
        };
        // The rig's feeds poll once in ten minutes: in time means woken.
        timeout(PATIENCE, async {
            tokio::join!(waiting, append_while_it_waits)
        })
        .await
        .unwrap_or_else(|_| panic!("event {number} did not wake its reader"));
    }
}

async fn an_event_arrives_exactly_as_it_was_recorded(kind: Kind) {
    let rig = Rig::start(kind).await;
    rig.log.append(1);
    let mut feed = rig.feed();
    read_until(feed.as_mut(), 0, 1).await;
    let odd = [
        (
            r#"{ "name" : "指輪物語",  "n":1.0 }"#,
            r#"{"actor":"Ærøskøbing 100% \\ \"x\""}"#,
        ),
        (
            "{\"a\":\"line\",\n\r\n\t\"b\":2}",
            " {\n\"actor\":\t\"x\"\r\n}\u{a0}",
        ),
        ("{}", ""),
        ("\u{2028}", "{}"),
    ];
    for (payload, metadata) in odd {
        rig.log.append_with(|event| {
            event.payload = payload.into();
            event.metadata = metadata.into();
            event.stream.aggregate_id = "a b.c>*%/é\n".into();
        });
    }
    rig.log
        .append_with(|event| event.stream.aggregate_type = "plain".into());
    rig.log
        .append_with(|event| event.payload = "x".repeat(3_000_000).into());
    rig.log
        .append_with(|event| event.metadata = "m".repeat(100_000).into());
    rig.log
        .append_with(|event| event.stream.aggregate_id = "i".repeat(10_000).into());
    rig.log.append(1);
    let seen = read_until(feed.as_mut(), 1, 10).await;
    assert_eq!(seen, rig.log.all()[1..]);
}

async fn a_feed_knows_how_far_the_log_goes(kind: Kind) {
    let rig = Rig::start(kind).await;
    rig.log.append(1_000);
    let mut feed = rig.feed();
    feed.after(Position::START, 10, PATIENCE)
        .await
        .expect("history");
    assert_eq!(feed.newest_known().get(), 1_000);
    read_until(feed.as_mut(), 10, 1_000).await;
    rig.log.append(1);
    read_until(feed.as_mut(), 1_000, 1_001).await;
    assert_eq!(feed.newest_known().get(), 1_001);
}

async fn a_reader_that_stands_beyond_the_end_of_the_log_is_told(kind: Kind) {
    let rig = Rig::start(kind).await;
    rig.log.append(10);
    let error = rig
        .feed()
        .after(Position::new(11), 10, Duration::ZERO)
        .await
        .expect_err("nobody can have read position 11");
    assert!(matches!(error, FeedError::Corrupt { .. }), "{error}");
}

/// One test a promise and kind of feed.
macro_rules! promises {
    ($room:ident, $kind:expr, [$($promise:ident),+ $(,)?]) => {
        mod $room {
            use super::Kind;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() {
                    super::$promise($kind).await;
                }
            )+
        }
    };
    ($($room:ident: $kind:expr),+ $(,)?) => {
        $(promises!($room, $kind, [
            every_event_comes_once_in_order_while_others_append,
            a_reader_may_resume_at_any_earlier_position,
            a_page_is_never_longer_than_asked,
            an_idle_feed_answers_with_nothing_when_patience_ends,
            a_waiting_reader_is_woken_and_does_not_wait_for_the_next_poll,
            an_event_arrives_exactly_as_it_was_recorded,
            a_feed_knows_how_far_the_log_goes,
            a_reader_that_stands_beyond_the_end_of_the_log_is_told,
        ]);)+
    };
}

promises! {
    in_process: Kind::InProcess,
    bus: Kind::Bus,
}
