//! Looking for events by what is recorded about them: every store finds what the filter itself would pick.

use accession_event_log::{Append, EventFilter, LogStore, Search, StreamWrite};
use accession_events::{Position, RecordedEvent, StreamName};

use crate::stories::*;
use crate::subject::Subject;

const RUN: &str = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c";
const TITLE: &str = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d";

fn said(kind: &str, id: &str, event_type: &'static str, payload: &str, metadata: &str) -> Append {
    let mut happened = event(payload);
    happened.event_type = event_type.into();
    Append {
        writes: vec![StreamWrite {
            stream: StreamName::new(kind, id),
            expected_version: 0,
            events: vec![happened],
            claims: Vec::new(),
        }],
        metadata: metadata.into(),
        idempotency: None,
    }
}

async fn a_mixed_log(log: &dyn LogStore) {
    let ana = r#"{"actor":"curator:ana","correlation":"r1"}"#;
    let import = format!(r#"{{"actor":"service:x","correlation":"r2","import_run":"{RUN}"}}"#);
    let of_title = format!(r#"{{"EditionAdded":{{"title_id":"{TITLE}"}}}}"#);
    for append in [
        said(
            "catalog.title",
            TITLE,
            "TitleAdded",
            r#"{"TitleAdded":{}}"#,
            ana,
        ),
        said(
            "catalog.title",
            "b",
            "TitleAdded",
            r#"{"TitleAdded":{}}"#,
            &import,
        ),
        said("catalog.edition", "c", "EditionAdded", &of_title, &import),
        said("ingestion.import_run", RUN, "ImportRunOpened", "{}", "{}"),
        said("catalog.edition", "d", "EditionAdded", "{}", ana),
    ] {
        must_append(log, append).await;
    }
}

fn filters() -> Vec<(EventFilter, Vec<u64>)> {
    let text = |text: &str| Some(text.to_owned());
    let none = EventFilter::default;
    vec![
        (none(), vec![1, 2, 3, 4, 5]),
        (
            EventFilter {
                stream: Some(StreamName::new("catalog.title", "b")),
                ..none()
            },
            vec![2],
        ),
        (
            EventFilter {
                aggregate_type: text("catalog.edition"),
                ..none()
            },
            vec![3, 5],
        ),
        (
            EventFilter {
                event_types: vec!["TitleAdded".into(), "ImportRunOpened".into()],
                ..none()
            },
            vec![1, 2, 4],
        ),
        (
            EventFilter {
                actor: text("curator:ana"),
                ..none()
            },
            vec![1, 5],
        ),
        (
            EventFilter {
                import_run: text(RUN),
                ..none()
            },
            vec![2, 3, 4],
        ),
        (
            EventFilter {
                correlation: text("r2"),
                ..none()
            },
            vec![2, 3],
        ),
        (
            EventFilter {
                mentions: text(TITLE),
                ..none()
            },
            vec![1, 3],
        ),
        (
            EventFilter {
                actor: text("curator:ana"),
                event_types: vec!["EditionAdded".into()],
                ..none()
            },
            vec![5],
        ),
        (
            EventFilter {
                actor: text("nobody"),
                ..none()
            },
            vec![],
        ),
    ]
}

async fn all(mut search: Search<'_>, size: usize) -> Vec<RecordedEvent> {
    let mut found = Vec::new();
    loop {
        let page = search.next(size).await.unwrap();
        assert!(page.len() <= size);
        if page.is_empty() {
            return found;
        }
        found.extend(page);
    }
}

pub(crate) async fn a_search_finds_what_its_filter_wants_in_pages_of_every_size(
    subject: &dyn Subject,
) {
    let log = subject.log();
    a_mixed_log(&*log).await;
    let feed = whole_feed(&*log).await;
    for (filter, positions) in filters() {
        let expected: Vec<_> = feed
            .iter()
            .filter(|event| positions.contains(&event.position.get()))
            .cloned()
            .collect();
        let picked: Vec<_> = feed
            .iter()
            .filter(|event| filter.matches(event))
            .cloned()
            .collect();
        assert_eq!(picked, expected, "{filter:?}");
        for size in 1..=6 {
            let search = Search::new(&*log, filter.clone(), Position::START, Position::new(5));
            assert_eq!(
                all(search, size).await,
                expected,
                "{filter:?} in pages of {size}"
            );
        }
    }
}

pub(crate) async fn a_search_keeps_to_its_bounds_and_goes_on_when_they_move(subject: &dyn Subject) {
    let log = subject.log();
    a_mixed_log(&*log).await;
    let stream = Some(StreamName::new("catalog.title", "b"));
    for (filter, expected) in [
        (EventFilter::default(), vec![2, 3]),
        (
            EventFilter {
                stream,
                ..EventFilter::default()
            },
            vec![2],
        ),
    ] {
        let mut search = Search::new(&*log, filter, Position::new(1), Position::new(3));
        let mut found = Vec::new();
        loop {
            let page = search.next(1).await.unwrap();
            if page.is_empty() {
                break;
            }
            found.extend(page.iter().map(|event| event.position.get()));
        }
        assert_eq!(found, expected);
        search.extend_to(Position::new(5));
        let more = search.next(10).await.unwrap();
        assert_eq!(more.len(), if expected.len() == 2 { 2 } else { 0 });
    }
}
