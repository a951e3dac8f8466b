//! Who is counted with whom, and what they are told.
//!
//! Never waits for calls to come back: an hour is longer than a test.

use crate::site::Site;

const LOGIN: &str = "POST /api/v1/auth/login HTTP/1.1";
const READ: &str = "GET /api/read/one HTTP/1.1";

#[tokio::test]
async fn one_call_too_many_is_told_when_to_come_again() {
    let site = Site::start().await;
    for left in ["2", "1", "0"] {
        let answer = site.ask(LOGIN, "").await;
        assert_eq!(answer.status, 200);
        let standing = answer.field("ratelimit");
        assert!(
            standing.starts_with(&format!("\"login\";r={left};t=")),
            "{standing}"
        );
        let policy = answer.field("ratelimit-policy");
        assert_eq!(policy, "\"login\";q=3;w=3600, \"writes\";q=40;w=3600");
    }
    for _ in 0..5 {
        let refused = site.ask(LOGIN, "").await;
        assert_eq!(refused.status, 429);
        let wait: u64 = refused.field("retry-after").parse().unwrap();
        assert!((1100..=1200).contains(&wait), "{wait}");
        assert_eq!(refused.field("content-type"), "application/problem+json");
        assert!(refused.body().contains("\"code\":\"too_many_requests\""));
        assert_eq!(refused.field("x-content-type-options"), "nosniff");
    }
    assert_eq!(
        site.ask(READ, "").await.status,
        200,
        "others are not touched"
    );
}

#[tokio::test]
async fn a_made_up_address_gets_nobody_another_try() {
    let site = Site::start().await;
    let mut statuses = Vec::new();
    for number in 0..5 {
        let made_up = format!("198.51.100.{number}");
        let fields = [("X-Forwarded-For", &*made_up), ("Forwarded", "for=9.9.9.9")];
        statuses.push(site.ask_with(LOGIN, &fields).await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_household_is_counted_by_itself() {
    let site = Site::behind_a_proxy().await;
    let login = async |from: &str| {
        site.ask_with(LOGIN, &[("X-Forwarded-For", from)])
            .await
            .status
    };
    for number in 0..3 {
        // What a client writes in front changes nothing.
        assert_eq!(
            login(&format!("6.6.6.{number}, 2001:db8:1:2::{number}")).await,
            200
        );
    }
    assert_eq!(login("2001:db8:1:2:ffff::9").await, 429, "the same /64");
    assert_eq!(login("2001:db8:1:3::1").await, 200, "another /64");
    assert_eq!(login("203.0.113.7").await, 200);
    let whence = site
        .ask_with(
            "GET /api/read/whence HTTP/1.1",
            &[("X-Forwarded-For", "1.1.1.1, 203.0.113.9")],
        )
        .await;
    assert_eq!(whence.body(), "203.0.113.9");
}

#[tokio::test]
async fn an_importer_is_not_counted_by_the_general_limits_and_a_made_up_credential_is() {
    let site = Site::start().await;
    let echo = async |token: &str| {
        let fields = [("Authorization", token)];
        site.ask_with("POST /api/v1/echo HTTP/1.1", &fields)
            .await
            .status
    };
    for _ in 0..50 {
        assert_eq!(echo("Bearer acc_importer").await, 200);
    }
    let mut refused = 0;
    for number in 0..50 {
        refused += usize::from(echo(&format!("Bearer acc_{number}")).await == 429);
    }
    assert!(refused >= 10, "{refused}");
    assert_eq!(
        echo("Bearer acc_importer").await,
        200,
        "whoever else is refused"
    );
}

#[tokio::test]
async fn tokens_that_have_to_be_looked_at_have_a_limit_of_their_own() {
    let site = Site::start().await;
    let mut refused = 0;
    for number in 0..90 {
        let token = format!("Bearer made-up-{number}");
        let answer = site.ask_with(READ, &[("Authorization", &token)]).await;
        refused += usize::from(answer.status == 429);
    }
    assert!(refused >= 10, "{refused}");
    let importer = [("Authorization", "Bearer acc_importer")];
    // Not known yet, so not looked at now; whoever is known is not touched by what others send.
    assert_eq!(site.ask_with(READ, &importer).await.status, 429);
}

#[tokio::test]
async fn a_person_is_counted_by_account_and_strangers_by_place() {
    let site = Site::behind_a_proxy().await;
    let change = async |from: &str, token: &str| {
        let fields = [("X-Forwarded-For", from), ("Authorization", token)];
        site.ask_with("POST /api/v1/users/me/email/change HTTP/1.1", &fields)
            .await
            .status
    };
    assert_eq!(change("203.0.113.1", "Bearer ana").await, 200);
    assert_eq!(change("203.0.113.2", "Bearer ana").await, 200);
    assert_eq!(
        change("203.0.113.3", "Bearer ana").await,
        429,
        "from wherever she calls"
    );
    assert_eq!(
        change("203.0.113.3", "Bearer x").await,
        200,
        "and nobody else for it"
    );
}

#[tokio::test]
async fn how_a_hot_answer_stands_is_told_only_when_little_is_left() {
    let site = Site::start().await;
    assert_eq!(site.ask(READ, "").await.field("ratelimit"), "");
    let mut last = site.ask(READ, "").await;
    for _ in 0..55 {
        last = site.ask(READ, "").await;
    }
    assert!(
        last.field("ratelimit").starts_with("\"reads\";r=3;"),
        "{}",
        last.field("ratelimit")
    );
}
