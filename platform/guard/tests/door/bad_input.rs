//! Bad input at the door: what no client sends, and what somebody will.
//!
//! Never expects more than a clean refusal, and that the site answers the next one.

use std::fmt::Write as _;
use std::time::Duration;

use accession_service::server::ServeOptions;
use tokio::io::AsyncWriteExt as _;

use crate::site::{Answer, Site, read_to_end};

const HEAD: &str = "GET /api/read/one HTTP/1.1\r\nHost: test\r\n";

async fn status_of(site: &Site, bytes: &[u8]) -> u16 {
    Answer::of(site.raw(bytes).await).status
}

async fn still_answers(site: &Site) {
    assert_eq!(site.ask("GET /api/read/one HTTP/1.1", "").await.status, 200);
}

#[tokio::test]
async fn oversized_headers_and_too_many_of_them_are_refused() {
    let site = Site::start().await;
    let large = format!("{HEAD}X-Large: {}\r\n\r\n", "x".repeat(100_000));
    assert_eq!(status_of(&site, large.as_bytes()).await, 431);
    let mut many = String::new();
    for number in 0..10_000 {
        write!(many, "X-{number}: 1\r\n").unwrap();
    }
    assert_eq!(
        status_of(&site, format!("{HEAD}{many}\r\n").as_bytes()).await,
        431
    );
    let long = format!(
        "GET /{} HTTP/1.1\r\nHost: test\r\n\r\n",
        "x".repeat(100_000)
    );
    assert!([414, 431].contains(&status_of(&site, long.as_bytes()).await));
    still_answers(&site).await;
}

#[tokio::test]
async fn bytes_that_are_no_text_do_no_harm() {
    let site = Site::start().await;
    for field in [
        &b"Authorization: Bearer \xff\xfe"[..],
        b"X-Forwarded-For: \xc3\x28",
        b"X-Y: \x00",
    ] {
        let bytes = [
            HEAD.as_bytes(),
            b"Connection: close\r\n",
            field,
            b"\r\n\r\n",
        ]
        .concat();
        let status = status_of(&site, &bytes).await;
        assert!([200, 400].contains(&status), "{field:?} {status}");
    }
    assert_eq!(
        status_of(
            &site,
            b"GET /\xff HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"
        )
        .await
            / 100,
        4
    );
    assert_eq!(
        status_of(&site, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc").await,
        400,
        "TLS"
    );
    // Whoever speaks HTTP/2 at once is refused or left.
    let newer = status_of(&site, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    assert!([0, 400, 505].contains(&newer), "{newer}");
    still_answers(&site).await;
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_whichever_way_it_comes() {
    let site = Site::start().await;
    let long = "x".repeat(10 * 1024 * 1024);
    let answer = site.ask("POST /api/v1/echo HTTP/1.1", &long).await;
    assert!(
        [0, 413].contains(&answer.status),
        "refused, or cut off while it was still being sent"
    );
    let head = "POST /api/v1/echo HTTP/1.1\r\nHost: t\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunks = "400\r\n".to_owned() + &"x".repeat(1024) + "\r\n";
    let chunked = format!("{head}{}0\r\n\r\n", chunks.repeat(3));
    assert_eq!(status_of(&site, chunked.as_bytes()).await, 413);
    assert_eq!(
        status_of(&site, format!("{head}zz\r\n").as_bytes()).await,
        400
    );
    still_answers(&site).await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let site = Site::start().await;
    let mut stream = site.connect().await;
    let head = "POST /api/v1/echo HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nabc";
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = Answer::of(read_to_end(&mut stream).await);
    assert_eq!(answer.status, 408);
    assert!(answer.body().contains("body_too_slow"), "{}", answer.text);
    still_answers(&site).await;
}

#[tokio::test]
async fn a_question_that_nobody_answers_is_given_up_with_a_problem() {
    let site = Site::start().await;
    let answer = site.ask("GET /api/read/never HTTP/1.1", "").await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    assert_eq!(answer.field("retry-after"), "1");
    assert_eq!(answer.field("x-content-type-options"), "nosniff");
    assert!(answer.body().contains("given up"), "{}", answer.text);
}

#[tokio::test]
async fn a_head_that_does_not_come_is_given_up_and_makes_room_for_others() {
    let options = ServeOptions {
        connections: 2,
        head_time: Duration::from_millis(200),
        ..ServeOptions::default()
    };
    let site = Site::serving(options).await;
    let mut silent = site.connect().await;
    let mut slow = site.connect().await;
    slow.write_all(b"GET /api/read/one HT").await.unwrap();
    // Both places are taken: the third is let in when they are given up.
    still_answers(&site).await;
    for stream in [&mut silent, &mut slow] {
        let answer = Answer::of(read_to_end(stream).await);
        assert!([0, 408].contains(&answer.status), "{}", answer.text);
    }
}

#[tokio::test]
async fn an_old_client_is_answered_and_left() {
    let site = Site::start().await;
    let text = site.raw(b"GET /api/read/one HTTP/1.0\r\n\r\n").await;
    assert!(
        text.starts_with("HTTP/1.0 200") && text.ends_with("one"),
        "{text}"
    );
}

#[tokio::test]
async fn two_tokens_in_one_request_are_one_too_many() {
    let site = Site::start().await;
    for name in ["Authorization", "X-Internal-Token"] {
        let twice = [(name, "Bearer ana"), (name, "Bearer acc_importer")];
        let answer = site.ask_with("GET /api/read/one HTTP/1.1", &twice).await;
        assert_eq!(answer.status, 400, "{name}");
        assert!(answer.body().contains("repeated_header"), "{}", answer.text);
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_their_order() {
    let site = Site::start().await;
    let one = format!("{HEAD}\r\n");
    let last = "GET /api/read/whence HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";
    let text = site.raw(format!("{one}{one}{last}").as_bytes()).await;
    assert_eq!(text.matches("HTTP/1.1 200").count(), 3, "{text}");
    assert!(text.ends_with("127.0.0.1"), "{text}");
}

#[tokio::test]
async fn a_request_cannot_be_smuggled_in_the_body_of_another() {
    let site = Site::start().await;
    let smuggled = "GET /api/read/whence HTTP/1.1\r\nHost: t\r\n\r\n";
    for fields in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 4\r\nContent-Length: 40\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding : chunked\r\n",
    ] {
        let head =
            format!("POST /api/v1/echo HTTP/1.1\r\nHost: t\r\nConnection: close\r\n{fields}\r\n");
        let text = site
            .raw(format!("{head}0\r\n\r\n{smuggled}").as_bytes())
            .await;
        assert!(!text.contains("127.0.0.1"), "{fields}: {text}");
        assert!(text.matches("HTTP/1.1 ").count() <= 1, "{fields}: {text}");
    }
    still_answers(&site).await;
}
