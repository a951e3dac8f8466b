//! The desk with a scanner: piles go out and come back line by line, and what was noted offline is replayed.
//!
//! Never does one bad line hold up another.

use accession_service::instant::to_microsecond;
use serde_json::{Value, json};

use super::desk;
use crate::app::{Answered, App, Person, now};

async fn at_desk(app: &App, library: &str, by: &Person, deed: &str, body: &Value) -> Answered {
    app.post(format!("/api/v1/libraries/{library}/desk/{deed}"))
        .bearer(&by.token)
        .json(body)
        .send()
        .await
        .ok()
}

fn each(answered: &Answered, field: &str) -> Vec<String> {
    let answer = answered.json();
    let results = answer["results"].as_array().unwrap();
    let text = |result: &Value| result[field].as_str().unwrap_or("-").to_owned();
    results.iter().map(text).collect()
}

#[tokio::test]
async fn a_pile_goes_out_and_comes_back_with_one_result_a_line() {
    for app in App::everywhere().await {
        let (library, ana, [pia, paul], _) = desk(&app).await;
        app.copy(&library, "PEM-2").await;
        let pile = json!({ "account": pia.account.to_string(), "barcodes": ["pem-1", "PEM-9", "?", "PEM-2", "PEM-1"] });
        let lent = at_desk(&app, &library, &ana, "checkouts", &pile).await;
        assert_eq!(
            each(&lent, "status"),
            ["lent", "refused", "refused", "lent", "refused"]
        );
        assert_eq!(
            each(&lent, "code"),
            ["-", "unknown_barcode", "bad_barcode", "-", "already_yours"]
        );
        let card = lent.json()["results"][0]["patron_id"].clone();
        let copy = lent.json()["results"][0]["copy_id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        app.at_copy(&library, &paul, copy, "holds")
            .await
            .created_nothing();

        let back = json!({ "barcodes": ["PEM-1", "PEM-2", "PEM-2"] });
        let back = at_desk(&app, &library, &ana, "returns", &back).await;
        assert_eq!(each(&back, "status"), ["returned", "returned", "refused"]);
        assert_eq!(each(&back, "code"), ["-", "-", "not_on_loan"]);
        let kept = each(&back, "kept_until");
        assert!(kept[0] != "-" && kept[1] == "-", "{kept:?}");

        // The card that the desk was told of is the same borrower.
        let again = json!({ "patron": card, "barcodes": ["PEM-2"] });
        let again = at_desk(&app, &library, &ana, "checkouts", &again).await;
        assert_eq!(each(&again, "status"), ["lent"]);
        let borrower = app.last("LoanOpened").await["borrower"].clone();
        assert_eq!(borrower["account"], pia.account.to_string());
    }
}

#[tokio::test]
async fn a_pile_that_is_sent_again_under_its_key_is_told_as_it_was() {
    for app in App::everywhere().await {
        let (library, ana, [pia, _], _) = desk(&app).await;
        let pile = json!({ "account": pia.account.to_string(), "barcodes": ["PEM-1"] });
        let send = || {
            app.post(format!("/api/v1/libraries/{library}/desk/checkouts"))
                .bearer(&ana.token)
                .key("pile-1")
                .json(&pile)
                .send()
        };
        let (first, again) = (send().await.ok(), send().await.ok());
        assert_eq!(first.json()["results"], again.json()["results"]);
        assert_eq!(each(&again, "status"), ["lent"]);
    }
}

#[tokio::test]
async fn what_was_noted_offline_is_replayed_in_its_own_order_and_never_twice() {
    for app in App::everywhere().await {
        let (library, ana, [pia, paul], _) = desk(&app).await;
        let minutes = |ago: i64| {
            let ago = jiff::SignedDuration::from_mins(ago);
            to_microsecond(now().checked_sub(ago).unwrap()).to_string()
        };
        let line = |id: u32, at: &str, what: &str, who: Option<&Person>| {
            let mut line = json!({ "command_id": format!("0198c7a2-5b1e-7cc3-8f4a-0000000000{id:02}"),
                "at": at, "what": what, "barcode": "PEM-1" });
            if let Some(who) = who {
                line["account"] = json!(who.account.to_string());
            }
            line
        };
        let (first, second, third) = (minutes(30), minutes(20), minutes(10));
        let out = line(3, &first, "check_out", Some(&pia));
        let other = line(2, &second, "check_out", Some(&paul));
        let back = line(1, &third, "check_in", None);
        let old = line(4, "2020-01-01T00:00:00Z", "check_in", None);
        let noted = json!({ "lines": [back, other, old, out] });
        let told = at_desk(&app, &library, &ana, "offline", &noted).await;
        assert_eq!(
            each(&told, "status"),
            ["refused", "lent", "refused", "returned"]
        );
        assert_eq!(
            each(&told, "code"),
            ["at_out_of_range", "-", "on_loan", "-"]
        );
        let opened = app.last("LoanOpened").await;
        assert_eq!(
            (&opened["lent_at"], &opened["how"]),
            (&json!(first), &json!("offline_desk"))
        );

        let before = app.events().await.len();
        let noted = json!({ "lines": [out, back] });
        let again = at_desk(&app, &library, &ana, "offline", &noted).await;
        assert_eq!(each(&again, "status"), ["lent", "returned"]);
        assert_eq!(each(&again, "loan_id")[0], each(&told, "loan_id")[1]);
        assert_eq!(app.events().await.len(), before);
    }
}

#[tokio::test]
async fn too_long_a_pile_is_refused_as_a_whole() {
    let app = App::embedded().await;
    let (library, ana, [pia, _], _) = desk(&app).await;
    let barcodes: Vec<String> = (0..201).map(|number| format!("X-{number}")).collect();
    let pile = json!({ "account": pia.account.to_string(), "barcodes": barcodes });
    let refused = app
        .post(format!("/api/v1/libraries/{library}/desk/checkouts"))
        .bearer(&ana.token)
        .json(&pile)
        .send()
        .await;
    assert_eq!(
        refused.faults(),
        [("barcodes".to_owned(), "out_of_range".to_owned())]
    );
}

/// Lines of one copy: out to Pia, out to Paul all the same, back, out to Paul, back; noted at two desks.
fn lines_of_two_desks(pia: &Person, paul: &Person) -> Vec<Value> {
    let line = |number: u32, ago: i64, what: &str, who: Option<&Person>| {
        let at = jiff::SignedDuration::from_mins(ago);
        let at = now().checked_sub(at).unwrap().to_string();
        let mut line = json!({ "command_id": format!("0198c7a2-5b1e-7cc3-8f4a-0000000001{number:02}"),
            "at": at, "what": what, "barcode": "PEM-1" });
        if let Some(who) = who {
            line["account"] = json!(who.account.to_string());
        }
        line
    };
    vec![
        line(1, 50, "check_out", Some(pia)),
        line(2, 40, "check_out", Some(paul)),
        line(3, 30, "check_in", None),
        line(4, 20, "check_out", Some(paul)),
        line(5, 10, "check_in", None),
    ]
}

#[tokio::test]
async fn lines_of_two_desks_have_the_same_results_in_whatever_order_they_are_sent() {
    let mut told = Vec::new();
    for shuffled in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]] {
        let app = App::embedded().await;
        let (library, ana, [pia, paul], _) = desk(&app).await;
        let lines = lines_of_two_desks(&pia, &paul);
        let sent: Vec<&Value> = shuffled.iter().map(|at: &usize| &lines[*at]).collect();
        let body = json!({ "lines": sent });
        let answer = at_desk(&app, &library, &ana, "offline", &body).await;
        told.push([each(&answer, "status"), each(&answer, "code")]);
    }
    assert_eq!(
        told[0][0],
        ["lent", "refused", "returned", "lent", "returned"]
    );
    assert_eq!(told[0][1], ["-", "on_loan", "-", "-", "-"]);
    assert!(told.iter().all(|others| *others == told[0]), "{told:?}");
}

#[tokio::test]
async fn a_batch_that_is_sent_again_by_anybody_of_the_staff_is_told_as_it_was_with_its_exceptions()
{
    for app in App::everywhere().await {
        let (library, ana, [pia, paul], _) = desk(&app).await;
        let edgar = app.joins(&library, &ana, "edgar", "editor").await;
        let body = json!({ "lines": lines_of_two_desks(&pia, &paul) });
        let first = at_desk(&app, &library, &ana, "offline", &body).await;
        let written = app.events().await.len();
        // The copy is in by now: what was refused then would be possible, and is not done.
        let again = at_desk(&app, &library, &ana, "offline", &body).await;
        let others = at_desk(&app, &library, &edgar, "offline", &body).await;
        assert_eq!(first.json()["results"], again.json()["results"]);
        assert_eq!(first.json()["results"], others.json()["results"]);
        assert_eq!(app.events().await.len(), written);
    }
}

#[tokio::test]
async fn two_desks_that_send_the_same_batch_at_once_do_it_once() {
    for app in App::everywhere().await {
        let (library, ana, [pia, paul], _) = desk(&app).await;
        let body = json!({ "lines": lines_of_two_desks(&pia, &paul) });
        let send = || at_desk(&app, &library, &ana, "offline", &body);
        let (one, other) = tokio::join!(send(), send());
        let names = app.event_names().await;
        for (name, expected) in [("LoanOpened", 2), ("LoanReturned", 2)] {
            let count = names.iter().filter(|found| *found == name).count();
            assert_eq!(count, expected, "{name}: {one:?} {other:?}");
        }
        let loans = |answer: &Answered| {
            let mut loans = each(answer, "loan_id");
            loans.retain(|loan| loan != "-");
            loans
        };
        assert_eq!(loans(&one), loans(&other));
    }
}
