//! What is held about me: everything in one document, who looked at it, and what of that an erasure forgets; embedded and
//! over three stores.
//!
//! Never looks inside: what a person is told is all there is to see.

use accession_testkit::{Stores, eventually, unique_name};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::system::{Embedded, Process, SOON, client, run, text};
use crate::three_stores::Roles;

const PASSWORD: &str = "correct horse battery staple";

/// Where questions and commands go, and somebody who operates the platform without an account.
struct Site {
    write: String,
    read: String,
    operator: String,
}

/// Somebody who is signed in.
struct Person {
    id: String,
    token: String,
}

impl Site {
    async fn ask(
        &self,
        method: Method,
        url: String,
        token: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let mut request = client().request(method, url);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    async fn post(&self, path: &str, token: &str, body: Value) -> Value {
        let url = format!("{}/api/v1/{path}", self.write);
        let (status, said) = self.ask(Method::POST, url, token, Some(body)).await;
        assert!(status.is_success(), "{path}: {status} {said}");
        said
    }

    async fn get(&self, path: &str, token: &str) -> (StatusCode, Value) {
        let url = format!("{}/api/read/{path}", self.read);
        self.ask(Method::GET, url, token, None).await
    }

    async fn join(&self, email: &str, name: &str) -> Person {
        let body = json!({ "email": email, "password": PASSWORD, "name": name, "language": "en",
            "accepted_privacy_version": "7", "accepted_terms_version": "8" });
        self.post("auth/register", "", body).await;
        self.sign_in(email).await
    }

    async fn sign_in(&self, email: &str) -> Person {
        let body = json!({ "email": email, "password": PASSWORD });
        let handed = self.post("auth/login", "", body).await;
        Person {
            id: handed["account_id"].as_str().unwrap().to_owned(),
            token: handed["access_token"].as_str().unwrap().to_owned(),
        }
    }

    /// Everything that is held about somebody, from where it is held.
    async fn export(&self, person: &Person) -> Value {
        let url = format!("{}/api/read/me/export", self.write);
        let sent = client().get(&url).bearer_auth(&person.token).send().await;
        let answer = sent.unwrap();
        assert_eq!(answer.status(), 200);
        let disposition = answer.headers()["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with("attachment; filename=\"accession-export-"));
        assert_eq!(answer.headers()["cache-control"], "private, no-store");
        answer.json().await.unwrap()
    }

    async fn looked(&self, person: &Person) -> Vec<(Option<String>, String)> {
        let (status, page) = self.get("me/access-log", &person.token).await;
        assert_eq!(status, 200, "{page}");
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|view| {
                let viewer = view["viewer"].as_str().map(str::to_owned);
                (viewer, view["route"].as_str().unwrap().to_owned())
            })
            .collect()
    }

    async fn tells_everything_and_who_looked(&self) {
        let ana = self.join("ana@example.org", "Ana").await;
        let staff = self.join("staff@example.org", "Staff").await;
        let other = self.join("other@example.org", "Other").await;
        for admin in [&staff, &other] {
            let role = format!("admin/accounts/{}/role", admin.id);
            self.post(&role, &self.operator, json!({ "role": "admin" }))
                .await;
        }
        let library = json!({ "name": "Longbourn", "kind": "family" });
        self.post("libraries", &ana.token, library).await;
        assert_eq!(self.looked(&ana).await, []);
        for token in [&staff.token, &self.operator] {
            let account = format!("admin/accounts/{}", ana.id);
            eventually(SOON, async || self.get(&account, token).await.0 == 200).await;
        }
        let route = "/api/read/admin/accounts/{id}".to_owned();
        let by_staff = (Some(staff.id.clone()), route.clone());
        assert_eq!(self.looked(&ana).await, [(None, route.clone()), by_staff]);
        let told = eventually(SOON, async || {
            let told = self.export(&ana).await;
            (!told["memberships"].as_array().unwrap().is_empty()).then_some(told)
        })
        .await;
        is_all_of_it(&told, &ana);
        let others = told.to_string();
        assert!(!others.contains("staff@example.org"), "{others}");
        self.forgets_a_viewer_who_is_erased(&ana, staff, route)
            .await;
    }

    async fn forgets_a_viewer_who_is_erased(&self, ana: &Person, staff: Person, route: String) {
        let erase = format!("admin/accounts/{}/erase", staff.id);
        self.post(&erase, &self.operator, json!({ "reason": "asked" }))
            .await;
        let nobody = [(None, route.clone()), (None, route)];
        eventually(SOON, async || self.looked(ana).await == nobody).await;
    }
}

fn is_all_of_it(told: &Value, ana: &Person) {
    assert_eq!(told["schema"], "accession.personal-export");
    assert_eq!(told["account"]["email"], "ana@example.org");
    assert_eq!(told["sessions"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(told["memberships"][0]["role"], "admin");
    assert_eq!(told["memberships"][0]["library_name"], "Longbourn");
    assert_eq!(told["consents"][0]["privacy"], "7");
    assert_eq!(told["consents"][0]["terms"], "8");
    assert_eq!(told["access_log"].as_array().unwrap().len(), 2);
    let events = told["events"].as_array().unwrap();
    let named = |name: &str| events.iter().find(|event| event["event"] == name);
    let registered = named("AccountRegistered").unwrap();
    assert_eq!(registered["data"]["name"], "Ana");
    assert_eq!(registered["data"]["email"], "ana@example.org");
    assert_eq!(registered["data"].get("email_index"), None);
    assert_eq!(named("MemberJoined").unwrap()["data"]["account"], ana.id);
    assert!(named("SessionStarted").is_some());
    let mails = told["mails"].as_array().unwrap();
    assert!(
        mails.iter().any(|mail| mail["kind"] == "verify_email"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_told_everything_that_is_held_and_who_looked_embedded() {
    let system = Embedded::start().await;
    let site = Site {
        write: system.server.url.clone(),
        read: system.server.url.clone(),
        operator: system.token("admin"),
    };
    site.tells_everything_and_who_looked().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_told_everything_that_is_held_and_who_looked_on_three_stores() {
    let stores = Stores::shared();
    let roles = Roles::start(&stores.nats_url, &stores.redis_url).await;
    let admin = ["token", "mint", "--role", "admin"];
    let site = Site {
        write: roles.command_api.url.clone(),
        read: roles.read_api.url.clone(),
        operator: text(&run(roles.folder.path(), &roles.environment, &admin)),
    };
    site.tells_everything_and_who_looked().await;
    let ana = site.sign_in("ana@example.org").await;
    let (status, said) = site.get("me/export", &ana.token).await;
    assert_eq!(
        (status, &said["code"]),
        (
            StatusCode::MISDIRECTED_REQUEST,
            &json!("asked_of_the_wrong_process")
        )
    );
}

/// A login that may do with the views of personal data what a reader has to, and nothing else.
async fn reader_of(log: &str) -> String {
    let name = unique_name("reader").replace('-', "_");
    let owner = PgPool::connect(log).await.unwrap();
    let create = format!("CREATE ROLE {name} LOGIN IN ROLE accession_reader");
    sqlx::query(&create).execute(&owner).await.unwrap();
    let (scheme, place) = log.split_once("://").unwrap();
    let place = place.split_once('@').map_or(place, |(_, place)| place);
    format!("{scheme}://{name}@{place}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_reaches_nothing_private_but_the_views_writes_them_down_or_shows_nobody() {
    let stores = Stores::shared();
    let roles = Roles::start(&stores.nats_url, &stores.redis_url).await;
    let value = |key: &str| {
        let found = roles.environment.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.clone()).unwrap()
    };
    let reader = reader_of(&value("ACCESSION_LOG_URL")).await;
    let pool = PgPool::connect(&reader).await.unwrap();
    for table in ["subject_keys", "sessions", "events"] {
        let peek = format!("SELECT 1 FROM {table}");
        let seen = sqlx::query(&peek).execute(&pool).await;
        assert!(seen.is_err(), "{table}");
    }
    let mut environment = roles.environment.clone();
    environment.retain(|(key, _)| key != "ACCESSION_LOG_URL" && key != "ACCESSION_BUS_URL");
    let blind_folder = tempfile::tempdir().unwrap();
    let blind = Process::start("read-api", blind_folder.path(), &environment).await;
    environment.push(("ACCESSION_PRIVATE_URL".into(), reader));
    let folder = tempfile::tempdir().unwrap();
    let seeing = Process::start("read-api", folder.path(), &environment).await;
    let admin = ["token", "mint", "--role", "admin"];
    let mut site = Site {
        write: roles.command_api.url.clone(),
        read: blind.url.clone(),
        operator: text(&run(roles.folder.path(), &roles.environment, &admin)),
    };
    let ana = site.join("ana@example.org", "Ana").await;
    let account = format!("admin/accounts/{}", ana.id);
    eventually(SOON, async || {
        let (status, said) = site.get(&account, &site.operator).await;
        status == 503 && said["code"] == "views_not_kept"
    })
    .await;
    site.read.clone_from(&seeing.url);
    assert_eq!(site.looked(&ana).await, []);
    eventually(SOON, async || {
        site.get(&account, &site.operator).await.0 == 200
    })
    .await;
    let route = "/api/read/admin/accounts/{id}".to_owned();
    assert_eq!(site.looked(&ana).await, [(None, route)]);
}
