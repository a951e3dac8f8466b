//! Every route at once, taken from the description that the code gives of itself.
//!
//! Never a list of routes written by hand, which could forget one.

use std::fmt::Write as _;

use accession_service::access::{ACCESS_LIFETIME, Role};
use http::StatusCode;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::asks::{App, session_token, token};
use crate::given::{Catalogue, Subject, an_admin_of_a_library, embedded, id, over_every_store};

over_every_store!(
    every_question_refuses_a_bad_token_an_unknown_parameter_and_a_bad_position,
    every_question_is_described_with_its_problems,
);

fn paths(app: &App) -> Vec<String> {
    let described = app.api.router().into_openapi();
    let paths: Vec<String> = described.paths.paths.into_keys().collect();
    assert_eq!(paths.len(), 65, "{paths:?}");
    paths
}

fn filled(path: &str) -> String {
    let id = id(1).to_string();
    path.replace("{id_or_slug}", &id)
        .replace("{id}", &id)
        .replace("{account}", &id)
        .replace("{place}", &id)
        .replace("{copy}", &id)
        .replace("{loan}", &id)
        .replace("{stocktaking}", &id)
        .replace("{title}", &id)
        .replace("{slug}", "a")
        .replace("{isbn}", "9780439023481")
}

/// Whether a curator without an account is a stranger to it: then who asks counts before what is asked.
fn is_for_others(path: &str) -> bool {
    ["/api/read/admin/", "/api/read/libraries/", "/api/read/me"]
        .iter()
        .any(|start| path.starts_with(start))
}

async fn every_question_refuses_a_bad_token_an_unknown_parameter_and_a_bad_position(
    subject: Subject,
) {
    Catalogue::in_store(&subject.store).await;
    an_admin_of_a_library(&subject, id(1), id(1)).await;
    let app = App::over(&subject.store).await;
    let (admin, member) = (
        token(Some(Role::Admin), ACCESS_LIFETIME),
        session_token(id(1)),
    );
    // Whoever has a calendar's link asks by it: a token is nothing there, and none of this applies.
    let asked = paths(&app)
        .into_iter()
        .filter(|path| !path.starts_with("/api/read/calendars/"));
    for path in asked {
        let path = filled(&path);
        let got = app
            .get_with(&path, &[("authorization", "Bearer nonsense")])
            .await;
        assert_eq!(
            (got.status, got.code()),
            (StatusCode::UNAUTHORIZED, "token_invalid".into()),
            "{path}"
        );
        // Who asks counts before what is asked.
        let right = if is_for_others(&path) {
            (StatusCode::FORBIDDEN, "forbidden")
        } else {
            (StatusCode::BAD_REQUEST, "malformed_request")
        };
        for query in ["nothing_like_it=1", "min_position=soon"] {
            let got = app.get_as_curator(&format!("{path}?{query}")).await;
            let code = got.code();
            assert_eq!((got.status, code.as_str()), right, "{path} {query}");
            // Whoever is let in is told what cannot be understood.
            let of_operators = path.starts_with("/api/read/admin/");
            let who = if of_operators { &admin } else { &member };
            let got = app.get_as(&format!("{path}?{query}"), who).await;
            let right = if path.starts_with("/api/read/imports") || path.ends_with("/duplicates") {
                (StatusCode::FORBIDDEN, "forbidden")
            } else {
                (StatusCode::BAD_REQUEST, "malformed_request")
            };
            let code = got.code();
            assert_eq!((got.status, code.as_str()), right, "{path} {query}");
        }
    }
}

async fn every_question_is_described_with_its_problems(subject: Subject) {
    let app = App::over(&subject.store).await;
    let described = app.api.router().into_openapi();
    for (path, item) in described.paths.paths {
        let get = item.get.unwrap_or_else(|| panic!("{path} is a question"));
        let statuses: Vec<&String> = get.responses.responses.keys().collect();
        for status in ["200", "304", "400", "401", "404", "503"] {
            // What is made for one person at that moment is no document that anybody keeps.
            let once =
                path.starts_with("/api/read/me/") || path.starts_with("/api/read/libraries/");
            let ends = ["/export", "/access-log", "/backup"];
            if once && ends.iter().any(|end| path.ends_with(end)) && status == "304" {
                continue;
            }
            assert!(
                statuses.iter().any(|known| **known == status),
                "{path}: {status} of {statuses:?}"
            );
        }
        let parameters = serde_json::to_string(&get.parameters).unwrap();
        assert!(parameters.contains(r#""name":"min_position""#), "{path}");
    }
}

#[test]
fn no_address_and_no_header_makes_a_question_fail_in_an_unknown_way() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (app, paths, _subject) = runtime.block_on(async {
        let subject = embedded().await;
        let mut catalogue = Catalogue::in_store(&subject.store).await;
        catalogue.add_title(1, "series", "a", "A");
        catalogue.write().await;
        let app = App::over(&subject.store).await;
        let paths = paths(&app);
        (app, paths, subject)
    });
    let part = prop_oneof![
        "[ -~]{0,40}",
        "\\PC{0,20}",
        "[0-9xX-]{9,14}",
        Just("a".to_owned())
    ];
    let asked = (
        prop::sample::select(paths),
        part.clone(),
        prop::sample::select(vec![
            "cursor",
            "limit",
            "skip",
            "kind",
            "sort",
            "min_position",
            "source",
            "x",
        ]),
        part.clone(),
        prop::sample::select(vec![
            "if-none-match",
            "accept-encoding",
            "authorization",
            "traceparent",
            "x-request-id",
        ]),
        "[ -~]{0,40}",
    );
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 1500,
        ..ProptestConfig::default()
    });
    let outcome = runner.run(&asked, |(path, part, name, value, header, text)| {
        let encoded = |text: &str| {
            text.bytes().fold(String::new(), |mut encoded, byte| {
                write!(encoded, "%{byte:02X}").unwrap();
                encoded
            })
        };
        let start = path.find('{').unwrap_or(path.len());
        let end = path.find('}').map_or(path.len(), |end| end + 1);
        let path = format!(
            "{}{}{}?{name}={}",
            &path[..start],
            encoded(&part),
            path[end..].replace("{account}", "a"),
            encoded(&value)
        );
        let got = runtime.block_on(app.get_with(&path, &[(header, &text)]));
        let known = [200, 304, 400, 401, 404, 406, 422].contains(&got.status.as_u16());
        // Only a position that lies in the future is waited for, and in vain.
        prop_assert!(
            known || got.code() == "projection_behind",
            "{path} {header}: {text} → {got:?}"
        );
        Ok(())
    });
    outcome.unwrap();
}
