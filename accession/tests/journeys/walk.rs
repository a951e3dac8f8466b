//! The walk: two people from registering to being erased, with mail over SMTP, as one process and as three roles on three
//! stores.
//!
//! Never waits between a change and the next request: each question names the position that it has to contain.

use accession_testkit::eventually;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::premises::people::{address, child};
use crate::premises::questions::{questions, telling};
use crate::premises::{PASSWORD, Person, Premises, Said};
use crate::system::{SOON, text};

const ELIZA: &str = "Eliza Bennet";
/// Whose name is like nothing else that is answered.
const ZEBEDEA: &str = "Zebedea Quillfeather";
/// How many refresh at once.
const RACERS: usize = 100;

#[tokio::test(flavor = "multi_thread")]
async fn two_people_walk_from_registering_to_being_erased_in_one_process() {
    if let Some(at) = Premises::embedded().await {
        walk(&at).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_walk_from_registering_to_being_erased_on_three_stores() {
    if let Some(at) = Premises::on_three_stores().await {
        walk(&at).await;
    }
}

async fn walk(at: &Premises) {
    let eliza = somebody_registers_and_proves_her_address(at).await;
    let library = she_makes_a_library(at, &eliza).await;
    let zebedea = she_invites_a_second_person(at, &eliza, &library).await;
    a_role_counts_at_once(at, &eliza, &library, &zebedea).await;
    many_refresh_at_once(at, &zebedea).await;
    she_leaves_everywhere(at).await;
    she_is_erased(at, &eliza, &library).await;
    the_register_is_as_it_was_written(at).await;
}

async fn somebody_registers_and_proves_her_address(at: &Premises) -> Person {
    let asked = at.register(ELIZA).await;
    let again = at.register(ELIZA).await;
    assert_eq!((asked.status, &asked.text), (201, &again.text), "{asked:?}");
    let email = address(ELIZA);
    let token = at.mailed_token(&email, "verify-email", 1).await;
    let letter = at.letter(&email, "Hello Eliza Bennet,", 1).await;
    assert!(letter.head.contains("Subject: "), "{letter:?}");
    at.letter(&email, "You have one already", 1).await;
    let eliza = at.signed_in(&email).await;
    let me = at.get("/api/read/me", &eliza.token).await.ok();
    assert_eq!(
        (&me["email_verified"], &me["name"], &me["email"]),
        (&json!(false), &json!(ELIZA), &json!(email))
    );
    let proof = json!({ "token": token });
    // Of many who follow the link at once, one does.
    let proofs = (0..10).map(|_| at.post("/api/v1/auth/verify-email", "", &proof));
    let mut proven = join_all(proofs).await;
    proven.sort_by_key(|said| said.status);
    proven[0].ok();
    for used in &proven[1..] {
        used.refused(400, "challenge_not_open");
    }
    let me = at.get("/api/read/me", &eliza.token).await.ok();
    assert_eq!(me["email_verified"], true);
    eliza
}

async fn she_makes_a_library(at: &Premises, eliza: &Person) -> String {
    let body = json!({ "name": "Longbourn", "kind": "family" });
    let made = at.post("/api/v1/libraries", &eliza.token, &body).await;
    assert_eq!(made.status, 201, "{made:?}");
    let library = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        made.header("location"),
        format!("/api/read/libraries/{library}")
    );
    let page = at.get(made.header("location"), &eliza.token).await.ok();
    assert_eq!(
        (&page["name"], &page["active_members"]),
        (&json!("Longbourn"), &json!(1))
    );
    let mine = at.get("/api/read/me/libraries", &eliza.token).await;
    assert_eq!(mine.each("library_id"), [json!(library)]);
    assert_eq!(mine.each("role"), ["admin"]);
    library
}

async fn she_invites_a_second_person(at: &Premises, eliza: &Person, library: &str) -> Person {
    let email = address(ZEBEDEA);
    at.invites(eliza, library, &email, "viewer").await;
    let letter = at.letter(&email, "Longbourn", 1).await;
    assert!(
        letter.text.contains("Eliza Bennet invites you"),
        "{letter:?}"
    );
    let token = letter.token().unwrap();
    // The link is for this address alone, and good once.
    let other = at.accept_by_mail(&token, "Mallory").await;
    other.refused(404, "not_invited");
    assert_eq!(at.accept_by_mail(&token, ZEBEDEA).await.status, 201);
    let again = at.accept_by_mail(&token, ZEBEDEA).await;
    again.refused(404, "not_invited");
    let handed = at.log_in(&email).await.ok();
    assert_eq!(
        handed["library"],
        json!({ "library_id": library, "role": "viewer" })
    );
    let roster = format!("/api/read/libraries/{library}/members");
    let roster = at.get(&roster, &eliza.token).await;
    assert_eq!(roster.each("name"), [ELIZA, ZEBEDEA]);
    assert_eq!(roster.each("role"), ["admin", "viewer"]);
    at.handed(&email, &handed)
}

async fn a_role_counts_at_once(at: &Premises, eliza: &Person, library: &str, second: &Person) {
    let member = format!("/api/v1/libraries/{library}/members/{}", second.account);
    let becomes = async |role: &str| {
        let body = json!({ "role": role });
        at.patch(&member, &eliza.token, &body).await.ok();
    };
    let invitations = format!("/api/read/libraries/{library}/invitations");
    let children = format!("/api/v1/libraries/{library}/members/children");
    // One and the same token, on both APIs.
    let adds = async |name: &str| at.post(&children, &second.token, &child(name)).await;
    let looks = async || at.get(&invitations, &second.token).await;
    adds("Lydia").await.refused(403, "forbidden");
    looks().await.refused(403, "forbidden");
    becomes("admin").await;
    assert_eq!(looks().await.status, 200);
    becomes("editor").await;
    looks().await.refused(403, "forbidden");
    assert_eq!(adds("Lydia").await.status, 201);
    becomes("viewer").await;
    adds("Kitty").await.refused(403, "forbidden");
    at.letter(&second.email, "From now on you are", 3).await;
}

async fn refresh(at: &Premises, token: &str) -> Said {
    let body = json!({ "refresh_token": token });
    at.post("/api/v1/auth/refresh", "", &body).await
}

async fn many_refresh_at_once(at: &Premises, person: &Person) {
    let own = "/api/v1/users/me/sessions";
    let before = at.request(reqwest::Method::GET, own, &person.token);
    let before = Said::to(before).await.items().len();
    // At both replicas, where there are two.
    let other = at.another_writer().await;
    let other = other.as_ref().map_or(at.write(), |process| &process.url);
    let body = json!({ "refresh_token": person.refresh });
    let racers = (0..RACERS).map(|number| {
        let url = if number % 2 == 0 { at.write() } else { other };
        at.post_to(url, "/api/v1/auth/refresh", &body)
    });
    let answers = join_all(racers).await;
    let first = answers[0].ok();
    for answer in &answers {
        assert_eq!(answer.ok()["refresh_token"], first["refresh_token"]);
        assert_eq!(answer.ok()["session_id"], json!(person.session));
    }
    let newest = refresh(at, first["refresh_token"].as_str().unwrap()).await;
    let newest = at.handed(&person.email, &newest.ok());
    assert_ne!(json!(newest.refresh), first["refresh_token"]);
    let sessions = at.request(reqwest::Method::GET, own, &newest.token);
    assert_eq!(Said::to(sessions).await.items().len(), before);
    // What was used up twice over comes back: somebody has stolen it.
    let replayed = refresh(at, &person.refresh).await;
    replayed.refused(401, "token_replayed");
    let after = refresh(at, &newest.refresh).await;
    after.refused(401, "session_ended");
    it_is_in_the_audit(at, person).await;
    nobody_is_let_in(at, &newest.token, "session_ended").await;
    at.letter(&person.email, "was used a second time", 1).await;
}

async fn it_is_in_the_audit(at: &Premises, person: &Person) {
    let again = at.signed_in(&person.email).await;
    let own = "/api/read/me/security?kind=ReplayDetected";
    let own = at.get(own, &again.token).await;
    assert_eq!(own.each("about"), [json!(person.session)]);
    let root = at.root().await;
    let all = format!(
        "/api/read/admin/security-audit?kind=ReplayDetected&account={}",
        person.account
    );
    let all = at.get(&all, &root.token).await;
    assert_eq!(all.each("about"), [json!(person.session)]);
}

/// Both APIs refuse a token on the very next request.
async fn nobody_is_let_in(at: &Premises, token: &str, code: &str) {
    let sessions = "/api/v1/users/me/sessions";
    let command = at.request(reqwest::Method::GET, sessions, token);
    Said::to(command).await.refused(401, code);
    let made = json!({ "name": "Netherfield", "kind": "family" });
    let made = at.post("/api/v1/libraries", token, &made).await;
    made.refused(401, code);
    for question in ["/api/read/me", "/api/read/me/libraries", "/api/read/titles"] {
        at.get(question, token).await.refused(401, code);
    }
}

async fn she_leaves_everywhere(at: &Premises) {
    let email = address(ZEBEDEA);
    let (one, two) = (at.signed_in(&email).await, at.signed_in(&email).await);
    let sessions = at.get("/api/read/me/sessions", &one.token).await;
    let sessions = sessions.each("id");
    assert!(sessions.contains(&json!(one.session)) && sessions.contains(&json!(two.session)));
    let left = at
        .post("/api/v1/auth/logout-all", &one.token, &json!({}))
        .await;
    assert_eq!(left.status, 204, "{left:?}");
    for person in [&one, &two] {
        nobody_is_let_in(at, &person.token, "session_ended").await;
        let refreshed = refresh(at, &person.refresh).await;
        refreshed.refused(401, "session_ended");
    }
}

async fn she_is_erased(at: &Premises, eliza: &Person, library: &str) {
    let (gone, root) = (at.signed_in(&address(ZEBEDEA)).await, at.root().await);
    let picture = at.shows_a_picture(&gone).await;
    assert_eq!(at.get(&picture, "").await.status, 200);
    let asked = questions(library, &gone.account, "ze");
    let tokens = [eliza.token.as_str(), root.token.as_str(), ""];
    let words = ["zebedea", "quillfeather"];
    let told = at.everything(&asked, &tokens).await;
    assert!(telling(&told, &words).len() > 3, "she was there");
    let end = async |password: &str| {
        let body = json!({ "current_password": password });
        let path = "/api/v1/users/me";
        at.send(reqwest::Method::DELETE, path, &gone.token, Some(&body))
            .await
    };
    end("not her password at all")
        .await
        .refused(403, "wrong_password");
    end(PASSWORD).await.ok();
    nobody_is_let_in(at, &gone.token, "account_closed").await;
    refresh(at, &gone.refresh)
        .await
        .refused(401, "account_closed");
    at.log_in(&gone.email)
        .await
        .refused(401, "wrong_credentials");
    let told = at.everything(&asked, &tokens).await;
    assert_eq!(telling(&told, &words), Vec::<&str>::new());
    at.get(&picture, "").await.refused(404, "not_found");
    at.letter(&gone.email, "no longer be read by anybody", 1)
        .await;
    let roster = format!("/api/read/libraries/{library}/members");
    let there = at.get(&roster, &eliza.token).await;
    assert_eq!(there.each("name"), [ELIZA, "Lydia"]);
    let member = format!("{roster}/{}", gone.account);
    let member = at.get(&member, &eliza.token).await;
    member.refused(404, "not_found");
    let account = format!("/api/read/admin/accounts/{}", gone.account);
    let account = at.get(&account, &root.token).await.ok();
    assert_eq!(
        (&account["status"], &account["name"], &account["email"]),
        (&json!("deleted"), &Value::Null, &Value::Null)
    );
}

async fn the_register_is_as_it_was_written(at: &Premises) {
    let last = at.written().to_string();
    eventually(SOON, async || {
        at.run(&["log", "prove", &last]).status.success()
    })
    .await;
    let said = text(&at.run(&["log", "verify"]));
    assert!(said.contains("events are as they were written"), "{said}");
    let printed = at.printed();
    for secret in [&address(ELIZA), &address(ZEBEDEA), ELIZA, ZEBEDEA, PASSWORD] {
        assert!(!printed.contains(secret), "{secret} is in the log");
    }
}
