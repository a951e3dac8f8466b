//! What a browser is told: whose pages may call, and what the pages of the API's description may load.
//!
//! Never another origin than those of the settings, and never all of them.

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};

use crate::system::{Embedded, client};

const OURS: &str = "https://books.example";
const OTHERS: [&str; 5] = [
    "https://evil.example",
    "http://books.example",
    "https://books.example.evil.example",
    "https://books.example:8443",
    "null",
];
const ALLOW_ORIGIN: &str = "access-control-allow-origin";

async fn system() -> Embedded {
    let origins = format!("[\"{OURS}\"]");
    Embedded::start_with(vec![("ACCESSION_CORS_ORIGINS".to_owned(), origins)]).await
}

/// What a browser asks before it lets a page of this origin send such a request.
async fn preflight(url: &str, origin: &str, method: &str, header: &str) -> (StatusCode, HeaderMap) {
    let asked = client()
        .request(Method::OPTIONS, url)
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", header);
    let answer = asked.send().await.unwrap();
    (answer.status(), answer.headers().clone())
}

fn lists(headers: &HeaderMap, name: &str, wanted: &str) -> bool {
    let text = headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap());
    text.split(',')
        .any(|one| one.trim().eq_ignore_ascii_case(wanted))
}

#[tokio::test]
async fn a_page_of_a_listed_origin_may_send_what_the_product_knows_with_its_cookies() {
    let system = system().await;
    for path in [
        "/api/v1/auth/login",
        "/api/v1/libraries",
        "/api/read/titles",
    ] {
        let url = format!("{}{path}", system.server.url);
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            for header in [
                "authorization",
                "content-type",
                "idempotency-key",
                "if-match",
                "x-csrf-token",
                "accession-min-position",
            ] {
                let (status, told) = preflight(&url, OURS, method, header).await;
                assert_eq!(status, 200, "{path} {method}");
                assert_eq!(told[ALLOW_ORIGIN], OURS);
                assert_eq!(told["access-control-allow-credentials"], "true");
                assert!(
                    lists(&told, "access-control-allow-methods", method),
                    "{told:?}"
                );
                assert!(
                    lists(&told, "access-control-allow-headers", header),
                    "{told:?}"
                );
                assert!(lists(&told, "vary", "origin"), "{told:?}");
            }
        }
        let (_, told) = preflight(&url, OURS, "TRACE", "x-internal-token").await;
        assert!(!lists(&told, "access-control-allow-methods", "TRACE"));
        assert!(!lists(
            &told,
            "access-control-allow-headers",
            "x-internal-token"
        ));
    }
    let answer = client()
        .get(format!("{}/api/read/titles", system.server.url))
        .header("origin", OURS);
    let told = answer.send().await.unwrap().headers().clone();
    assert_eq!(told[ALLOW_ORIGIN], OURS);
    for header in ["etag", "location", "accession-position", "retry-after"] {
        assert!(
            lists(&told, "access-control-expose-headers", header),
            "{header}"
        );
    }
}

#[tokio::test]
async fn a_page_of_any_other_origin_may_nothing_and_without_a_list_no_page_may() {
    let listed = system().await;
    let unlisted = Embedded::start().await;
    let mut asked = OTHERS.map(|origin| (&listed, origin)).to_vec();
    asked.push((&unlisted, OURS));
    for (system, origin) in asked {
        let url = format!("{}/api/read/titles", system.server.url);
        let (_, told) = preflight(&url, origin, "POST", "authorization").await;
        assert!(!told.contains_key(ALLOW_ORIGIN), "{origin}: {told:?}");
        let read = client().get(&url).header("origin", origin);
        let answer = read.send().await.unwrap();
        assert!(!answer.headers().contains_key(ALLOW_ORIGIN), "{origin}");
    }
}

#[tokio::test]
async fn the_pages_of_the_description_load_only_what_their_policy_allows() {
    let system = Embedded::start().await;
    let url = format!("{}/docs/", system.server.url);
    let page = client().get(&url).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].clone();
    let policy = policy.to_str().unwrap();
    assert!(policy.contains("script-src 'self';"), "{policy}");
    let html = page.text().await.unwrap();
    // An inline script would be refused by the policy, and one from elsewhere, too.
    let scripts: Vec<&str> = html.split("<script").skip(1).collect();
    assert!(!scripts.is_empty(), "{html}");
    for script in scripts {
        let (attributes, inside) = script.split_once('>').unwrap();
        assert!(attributes.contains("src=\"./"), "{script}");
        assert!(inside.trim_start().starts_with("</script>"), "{script}");
    }
    for handler in [
        " onload=",
        " onclick=",
        "javascript:",
        "http://",
        "https://",
    ] {
        assert!(!html.contains(handler), "{handler}: {html}");
    }
    let sources = html
        .split(['"', '\''])
        .filter_map(|part| part.strip_prefix("./"));
    for source in sources {
        let answer = client().get(format!("{url}{source}")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{source}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }
}
