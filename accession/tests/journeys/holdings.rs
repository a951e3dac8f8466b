//! A library's places and copies over HTTP, from setting up a shelf to asking what stands on it; as one process and as three
//! roles on three stores.
//!
//! Never goes past what a member can reach.

use accession_testkit::eventually;
use serde_json::{Value, json};

use crate::premises::{Person, Premises, Said};
use crate::system::SOON;

/// Who has to do with the library.
struct House {
    ada: Person,
    vera: Person,
    cleo: Person,
    olga: Person,
    library: String,
    room: String,
    shelf: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_library_has_is_taken_in_moved_and_looked_at_in_one_process() {
    if let Some(at) = Premises::embedded().await {
        everything_a_library_has(&at).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_library_has_is_taken_in_moved_and_looked_at_on_three_stores() {
    if let Some(at) = Premises::on_three_stores().await {
        everything_a_library_has(&at).await;
    }
}

async fn everything_a_library_has(at: &Premises) {
    let house = House::furnished(at).await;
    let emma = house.takes_in(at, "Emma", "PEM-1").await;
    let sanditon = house.takes_in(at, "Sanditon", "PEM-2").await;
    house.places_tell_how_many_stand_there(at).await;
    house
        .copies_are_listed_with_their_titles(at, &emma, &sanditon)
        .await;
    house.copies_are_searched(at, &emma, &sanditon).await;
    house.a_bookcase_shows_its_spines(at).await;
    house.a_move_is_told_with_from_where(at, &emma).await;
    house.where_it_stood_is_told_as_of_then(at, &emma).await;
    house.figures_are_kept(at).await;
    house.a_move_is_undone(at, &emma).await;
    house.a_child_is_not_told_what_is_noted(at, &emma).await;
    house.for_a_stranger_there_is_nothing(at, &emma).await;
    house.what_looks_the_same_is_asked_about(at).await;
}

impl House {
    async fn furnished(at: &Premises) -> Self {
        let ada = at.arrives("Ada Founder").await;
        let olga = at.arrives("Olga Outside").await;
        let library = at.library(&ada, "Pemberley", "family").await;
        at.library(&olga, "Rosings", "family").await;
        let vera = at.joins(&ada, &library, "Vera Viewing", "viewer").await;
        let cleo = at.child(&ada, &library, "Cleo Child").await;
        let mut house = Self {
            ada,
            vera,
            cleo,
            olga,
            library,
            room: String::new(),
            shelf: String::new(),
        };
        house.room = house
            .sets_up(at, json!({ "kind": "room", "name": "Library" }))
            .await;
        let shelf = json!({ "kind": "shelf", "name": "Novels", "under": house.room });
        house.shelf = house.sets_up(at, shelf).await;
        house
    }

    async fn posts(&self, at: &Premises, path: &str, body: &Value) -> Said {
        let path = format!("/api/v1/libraries/{}/{path}", self.library);
        at.post(&path, &self.ada.token, body).await
    }

    async fn sets_up(&self, at: &Premises, place: Value) -> String {
        let said = self.posts(at, "places", &place).await;
        assert_eq!(said.status, 201, "{said:?}");
        said.json()["id"].as_str().unwrap().to_owned()
    }

    async fn takes_in(&self, at: &Premises, title: &str, barcode: &str) -> String {
        let copy = json!({ "title": title, "authors": ["Jane Austen"], "place_id": self.shelf,
            "details": { "barcode": barcode, "tags": ["signed"], "notes": "Aunt Gardiner's." } });
        let said = self.posts(at, "copies", &copy).await;
        assert_eq!(said.status, 201, "{said:?}");
        said.json()["id"].as_str().unwrap().to_owned()
    }

    async fn asks(&self, at: &Premises, who: &Person, path: &str) -> Said {
        let path = format!("/api/read/libraries/{}/{path}", self.library);
        at.get(&path, &who.token).await
    }

    async fn places_tell_how_many_stand_there(&self, at: &Premises) {
        let said = self.asks(at, &self.vera, "places").await;
        let places = &said.json()["places"];
        assert_eq!(places[0]["id"], json!(self.room));
        assert_eq!(
            (&places[0]["copies"], &places[0]["copies_in_all"]),
            (&json!(0), &json!(2))
        );
        assert_eq!(places[1]["copies"], 2, "{said:?}");
    }

    async fn copies_are_listed_with_their_titles(&self, at: &Premises, emma: &str, sanditon: &str) {
        for (question, expected) in [
            ("copies", vec![sanditon, emma]),
            ("copies?sort=oldest", vec![emma, sanditon]),
            ("copies?title=emm", vec![emma]),
            ("copies?author=austen&sort=oldest", vec![emma, sanditon]),
            ("copies?author=dickens", vec![]),
            ("copies?tag=signed&barcode=pem-2", vec![sanditon]),
            ("copies?place=none", vec![]),
            ("copies?status=lost", vec![]),
            ("copies?lent=true", vec![]),
            ("copies?limit=1", vec![sanditon]),
        ] {
            let said = self.asks(at, &self.vera, question).await;
            assert_eq!(said.each("id"), expected, "{question}: {said:?}");
        }
        let inside = format!("copies?place={}&sort=oldest", self.room);
        let said = self.asks(at, &self.vera, &inside).await;
        assert_eq!(said.each("id"), [emma, sanditon]);
        let first = &said.items()[0];
        assert_eq!(first["title"]["name"], "Emma");
        assert_eq!(first["title"]["authors"], json!(["Jane Austen"]));
        assert_eq!(first["location"]["path"], json!(["Library", "Novels"]));
        assert_eq!(first["location"]["slot"], 1);
        for wrong in [
            "copies?status=gone",
            "copies?lent=perhaps",
            "copies?place=x",
        ] {
            let said = self.asks(at, &self.vera, wrong).await;
            assert_eq!(said.status, 400, "{wrong}: {said:?}");
        }
    }

    async fn copies_are_searched(&self, at: &Premises, emma: &str, sanditon: &str) {
        for (question, expected) in [
            ("search?q=emmma", vec![emma]),
            ("search?q=pem-2", vec![sanditon]),
            ("search?q=novels&sort=title", vec![emma, sanditon]),
            ("search?q=author:austen&sort=-title", vec![sanditon, emma]),
            ("search?availability=lent", vec![]),
            ("search?q=gardiner", vec![]),
        ] {
            for who in [&self.vera, &self.cleo] {
                let said = self.asks(at, who, question).await;
                let found: Vec<Value> = said
                    .each("copy")
                    .iter()
                    .map(|copy| copy["id"].clone())
                    .collect();
                assert_eq!(found, expected, "{question}: {said:?}");
            }
        }
        let said = self
            .asks(at, &self.vera, "search?facets=availability")
            .await;
        let counted = json!([{ "value": "available", "count": 2 }]);
        assert_eq!(said.json()["facets"]["availability"], counted, "{said:?}");
        let said = self.asks(at, &self.vera, "suggest?q=sandi").await;
        assert_eq!(
            said.json()["copies"][0]["copy"]["id"],
            json!(sanditon),
            "{said:?}"
        );
        let said = self
            .asks(at, &self.vera, "copies?q=austen&sort=title")
            .await;
        assert_eq!(said.each("id"), [emma, sanditon]);
        let path = format!(
            "/api/read/search?library={}&availability=available&sort=title",
            self.library
        );
        let said = at.get(&path, &self.vera.token).await;
        assert_eq!(said.each("title").len(), 2, "{said:?}");
        for token in [self.olga.token.as_str(), ""] {
            let said = at.get(&path, token).await;
            assert!(said.status == 404 || said.status == 401, "{said:?}");
        }
    }

    async fn a_bookcase_shows_its_spines(&self, at: &Premises) {
        let path = format!("bookcases/{}", self.room);
        let said = self.asks(at, &self.vera, &path).await;
        let spines = &said.json()["places"][1]["spines"];
        assert_eq!(
            (&spines[0]["title"], &spines[1]["title"]),
            (&json!("Emma"), &json!("Sanditon"))
        );
    }

    async fn a_move_is_told_with_from_where(&self, at: &Premises, emma: &str) {
        let path = format!("copies/{emma}/move");
        let nowhere = json!({ "place_id": null });
        assert_eq!(self.posts(at, &path, &nowhere).await.status, 200);
        let page = self.asks(at, &self.vera, &format!("copies/{emma}")).await;
        assert_eq!(page.ok()["location"], Value::Null);
        for question in [&format!("copies/{emma}/history"), "copies/activity"] {
            let said = self.asks(at, &self.vera, question).await;
            let last = &said.items()[0];
            assert_eq!(
                (&last["kind"], &last["from"]["place"], &last["to"]),
                (&json!("moved"), &json!("Novels"), &Value::Null),
                "{said:?}"
            );
            assert_eq!(last["by"], json!(self.ada.account));
            assert_eq!(last["by_name"], "Ada Founder");
            assert_eq!(last["title"], "Emma");
        }
    }

    async fn where_it_stood_is_told_as_of_then(&self, at: &Premises, emma: &str) {
        let history = format!("copies/{emma}/history");
        let times = self.asks(at, &self.vera, &history).await.each("at");
        let [moved, .., added] = times.as_slice() else {
            panic!("{times:?}");
        };
        for (time, listed, place) in [
            (added, true, json!("Novels")),
            (moved, true, Value::Null),
            (&json!("2020-03-01"), false, Value::Null),
            (&json!("2120-03-01"), true, Value::Null),
        ] {
            let time = time.as_str().unwrap();
            let path = format!("copies/{emma}/as-of?at={time}");
            let then = self.asks(at, &self.vera, &path).await;
            let told = then.ok();
            assert_eq!(told["listed"], listed, "{time}: {then:?}");
            assert_eq!(told["stood"]["place"], place, "{time}: {then:?}");
        }
        for (who, path, status, code) in [
            (&self.vera, "as-of", 400, "malformed_request"),
            (&self.vera, "as-of?at=long+ago", 400, "malformed_request"),
            (&self.cleo, "as-of?at=2026-03-01", 403, "forbidden"),
        ] {
            let path = format!("copies/{emma}/{path}");
            self.asks(at, who, &path).await.refused(status, code);
        }
    }

    async fn a_move_is_undone(&self, at: &Premises, emma: &str) {
        let path = format!("copies/{emma}/undo");
        let because = json!({ "reason": "It belongs there." });
        let undone = self.posts(at, &path, &because).await.ok();
        let page = self.asks(at, &self.vera, &format!("copies/{emma}")).await;
        assert_eq!(page.ok()["location"]["path"][1], "Novels");
        let history = format!("copies/{emma}/history");
        let last = self.asks(at, &self.vera, &history).await.items()[0].clone();
        assert_eq!(
            (&last["undoes"], &last["reason"]),
            (&undone["undone"], &because["reason"])
        );
        let removed = format!("/api/v1/libraries/{}/copies/{emma}", self.library);
        at.delete(&removed, &self.ada.token).await.ok();
        self.posts(at, &path, &because).await.ok();
    }

    async fn figures_are_kept(&self, at: &Premises) {
        let said = self.asks(at, &self.vera, "statistics").await;
        let figures = said.json();
        for (name, expected) in [("copies", 2), ("titles", 2), ("lent", 0), ("unshelved", 1)] {
            assert_eq!(figures[name], expected, "{name}: {said:?}");
        }
        assert_eq!(figures["by_state"]["present"], 2);
    }

    async fn a_child_is_not_told_what_is_noted(&self, at: &Premises, emma: &str) {
        let path = format!("copies/{emma}");
        let told = self.asks(at, &self.vera, &path).await;
        assert_eq!(told.ok()["notes"], "Aunt Gardiner's.");
        let told = self.asks(at, &self.cleo, &path).await;
        assert!(!told.text.contains("Gardiner"), "{told:?}");
        let history = self.asks(at, &self.cleo, &format!("{path}/history")).await;
        assert_eq!(history.status, 403, "{history:?}");
    }

    async fn what_looks_the_same_is_asked_about(&self, at: &Premises) {
        let pride = self.takes_in(at, "Pride and Prejudice", "PEM-3").await;
        let misspelt = |slot: Option<u32>| {
            json!({ "title": "Pride and Prejudise", "authors": ["Austen, Jane"],
                "place_id": self.shelf, "slot": slot })
        };
        // The writing side hears of the first by way of documents: until then only the slot is wrong.
        let refused = eventually(SOON, async || {
            let said = self.posts(at, "copies", &misspelt(Some(99))).await;
            if said.status == 409 {
                Ok(said)
            } else {
                Err(said.text)
            }
        })
        .await;
        assert_eq!(refused.problem(), (409, "duplicate_copy".to_owned()));
        assert!(refused.text.contains(&pride), "{refused:?}");
        assert!(refused.text.contains("fuzzy_match"), "{refused:?}");
        assert!(refused.text.contains("Library › Novels"), "{refused:?}");
        let zombies =
            json!({ "title": "Pride and Prejudice and Zombies", "authors": ["Jane Austen"] });
        let said = self.posts(at, "copies", &zombies).await;
        assert_eq!(said.status, 201, "{said:?}");
        assert_eq!(
            said.json()["resembles"][0]["copy_id"],
            json!(pride),
            "{said:?}"
        );
        let mut known = misspelt(None);
        known["duplicate"] = json!(true);
        let said = self.posts(at, "copies", &known).await;
        assert_eq!(said.status, 201, "{said:?}");
    }

    async fn for_a_stranger_there_is_nothing(&self, at: &Premises, emma: &str) {
        for path in [
            "places".to_owned(),
            "copies".to_owned(),
            "copies/activity".to_owned(),
            format!("copies/{emma}"),
            format!("copies/{emma}/history"),
            format!("bookcases/{}", self.room),
            "statistics".to_owned(),
            "search?q=emma".to_owned(),
            "suggest?q=emma".to_owned(),
        ] {
            let said = self.asks(at, &self.olga, &path).await;
            assert_eq!(said.status, 404, "{path}: {said:?}");
        }
    }
}
