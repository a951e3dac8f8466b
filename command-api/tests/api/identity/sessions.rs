//! Sessions over HTTP: signing in, refreshing under a race, a token that comes back, leaving, cookies, and waiting after
//! wrong passwords.
//!
//! Never looks into a table: what counts is what a client gets.

use serde_json::{Value, json};

use crate::app::{Answered, App, Call, PASSWORD};

const LOGIN: &str = "/api/v1/auth/login";
const REFRESH: &str = "/api/v1/auth/refresh";

fn log_in<'a>(app: &'a App, email: &str, password: &str) -> Call<'a> {
    let body = json!({ "email": email, "password": password });
    app.post(LOGIN).json(&body)
}

async fn signed_in(app: &App) -> Value {
    app.register("ana@example.org").send().await;
    log_in(app, "ana@example.org", PASSWORD)
        .send()
        .await
        .ok()
        .json()
}

async fn refresh(app: &App, token: &Value) -> Answered {
    let body = json!({ "refresh_token": token });
    app.post(REFRESH).json(&body).send().await
}

async fn sessions(app: &App, access: &Value) -> Answered {
    let path = "/api/v1/users/me/sessions";
    app.get(path).bearer(access.as_str().unwrap()).send().await
}

fn ended(names: &[String]) -> usize {
    names.iter().filter(|name| *name == "SessionEnded").count()
}

#[tokio::test]
async fn whoever_signs_in_gets_tokens_that_open_their_own_account() {
    for app in App::everywhere().await {
        let handed = signed_in(&app).await;
        assert_eq!(
            (&handed["token_type"], &handed["expires_in"]),
            (&json!("Bearer"), &json!(900))
        );
        let own = sessions(&app, &handed["access_token"]).await.ok().json();
        assert_eq!(own["items"][0]["id"], handed["session_id"]);
        assert_eq!(own["items"][0]["current"], true);
    }
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_are_answered_alike() {
    let app = App::embedded().await;
    app.register("ana@example.org").send().await;
    let wrong = log_in(&app, "ana@example.org", "not the password")
        .send()
        .await;
    let unknown = log_in(&app, "bo@example.org", "not the password")
        .send()
        .await;
    let garbage = log_in(&app, "not an address", "not the password")
        .send()
        .await;
    for answered in [&wrong, &unknown, &garbage] {
        assert_eq!(answered.problem(), (401, "wrong_credentials".into()));
        assert_eq!(answered.json()["detail"], wrong.json()["detail"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_refreshes_of_one_token_one_makes_the_successor_and_all_get_it() {
    for app in App::everywhere().await {
        let handed = signed_in(&app).await;
        let races = (0..100).map(|_| refresh(&app, &handed["refresh_token"]));
        let answers = futures_util::future::join_all(races).await;
        let first = answers[0].clone().ok().json();
        assert_ne!(first["refresh_token"], handed["refresh_token"]);
        for answered in &answers {
            let got = answered.clone().ok().json();
            assert_eq!(got["refresh_token"], first["refresh_token"]);
            assert_eq!(got["session_id"], handed["session_id"]);
        }
        let next = refresh(&app, &first["refresh_token"]).await.ok().json();
        assert_ne!(next["refresh_token"], first["refresh_token"]);
        assert_eq!(ended(&app.event_names().await), 0);
    }
}

#[tokio::test]
async fn a_token_that_comes_back_late_ends_its_whole_family_and_is_noted() {
    let app = App::without_grace().await;
    let handed = signed_in(&app).await;
    let next = refresh(&app, &handed["refresh_token"]).await.ok().json();
    let replayed = refresh(&app, &handed["refresh_token"]).await;
    assert_eq!(replayed.problem(), (401, "token_replayed".into()));
    let after = refresh(&app, &next["refresh_token"]).await;
    assert_eq!(after.problem(), (401, "session_ended".into()));
    let with_access = sessions(&app, &next["access_token"]).await;
    assert_eq!(with_access.problem(), (401, "session_ended".into()));
    let names = app.event_names().await;
    assert!(names.contains(&"ReplayDetected".to_owned()), "{names:?}");
    assert_eq!(ended(&names), 1);
}

#[tokio::test]
async fn what_is_no_refresh_token_of_ours_opens_nothing_and_ends_nothing() {
    let app = App::without_grace().await;
    let handed = signed_in(&app).await;
    let text = handed["refresh_token"].as_str().unwrap();
    let mut forged = text.to_owned();
    forged.replace_range(text.len() - 8.., "AAAAAAAA");
    let access = handed["access_token"].as_str().unwrap();
    for other in ["", "acr_", &text[..20], &forged, access] {
        let answered = refresh(&app, &json!(other)).await;
        assert_eq!(answered.problem(), (401, "session_ended".into()), "{other}");
    }
    let as_access = sessions(&app, &handed["refresh_token"]).await;
    assert_eq!(as_access.problem(), (401, "token_invalid".into()));
    refresh(&app, &handed["refresh_token"]).await.ok();
}

#[tokio::test]
async fn after_leaving_neither_token_opens_anything_and_leaving_again_is_fine() {
    for app in App::everywhere().await {
        let handed = signed_in(&app).await;
        let body = json!({ "refresh_token": handed["refresh_token"] });
        for _ in 0..2 {
            let left = app.post("/api/v1/auth/logout").json(&body).send().await;
            assert_eq!(left.status, 204);
        }
        let access = sessions(&app, &handed["access_token"]).await;
        assert_eq!(access.problem(), (401, "session_ended".into()));
        let again = refresh(&app, &handed["refresh_token"]).await;
        assert_eq!(again.problem(), (401, "session_ended".into()));
    }
}

#[tokio::test]
async fn leaving_everywhere_ends_every_session_and_one_can_be_ended_alone() {
    let app = App::embedded().await;
    let one = signed_in(&app).await;
    let two = log_in(&app, "ana@example.org", PASSWORD)
        .send()
        .await
        .ok()
        .json();
    let three = log_in(&app, "ana@example.org", PASSWORD)
        .send()
        .await
        .ok()
        .json();
    let bearer = three["access_token"].as_str().unwrap();
    let path = format!(
        "/api/v1/users/me/sessions/{}",
        one["session_id"].as_str().unwrap()
    );
    assert_eq!(app.delete(&path).bearer(bearer).send().await.status, 204);
    assert_eq!(sessions(&app, &one["access_token"]).await.status, 401);
    assert_eq!(sessions(&app, &two["access_token"]).await.status, 200);
    let all = app
        .post("/api/v1/auth/logout-all")
        .bearer(bearer)
        .send()
        .await;
    assert_eq!(all.status, 204);
    for handed in [&two, &three] {
        let answered = sessions(&app, &handed["access_token"]).await;
        assert_eq!(answered.problem(), (401, "session_ended".into()));
        assert_eq!(refresh(&app, &handed["refresh_token"]).await.status, 401);
    }
}

#[tokio::test]
async fn a_session_of_somebody_else_is_not_there() {
    let app = App::embedded().await;
    let ana = signed_in(&app).await;
    app.register("bo@example.org").send().await;
    let bo = log_in(&app, "bo@example.org", PASSWORD)
        .send()
        .await
        .ok()
        .json();
    let path = format!(
        "/api/v1/users/me/sessions/{}",
        ana["session_id"].as_str().unwrap()
    );
    let answered = app
        .delete(&path)
        .bearer(bo["access_token"].as_str().unwrap())
        .send()
        .await;
    assert_eq!(answered.problem(), (404, "not_found".into()));
    assert_eq!(sessions(&app, &ana["access_token"]).await.status, 200);
}

/// The cookies of an answer, as a browser sends them back.
fn cookies(answered: &Answered) -> Vec<String> {
    let set = answered.headers.get_all("set-cookie").iter();
    set.map(|value| {
        value
            .to_str()
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned()
    })
    .collect()
}

#[tokio::test]
async fn a_browser_reads_with_its_cookies_and_writes_only_from_our_own_pages() {
    let app = App::embedded().await;
    app.register("ana@example.org").send().await;
    let body = json!({ "email": "ana@example.org", "password": PASSWORD, "mode": "cookie" });
    let handed = app.post(LOGIN).json(&body).send().await.ok();
    assert!(handed.json().get("access_token").is_none(), "{handed:?}");
    for value in handed.headers.get_all("set-cookie") {
        let text = value.to_str().unwrap();
        assert!(
            text.contains("Secure") && text.contains("SameSite="),
            "{text}"
        );
        assert!(
            text.contains("HttpOnly") || text.starts_with("accession_csrf="),
            "{text}"
        );
    }
    let (jar, csrf) = (
        cookies(&handed).join("; "),
        handed.json()["csrf_token"].clone(),
    );
    let csrf = csrf.as_str().unwrap();
    let read = app.get("/api/v1/users/me/sessions").header("cookie", &jar);
    assert_eq!(read.send().await.status, 200);
    let write = || {
        app.post("/api/v1/auth/logout-all")
            .header("cookie", &jar)
            .header("host", "a.org")
    };
    for forged in [
        write(),
        write().header("x-csrf-token", "AAAA"),
        write()
            .header("x-csrf-token", csrf)
            .header("origin", "https://evil.org"),
        write()
            .header("x-csrf-token", csrf)
            .header("sec-fetch-site", "cross-site"),
    ] {
        assert_eq!(forged.send().await.problem(), (403, "csrf_refused".into()));
    }
    let refreshed = app
        .post(REFRESH)
        .header("cookie", &jar)
        .header("x-csrf-token", csrf);
    let refreshed = refreshed.send().await.ok();
    assert!(
        cookies(&refreshed)
            .iter()
            .any(|cookie| cookie.starts_with("accession_refresh=acr_"))
    );
    let forged = app.post(REFRESH).header("cookie", &jar).send().await;
    assert_eq!(forged.problem(), (403, "csrf_refused".into()));
    let own = write()
        .header("x-csrf-token", csrf)
        .header("origin", "https://a.org");
    assert_eq!(own.send().await.status, 204);
}

#[tokio::test]
async fn wrong_passwords_make_their_place_wait_and_neither_another_account_nor_a_known_browser() {
    let app = App::embedded().await;
    app.register("bo@example.org").send().await;
    signed_in(&app).await;
    let first = log_in(&app, "ana@example.org", PASSWORD).send().await.ok();
    let known = cookies(&first).join("; ");
    assert!(known.starts_with("accession_device="), "{known}");
    for _ in 0..5 {
        assert_eq!(
            log_in(&app, "ana@example.org", "a wrong password")
                .send()
                .await
                .status,
            401
        );
    }
    let waits = log_in(&app, "ana@example.org", PASSWORD).send().await;
    assert_eq!(waits.problem(), (429, "too_many_attempts".into()));
    assert!(waits.header("retry-after").parse::<u64>().unwrap() >= 10);
    log_in(&app, "bo@example.org", PASSWORD).send().await.ok();
    let from_known = log_in(&app, "ana@example.org", PASSWORD).header("cookie", &known);
    from_known.send().await.ok();
}

#[tokio::test]
async fn a_program_that_signs_in_each_time_makes_no_list_without_an_end() {
    let app = App::embedded().await;
    app.register("ana@example.org")
        .send()
        .await
        .created_nothing();
    let body = json!({ "email": "ana@example.org", "password": PASSWORD });
    let mut handed = Vec::new();
    for _ in 0..102 {
        let said = app.post("/api/v1/auth/login").json(&body).send().await.ok();
        handed.push(said.json());
    }
    let own = async |of: &Value| {
        let token = of["access_token"].as_str().unwrap();
        app.get("/api/v1/users/me/sessions")
            .bearer(token)
            .send()
            .await
    };
    let newest = own(&handed[101]).await.ok().json();
    assert_eq!(newest["items"].as_array().unwrap().len(), 100);
    for (place, open) in [(0, 401), (1, 401), (2, 200)] {
        assert_eq!(own(&handed[place]).await.status, open, "{place}");
    }
}
