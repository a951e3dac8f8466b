//! Looking after an account: name, picture, preferences, another password, a forgotten one, another address, sessions by
//! device, shut out and let in again; with the mails that belong to it, in one process and on three stores.
//!
//! Never a token from anywhere but a mail.

use accession_testkit::eventually;
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::premises::people::{address, picture};
use crate::premises::{PASSWORD, Person, Premises, Said};
use crate::system::SOON;

const ADA: &str = "Ada Founder";
const NEXT: &str = "nine copper kettles on the landing";
const LAST: &str = "a ferry that never leaves on Mondays";
const INJECTED: &str = "Bcc: all@people.example";
/// A picture's bytes are more than we take from here on.
const TOO_MANY: usize = 2 * 1024 * 1024 + 1;

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_looked_after_in_one_process() {
    if let Some(at) = Premises::embedded().await {
        everything_an_account_knows(&at).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_looked_after_on_three_stores() {
    if let Some(at) = Premises::on_three_stores().await {
        everything_an_account_knows(&at).await;
    }
}

async fn everything_an_account_knows(at: &Premises) {
    let ada = at.arrives(ADA).await;
    let library = at.library(&ada, "Longbourn", "family").await;
    her_name_and_preferences_are_hers(at, &ada, &library).await;
    her_picture_is_made_small_and_taken_away(at, &ada).await;
    a_session_is_known_by_its_device_and_ended(at, &ada).await;
    let ada = another_password_ends_the_other_sessions(at, &ada).await;
    let ada = a_forgotten_password_is_chosen_anew(at, &ada).await;
    let ada = another_address_is_proven_first(at, &ada).await;
    who_is_shut_out_is_refused_at_once(at, &ada).await;
}

async fn me(at: &Premises, person: &Person) -> Value {
    at.get("/api/read/me", &person.token).await.ok()
}

/// Both APIs refuse a token.
async fn is_over(at: &Premises, person: &Person, code: &str) {
    at.get("/api/read/me", &person.token)
        .await
        .refused(401, code);
    let renamed = json!({ "name": "Nobody" });
    at.patch("/api/v1/users/me", &person.token, &renamed)
        .await
        .refused(401, code);
}

async fn her_name_and_preferences_are_hers(at: &Premises, ada: &Person, library: &str) {
    // A name is one line, so it adds no header to a mail: see her letters below.
    let name = json!({ "name": format!(" Ada Zoë Ɓeliñ 王\r\n{INJECTED}") });
    at.patch("/api/v1/users/me", &ada.token, &name).await.ok();
    let name = json!(format!("Ada Zoë Ɓeliñ 王 {INJECTED}"));
    assert_eq!(me(at, ada).await["name"], name);
    let roster = format!("/api/read/libraries/{library}/members");
    let roster = at.get(&roster, &ada.token).await;
    assert_eq!(roster.each("name"), [name]);
    let found = format!("/api/read/libraries/{library}/members/search?q=zoe");
    assert_eq!(at.get(&found, &ada.token).await.items().len(), 1);
    let long = "x".repeat(201);
    for bad in ["", " \u{200B}", "Ada\u{7}", "Ada \u{202E}rednuoF", &long] {
        let said = at
            .patch("/api/v1/users/me", &ada.token, &json!({ "name": bad }))
            .await;
        assert_eq!(
            (said.status, &said.json()["errors"][0]["field"]),
            (422, &json!("name"))
        );
    }
    let preferences = json!({ "language": "de", "theme_mode": "dark", "annual_reading_goal": 52 });
    let path = "/api/v1/users/me/preferences";
    let set = Method::PUT;
    at.send(set, path, &ada.token, Some(&preferences))
        .await
        .ok();
    let shown = me(at, ada).await["preferences"].clone();
    assert_eq!(
        shown,
        json!({ "language": "de", "theme_name": null, "theme_mode": "dark", "annual_reading_goal": 52 })
    );
}

async fn her_picture_is_made_small_and_taken_away(at: &Premises, ada: &Person) {
    let place = at.shows_a_picture(ada).await;
    assert_eq!(me(at, ada).await["avatar_url"], json!(place));
    let shown = at.get(&place, "").await;
    assert_eq!(
        (shown.status, shown.header("content-type")),
        (200, "image/webp")
    );
    assert!(shown.text.starts_with("RIFF"), "{}", shown.text);
    let path = "/api/v1/users/me/avatar";
    let send = async |bytes: Vec<u8>| {
        let request = at.request(Method::POST, path, &ada.token);
        // Whatever it is said to be: its first bytes tell.
        let request = request
            .header(header::CONTENT_TYPE, "image/png")
            .body(bytes);
        Said::to(request).await
    };
    let mut large = picture();
    large.resize(TOO_MANY, 0);
    send(large).await.refused(413, "body_too_large");
    send(b"<svg onload=alert(1)>".to_vec())
        .await
        .refused(415, "unsupported_media_type");
    send(Vec::new()).await.refused(400, "empty_body");
    at.delete(path, &ada.token).await.ok();
    assert_eq!(me(at, ada).await["avatar_url"], Value::Null);
    at.get(&place, "").await.refused(404, "not_found");
}

async fn a_session_is_known_by_its_device_and_ended(at: &Premises, ada: &Person) {
    let body = json!({ "email": ada.email, "password": PASSWORD, "device_name": "Kitchen tablet" });
    let handed = at.post("/api/v1/auth/login", "", &body).await.ok();
    let tablet = at.handed(&ada.email, &handed);
    let mine = at.get("/api/read/me/sessions", &ada.token).await;
    // The newest first.
    assert_eq!(mine.each("id"), [json!(tablet.session), json!(ada.session)]);
    assert_eq!(mine.each("device"), [json!("Kitchen tablet"), Value::Null]);
    assert_eq!(mine.each("current"), [json!(false), json!(true)]);
    let path = |session: &str| format!("/api/v1/users/me/sessions/{session}");
    let root = at.root().await;
    // Not even an administrator ends somebody else's by this route.
    let other = at.delete(&path(&tablet.session), &root.token).await;
    other.refused(404, "not_found");
    let ended = at.delete(&path(&tablet.session), &ada.token).await;
    assert_eq!(ended.status, 204, "{ended:?}");
    is_over(at, &tablet, "session_ended").await;
    let mine = at.get("/api/read/me/sessions", &ada.token).await;
    assert_eq!(mine.each("id"), [json!(ada.session)]);
}

async fn another_password_ends_the_other_sessions(at: &Premises, ada: &Person) -> Person {
    let other = at.signed_in(&ada.email).await;
    let path = "/api/v1/users/me/password";
    let change = async |present: &str, new: &str| {
        let body = json!({ "current_password": present, "new_password": new });
        at.post(path, &ada.token, &body).await
    };
    change("not it at all", NEXT)
        .await
        .refused(403, "wrong_password");
    change(PASSWORD, "ada founder")
        .await
        .refused(422, "weak_password");
    change(PASSWORD, NEXT).await.ok();
    is_over(at, &other, "session_ended").await;
    me(at, ada).await;
    // She reads German by now.
    let letter = at.letter(&ada.email, "Passwort", 1).await;
    assert!(letter.text.contains(INJECTED), "{letter:?}");
    let injected = |line: &str| line.to_lowercase().starts_with("bcc");
    assert!(!letter.head.lines().any(injected), "{letter:?}");
    assert!(at.letters_to("all@people.example").is_empty());
    at.log_in(&ada.email)
        .await
        .refused(401, "wrong_credentials");
    at.log_in_with(&ada.email, NEXT).await.ok();
    ada.clone()
}

async fn a_forgotten_password_is_chosen_anew(at: &Premises, ada: &Person) -> Person {
    let forgets = async |email: &str| {
        let body = json!({ "email": email });
        at.post("/api/v1/auth/forgot-password", "", &body).await
    };
    let (known, unknown) = (
        forgets(&ada.email).await,
        forgets("no@people.example").await,
    );
    assert_eq!((known.status, &known.text), (204, &unknown.text));
    let former = at.mailed_token(&ada.email, "reset-password", 1).await;
    forgets(&ada.email).await;
    let token = at.mailed_token(&ada.email, "reset-password", 2).await;
    let reset = async |token: &str, password: &str| {
        let body = json!({ "token": token, "password": password });
        at.post("/api/v1/auth/reset-password", "", &body).await
    };
    reset(&former, LAST)
        .await
        .refused(400, "challenge_not_open");
    // What is refused uses nothing up.
    reset(&token, "12345678")
        .await
        .refused(422, "weak_password");
    let proves = json!({ "token": token });
    let proves = at.post("/api/v1/auth/verify-email", "", &proves).await;
    proves.refused(400, "challenge_not_open");
    reset(&token, LAST).await.ok();
    reset(&token, NEXT).await.refused(400, "challenge_not_open");
    is_over(at, ada, "session_ended").await;
    at.log_in_with(&ada.email, NEXT)
        .await
        .refused(401, "wrong_credentials");
    assert!(at.letters_to("no@people.example").is_empty());
    let handed = at.log_in_with(&ada.email, LAST).await.ok();
    at.handed(&ada.email, &handed)
}

async fn another_address_is_proven_first(at: &Premises, ada: &Person) -> Person {
    let new = "ada@elsewhere.example";
    let ask = async |password: &str, new: &str| {
        let body = json!({ "current_password": password, "new_email": new });
        at.post("/api/v1/users/me/email/change", &ada.token, &body)
            .await
    };
    ask("not it at all", new)
        .await
        .refused(403, "wrong_password");
    ask(LAST, new).await.ok();
    let token = at.mailed_token(new, "confirm-email", 1).await;
    let notice = "https://books.example/forgot-password";
    at.letter(&ada.email, notice, 2).await;
    let before = me(at, ada).await;
    assert_eq!(
        (&before["email"], &before["pending_email"]["email"]),
        (&json!(address(ADA)), &json!(new))
    );
    let confirms = json!({ "token": token });
    let path = "/api/v1/auth/confirm-email-change";
    at.post(path, "", &confirms).await.ok();
    at.post(path, "", &confirms)
        .await
        .refused(400, "challenge_not_open");
    let handed = at.log_in_with(new, LAST).await.ok();
    let ada = at.handed(new, &handed);
    let after = me(at, &ada).await;
    assert_eq!(
        (&after["email"], &after["pending_email"]),
        (&json!(new), &Value::Null)
    );
    let former = at.log_in_with(&address(ADA), LAST).await;
    former.refused(401, "wrong_credentials");
    ada
}

async fn who_is_shut_out_is_refused_at_once(at: &Premises, ada: &Person) {
    let root = at.root().await;
    let act =
        |what: &str, whose: &Person| format!("/api/v1/admin/accounts/{}/{what}", whose.account);
    let reason = json!({ "reason": "until it is clear what happened" });
    let own = at.post(&act("disable", &root), &root.token, &reason).await;
    own.refused(409, "own_account");
    let not_hers = at.post(&act("disable", &root), &ada.token, &reason).await;
    not_hers.refused(403, "forbidden");
    at.post(&act("disable", ada), &root.token, &reason)
        .await
        .ok();
    is_over(at, ada, "account_closed").await;
    at.log_in_with(&ada.email, LAST)
        .await
        .refused(403, "account_disabled");
    let disabled = "/api/read/admin/accounts?status=disabled";
    let disabled = at.get(disabled, &root.token).await;
    assert_eq!(disabled.each("id"), [json!(ada.account)]);
    at.post(&act("enable", ada), &root.token, &json!({}))
        .await
        .ok();
    let again = eventually(SOON, async || {
        let said = at.log_in_with(&ada.email, LAST).await;
        (said.status == 200).then(|| said.json()).ok_or(said.text)
    })
    .await;
    me(at, &at.handed(&ada.email, &again)).await;
}
