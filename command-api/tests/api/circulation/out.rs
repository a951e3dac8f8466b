//! What is out stays where it is said to belong, whoever asks and however: holdings refuses it without asking circulation.
//!
//! Never is a part of a bulk done when one of its copies is out.

use serde_json::{Value, json};

use super::desk;
use crate::app::{App, now};
use crate::holdings::Furnished;

#[tokio::test]
async fn a_copy_that_is_out_is_neither_moved_nor_removed_nor_given_up_until_it_is_back() {
    for app in App::everywhere().await {
        let it = Furnished::over(app).await;
        let emma = it.copy("Emma", Some(&it.shelf)).await;
        let sanditon = it.copy("Sanditon", Some(&it.shelf)).await;
        let lent = json!({ "copy_id": emma, "name": "Aunt Philips" });
        it.post("loans", &lent).await.created();
        let before = it.app.events().await.len();
        let both = json!({ "copies": [sanditon, emma], "place_id": it.other });
        let attempts = [
            ("move", json!({ "place_id": it.other })),
            ("move", json!({ "place_id": null })),
            ("swap", json!({ "with": sanditon })),
            ("state", json!({ "state": "withdrawn" })),
            ("state", json!({ "state": "lost" })),
            ("state", json!({ "state": "damaged" })),
        ];
        for (deed, body) in &attempts {
            let path = format!("copies/{emma}/{deed}");
            let refused = it.post(&path, body).await;
            assert_eq!(
                refused.problem(),
                (409, "copy_on_loan".into()),
                "{deed}: {refused:?}"
            );
            assert!(refused.text.contains("returned"), "{refused:?}");
        }
        let other = json!({ "with": emma });
        let swapped = it.post(&format!("copies/{sanditon}/swap"), &other).await;
        assert_eq!(swapped.problem(), (409, "copy_on_loan".into()));
        let removed = it.delete(&format!("copies/{emma}"), &json!({})).await;
        assert_eq!(removed.problem(), (409, "copy_on_loan".into()));
        for bulk in ["bulk-move", "bulk-remove"] {
            let mut body = both.clone();
            if bulk == "bulk-remove" {
                body.as_object_mut().unwrap().remove("place_id");
            }
            let refused = it.post(&format!("copies/{bulk}"), &body).await;
            assert_eq!(refused.status, 409, "{bulk}: {refused:?}");
        }
        assert_eq!(it.app.events().await.len(), before, "nothing was written");
        let back = format!("/api/v1/libraries/{}/copies/{emma}/loan/return", it.library);
        let back = it.app.post(back).bearer(&it.ana.token).send();
        back.await.ok();
        it.post(&format!("copies/{emma}/move"), &attempts[0].1)
            .await
            .ok();
    }
}

#[tokio::test]
async fn more_lines_than_a_desk_takes_are_refused_as_a_whole_at_each_desk() {
    let app = App::embedded().await;
    let (library, ana, [pia, _], _) = desk(&app).await;
    let barcodes: Vec<String> = (0..201).map(|number| format!("X-{number}")).collect();
    let line = |barcode: &String| json!({ "command_id": uuid::Uuid::now_v7(), "at": now().to_string(), "what": "check_in", "barcode": barcode });
    let lines: Vec<Value> = barcodes.iter().map(line).collect();
    for (desk, body) in [
        (
            "checkouts",
            json!({ "account": pia.account.to_string(), "barcodes": barcodes }),
        ),
        ("returns", json!({ "barcodes": barcodes })),
        ("offline", json!({ "lines": lines })),
    ] {
        let refused = app
            .post(format!("/api/v1/libraries/{library}/desk/{desk}"))
            .bearer(&ana.token)
            .json(&body)
            .send()
            .await;
        assert_eq!(
            refused.faults(),
            [("barcodes".to_owned(), "out_of_range".to_owned())],
            "{desk}"
        );
    }
}

#[tokio::test]
async fn a_time_that_cannot_be_is_told_with_its_line() {
    let app = App::embedded().await;
    let (library, ana, [pia, _], copy) = desk(&app).await;
    app.at_copy(&library, &pia, copy, "loan")
        .await
        .created_nothing();
    let at = |hours: i64| {
        let at = jiff::SignedDuration::from_hours(hours);
        now().checked_add(at).unwrap().to_string()
    };
    let line = |at: String| json!({ "command_id": uuid::Uuid::now_v7(), "at": at, "what": "check_in", "barcode": "PEM-1" });
    // Before it went out; long ago; tomorrow.
    let lines = [line(at(-1)), line(at(-24 * 40)), line(at(24))];
    let answer = app
        .post(format!("/api/v1/libraries/{library}/desk/offline"))
        .bearer(&ana.token)
        .json(&json!({ "lines": lines }))
        .send()
        .await
        .ok()
        .json();
    let results = answer["results"].as_array().unwrap();
    let codes: Vec<&str> = results
        .iter()
        .map(|result| result["code"].as_str().unwrap_or("-"))
        .collect();
    assert_eq!(
        codes,
        ["at_out_of_range", "back_before_out", "at_out_of_range"]
    );
}
