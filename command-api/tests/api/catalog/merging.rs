//! `POST /api/v1/titles/{id}/merge`, `…/merges/{merged}/undo` and `…/split`.
//!
//! The tree mirrors the URLs; what any sequence of them comes to is told by the twins beside it.

mod editions;
mod twins;

use serde_json::{Value, json};

use crate::app::{Answered, App, NOBODY};

async fn merge(app: &App, loser: &str, winner: &str) -> Answered {
    let path = format!("/api/v1/titles/{loser}/merge");
    let body = json!({ "into": winner, "reason": "the same work" });
    app.post(path).by_curator().json(&body).send().await
}

async fn undo(app: &App, merged: &str, under: &str) -> Answered {
    let path = format!("/api/v1/titles/{under}/merges/{merged}/undo");
    app.post(path).by_curator().json(&json!({})).send().await
}

async fn imported(app: &App, source: &str, name: &str) -> String {
    let item = json!({ "source": source, "source_id": "1", "kind": "book", "name": name });
    let results = app.import("titles", json!([item])).await;
    assert_eq!(results[0]["status"], "accepted", "{results:?}");
    results[0]["id"].as_str().unwrap().to_owned()
}

async fn edition(app: &App, title: &str, isbn: &str) -> String {
    let body = json!({ "title_id": title, "isbn": isbn });
    let sent = app.post("/api/v1/editions").by_curator().json(&body);
    sent.send().await.created()
}

async fn series(app: &App, name: &str) -> String {
    let body = json!({ "kind": "series", "name": name });
    let sent = app.post("/api/v1/titles").by_curator().json(&body);
    sent.send().await.created()
}

#[tokio::test]
async fn a_merged_title_takes_its_editions_along_and_its_undo_brings_them_back() {
    for app in App::everywhere().await {
        let (winner, loser) = (app.book("Emma").await, app.book("EMMA").await);
        let ours = edition(&app, &winner, "9780439023481").await;
        let theirs = edition(&app, &loser, "9780439023498").await;
        let merged = merge(&app, &loser, &winner).await.ok();
        assert_eq!(
            (
                merged.json()["id"].as_str(),
                merged.json()["editions"].clone()
            ),
            (Some(&*winner), json!([theirs]))
        );
        let moved = app.last("EditionMoved").await;
        assert_eq!(
            (&moved["title_id"], &moved["from"]),
            (&json!(winner), &json!(loser))
        );
        let last = app.events().await.pop().unwrap();
        let reason = last.parsed_metadata().reason;
        assert_eq!(reason.as_deref(), Some("the same work"));
        // What is added to the merged title stands under the winner at once.
        let late = edition(&app, &loser, "9780141439587").await;
        assert_eq!(app.last("EditionAdded").await["title_id"], json!(winner));
        let back = undo(&app, &loser, &winner).await.ok();
        assert_eq!(
            (back.json()["id"].as_str(), back.json()["editions"].clone()),
            (Some(&*loser), json!([theirs]))
        );
        assert_eq!(back.json()["kept"], json!([]));
        let moved = app.last("EditionMoved").await;
        assert_eq!(moved["title_id"], json!(loser));
        assert!(![ours, late].contains(&theirs));
        let again = undo(&app, &loser, &winner).await;
        assert_eq!(again.problem(), (409, "not_merged".into()));
    }
}

#[tokio::test]
async fn an_import_lands_on_the_winner_while_the_merge_stands_and_on_its_own_title_after_it() {
    for app in App::everywhere().await {
        let winner = imported(&app, "goodbooks", "Emma").await;
        let loser = imported(&app, "shop", "Emma, a novel").await;
        merge(&app, &loser, &winner).await.ok();
        let again = |name: &str| json!([{ "source": "shop", "source_id": "1", "kind": "book", "name": name }]);
        let same = app.import("titles", again("Emma, a novel")).await;
        assert_eq!(
            (&same[0]["status"], &same[0]["id"]),
            (&json!("unchanged"), &json!(winner))
        );
        let news = app.import("titles", again("Emma (novel)")).await;
        assert_eq!(
            (&news[0]["status"], &news[0]["id"]),
            (&json!("accepted"), &json!(winner))
        );
        undo(&app, &loser, &winner).await.ok();
        let separated = app.last("TitleSeparated").await;
        assert_eq!(
            separated["fields"][0]["said"][0][1]["value"],
            "Emma (novel)"
        );
        let relinquished = app.last("TitleRelinquished").await;
        let left = relinquished["fields"][0]["said"].as_array().unwrap();
        assert_eq!(left.len(), 1, "{relinquished}");
        assert_eq!(left[0][1]["value"], "Emma");
        let after = app.import("titles", again("Emma (novel)")).await;
        assert_eq!(
            (&after[0]["status"], &after[0]["id"]),
            (&json!("unchanged"), &json!(loser))
        );
    }
}

#[tokio::test]
async fn both_versions_are_conditions_and_a_repeat_under_a_key_is_told_the_same() {
    for app in App::everywhere().await {
        let (winner, loser) = (app.book("Emma").await, app.book("EMMA").await);
        let path = format!("/api/v1/titles/{loser}/merge");
        let body = |version: u64| json!({ "into": winner, "into_version": version });
        let send = |if_match: &'static str, version, key: &'static str| {
            let call = app.post(&path).by_curator().if_match(if_match).key(key);
            call.json(&body(version)).send()
        };
        let stale = send("\"7\"", 1, "a").await;
        assert_eq!(stale.problem(), (412, "stale_version".into()));
        let stale = send("\"1\"", 9, "b").await;
        assert_eq!(stale.problem(), (412, "stale_version".into()));
        let done = send("\"1\"", 1, "c").await.ok();
        let events = app.events().await.len();
        let again = send("\"1\"", 1, "c").await.ok();
        assert_eq!((done.text, events), (again.text, app.events().await.len()));
    }
}

#[tokio::test]
async fn what_cannot_be_merged_is_refused_with_what_to_do() {
    let app = App::embedded().await;
    let (emma, show) = (app.book("Emma").await, series(&app, "Emma").await);
    let refused = |answered: Answered| answered.problem();
    assert_eq!(
        refused(merge(&app, &emma, &emma).await),
        (422, "same_title".into())
    );
    assert_eq!(
        refused(merge(&app, &emma, &show).await),
        (422, "kinds_differ".into())
    );
    assert_eq!(
        refused(merge(&app, &emma, NOBODY).await),
        (404, "not_found".into())
    );
    let (other, third) = (app.book("EMMA").await, app.book("Emma!").await);
    merge(&app, &emma, &other).await.ok();
    assert_eq!(
        refused(merge(&app, &emma, &third).await),
        (409, "title_merged".into())
    );
    assert_eq!(
        refused(merge(&app, &third, &emma).await),
        (409, "title_merged".into())
    );
    let rename = app.patch(format!("/api/v1/titles/{emma}")).by_curator();
    let refused_edit = rename.json(&json!({ "name": "Other" })).send().await;
    assert_eq!(refused_edit.problem(), (409, "title_merged".into()));
    assert!(
        refused_edit.json()["detail"]
            .as_str()
            .unwrap()
            .contains(&other)
    );
    assert_eq!(
        refused(undo(&app, &emma, &third).await),
        (409, "merged_elsewhere".into())
    );
    let path = format!("/api/v1/titles/{other}/undo");
    let generic = app.post(path).by_curator();
    let generic = generic.json(&json!({ "reason": "a slip" })).send().await;
    assert_eq!(generic.problem(), (409, "undo_conflict".into()));
    assert!(
        generic.json()["detail"]
            .as_str()
            .unwrap()
            .contains("merges")
    );
    let again = merge(&app, &emma, &other).await.ok();
    assert_eq!(again.json()["editions"], json!([]));
}

#[tokio::test]
async fn episodes_whose_numbers_are_taken_stop_a_merge_or_are_taken_off_until_it_is_undone() {
    for app in App::everywhere().await {
        let (winner, loser) = (
            series(&app, "Mushishi").await,
            series(&app, "Mushi-Shi").await,
        );
        app.episode(&winner, 1).await;
        let first = app.episode(&loser, 1).await;
        let second = app.episode(&loser, 2).await;
        let refused = merge(&app, &loser, &winner).await;
        assert_eq!(refused.problem(), (409, "episode_numbers_taken".into()));
        let body = json!({ "into": winner, "clashing_episodes": "detach" });
        let path = format!("/api/v1/titles/{loser}/merge");
        let sent = app.post(path).by_curator().json(&body);
        let merged = sent.send().await.ok().json();
        assert_eq!(
            (&merged["episodes"], &merged["detached"]),
            (&json!([second]), &json!([first]))
        );
        let back = undo(&app, &loser, &winner).await.ok().json();
        assert_eq!(back["episodes"], json!([second, first]));
        assert_eq!(back["kept"], json!([]));
    }
}

#[tokio::test]
async fn a_chain_of_merges_is_undone_in_any_order() {
    for app in App::everywhere().await {
        for inner_first in [true, false] {
            let names = ["A", "B", "C"].map(|name| format!("{name} {inner_first}"));
            let [a, b, c] = &names;
            let (a, b, c) = (app.book(a).await, app.book(b).await, app.book(c).await);
            let of_a = edition(&app, &a, isbn(&app).await).await;
            let of_b = edition(&app, &b, isbn(&app).await).await;
            merge(&app, &a, &b).await.ok();
            merge(&app, &b, &c).await.ok();
            if inner_first {
                let first = undo(&app, &a, &c).await.ok().json();
                assert_eq!(first["editions"], json!([of_a]));
                let second = undo(&app, &b, &c).await.ok().json();
                assert_eq!(second["editions"], json!([of_b]));
            } else {
                let both = undo(&app, &b, &c).await.ok().json();
                assert_eq!(both["editions"].as_array().unwrap().len(), 2);
                let second = undo(&app, &a, &b).await.ok().json();
                assert_eq!(second["editions"], json!([of_a]));
            }
        }
    }
}

/// An ISBN that no edition of this log has.
async fn isbn(app: &App) -> &'static str {
    let given = [
        "9780439023481",
        "9780439023498",
        "9780141439587",
        "9780743273565",
    ];
    let names = app.event_names().await;
    given[names.iter().filter(|name| *name == "EditionAdded").count()]
}

#[tokio::test]
async fn what_somebody_has_moved_since_stays_and_is_named() {
    let app = App::embedded().await;
    let (winner, loser) = (app.book("Emma").await, app.book("EMMA").await);
    let theirs = edition(&app, &loser, "9780439023498").await;
    merge(&app, &loser, &winner).await.ok();
    let split = json!({ "name": "Emma Watson", "editions": [theirs] });
    let path = format!("/api/v1/titles/{winner}/split");
    let sent = app.post(path).by_curator().json(&split).send().await;
    let other = sent.created();
    let back = undo(&app, &loser, &winner).await.ok().json();
    assert_eq!(back["editions"], json!([]));
    let kept = &back["kept"][0];
    assert_eq!(kept["what"], format!("edition {theirs}"));
    assert!(kept["why"].as_str().unwrap().contains(&other));
}

#[tokio::test]
async fn a_split_takes_records_with_all_they_say_and_is_undone_by_a_merge() {
    for app in App::everywhere().await {
        let winner = imported(&app, "goodbooks", "Emma").await;
        let loser = imported(&app, "shop", "Emma Watson").await;
        merge(&app, &loser, &winner).await.ok();
        let record = json!({ "source": "shop", "source_id": "1" });
        let split = json!({ "name": "Emma Watson, a life", "records": [record] });
        let path = format!("/api/v1/titles/{winner}/split");
        let done = app.post(&path).by_curator().json(&split).send().await;
        assert_eq!(done.json()["slug"], "emma-watson-a-life");
        let new = done.created();
        let item = json!({ "source": "shop", "source_id": "1", "kind": "book", "name": "A life" });
        let news = app.import("titles", json!([item])).await;
        assert_eq!(news[0]["id"], json!(new));
        merge(&app, &new, &winner).await.ok();
        let item = json!({ "source": "shop", "source_id": "1", "kind": "book", "name": "Life" });
        let news = app.import("titles", json!([item])).await;
        assert_eq!(news[0]["id"], json!(winner));
        let nothing = json!({ "name": "Nothing" });
        let empty = app.post(&path).by_curator().json(&nothing).send().await;
        assert_eq!(empty.problem(), (422, "nothing_to_split".into()));
        let strange = json!({ "name": "X", "records": [{ "source": "nobody", "source_id": "1" }] });
        let strange = app.post(&path).by_curator().json(&strange).send().await;
        assert_eq!(strange.problem(), (422, "not_of_title".into()));
    }
}

#[tokio::test]
async fn a_lock_of_the_winner_keeps_what_it_pins_and_the_undo_says_so() {
    let app = App::embedded().await;
    let winner = imported(&app, "goodbooks", "Emma").await;
    let loser = imported(&app, "shop", "Emma, a novel").await;
    merge(&app, &loser, &winner).await.ok();
    let lock = format!("/api/v1/titles/{winner}/locks/name");
    app.put(lock).by_curator().send().await.ok();
    let back = undo(&app, &loser, &winner).await.ok().json();
    assert_eq!(back["kept"][0]["what"], "name", "{back}");
    let relinquished: Value = app.last("TitleRelinquished").await;
    let frozen = relinquished["fields"][0]["lock"]["frozen"].as_array();
    assert_eq!(frozen.unwrap().len(), 2, "{relinquished}");
}
