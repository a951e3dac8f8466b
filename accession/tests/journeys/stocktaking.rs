//! A stock-taking over HTTP, from the first scan to the report, as one process and as three roles on three stores.
//!
//! Never goes past what a member can reach.

use serde_json::{Value, json};

use crate::premises::{Person, Premises, Said};

struct Shelf {
    ada: Person,
    vera: Person,
    olga: Person,
    library: String,
    novels: String,
    other: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shelf_is_scanned_and_put_in_order_in_one_process() {
    if let Some(at) = Premises::embedded().await {
        a_shelf_is_put_in_order(&at).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shelf_is_scanned_and_put_in_order_on_three_stores() {
    if let Some(at) = Premises::on_three_stores().await {
        a_shelf_is_put_in_order(&at).await;
    }
}

async fn a_shelf_is_put_in_order(at: &Premises) {
    let it = Shelf::furnished(at).await;
    let emma = it.takes_in(at, "Emma", "PEM-1", &it.novels).await;
    let missing = it.takes_in(at, "Evelina", "PEM-2", &it.novels).await;
    let astray = it.takes_in(at, "Persuasion", "PEM-3", &it.other).await;
    let gone = it.takes_in(at, "Camilla", "PEM-4", &it.novels).await;
    let remove = json!({ "copies": [gone] });
    assert_eq!(
        it.posts(at, "copies/bulk-remove", &remove).await.status,
        200
    );
    let said = it
        .posts(at, "stocktakings", &json!({ "place_id": it.novels }))
        .await;
    assert_eq!(said.status, 201, "{said:?}");
    let taking = said.json()["id"].as_str().unwrap().to_owned();
    let scans = ["PEM-3", "PEM-1", "PEM-4", "PEM-3"].map(|code| json!({ "code": code }));
    let path = format!("stocktakings/{taking}/scans");
    let said = it.posts(at, &path, &json!({ "scans": scans })).await;
    assert_eq!(said.status, 200, "{said:?}");
    it.while_it_goes_on(at, &taking, &missing, &astray).await;
    let path = format!("stocktakings/{taking}/moves");
    let chosen = json!({ "copies": [astray], "as_scanned": true });
    let said = it.posts(at, &path, &chosen).await;
    assert_eq!(said.json()["moved"], 1, "{said:?}");
    let said = it
        .posts(at, &format!("stocktakings/{taking}/close"), &Value::Null)
        .await;
    assert_eq!(said.json()["missing"], 1, "{said:?}");
    it.when_it_is_over(at, &taking, &emma, &astray, &gone).await;
    it.it_is_for_the_staff(at, &taking).await;
}

impl Shelf {
    async fn furnished(at: &Premises) -> Self {
        let ada = at.arrives("Ada Founder").await;
        let olga = at.arrives("Olga Outside").await;
        let library = at.library(&ada, "Pemberley", "family").await;
        let vera = at.joins(&ada, &library, "Vera Viewing", "viewer").await;
        let mut it = Self {
            ada,
            vera,
            olga,
            library,
            novels: String::new(),
            other: String::new(),
        };
        it.novels = it.sets_up(at, "Novels").await;
        it.other = it.sets_up(at, "Letters").await;
        it
    }

    async fn posts(&self, at: &Premises, path: &str, body: &Value) -> Said {
        let path = format!("/api/v1/libraries/{}/{path}", self.library);
        at.post(&path, &self.ada.token, body).await
    }

    async fn sets_up(&self, at: &Premises, name: &str) -> String {
        let place = json!({ "kind": "shelf", "name": name });
        let said = self.posts(at, "places", &place).await;
        said.json()["id"].as_str().unwrap().to_owned()
    }

    async fn takes_in(&self, at: &Premises, title: &str, barcode: &str, place: &str) -> String {
        let copy = json!({ "title": title, "authors": ["Jane Austen"], "place_id": place,
            "details": { "barcode": barcode } });
        let said = self.posts(at, "copies", &copy).await;
        assert_eq!(said.status, 201, "{said:?}");
        said.json()["id"].as_str().unwrap().to_owned()
    }

    async fn asks(&self, at: &Premises, who: &Person, path: &str) -> Said {
        let path = format!("/api/read/libraries/{}/{path}", self.library);
        at.get(&path, &who.token).await
    }

    async fn while_it_goes_on(&self, at: &Premises, taking: &str, missing: &str, astray: &str) {
        let path = format!("stocktakings/{taking}?finding=missing,misplaced");
        let said = self.asks(at, &self.ada, &path).await;
        let report = said.json();
        assert_eq!(
            (&report["stage"], &report["missing"]),
            (&json!("open"), &Value::Null),
            "{said:?}"
        );
        let (first, second) = (&report["items"][0], &report["items"][1]);
        assert_eq!(
            (&first["finding"], &first["copy_id"]),
            (&json!("missing"), &json!(missing))
        );
        assert_eq!(first["copy"]["title"]["name"], "Evelina");
        assert_eq!(
            (&second["finding"], &second["copy_id"]),
            (&json!("misplaced"), &json!(astray))
        );
        assert_eq!(second["belongs_at"]["path"], json!(["Letters"]));
        assert_eq!(second["settled"], false);
    }

    async fn when_it_is_over(
        &self,
        at: &Premises,
        taking: &str,
        emma: &str,
        astray: &str,
        gone: &str,
    ) {
        let path = format!("stocktakings/{taking}");
        let said = self.asks(at, &self.ada, &path).await;
        let report = said.json();
        for (name, expected) in [
            ("expected", 2),
            ("scans", 4),
            ("present", 1),
            ("misplaced", 1),
            ("unexpected", 2),
            ("moved", 1),
            ("missing", 1),
        ] {
            assert_eq!(report[name], expected, "{name}: {said:?}");
        }
        let findings: Vec<&Value> = said_findings(&report, "finding");
        assert_eq!(
            findings,
            [
                "missing",
                "misplaced",
                "unexpected",
                "unexpected",
                "present"
            ]
        );
        assert_eq!(report["items"][1]["settled"], true);
        let because: Vec<&Value> = said_findings(&report, "because");
        assert_eq!(because[2..4], [&json!("unknown"), &json!("twice")]);
        assert_eq!(report["items"][2]["copy_id"], json!(gone), "{said:?}");
        let asked = format!("copies?place={}&sort=oldest", self.novels);
        let said = self.asks(at, &self.vera, &asked).await;
        for item in said.items() {
            let slot = match item["id"].as_str() {
                Some(id) if id == astray => 1,
                Some(id) if id == emma => 2,
                _ => 3,
            };
            assert_eq!(item["location"]["slot"], slot, "{item}");
        }
        self.pages_add_up(at, &path).await;
    }

    async fn pages_add_up(&self, at: &Premises, path: &str) {
        let (mut seen, mut cursor) = (0, String::new());
        for _ in 0..5 {
            let said = self
                .asks(at, &self.ada, &format!("{path}?limit=2{cursor}"))
                .await;
            seen += said.items().len();
            match said.json()["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, 5);
        let list = self.asks(at, &self.ada, "stocktakings").await;
        assert_eq!(list.items()[0]["stage"], "closed", "{list:?}");
        assert_eq!(list.items()[0]["place"]["path"], json!(["Novels"]));
    }

    async fn it_is_for_the_staff(&self, at: &Premises, taking: &str) {
        for path in ["stocktakings".to_owned(), format!("stocktakings/{taking}")] {
            let said = self.asks(at, &self.vera, &path).await;
            assert_eq!(said.status, 403, "{path}: {said:?}");
            let said = self.asks(at, &self.olga, &path).await;
            assert_eq!(said.status, 404, "{path}: {said:?}");
        }
        let path = format!("stocktakings/{taking}?finding=nothing");
        let said = self.asks(at, &self.ada, &path).await;
        assert_eq!(said.status, 400, "{said:?}");
    }
}

fn said_findings<'a>(report: &'a Value, field: &str) -> Vec<&'a Value> {
    let items = report["items"].as_array().unwrap();
    items.iter().map(|item| &item[field]).collect()
}
