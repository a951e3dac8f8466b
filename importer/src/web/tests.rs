//! A provider that answers by a script: well, badly, slowly, halfway, elsewhere.

mod scripted;

use serde_json::json;

use super::*;
pub(crate) use scripted::{Reply, Scripted};

/// Quick manners for tests.
pub(crate) fn quick() -> Manners {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Manners {
        between: Duration::ZERO,
        timeout: Duration::from_millis(400),
        retries: 2,
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_secs(1),
        largest: 10_000,
        ..Manners::of("tests", 0)
    }
}

fn web(server: &Scripted) -> Web {
    Web::new(quick(), &server.base, "tests@example.org", true).unwrap()
}

async fn get(web: &Web, server: &Scripted, path: &str) -> Result<Answer, WebError> {
    web.ask(&Ask::Get(server.base.join(path).unwrap())).await
}

fn found() -> Answer {
    Answer::Found(json!({"a": 1}))
}

#[tokio::test]
async fn errors_slow_answers_and_broken_ones_are_tried_again() {
    for bad in [
        Reply::status(503),
        Reply::status(429),
        Reply::Silence,
        Reply::broken_off(),
        Reply::Hangup,
    ] {
        let server = Scripted::start(vec![bad.clone(), Reply::json("{\"a\":1}")]).await;
        assert_eq!(
            get(&web(&server), &server, "/x").await,
            Ok(found()),
            "{bad:?}"
        );
        assert_eq!(server.requests().len(), 2, "{bad:?}");
    }
}

#[tokio::test]
async fn not_found_out_of_reach_and_refused_are_three_answers() {
    let server = Scripted::start(vec![Reply::status(404)]).await;
    assert_eq!(
        get(&web(&server), &server, "/x").await,
        Ok(Answer::NotFound)
    );
    let server = Scripted::start(vec![Reply::status(500); 3]).await;
    let error = get(&web(&server), &server, "/x").await.unwrap_err();
    assert!(matches!(error, WebError::OutOfReach { .. }), "{error}");
    assert_eq!(server.requests().len(), 3);
    let server = Scripted::start(vec![Reply::status(403)]).await;
    assert_eq!(
        get(&web(&server), &server, "/x").await,
        Err(WebError::Refused {
            provider: "tests",
            status: 403
        })
    );
}

#[tokio::test]
async fn a_provider_that_asks_for_too_much_patience_is_left_alone() {
    let server = Scripted::start(vec![Reply::raw(
        "429 Too Many Requests",
        &[("Retry-After", "3600")],
        "",
    )])
    .await;
    let error = get(&web(&server), &server, "/x").await.unwrap_err();
    assert!(error.to_string().contains("wait 3600 seconds"), "{error}");
    let server = Scripted::start(vec![
        Reply::raw("429 Too Many Requests", &[("Retry-After", "0")], ""),
        Reply::json("{\"a\":1}"),
    ])
    .await;
    assert_eq!(get(&web(&server), &server, "/x").await, Ok(found()));
}

#[tokio::test]
async fn the_breaker_opens_and_nothing_more_is_sent() {
    let server = Scripted::start(vec![Reply::status(503); 9]).await;
    let web = web(&server);
    assert!(get(&web, &server, "/x").await.is_err());
    assert!(get(&web, &server, "/x").await.is_err());
    let error = get(&web, &server, "/x").await.unwrap_err();
    assert!(error.to_string().contains("left alone"), "{error}");
    assert_eq!(server.requests().len(), 5, "five failures open it");
}

#[tokio::test]
async fn what_is_no_json_or_too_large_is_unreadable() {
    let page = Reply::raw(
        "200 OK",
        &[("Content-Type", "text/html")],
        "<html>Maintenance</html>",
    );
    for bad in [
        page,
        Reply::json("{\"a\":"),
        Reply::json(&format!("\"{}\"", "x".repeat(20_000))),
    ] {
        let server = Scripted::start(vec![bad]).await;
        let error = get(&web(&server), &server, "/x").await.unwrap_err();
        assert!(matches!(error, WebError::Unreadable { .. }), "{error}");
    }
}

#[tokio::test]
async fn redirects_are_followed_within_bounds_and_never_into_a_private_network() {
    let to = |place: &str| Reply::raw("302 Found", &[("Location", place)], "");
    let server = Scripted::start(vec![to("/y"), Reply::json("{\"a\":1}")]).await;
    assert_eq!(get(&web(&server), &server, "/x").await, Ok(found()));
    assert!(server.requests()[1].starts_with("GET /y "));
    let server = Scripted::start(vec![to("/again"); 9]).await;
    let error = get(&web(&server), &server, "/x").await.unwrap_err();
    assert!(
        error.to_string().contains("more than 5 redirects"),
        "{error}"
    );
    for inside in [
        "http://127.0.0.1:1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/",
        "file:///etc/passwd",
        "//10.0.0.1/",
    ] {
        let server = Scripted::start(vec![to(inside)]).await;
        let error = get(&web(&server), &server, "/x").await.unwrap_err();
        assert!(
            matches!(error, WebError::BadAddress { .. }),
            "{inside}: {error}"
        );
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_private_base_is_refused_unless_it_is_allowed() {
    let server = Scripted::start(vec![Reply::json("{\"a\":1}")]).await;
    let web = Web::new(quick(), &server.base, "tests@example.org", false).unwrap();
    let error = get(&web, &server, "/x").await.unwrap_err();
    assert!(error.to_string().contains("private network"), "{error}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_document_that_has_not_changed_is_not_sent_again() {
    let first = Reply::raw(
        "200 OK",
        &[("Content-Type", "application/json"), ("ETag", "\"v1\"")],
        "{\"a\":1}",
    );
    let server = Scripted::start(vec![first, Reply::raw("304 Not Modified", &[], "")]).await;
    let web = web(&server);
    assert_eq!(get(&web, &server, "/x").await, Ok(found()));
    assert_eq!(get(&web, &server, "/x").await, Ok(found()));
    let requests = server.requests();
    assert!(!requests[0].to_lowercase().contains("if-none-match"));
    assert!(
        requests[1].to_lowercase().contains("if-none-match: \"v1\""),
        "{}",
        requests[1]
    );
    assert!(
        requests[0]
            .to_lowercase()
            .contains("user-agent: accession-importer/")
            && requests[0].contains("tests@example.org")
    );
}
