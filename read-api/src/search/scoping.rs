//! What only members of a library may see is in the index, and everybody asks for it over HTTP in every way there is.
//!
//! Never looks for single leaks: every answer is compared with that of an index without anything private. The read store would
//! even show what is private as a card, if the index ever named it.

use std::sync::Arc;
use std::time::Instant;

use accession_events::Position;
use accession_projector::ReadModel;
use accession_projector::catalog::{EditionModel, TitleCardModel, TitlePageModel};
use accession_read_store::{
    Commit, DocumentWrite, EmbeddedStore, Generation, ModelRef, ModelStep, ReadStore,
};
use accession_search::{Entry, EntryKind, Reach as Seen, SearchIndex};
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::json;
use tower::ServiceExt as _;
use uuid::Uuid;

use super::finder::{Finder, Reach};
use crate::asking::Cursor;
use crate::cache::HotDocuments;
use crate::reads::{Reads, Sources};

const GENERATION: Generation = Generation(1);

fn titles() -> Vec<Entry> {
    let books = [
        (1, "The Name of the Rose", "Umberto Eco", "Mystery", 1980),
        (2, "Foucault's Pendulum", "Umberto Eco", "Mystery", 1988),
        (3, "The Hidden Reality", "Brian Greene", "Science", 2011),
        (4, "Diary of a Wimpy Kid", "Jeff Kinney", "Children", 2007),
        (5, "Dune", "Frank Herbert", "Science", 1965),
    ];
    let title = |(id, name, author, genre, year): (u128, &str, &str, &str, i16)| Entry {
        people: vec![author.to_owned()],
        genres: vec![genre.to_owned()],
        year: Some(year),
        popularity: 1000,
        ..Entry::title(id, name)
    };
    let titles = books.map(title);
    let edition = |title: &Entry| Entry {
        what: EntryKind::Edition,
        id: title.id + 100,
        part_of: Some(title.id),
        more: vec!["Harcourt".to_owned()],
        ..title.clone()
    };
    let editions = titles.each_ref().map(edition);
    titles.into_iter().chain(editions).collect()
}

fn copies() -> Vec<Entry> {
    let shelf = [
        (1000, "The Hidden Diary", "Quentin Unseen", "Secret"),
        (1001, "Zanzibar Quarterly", "Quentin Unseen", "Secret"),
        (1002, "The Name of the Roze", "Umberto Eco", "Mystery"),
    ];
    let copy = |(id, name, author, genre): (u128, &str, &str, &str)| Entry {
        what: EntryKind::Copy,
        people: vec![author.to_owned()],
        genres: vec![genre.to_owned()],
        more: vec!["Clandestine".to_owned()],
        isbns: vec!["9780439023481".to_owned()],
        kind: "film".to_owned(),
        language: Some("tlh".to_owned()),
        status: Some("upcoming".to_owned()),
        year: Some(1234),
        popularity: 5_000_000,
        reach: ["viewer", "editor", "admin"]
            .map(|role| Seen::place(7, role))
            .to_vec(),
        ..Entry::title(id, name)
    };
    shelf.map(copy).to_vec()
}

fn card(entry: &Entry) -> Bytes {
    let id = Uuid::from_u128(entry.id);
    let card = json!({
        "id": id, "kind": entry.kind, "slug": format!("t-{}", entry.id), "active": true, "version": 1,
        "name": entry.name, "alternative_names": [], "authors": entry.people, "genres": entry.genres,
        "year": entry.year, "status": null, "language": null, "poster": null, "episode_count": null,
        "rating": null, "added_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "position": 1,
    });
    Bytes::from(card.to_string())
}

/// A card for each entry, private or not.
async fn store(directory: &std::path::Path) -> Arc<dyn ReadStore> {
    let store = EmbeddedStore::open(directory).unwrap();
    for (name, version) in [
        (TitleCardModel::NAME, TitleCardModel::FOLD_VERSION),
        (TitlePageModel::NAME, TitlePageModel::FOLD_VERSION),
        (EditionModel::NAME, EditionModel::FOLD_VERSION),
    ] {
        let model = ModelRef {
            name: name.to_owned(),
            generation: GENERATION,
        };
        store.register(&model, version).await.unwrap();
        let taken = store.take_over(&model, 0).await.unwrap();
        let entries = [titles(), copies()].concat();
        let documents = entries.iter().filter(|_| name == TitleCardModel::NAME);
        let step = ModelStep {
            model: model.clone(),
            expected: taken.position,
            next: Position::new(1),
            fence: taken.fence,
            documents: documents
                .map(|entry| DocumentWrite {
                    key: Uuid::from_u128(entry.id).to_string(),
                    state: Bytes::from_static(b"{}"),
                    body: Some(card(entry)),
                    hidden: false,
                    position: Position::new(1),
                    add: Vec::new(),
                    remove: Vec::new(),
                })
                .collect(),
        };
        let commit = Commit {
            lane: 0,
            steps: vec![step],
        };
        store.commit(commit).await.unwrap();
        store.promote(&model).await.unwrap();
    }
    Arc::new(store)
}

/// All questions over an index of these entries.
fn api(store: &Arc<dyn ReadStore>, entries: &[Entry]) -> Router {
    let index = SearchIndex::in_memory().unwrap();
    let mut writer = index.writer(16_000_000).unwrap();
    for entry in entries {
        writer.put(entry).unwrap();
    }
    writer.commit("x").unwrap();
    let finder = Finder::new(super::Topic::Titles);
    let reach = Reach {
        generation: GENERATION,
        position: Position::new(1),
        since: Instant::now(),
    };
    finder.flip(index, reach);
    let reads = Reads::of(Sources {
        hot: Arc::new(HotDocuments::new(store.clone(), 1 << 20, 1)),
        views: None,
        records: None,
        calendars: None,
        finder: Some(Arc::new(finder)),
        copies: None,
        texts: crate::texts::CurrentTexts::default(),
    });
    let all = super::router().merge(crate::catalog::router());
    all.with_state(reads).split_for_parts().0
}

async fn ask(api: &Router, path: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let (parts, body) = api.clone().oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    (parts.status, parts.headers, text)
}

/// Whatever somebody may look for: words, fields and values of what is private, typos of them, and what is public.
const QUERIES: [&str; 24] = [
    "",
    "hidden%20diary",
    "hiden%20diary",
    "hid",
    "zanz",
    "zanzibra%20quarterly",
    "%22hidden%20diary%22",
    "-rose",
    "unseen",
    "unsen",
    "author:unseen",
    "genre:secret",
    "kind:film",
    "status:upcoming",
    "language:tlh",
    "year:1234",
    "isbn:9780439023481",
    "0439023483",
    "roze",
    "rosse",
    "the%20name%20of%20the%20roze",
    "clandestine",
    "eco%20clandestine",
    "secret",
];

const FILTERS: [&str; 9] = [
    "",
    "genre=secret",
    "genre=secret,mystery",
    "author=quentin%20unseen",
    "author=umberto%20eco",
    "language=tlh",
    "status=upcoming",
    "year=1234",
    "kind=film",
];

const SORTS: [&str; 11] = [
    "newest",
    "oldest",
    "title",
    "-title",
    "year",
    "-year",
    "rating",
    "-rating",
    "popularity",
    "-popularity",
    "relevance",
];

fn paths() -> Vec<String> {
    let mut paths = Vec::new();
    let facets = "facets=kind,genre,language,status,author,year";
    for query in QUERIES {
        paths.push(format!("suggest?q={query}"));
        paths.push(format!("search?what=person&q={query}"));
        for list in ["genres", "authors"] {
            paths.push(format!("{list}?q={query}"));
            paths.push(format!("{list}?q={query}&kind=film&sort=name"));
        }
        for what in ["title", "edition"] {
            paths.push(format!("search?what={what}&q={query}&{facets}"));
            paths.push(format!("search?what={what}&q={query}&limit=1&sort=-year"));
        }
    }
    for filter in FILTERS {
        for sort in SORTS {
            paths.push(format!("titles?{filter}&sort={sort}&limit=2"));
            paths.push(format!("anime?{filter}&sort={sort}"));
            for what in ["title", "edition"] {
                paths.push(format!(
                    "search?what={what}&{filter}&sort={sort}&{facets}&limit=2"
                ));
            }
        }
    }
    for id in [1, 5, 101, 1000, 1002] {
        paths.push(format!("titles/{}/similar?limit=50", Uuid::from_u128(id)));
    }
    for sneaky in [
        "what=copy",
        "library=7",
        "role=admin",
        "reach=all",
        "what=title,copy",
        "facets=reach",
    ] {
        paths.push(format!("search?q=hidden%20diary&{sneaky}"));
        paths.push(format!("titles?genre=secret&{sneaky}"));
        paths.push(format!("suggest?q=hid&{sneaky}"));
        paths.push(format!("authors?q=uns&{sneaky}"));
    }
    for sneaky in [
        "reach:all",
        "what:copy",
        "library:7",
        "genre:%22reach:all%22",
        "kind:copy",
    ] {
        paths.push(format!("search?q={sneaky}%20hidden"));
        paths.push(format!("search?genre={sneaky}&author={sneaky}"));
    }
    paths
}

/// The same cursor with another place in it.
fn moved(cursor: &str, rank: u64, text: &str, id: u128) -> String {
    let known = Cursor::parse(cursor).unwrap();
    let moved = Cursor {
        sort: format!("{rank}/{text}"),
        key: format!("{id:032x}"),
        ..known
    };
    moved.text()
}

async fn worlds(directory: &std::path::Path) -> (Router, Router) {
    let store = store(directory).await;
    let all = api(&store, &[titles(), copies()].concat());
    let without = api(&store, &titles());
    (all, without)
}

#[tokio::test]
async fn every_answer_is_as_if_what_is_private_were_not_there() {
    let directory = tempfile::tempdir().unwrap();
    let (all, without) = worlds(directory.path()).await;
    let (mut answered, mut refused) = (0, 0);
    for path in paths() {
        let path = format!("/api/read/{path}");
        let (told, expected) = (ask(&all, &path).await, ask(&without, &path).await);
        assert_eq!(told, expected, "{path}");
        let (status, _, body) = told;
        match status {
            StatusCode::OK => answered += 1,
            StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND => {
                refused += 1;
                // A refusal says what was sent, and only that.
                continue;
            }
            other => panic!("{path}: {other} {body}"),
        }
        for secret in [
            "Unseen", "Zanzibar", "Diary\"", "Roze", "Secret", "tlh", "1234", "000003e",
        ] {
            assert!(!body.contains(secret), "{path} tells {secret}: {body}");
        }
    }
    assert!(answered > 400 && refused > 20, "{answered} {refused}");
}

#[tokio::test]
async fn no_cursor_leads_to_what_is_private() {
    let directory = tempfile::tempdir().unwrap();
    let (all, without) = worlds(directory.path()).await;
    for list in [
        "titles?sort=year&genre=mystery,science,secret",
        "search?sort=title",
        "search?sort=popular&what=edition",
    ] {
        let (_, _, first) = ask(&all, &format!("/api/read/{list}&limit=1")).await;
        let first: serde_json::Value = serde_json::from_str(&first).unwrap();
        let cursor = first["next_cursor"].as_str().unwrap();
        for rank in [0, 1, u64::MAX] {
            for text in ["", "hidden diary", "zanz"] {
                for id in [0, 1000, u128::MAX] {
                    let cursor = moved(cursor, rank, text, id);
                    let path = format!("/api/read/{list}&limit=3&cursor={cursor}");
                    let told = ask(&all, &path).await;
                    assert_eq!(told.0, StatusCode::OK, "{path}: {told:?}");
                    assert_eq!(told, ask(&without, &path).await, "{path}");
                }
            }
        }
    }
}
