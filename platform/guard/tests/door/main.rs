//! The door over real connections: who is counted how, what is refused before anything looks at it, and bad input of every
//! kind that a stranger can send.
//!
//! Never looks inside: what a test knows, a client knows.

#![cfg(test)]
mod bad_input;
mod counting;
mod site;

use site::Site;

#[tokio::test]
async fn every_answer_protects_the_browser_also_a_refusal() {
    let site = Site::start().await;
    for head in [
        "GET /api/read/one HTTP/1.1",
        "GET /nowhere HTTP/1.1",
        "POST /api/read/one HTTP/1.1",
    ] {
        let answer = site.ask(head, "").await;
        assert_eq!(answer.field("x-content-type-options"), "nosniff", "{head}");
        assert_eq!(answer.field("x-frame-options"), "DENY", "{head}");
        assert!(
            answer
                .field("content-security-policy")
                .contains("default-src 'none'"),
            "{head}"
        );
        assert_eq!(answer.field("strict-transport-security"), "", "{head}");
    }
}

#[tokio::test]
async fn the_promise_of_tls_is_made_when_a_trusted_proxy_says_that_there_was_tls() {
    let site = Site::behind_a_proxy().await;
    let over = async |proto: &str| {
        let fields = [("X-Forwarded-Proto", proto)];
        site.ask_with("GET /api/read/one HTTP/1.1", &fields).await
    };
    assert!(
        !over("https")
            .await
            .field("strict-transport-security")
            .is_empty()
    );
    assert!(
        over("http")
            .await
            .field("strict-transport-security")
            .is_empty()
    );
}
