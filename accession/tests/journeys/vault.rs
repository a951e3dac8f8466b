//! A library is taken out of a system and put into another: as a table, as a file, and from the file again.
//!
//! Never compares what a restore cannot keep: ids, the times at which the acts themselves took place, and who belongs to it.

mod canonical;
mod files;
mod interrupted;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::premises::{Person, Premises, Said};
use canonical::canonical;

/// A library in which everything has happened that a backup tells of.
struct Estate {
    ada: Person,
    library: String,
    shelf: String,
    copies: Vec<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_comes_out_of_its_backup_as_it_went_in_in_one_process() {
    let Some(at) = Premises::embedded().await else {
        return;
    };
    let estate = Estate::with_everything(&at).await;
    let file = there_and_back(&at, &estate).await;
    // A server that knows nothing of it, restored by somebody who says who they were.
    let Some(elsewhere) = Premises::embedded().await else {
        return;
    };
    let ada = elsewhere.arrives("Ada Founder").await;
    let path = format!("/api/v1/libraries/restore?me={}", estate.ada.account);
    let restored = restores(&elsewhere, &ada, &path, &file).await;
    assert_eq!(restored.status, 201, "{restored:?}");
    let report = restored.json();
    assert_eq!(
        report["deduplicated"],
        json!({ "titles": 0, "editions": 0 })
    );
    assert_eq!(report["restored"]["titles"], 5, "{report}");
    let again = backup(&elsewhere, &ada, report["id"].as_str().unwrap()).await;
    assert_eq!(canonical(&again), canonical(&file));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_comes_out_of_its_backup_as_it_went_in_on_three_stores() {
    let Some(at) = Premises::on_three_stores().await else {
        return;
    };
    let estate = Estate::with_everything(&at).await;
    there_and_back(&at, &estate).await;
}

/// Restores the library beside itself and compares; its file.
async fn there_and_back(at: &Premises, estate: &Estate) -> String {
    estate.is_exported(at).await;
    let file = backup(at, &estate.ada, &estate.library).await;
    let path = "/api/v1/libraries/restore?name=Pemberley";
    let restored = restores(at, &estate.ada, path, &file).await;
    assert_eq!(restored.status, 201, "{restored:?}");
    let report = restored.json();
    let library = report["id"].as_str().unwrap().to_owned();
    assert_ne!(library, estate.library);
    assert_eq!(
        report["restored"],
        json!({ "places": 4, "titles": 0, "editions": 0, "copies": 6, "loans": 5, "holds": 2 })
    );
    assert_eq!(
        report["deduplicated"],
        json!({ "titles": 5, "editions": 1 })
    );
    let members: Vec<&Value> = report["rejected"].as_array().unwrap().iter().collect();
    assert_eq!(members.len(), 1, "Vera has to be invited: {report}");
    assert_eq!(members[0]["code"], "members_are_invited");
    let again = backup(at, &estate.ada, &library).await;
    assert_eq!(canonical(&again), canonical(&file));
    // The same file once more is the same library, and nothing happens.
    let replayed = restores(at, &estate.ada, path, &file).await;
    assert_eq!(replayed.json(), report);
    assert_eq!(replayed.header("idempotency-replayed"), "true");
    file
}

async fn restores(at: &Premises, who: &Person, path: &str, file: &str) -> Said {
    let request = at.request(Method::POST, path, &who.token);
    let request = request.header("content-type", "application/x-ndjson");
    let request = request.timeout(Duration::from_mins(2));
    let said = Said::to(request.body(file.to_owned())).await;
    at.heard_of(said.position());
    said
}

async fn backup(at: &Premises, who: &Person, library: &str) -> String {
    let path = format!("/api/read/libraries/{library}/backup");
    let said = at.get(&path, &who.token).await;
    assert_eq!(said.status, 200, "{said:?}");
    assert_eq!(said.header("content-type"), "application/x-ndjson");
    assert!(
        said.text
            .trim_end()
            .lines()
            .last()
            .unwrap()
            .contains("\"line\":\"end\"")
    );
    said.text
}

impl Estate {
    async fn with_everything(at: &Premises) -> Self {
        let ada = at.arrives("Ada Founder").await;
        let library = at.library(&ada, "Pemberley", "lending").await;
        let mut estate = Self {
            ada,
            library,
            shelf: String::new(),
            copies: Vec::new(),
        };
        estate.is_furnished(at).await;
        estate.takes_copies_in(at).await;
        estate.lends(at).await;
        estate
    }

    async fn posts(&self, at: &Premises, path: &str, body: &Value) -> Value {
        let path = format!("/api/v1/libraries/{}/{path}", self.library);
        let said = at.post(&path, &self.ada.token, body).await;
        assert!(said.status < 300, "{path}: {said:?}");
        said.json()
    }

    async fn place(&self, at: &Premises, place: Value) -> String {
        let made = self.posts(at, "places", &place).await;
        made["id"].as_str().unwrap().to_owned()
    }

    async fn is_furnished(&mut self, at: &Premises) {
        let policy =
            json!({ "period_days": 21, "renewals": 3, "loans_per_patron": 4, "pick_up_days": 5 });
        let path = format!("/api/v1/libraries/{}/loan-policy", self.library);
        let set = at.send(Method::PUT, &path, &self.ada.token, Some(&policy));
        assert_eq!(set.await.status, 200);
        let study = json!({ "kind": "room", "name": "Study", "description": "Looks on the lake." });
        let study = self.place(at, study).await;
        let hall = json!({ "kind": "room", "name": "Hall", "position": 1, "photo": "https://books.example/hall.jpg" });
        self.place(at, hall).await;
        let case = json!({ "kind": "bookcase", "name": "By the window", "under": study });
        let case = self.place(at, case).await;
        let novels = json!({ "kind": "shelf", "name": "Novels", "under": case });
        self.shelf = self.place(at, novels).await;
    }

    async fn takes_copies_in(&mut self, at: &Premises) {
        let (place, ada) = (&self.shelf, &self.ada.account);
        for copy in [
            json!({ "title": "Emma", "authors": ["Jane Austen"], "isbn": "9780141439587", "place_id": place,
                "details": { "barcode": "PEM-1", "tags": ["signed", "first"], "notes": "=1+1 is no formula", "condition": "fair",
                    "owner": ada, "acquisition": { "date": "2020-03-01", "price": 1299, "currency": "EUR", "kind": "purchased", "source": "Flea market" } } }),
            json!({ "title": "Sanditon", "authors": ["Jane Austen"], "place_id": place, "slot": 1 }),
            json!({ "title": "Emma", "authors": ["Jane Austen"], "isbn": "9780141439587", "place_id": place, "slot": 2, "duplicate": true }),
            json!({ "title": "The Monk", "authors": ["Matthew Lewis"], "place_id": place }),
            json!({ "title": "Belinda", "authors": ["Maria Edgeworth"] }),
            json!({ "title": "Camilla", "authors": ["Frances Burney"], "place_id": place, "slot": 1 }),
        ] {
            let made = self.posts(at, "copies", &copy).await;
            self.copies.push(made["id"].as_str().unwrap().to_owned());
        }
        let state = json!({ "state": "damaged" });
        let path = format!("copies/{}/state", self.copies[4]);
        self.posts(at, &path, &state).await;
    }

    /// Copies are out, were out, were lost, are waited for, are kept for somebody.
    async fn lends(&self, at: &Premises) {
        let vera = at
            .joins(&self.ada, &self.library, "Vera Viewing", "viewer")
            .await;
        let [emma, sanditon, other, monk, ..] = &self.copies[..] else {
            panic!("{:?}", self.copies);
        };
        let lent = json!({ "copy_id": emma, "name": "Mr Collins" });
        let collins = self.posts(at, "loans", &lent).await["patron_id"].clone();
        let none = json!({});
        self.posts(at, &format!("copies/{emma}/loan/return"), &none)
            .await;
        let due = in_days(2);
        let lent = json!({ "copy_id": emma, "account": vera.account, "due_at": due });
        self.posts(at, "loans", &lent).await;
        self.posts(at, &format!("copies/{emma}/loan/renewal"), &none)
            .await;
        let waits = json!({ "patron": collins });
        self.posts(at, &format!("copies/{emma}/holds"), &waits)
            .await;
        let lent = json!({ "copy_id": monk, "patron": collins });
        self.posts(at, "loans", &lent).await;
        self.posts(at, &format!("copies/{monk}/loan/lost"), &none)
            .await;
        let lent = json!({ "copy_id": sanditon, "account": self.ada.account });
        self.posts(at, "loans", &lent).await;
        let lent = json!({ "copy_id": other, "patron": collins });
        self.posts(at, "loans", &lent).await;
        let waits = json!({ "account": vera.account });
        self.posts(at, &format!("copies/{other}/holds"), &waits)
            .await;
        self.posts(at, &format!("copies/{other}/loan/return"), &none)
            .await;
    }

    async fn is_exported(&self, at: &Premises) {
        let path = format!("/api/read/libraries/{}/export", self.library);
        let csv = at
            .get(&format!("{path}?format=csv&bom=true"), &self.ada.token)
            .await;
        assert_eq!(csv.status, 200, "{csv:?}");
        assert!(csv.header("content-disposition").contains(".csv"));
        let mut lines = csv.text.trim_start_matches('\u{feff}').split("\r\n");
        assert!(
            lines
                .next()
                .unwrap()
                .starts_with("title,authors,isbn,barcode,place,slot,")
        );
        let emma = lines.next().unwrap();
        for told in [
            "Emma,Jane Austen,9780141439587,PEM-1,Study > By the window > Novels,4,present,fair,true,Vera Viewing,",
            ",Ada Founder,2020-03-01,purchased,Flea market,12.99,EUR,",
            ",'=1+1 is no formula,",
        ] {
            assert!(emma.contains(told), "{told}: {emma}");
        }
        let all = at.get(&path, &self.ada.token).await.ok();
        let copies = all["copies"].as_array().unwrap();
        assert_eq!((copies.len(), &all["library"]), (6, &json!("Pemberley")));
        assert_eq!(copies[1]["lent_to"], "Ada Founder");
        assert_eq!(copies[3]["state"], "lost");
        let wrong = at
            .get(&format!("{path}?format=xlsx"), &self.ada.token)
            .await;
        wrong.refused(400, "malformed_request");
        let views = at
            .get("/api/read/me/access-log", &self.vera(at).await.token)
            .await;
        assert!(views.text.contains("/export"), "{views:?}");
    }

    async fn vera(&self, at: &Premises) -> Person {
        at.signed_in(&crate::premises::people::address("Vera Viewing"))
            .await
    }
}

/// A moment so many days from now.
#[expect(
    clippy::disallowed_methods,
    reason = "a due date lies ahead of the server's own clock"
)]
fn in_days(days: i64) -> String {
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * days);
    later.to_string()
}
