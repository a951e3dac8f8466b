//! Providers on this machine: what they are asked, and what becomes of their answers.

use super::*;
use crate::sources::Source;
use crate::sources::shared_files::shared;
use crate::web::tests::{Reply, Scripted, quick};

fn wishes(server: &Scripted, ids: &[&str]) -> Wishes {
    Wishes {
        ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        contact: Some("tests@example.org".into()),
        token: Some("secret-token".into()),
        base: Some(server.base.to_string()),
        allow_private: true,
        ..Wishes::default()
    }
}

/// All records of a source that is asked without its usual pace.
async fn asked(
    source: Source,
    wishes: Wishes,
    start: Place,
) -> Vec<Result<Record, UnreadableInput>> {
    let usual = source.description().asked.unwrap();
    let asked = Asked {
        manners: quick(),
        base: usual.base,
        needs_token: usual.needs_token,
        needs: usual.needs,
        ask: usual.ask,
    };
    let reading = begin(&asked, &wishes, start).unwrap();
    tokio::task::spawn_blocking(move || reading.records.collect())
        .await
        .unwrap()
}

fn title_of(record: &Result<Record, UnreadableInput>) -> String {
    let items = record.as_ref().unwrap().items.clone().unwrap();
    items.title.unwrap().name
}

fn code_of(record: &Result<Record, UnreadableInput>) -> String {
    record
        .as_ref()
        .unwrap()
        .items
        .as_ref()
        .unwrap_err()
        .code
        .clone()
}

const VOLUME: &str = r#"{"kind": "books#volumes", "totalItems": 1, "items": [{"id": "x1", "volumeInfo": {"title": "A book"}}]}"#;

#[tokio::test]
async fn google_books_is_asked_for_each_isbn_and_what_it_does_not_know_is_rejected() {
    let server = Scripted::answering(|line| {
        if line.contains("9780439023481") {
            Reply::json(VOLUME)
        } else {
            Reply::json(r#"{"kind": "books#volumes", "totalItems": 0}"#)
        }
    })
    .await;
    let records = asked(
        Source::GoogleBooks,
        wishes(&server, &["0439023483", "9780316030571"]),
        Place::default(),
    )
    .await;
    assert_eq!(
        (title_of(&records[0]), code_of(&records[1])),
        ("A book".into(), "not_found".into())
    );
    assert!(
        server.requests()[0]
            .starts_with("GET /volumes?q=isbn%3A9780439023481&maxResults=40&key=secret-token ")
    );
}

#[tokio::test]
async fn a_provider_that_is_down_ends_the_run_as_out_of_reach_and_never_shows_its_token() {
    let server = Scripted::start(vec![Reply::json(VOLUME)]).await;
    let records = asked(
        Source::GoogleBooks,
        wishes(&server, &["0439023483", "9780316030571"]),
        Place::default(),
    )
    .await;
    assert_eq!(title_of(&records[0]), "A book");
    let error = records[1].as_ref().unwrap_err();
    assert!(
        error.is_out_of_reach && !error.reason.contains("secret-token"),
        "{error}"
    );
    assert_eq!(records.len(), 2);
}

#[tokio::test]
async fn open_library_gives_an_edition_with_its_work_and_the_names_of_its_authors() {
    let server = Scripted::answering(|line| match line.split(' ').nth(1).unwrap_or_default() {
        "/isbn/9780439023481.json" => Reply::raw("302 Found", &[("Location", "/books/OL1M.json")], ""),
        "/books/OL1M.json" => Reply::json(r#"{"key": "/books/OL1M", "title": "A book", "works": [{"key": "/works/OL1W"}], "isbn_10": ["0439023483"]}"#),
        "/works/OL1W.json" => Reply::json(r#"{"key": "/works/OL1W", "title": "A book", "authors": [{"author": {"key": "/authors/OL1A"}}, {"author": {"key": "/authors/OL2A"}}]}"#),
        "/authors/OL1A.json" => Reply::json(r#"{"key": "/authors/OL1A", "name": "Ann Author"}"#),
        _ => Reply::status(404),
    })
    .await;
    let records = asked(
        Source::OpenLibrary,
        wishes(&server, &["0439023483", "9780316030571", "nonsense"]),
        Place::default(),
    )
    .await;
    let first = records[0].as_ref().unwrap();
    let items = first.items.clone().unwrap();
    assert_eq!(items.title.unwrap().authors, ["Ann Author"]);
    assert_eq!(
        (
            items.editions[0].title_source_id.as_str(),
            items.editions[0].isbn.as_deref()
        ),
        ("OL1W", Some("9780439023481"))
    );
    assert_eq!(first.notes[0].code, "author_without_a_name");
    assert_eq!(
        (code_of(&records[1]), code_of(&records[2])),
        ("not_found".into(), "bad_id".into())
    );
}

#[tokio::test]
async fn pages_of_kodik_follow_the_address_that_each_gives_and_stay_on_its_host() {
    let server = Scripted::answering(|line| {
        let page = |id: u8, next: &str| Reply::json(&format!(r#"{{"results": [{{"id": "movie-{id}", "type": "anime", "title": "Film {id}", "link": "//k.example/{id}"}}], "next_page": "{next}"}}"#));
        if line.contains("/second") { page(2, "http://198.51.100.7/list?page=3") } else { page(1, "/second?cursor=abc") }
    })
    .await;
    let records = asked(Source::Kodik, wishes(&server, &[]), Place::default()).await;
    assert_eq!(
        (
            title_of(&records[0]),
            title_of(&records[1]),
            code_of(&records[2])
        ),
        ("Film 1".into(), "Film 2".into(), "foreign_page".into())
    );
    assert!(server.requests()[0].starts_with("GET /list?token=secret-token&"));
    assert!(server.requests()[1].starts_with("GET /second?cursor=abc "));
}

#[tokio::test]
async fn shikimori_is_asked_in_windows_of_ids_and_goes_on_behind_the_last_one() {
    let server = Scripted::start(vec![
        Reply::json(r#"{"data": {"animes": [{"id": "60", "name": "Sixty", "episodes": 1, "kind": "tv"}, {"id": "59", "name": "Other", "episodes": 1, "kind": "tv"}]}}"#),
        Reply::status(404),
    ])
    .await;
    let start = Place {
        number: 40,
        byte: 58,
    };
    let records = asked(Source::Shikimori, wishes(&server, &[]), start).await;
    let first = records[0].as_ref().unwrap();
    assert_eq!(
        (first.number, first.end, title_of(&records[0])),
        (41, Some(59), "Other".into())
    );
    assert!(
        server.requests()[0].contains(r#""ids":"59,60,61"#),
        "{}",
        server.requests()[0]
    );
    let some = Scripted::start(vec![Reply::json(
        r#"{"data": {"animes": [{"id": "7", "name": "Seven", "episodes": 2, "kind": "tv"}]}}"#,
    )])
    .await;
    let records = asked(
        Source::Shikimori,
        wishes(&some, &["anime:7", "8"]),
        Place::default(),
    )
    .await;
    assert_eq!(
        (title_of(&records[0]), code_of(&records[1])),
        ("Seven".into(), "not_found".into())
    );
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_one_rejection_and_the_next_is_asked() {
    let page = Reply::raw("200 OK", &[("Content-Type", "text/html")], "<html></html>");
    let server = Scripted::start(vec![
        page,
        Reply::json("{\"error\": 1}"),
        Reply::json(VOLUME),
    ])
    .await;
    let records = asked(
        Source::GoogleBooks,
        wishes(&server, &["0439023483", "x", "9780316030571"]),
        Place::default(),
    )
    .await;
    let codes = [code_of(&records[0]), code_of(&records[1])];
    assert_eq!(
        (codes, title_of(&records[2])),
        (
            ["unreadable_answer".into(), "unreadable_answer".into()],
            "A book".into()
        )
    );
}

#[test]
fn a_provider_is_off_until_somebody_says_who_asks_and_for_what() {
    let reason = |source: Source, wishes: &Wishes| {
        source.ask(wishes, Place::default()).err().unwrap().reason
    };
    let nobody = Wishes::default();
    assert!(reason(Source::Shikimori, &nobody).contains("--contact"));
    let somebody = Wishes {
        contact: Some("tests@example.org".into()),
        ..Wishes::default()
    };
    assert!(reason(Source::Kodik, &somebody).contains("ACCESSION_PROVIDER_TOKEN"));
    assert!(reason(Source::GoogleBooks, &somebody).contains("--id"));
    assert!(reason(Source::Goodreads, &somebody).contains("--file"));
}

#[tokio::test]
async fn recorded_answers_come_over_http_as_they_come_from_files() {
    for (source, file, id) in [
        (
            Source::GoogleBooks,
            "googlebooks/jelu_volumes.json",
            "9781785650406",
        ),
        (Source::Kodik, "kodik/search_filters_episodes.json", "29803"),
        (
            Source::Shikimori,
            "shikimori/graphql/graphql_animes_simple.json",
            "53446",
        ),
    ] {
        let Some(path) = shared(file) else {
            return;
        };
        let text = std::fs::read_to_string(&path).unwrap();
        let server = Scripted::start(vec![
            Reply::broken_off(),
            Reply::status(429),
            Reply::json(&text),
        ])
        .await;
        let over_http = asked(source, wishes(&server, &[id]), Place::default()).await;
        let from_file = crate::sources::tests::records_of(source, &text);
        let items = |record: &Record| record.items.clone().ok();
        let over_http: Vec<_> = over_http
            .iter()
            .map(|record| items(record.as_ref().unwrap()))
            .collect();
        let from_file: Vec<_> = from_file.iter().map(items).collect();
        assert_eq!(over_http, from_file, "{file}");
        assert!(!from_file.is_empty());
    }
}
