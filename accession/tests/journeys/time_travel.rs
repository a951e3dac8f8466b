//! Time travel and undo through the real program: what was shown then is shown again, byte for byte.
//!
//! Every document is recorded as the read API answered it after every single write, and asked for again at the end.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json as value};

use crate::system::{Embedded, client, contains, text};

/// An answer of the read API, as of a position.
struct Seen {
    position: u64,
    kind: &'static str,
    id: String,
    status: u16,
    body: String,
}

/// A catalogue whose documents are all written down after each change.
struct Diary {
    system: Embedded,
    curator: String,
    admin: String,
    /// Kind, id, and where the read API has it.
    watched: Vec<(&'static str, String, String)>,
    seen: Vec<Seen>,
    head: u64,
}

impl Diary {
    async fn open() -> Self {
        let system = Embedded::start().await;
        let (curator, admin) = (system.token("curator"), system.token("admin"));
        Self {
            system,
            curator,
            admin,
            watched: Vec::new(),
            seen: Vec::new(),
            head: 0,
        }
    }

    fn url(&self) -> &str {
        &self.system.server.url
    }

    /// Does something, and writes down what every watched document says then; the id of what was made.
    async fn tell(&mut self, method: Method, path: &str, body: &Value) -> String {
        let sent = client()
            .request(method, format!("{}{path}", self.url()))
            .bearer_auth(&self.curator)
            .json(body);
        let answer = sent.send().await.unwrap();
        let status = answer.status();
        let answer: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{path}: {answer}");
        self.head = answer["position"].as_u64().unwrap();
        contains(self.url(), self.head).await;
        self.write_down().await;
        answer["id"].as_str().unwrap().to_owned()
    }

    async fn post(&mut self, path: &str, body: &Value) -> String {
        self.tell(Method::POST, path, body).await
    }

    fn watch(&mut self, kind: &'static str, id: &str, path: String) {
        self.watched.push((kind, id.to_owned(), path));
    }

    fn watch_title(&mut self, id: &str) {
        self.watch("title", id, format!("titles/{id}"));
        // A card has no route of its own: it is an entry of the list.
        self.watch("card", id, "titles?limit=200".to_owned());
        self.watch("provenance", id, format!("titles/{id}/provenance"));
        self.watch("history", id, format!("titles/{id}/history"));
    }

    fn watch_part(&mut self, kind: &'static str, id: &str) {
        self.watch(kind, id, format!("{kind}s/{id}"));
        self.watch("provenance", id, format!("{kind}s/{id}/provenance"));
        self.watch("history", id, format!("{kind}s/{id}/history"));
    }

    async fn write_down(&mut self) {
        for (kind, id, path) in self.watched.clone() {
            let url = format!("{}/api/read/{path}", self.url());
            let asked = client()
                .get(url)
                .bearer_auth(&self.curator)
                .query(&[("min_position", self.head)]);
            let answer = asked.send().await.unwrap();
            let (position, status) = (self.head, answer.status().as_u16());
            let body = answer.text().await.unwrap();
            self.seen.push(Seen {
                position,
                kind,
                id,
                status,
                body,
            });
        }
    }

    async fn as_of(&self, seen: &Seen) -> (u16, String) {
        let Seen {
            kind, id, position, ..
        } = seen;
        let url = format!(
            "{}/api/v1/admin/as-of/{kind}/{id}?position={position}",
            self.url()
        );
        let answer = client()
            .get(url)
            .bearer_auth(&self.admin)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

/// A title with an edition and an episode that goes through everything that can happen to it, undos included.
async fn a_full_life(diary: &mut Diary) {
    let id = diary
        .post(
            "/api/v1/titles",
            &value!({ "kind": "series", "name": "Mushishi" }),
        )
        .await;
    diary.watch_title(&id);
    let title = format!("/api/v1/titles/{id}");
    let undo = value!({ "reason": "by mistake" });
    diary
        .tell(
            Method::PATCH,
            &title,
            &value!({ "year": 2005, "genres": ["fantasy"] }),
        )
        .await;
    diary
        .tell(Method::PUT, &format!("{title}/locks/year"), &value!({}))
        .await;
    diary
        .tell(
            Method::PUT,
            &format!("{title}/slug"),
            &value!({ "slug": "mushi-shi" }),
        )
        .await;
    diary.post(&format!("{title}/undo"), &undo).await;
    diary
        .post(&format!("{title}/reclassify"), &value!({ "kind": "film" }))
        .await;
    let edition = value!({ "title_id": id, "isbn": "9780439023481", "publisher": "Scholastic" });
    let edition = diary.post("/api/v1/editions", &edition).await;
    diary.watch_part("edition", &edition);
    let path = format!("/api/v1/editions/{edition}");
    diary
        .tell(Method::PATCH, &path, &value!({ "isbn": "9780439023498" }))
        .await;
    diary.post(&format!("{path}/undo"), &undo).await;
    diary
        .tell(Method::DELETE, &path, &value!({ "reason": "twice" }))
        .await;
    diary.post(&format!("{path}/undo"), &undo).await;
    let episode = value!({ "title_id": id, "number": 1, "name": "The green seat" });
    let episode = diary.post("/api/v1/episodes", &episode).await;
    diary.watch_part("episode", &episode);
    let path = format!("/api/v1/episodes/{episode}");
    diary
        .tell(Method::PUT, &format!("{path}/locks/name"), &value!({}))
        .await;
    let source = value!({ "episode_id": episode, "url": "https://v.example/1", "name": "Mirror", "kind": "m3u8" });
    let source = diary.post("/api/v1/sources", &source).await;
    diary
        .tell(
            Method::DELETE,
            &format!("/api/v1/sources/{source}"),
            &value!({}),
        )
        .await;
    diary.post(&format!("{path}/undo"), &undo).await;
    diary.post(&format!("{path}/detach"), &value!({})).await;
    diary
        .tell(Method::PATCH, &path, &value!({ "name": "The seat" }))
        .await;
    diary
        .post(
            &format!("{path}/attach"),
            &value!({ "title_id": id, "number": 2 }),
        )
        .await;
    diary
        .post(
            &format!("{title}/deactivate"),
            &value!({ "reason": "a test" }),
        )
        .await;
    diary.post(&format!("{title}/undo"), &undo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_document_is_shown_as_it_was_at_every_position() {
    let mut diary = Diary::open().await;
    a_full_life(&mut diary).await;
    assert!(diary.seen.len() > 100, "{}", diary.seen.len());
    for seen in &diary.seen {
        let (status, body) = diary.as_of(seen).await;
        let Seen {
            kind, id, position, ..
        } = seen;
        if *kind == "card" {
            // Lists show active titles only.
            let shown = status == 200 && body.contains("\"active\":true");
            assert_eq!(seen.body.contains(id.as_str()), shown, "{position}: {body}");
            let same = !shown || seen.body.contains(&body);
            assert!(same, "{position}: {body}\nis not in {}", seen.body);
            continue;
        }
        assert_eq!(status, seen.status, "{kind} {id} at {position}: {body}");
        if status == 200 {
            assert_eq!(body, seen.body, "{kind} {id} at {position}");
        }
    }
    // The same from the command line, which needs no server.
    for seen in diary
        .seen
        .iter()
        .step_by(17)
        .filter(|seen| seen.status == 200 && seen.kind != "card")
    {
        let position = seen.position.to_string();
        let shown = text(&diary.system.run(&[
            "log",
            "as-of",
            "--position",
            &position,
            seen.kind,
            &seen.id,
        ]));
        assert_eq!(shown, seen.body, "{} {} at {position}", seen.kind, seen.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn history_and_log_show_a_change_and_its_undo() {
    let mut diary = Diary::open().await;
    let id = diary
        .post(
            "/api/v1/titles",
            &value!({ "kind": "book", "name": "Emma" }),
        )
        .await;
    let path = format!("/api/v1/titles/{id}");
    diary
        .tell(Method::PATCH, &path, &value!({ "name": "Emma (novel)" }))
        .await;
    let renamed = diary.head;
    diary
        .post(&format!("{path}/undo"), &value!({ "reason": "by mistake" }))
        .await;
    let history =
        crate::system::json(&format!("{}/api/read/titles/{id}/history", diary.url())).await;
    let items = history["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    assert_eq!(
        (&items[0]["undoes"], &items[0]["reason"]),
        (&value!([renamed]), &value!("by mistake"))
    );
    let name = |item: &Value| {
        (
            item["fields"][0]["before"].clone(),
            item["fields"][0]["after"].clone(),
        )
    };
    assert_eq!(name(&items[1]), (value!("Emma"), value!("Emma (novel)")));
    assert_eq!(name(&items[0]), (value!("Emma (novel)"), value!("Emma")));
    let lines = text(
        &diary
            .system
            .run(&["log", "show", "--type", "TitleFieldsRestored"]),
    );
    assert!(
        lines.contains(&format!("undoing {renamed}")) && lines.contains("because: by mistake"),
        "{lines}"
    );
    let trail =
        crate::system::json(&format!("{}/api/read/titles/{id}/provenance", diary.url())).await;
    let entries = trail["entries"].as_array().unwrap();
    let facts = entries[0]["facts"].as_array().unwrap();
    let name = facts.iter().find(|fact| fact["field"] == "name").unwrap();
    assert_eq!(
        name["effective"], true,
        "the first word counts again: {trail}"
    );
    assert_eq!(entries[1]["facts"][0]["effective"], false);
    assert_eq!(
        (&entries[2]["statement"], &entries[2]["undoes"]),
        (&value!("restored"), &value!([renamed]))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn log_show_finds_events_by_what_is_recorded_about_them() {
    let mut diary = Diary::open().await;
    let id = diary
        .post(
            "/api/v1/titles",
            &value!({ "kind": "book", "name": "Emma" }),
        )
        .await;
    diary
        .post(
            "/api/v1/titles",
            &value!({ "kind": "book", "name": "Persuasion" }),
        )
        .await;
    diary
        .post(
            "/api/v1/editions",
            &value!({ "title_id": id, "isbn": "9780439023481" }),
        )
        .await;
    let positions = |arguments: &[&str]| -> Vec<u64> {
        let arguments = [&["log", "show", "--json"], arguments].concat();
        let lines = text(&diary.system.run(&arguments));
        let parsed = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        parsed
            .map(|event| event["position"].as_u64().unwrap())
            .collect()
    };
    let (first, last) = (positions(&[])[0], diary.head);
    assert_eq!(positions(&["--mentions", &id]), [first, last]);
    assert_eq!(positions(&["--type", "EditionAdded"]), [last]);
    assert_eq!(
        positions(&["--type", "catalog.title", "--limit", "1"]),
        [first]
    );
    assert_eq!(
        positions(&["--actor", "curator:ana", "--after", &first.to_string()]),
        [first + 1, last]
    );
    assert_eq!(positions(&["--up-to", &first.to_string()]), [first]);
    assert_eq!(
        positions(&["--since", "2001-01-01", "--until", "2999-01-01"]).len(),
        3
    );
    assert!(positions(&["--actor", "nobody"]).is_empty());
    for (arguments, status, said) in [
        (
            ["show", "--after", "99"].as_slice(),
            1,
            "beyond the end of the log",
        ),
        (
            &["show", "--until", "2001-01-01"],
            1,
            "nothing was recorded yet",
        ),
        (&["show", "--since", "yesterday"], 2, "expected RFC 3339"),
        (&["show", "--stream", "title"], 2, "is not a stream"),
        (
            &["as-of", "--position", "99", "title", &id],
            2,
            "beyond the end of the log",
        ),
        (
            &["as-of", "--time", "2001-01-01", "title", &id],
            4,
            "the first event is of",
        ),
        (
            &["as-of", "--position", "1", "edition", &id],
            4,
            "there was no edition",
        ),
        (
            &["as-of", "--position", "1", "book", &id],
            2,
            "no kind of document",
        ),
        (&["as-of", "title", &id], 2, "--position"),
    ] {
        let output = diary.system.run(&[&["log"], arguments].concat());
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {error}");
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
    assert_eq!(
        StatusCode::OK,
        crate::system::get(&format!("{}/api/read/titles/{id}", diary.url()))
            .await
            .status()
    );
}
