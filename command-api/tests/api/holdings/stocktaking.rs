//! Somebody goes along the shelves, scans what is there, and has it moved to where it was found.
//!
//! A scan is judged once, and told as it was when it is sent again.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Furnished;
use crate::app::{Answered, App};

impl Furnished {
    async fn with_barcode(&self, name: &str, barcode: &str, place: Option<&str>) -> String {
        let body = json!({ "title": name, "authors": ["Jane Austen"], "place_id": place,
            "details": { "barcode": barcode } });
        self.post("copies", &body).await.created()
    }

    async fn begins(&self, place: &str) -> String {
        let body = json!({ "place_id": place });
        self.post("stocktakings", &body).await.created()
    }

    async fn scans(&self, stocktaking: &str, body: &Value) -> Answered {
        self.post(&format!("stocktakings/{stocktaking}/scans"), body)
            .await
    }

    async fn moves(&self, stocktaking: &str, body: &Value) -> Answered {
        self.post(&format!("stocktakings/{stocktaking}/moves"), body)
            .await
    }

    async fn is_done(&self, stocktaking: &str) -> Answered {
        self.post(&format!("stocktakings/{stocktaking}/close"), &Value::Null)
            .await
    }
}

fn codes(codes: &[&str]) -> Value {
    let scans: Vec<Value> = codes.iter().map(|code| json!({ "code": code })).collect();
    json!({ "scans": scans })
}

fn findings(answer: &Answered) -> Vec<(String, String)> {
    let results = answer.json()["results"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    results
        .iter()
        .map(|result| (text(&result["finding"]), text(&result["because"])))
        .collect()
}

fn found(finding: &str, because: &str) -> (String, String) {
    (finding.to_owned(), because.to_owned())
}

#[tokio::test]
async fn what_is_scanned_is_present_misplaced_or_a_surprise_on_both_logs() {
    for app in App::everywhere().await {
        let it = Furnished::over(app).await;
        let shelf = Some(it.shelf.clone());
        it.with_barcode("Emma", "PEM-1", shelf.as_deref()).await;
        it.with_barcode("Persuasion", "PEM-2", Some(&it.other))
            .await;
        it.with_barcode("Sanditon", "PEM-3", None).await;
        let lost = it.with_barcode("Evelina", "PEM-4", shelf.as_deref()).await;
        let state = json!({ "state": "lost" });
        it.post(&format!("copies/{lost}/state"), &state).await.ok();
        let gone = it.with_barcode("Camilla", "PEM-5", None).await;
        it.delete(&format!("copies/{gone}"), &json!({})).await.ok();
        let taking = it.begins(&it.shelf).await;
        let label = format!("urn:uuid:{gone}");
        let read = [
            "pem-1", "PEM-2", "PEM-3", "PEM-4", "PEM-5", &label, "PEM-1", "läßt",
        ];
        let answer = it.scans(&taking, &codes(&read)).await;
        assert_eq!(
            findings(&answer),
            [
                found("present", ""),
                found("misplaced", ""),
                found("misplaced", ""),
                found("unexpected", "lost"),
                found("unexpected", "unknown"),
                found("unexpected", "removed"),
                found("unexpected", "twice"),
                found("unexpected", "unknown"),
            ],
            "{answer:?}"
        );
        assert_eq!(answer.json()["results"][1]["belongs_at"], json!(it.other));
        assert_eq!(answer.json()["results"][2]["belongs_at"], Value::Null);
    }
}

#[tokio::test]
async fn an_isbn_means_the_copy_that_is_likeliest_in_the_hand() {
    let it = Furnished::embedded().await;
    let isbn = "978-0-439-02348-1";
    let book = |place: &str| {
        json!({ "isbn": isbn, "title": "The Hunger Games", "authors": ["Suzanne Collins"],
            "place_id": place, "duplicate": true })
    };
    let far = it.post("copies", &book(&it.other)).await.created();
    let near = it.post("copies", &book(&it.shelf)).await.created();
    let taking = it.begins(&it.shelf).await;
    let answer = it
        .scans(&taking, &codes(&["9780439023481", isbn, isbn]))
        .await;
    let results = answer.json()["results"].clone();
    assert_eq!(results[0]["copy_id"], json!(near), "{answer:?}");
    assert_eq!(
        results[1]["copy_id"],
        json!(far),
        "the other one is here, too"
    );
    assert_eq!(results[2]["because"], "twice");
    let unknown = it.scans(&taking, &codes(&["9780306406157"])).await;
    assert_eq!(findings(&unknown), [found("unexpected", "unknown")]);
}

#[tokio::test]
async fn a_batch_that_is_sent_again_is_told_as_it_was() {
    let it = Furnished::embedded().await;
    it.with_barcode("Emma", "PEM-1", Some(&it.shelf)).await;
    let taking = it.begins(&it.shelf).await;
    let scan_id = Uuid::now_v7();
    let body = json!({ "scans": [{ "scan_id": scan_id, "code": "PEM-1" }] });
    let first = it.scans(&taking, &body).await.ok();
    let before = it.app.events().await.len();
    let again = it.scans(&taking, &body).await.ok();
    assert_eq!(again.json()["results"], first.json()["results"]);
    assert_eq!(it.app.events().await.len(), before);
    let other = json!({ "scans": [{ "scan_id": scan_id, "code": "PEM-2" }] });
    let refused = it.scans(&taking, &other).await;
    assert_eq!(refused.json()["errors"][0]["code"], "scan_id_reused");
    // Also when it is over: what was noted was noted.
    it.is_done(&taking).await.ok();
    it.scans(&taking, &body).await.ok();
    let late = it.scans(&taking, &codes(&["PEM-1"])).await;
    assert_eq!(late.problem(), (409, "stocktaking_over".into()));
}

#[tokio::test]
async fn what_was_found_is_moved_to_where_it_was_found_in_the_order_of_the_scanner() {
    let it = Furnished::embedded().await;
    let emma = it.with_barcode("Emma", "PEM-1", Some(&it.shelf)).await;
    let unseen = it.with_barcode("Evelina", "PEM-4", Some(&it.shelf)).await;
    let persuasion = it
        .with_barcode("Persuasion", "PEM-2", Some(&it.other))
        .await;
    let sanditon = it.with_barcode("Sanditon", "PEM-3", None).await;
    let taking = it.begins(&it.room).await;
    let mut body = codes(&["PEM-3", "PEM-1", "PEM-2"]);
    body["place_id"] = json!(it.shelf);
    it.scans(&taking, &body).await.ok();
    let chosen = json!({ "copies": [persuasion, sanditon], "as_scanned": true });
    let moved = it.moves(&taking, &chosen).await.ok();
    assert_eq!(moved.json()["moved"], 2);
    assert_eq!(
        it.order(&it.shelf).await,
        [&sanditon, &emma, &persuasion, &unseen].map(Clone::clone)
    );
    assert_eq!(it.order(&it.other).await.len(), 0);
    let before = it.app.events().await.len();
    assert_eq!(it.moves(&taking, &chosen).await.ok().json()["moved"], 0);
    assert_eq!(it.app.events().await.len(), before, "they stood there");
    let done = it.is_done(&taking).await.ok();
    assert_eq!(done.json()["missing"], 1);
    let closed = it.app.last("StocktakingClosed").await;
    assert_eq!(closed["missing"], json!([unseen]));
}

#[tokio::test]
async fn nobody_is_overruled_who_has_moved_a_copy_since_it_was_scanned() {
    let it = Furnished::embedded().await;
    let emma = it.with_barcode("Emma", "PEM-1", Some(&it.other)).await;
    let persuasion = it
        .with_barcode("Persuasion", "PEM-2", Some(&it.other))
        .await;
    let unseen = it.copy("Sanditon", None).await;
    let taking = it.begins(&it.shelf).await;
    it.scans(&taking, &codes(&["PEM-1", "PEM-2"])).await.ok();
    let away = json!({ "place_id": it.room });
    it.post(&format!("copies/{emma}/move"), &away).await.ok();
    let before = it.app.events().await.len();
    let all = json!({ "copies": [emma, persuasion, unseen] });
    let refused = it.moves(&taking, &all).await;
    assert_eq!(refused.problem(), (409, "copies_refuse".into()));
    let codes: Vec<(String, String)> = refused.faults();
    assert_eq!(
        codes,
        [
            (emma.clone(), "moved_meanwhile".to_owned()),
            (unseen, "not_scanned".to_owned())
        ]
    );
    assert_eq!(it.app.events().await.len(), before, "all or nothing");
    let rest = json!({ "copies": [persuasion] });
    it.moves(&taking, &rest).await.ok();
    assert_eq!(it.order(&it.shelf).await, [persuasion]);
}

#[tokio::test]
async fn what_came_or_left_meanwhile_is_not_missing_and_a_lost_copy_is_found() {
    let it = Furnished::embedded().await;
    let emma = it.with_barcode("Emma", "PEM-1", Some(&it.shelf)).await;
    let left = it.copy("Persuasion", Some(&it.shelf)).await;
    let taking = it.begins(&it.shelf).await;
    it.copy("Sanditon", Some(&it.shelf)).await;
    it.post(&format!("copies/{left}/move"), &json!({ "place_id": null }))
        .await
        .ok();
    let lost = json!({ "state": "lost" });
    it.post(&format!("copies/{emma}/state"), &lost).await.ok();
    let answer = it.scans(&taking, &codes(&["PEM-1"])).await;
    assert_eq!(findings(&answer), [found("unexpected", "lost")]);
    it.moves(&taking, &json!({ "copies": [emma] })).await.ok();
    assert_eq!(it.app.last("CopyFound").await["former"], "lost");
    assert_eq!(it.is_done(&taking).await.ok().json()["missing"], 0);
}

#[tokio::test]
async fn bad_input_is_told_by_the_field() {
    let it = Furnished::embedded().await;
    let elsewhere = it.place("room", None).await;
    let nowhere = json!({ "place_id": it.library });
    let none = it.post("stocktakings", &nowhere).await;
    assert_eq!(none.status, 404, "{none:?}");
    let taking = it.begins(&it.room).await;
    let many: Vec<&str> = (0..201).map(|_| "PEM-1").collect();
    let with = |field: &str, value: Value| {
        let mut body = codes(&["PEM-1"]);
        body[field] = value;
        body
    };
    let old = json!([{ "code": "PEM-1", "at": "2001-01-01T00:00:00Z" }]);
    for (body, code) in [
        (codes(&[]), "out_of_range"),
        (codes(&many), "out_of_range"),
        (codes(&["  "]), "bad_code"),
        (codes(&["9".repeat(101).as_str()]), "bad_code"),
        (with("scans", old), "at_out_of_range"),
        (with("place_id", json!(elsewhere)), "not_in_stocktaking"),
    ] {
        let refused = it.scans(&taking, &body).await;
        assert_eq!(refused.status, 422, "{refused:?}");
        assert_eq!(refused.json()["errors"][0]["code"], code, "{refused:?}");
    }
    let nothing = it.moves(&taking, &json!({ "copies": [] })).await;
    assert_eq!(nothing.json()["errors"][0]["code"], "out_of_range");
    let abandon = format!("stocktakings/{taking}/abandon");
    it.post(&abandon, &Value::Null).await.ok();
    let over = it.is_done(&taking).await;
    assert_eq!(over.problem(), (409, "stocktaking_abandoned".into()));
}

#[tokio::test]
async fn another_librarys_stock_taking_is_nobodys_and_a_viewer_takes_none() {
    let it = Furnished::embedded().await;
    let taking = it.begins(&it.room).await;
    let eve = it.app.proven("eve").await;
    let own = it.app.library(&eve, "family").await;
    let bob = it.app.joins(&it.library, &it.ana, "bob", "viewer").await;
    for (library, who, status) in [
        (&own, &eve, 404),
        (&it.library, &eve, 404),
        (&it.library, &bob, 403),
    ] {
        for (deed, body) in [
            ("scans", codes(&["PEM-1"])),
            ("moves", json!({ "copies": [own] })),
            ("close", Value::Null),
            ("abandon", Value::Null),
        ] {
            let path = format!("/api/v1/libraries/{library}/stocktakings/{taking}/{deed}");
            let call = it.app.post(path).bearer(&who.token).json(&body);
            let answer = call.send().await;
            assert_eq!(answer.status, status, "{deed}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn twenty_scanners_at_once_see_each_copy_once() {
    let it = Furnished::embedded().await;
    it.with_barcode("Emma", "PEM-1", Some(&it.shelf)).await;
    let taking = it.begins(&it.shelf).await;
    let body = codes(&["PEM-1"]);
    let mut first = 0;
    for _ in 0..4 {
        let five = (0..5).map(|_| it.scans(&taking, &body));
        for answer in futures_util::future::join_all(five).await {
            if answer.status == 200 && findings(&answer) == [found("present", "")] {
                first += 1;
            }
        }
    }
    assert_eq!(first, 1);
}
