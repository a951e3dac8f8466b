//! Every text that accounts and libraries are told, with what nobody should write into it: on each route a clear problem that
//! names the field, or a text that does no harm.
//!
//! Never a secret in an answer, and never an event from a body that was refused.

mod bodies;

use serde_json::{Value, json};

use crate::app::App;
use bodies::{Case, Kind, cases};

/// What is in everything that is written here, and must not come back.
const CANARY: &str = "canary-7c1e";

/// Texts that are wrong for a field of this kind, and by which code it is told.
fn wrong(kind: Kind) -> (Vec<String>, &'static str) {
    let words = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<String>>()
    };
    match kind {
        Kind::Address => (
            words(&[
                "",
                "ana",
                "@example.org",
                "ana@example.org\r\nBcc: all@example.org",
                "ana@example.org\nSubject: x",
                "Ana <ana@example.org>",
                "ana@example.org, eve@example.org",
                "an\u{202e}a@example.org",
                "ana\u{200b}@example.org",
                "ana\u{0}@example.org",
                "ana@exa mple.org",
            ])
            .into_iter()
            .chain([format!("{}@example.org", "x".repeat(300))])
            .collect(),
            "bad_email",
        ),
        Kind::Name => (
            words(&[
                "",
                " \t\r\n",
                "\u{200b}\u{feff}",
                "Ana\u{0}",
                "Ana\u{1b}[31m",
                "Ana\u{7f}",
                "Ana \u{202e}nimdA",
                "\u{2066}Ana\u{2069}",
                "An\u{200b}a",
                "An\u{ad}a",
            ])
            .into_iter()
            .chain(["x".repeat(201)])
            .collect(),
            "bad_name",
        ),
        Kind::Text => (
            words(&["", "a\u{0}b", "a\u{1b}[31m"])
                .into_iter()
                .chain(["x".repeat(201)])
                .collect(),
            "bad_text",
        ),
        Kind::NewPassword => (
            vec![String::new(), "short".into(), "x".repeat(129)],
            "bad_password",
        ),
        Kind::Language => (
            words(&["", "klingonish", "en\r\nX: y", "en-\u{202e}"]),
            "bad_language",
        ),
        Kind::Secret | Kind::Choice => (Vec::new(), ""),
    }
}

/// Texts that are looked up, not read: whatever they hold, they are nobody's.
fn odd() -> Vec<String> {
    vec![
        String::new(),
        " ".into(),
        format!("{CANARY}\r\nSet-Cookie: a=b"),
        format!("{CANARY}\u{0}"),
        format!("\u{202e}{CANARY}\u{200b}"),
        format!("{CANARY}'; DROP TABLE events; --"),
        format!("{CANARY}/../../etc/passwd"),
        "%00%0d%0a".into(),
        "x".repeat(4000),
    ]
}

#[tokio::test]
async fn a_text_that_is_none_is_refused_with_its_field_and_code() {
    let app = App::embedded().await;
    let cases = cases(&app).await;
    let before = app.events().await.len();
    for case in &cases {
        for (field, kind) in &case.fields {
            let (texts, code) = wrong(*kind);
            for text in texts {
                let answer = case.send(&app, field, json!(text)).await;
                let told = (answer.status.as_u16(), answer.faults());
                let right = (422, vec![((*field).to_owned(), code.to_owned())]);
                assert_eq!(told, right, "{case:?} {field} = {text:?}");
            }
        }
    }
    assert_eq!(app.events().await.len(), before);
}

#[tokio::test]
async fn another_type_than_a_text_is_refused_with_its_field() {
    let app = App::embedded().await;
    let cases = cases(&app).await;
    let before = app.events().await.len();
    for case in &cases {
        for (field, _) in &case.fields {
            for value in [json!(5), json!(true), json!([CANARY]), json!({ CANARY: 1 })] {
                let answer = case.send(&app, field, value.clone()).await;
                let (status, faults) = (answer.status.as_u16(), answer.faults());
                let named = faults.first().is_some_and(|(of, _)| of.starts_with(field));
                assert!(
                    status == 422 && named,
                    "{case:?} {field} = {value}: {answer:?}"
                );
            }
        }
    }
    assert_eq!(app.events().await.len(), before);
}

#[tokio::test]
async fn a_field_that_nobody_knows_is_refused_by_its_name() {
    let app = App::embedded().await;
    for case in cases(&app).await {
        let answer = case.send(&app, "is_admin", json!(true)).await;
        let unknown = vec![("is_admin".to_owned(), "unknown_field".to_owned())];
        assert_eq!(answer.faults(), unknown, "{case:?}");
    }
}

#[tokio::test]
async fn what_is_only_looked_up_is_nobodys_whatever_it_holds_and_does_not_come_back() {
    let app = App::embedded().await;
    let cases = cases(&app).await;
    let before = app.events().await.len();
    for case in &cases {
        let looked_up = |(_, kind): &&(&str, Kind)| matches!(kind, Kind::Secret | Kind::Choice);
        for (field, kind) in case.fields.iter().filter(looked_up) {
            for text in odd() {
                let answer = case.send(&app, field, json!(text)).await;
                let refused = answer.status.is_client_error();
                // Leaving with a token that is none is leaving.
                let left = case.path.ends_with("/logout") && answer.status == 204;
                assert!(refused || left, "{case:?} {field} = {text:?}: {answer:?}");
                let shown = *kind == Kind::Secret && answer.text.contains(CANARY);
                assert!(!shown, "{case:?} {field}: {answer:?}");
            }
        }
    }
    assert_eq!(app.events().await.len(), before);
}

#[tokio::test]
async fn a_name_in_any_script_is_taken_and_kept_in_one_line_and_one_form() {
    let app = App::embedded().await;
    let ana = app.proven("ana").await;
    for name in [
        "Zoe\u{308} \u{feff}",
        "محمد",
        "می\u{200c}خواهم",
        "村上 春樹",
        "Ana\r\nBcc: all@example.org",
        "👩\u{200d}🚀",
        &"й".repeat(200),
    ] {
        let library = json!({ "name": name, "kind": "family" });
        let made = app.post("/api/v1/libraries").bearer(&ana.token);
        made.json(&library).send().await.created();
        let kept = app.last("LibraryCreated").await["name"].clone();
        let kept = kept.as_str().unwrap().to_owned();
        assert!(
            !kept.contains(['\r', '\n', '\u{feff}', '\u{308}']),
            "{kept:?}"
        );
        let own = app.patch("/api/v1/users/me").bearer(&ana.token);
        let own = own.json(&json!({ "name": name })).send().await;
        assert!(own.status.is_success(), "{name:?} {own:?}");
    }
}

impl Case {
    /// The body as it should be, but for one field.
    async fn send(&self, app: &App, field: &str, value: Value) -> crate::app::Answered {
        let mut body = self.body.clone();
        body[field] = value;
        let call = app.call(self.method.clone(), &self.path).json(&body);
        let call = match &self.token {
            Some(token) => call.bearer(token),
            None => call,
        };
        call.send().await
    }
}
