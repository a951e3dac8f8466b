//! Two titles that are one work, through the whole system: what a library holds of them, what readers find, and what comes
//! back when the merge is undone; as one process and as three roles on three stores.
//!
//! Never waits a time: each question names the position of the last change that was acknowledged.

use serde_json::{Value, json};

use crate::premises::{Person, Premises, Said};
use crate::system::text;

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_leads_readers_copies_and_searches_to_the_winner_and_its_undo_back_in_one_process()
{
    if let Some(at) = Premises::embedded().await {
        a_merge_and_its_undo(&at).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_leads_readers_copies_and_searches_to_the_winner_and_its_undo_back_on_three_stores()
{
    if let Some(at) = Premises::on_three_stores().await {
        a_merge_and_its_undo(&at).await;
    }
}

/// A library, and a curator of the catalogue.
struct House {
    ada: Person,
    curator: String,
    library: String,
}

async fn a_merge_and_its_undo(at: &Premises) {
    let ada = at.arrives("Ada Founder").await;
    let library = at.library(&ada, "Pemberley", "family").await;
    let minted = at.run(&["token", "mint", "--role", "curator", "--subject", "ana"]);
    let house = House {
        ada,
        curator: text(&minted),
        library,
    };
    let (emma, other) = (
        house.book(at, "Emma").await,
        house.book(at, "Emma a Novel").await,
    );
    let copy = house.copy_of(at, &other).await.ok();
    let copy = copy["id"].as_str().unwrap().to_owned();
    house.merge(at, &other, &emma).await;
    house.shows_the_winner(at, &copy, &emma, &other).await;
    house.undo(at, &other, &emma).await;
    house.shows_both(at, &copy, &emma, &other).await;
}

impl House {
    async fn book(&self, at: &Premises, name: &str) -> String {
        let body = json!({ "kind": "book", "name": name });
        let said = at.post("/api/v1/titles", &self.curator, &body).await.ok();
        said["id"].as_str().unwrap().to_owned()
    }

    async fn copy_of(&self, at: &Premises, title: &str) -> Said {
        let path = format!("/api/v1/libraries/{}/copies", self.library);
        let body = json!({ "title_id": title });
        at.post(&path, &self.ada.token, &body).await
    }

    async fn merge(&self, at: &Premises, loser: &str, winner: &str) {
        let path = format!("/api/v1/titles/{loser}/merge");
        let body = json!({ "into": winner, "reason": "the same work" });
        at.post(&path, &self.curator, &body).await.ok();
    }

    async fn undo(&self, at: &Premises, merged: &str, under: &str) {
        let path = format!("/api/v1/titles/{under}/merges/{merged}/undo");
        let said = at.post(&path, &self.curator, &json!({})).await.ok();
        assert_eq!(said["kept"], json!([]));
    }

    async fn found(&self, at: &Premises) -> Vec<Value> {
        let said = at.get("/api/read/search?q=emma", "").await;
        let items = said.items().into_iter();
        items.map(|item| item["title"]["id"].clone()).collect()
    }

    async fn copies(&self, at: &Premises, title: &str) -> Vec<(Value, Value)> {
        let path = format!("/api/read/libraries/{}/copies?title={title}", self.library);
        let said = at.get(&path, &self.ada.token).await;
        let items = said.items().into_iter();
        items
            .map(|item| (item["id"].clone(), item["title"]["name"].clone()))
            .collect()
    }

    async fn shows_the_winner(&self, at: &Premises, copy: &str, emma: &str, other: &str) {
        // The client follows the redirect.
        let page = at.get("/api/read/titles/emma-a-novel", "").await.ok();
        assert_eq!(
            (&page["id"], &page["stands_for"]),
            (&json!(emma), &json!([other]))
        );
        assert_eq!(self.found(at).await, [json!(emma)]);
        for title in [emma, other] {
            let copies = self.copies(at, title).await;
            assert_eq!(copies, [(json!(copy), json!("Emma"))], "{title}");
        }
        for title in [emma, other] {
            let again = self.copy_of(at, title).await;
            assert_eq!(again.problem(), (409, "duplicate_copy".into()));
        }
    }

    async fn shows_both(&self, at: &Premises, copy: &str, emma: &str, other: &str) {
        let page = at.get("/api/read/titles/emma-a-novel", "").await.ok();
        assert_eq!(page["id"], json!(other));
        let mut found = self.found(at).await;
        found.sort_by_key(ToString::to_string);
        let mut both = vec![json!(emma), json!(other)];
        both.sort_by_key(ToString::to_string);
        assert_eq!(found, both);
        assert_eq!(self.copies(at, emma).await, []);
        let copies = self.copies(at, other).await;
        assert_eq!(copies, [(json!(copy), json!("Emma a Novel"))]);
        let history = at
            .get(&format!("/api/read/titles/{other}/history"), "")
            .await;
        let words = history.each("what");
        assert_eq!(
            (&words[0], &words[1]),
            (
                &json!("let it stand for itself"),
                &json!(format!("merged it into {emma}"))
            )
        );
    }
}
