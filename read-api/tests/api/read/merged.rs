//! A title that was merged: its id and slugs lead to the one that stands for it, and come back when the merge is undone.
//!
//! Never shown in a list beside the other one.

use http::{Method, StatusCode};
use serde_json::json;
use uuid::Uuid;

use crate::asks::{App, Got};
use crate::given::{Catalogue, Subject, over_every_store};

over_every_store!(
    a_merged_title_leads_to_the_one_that_stands_for_it,
    a_chain_of_merges_leads_to_its_end,
    history_and_provenance_of_a_merged_title_stay_its_own,
    an_undone_merge_shows_both_again,
    a_merge_into_a_hidden_title_leads_nowhere,
    a_merged_edition_leads_on_by_its_id_and_by_its_isbn,
);

fn merged(catalogue: &mut Catalogue, loser: Uuid, winner: Uuid) {
    let title = "catalog.title";
    let into = json!({ "title_id": winner, "reason": "the same work" });
    catalogue.tell(title, loser, "TitleMergedInto", &into);
    let by = json!({ "source": "shop", "authority": "secondary_provider", "record": "9" });
    let said = json!([[by, { "field": "release_year", "value": 1815 }]]);
    let taken = json!({ "taken": [{ "title_id": loser, "said": said, "records": [by] }] });
    catalogue.tell(title, winner, "TitleAbsorbed", &taken);
}

#[track_caller]
fn leads(got: &Got, location: &str) {
    assert_eq!(got.status, StatusCode::PERMANENT_REDIRECT, "{got:?}");
    assert_eq!(got.header("location"), location);
    assert_eq!(got.header("cache-control"), "no-cache");
}

async fn a_merged_title_leads_to_the_one_that_stands_for_it(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let winner = catalogue.add_title(1, "series", "mushishi", "Mushishi");
    let loser = catalogue.add_title(2, "series", "mushi-shi", "Mushi-Shi");
    merged(&mut catalogue, loser, winner);
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let address = format!("/api/read/titles/{winner}");
    for name in [loser.to_string(), "mushi-shi".to_owned()] {
        let got = app.get(&format!("/api/read/titles/{name}")).await;
        leads(&got, &address);
        assert_eq!(
            got.json(),
            json!({ "id": loser, "merged_into": winner, "location": address })
        );
    }
    let path = "/api/read/titles/mushi-shi/episodes?limit=2";
    leads(&app.get(path).await, &format!("{address}/episodes?limit=2"));
    let anime = app.get("/api/read/anime/mushi-shi").await;
    leads(&anime, &format!("/api/read/anime/{winner}"));
    let head = app.ask(Method::HEAD, "/api/read/titles/mushi-shi", &[]);
    leads(&head.await, &address);
    let curator = app.get_as_curator("/api/read/titles/mushi-shi").await;
    leads(&curator, &address);
    let page = app.get(&address).await.json();
    assert_eq!(
        (&page["stands_for"], &page["year"]),
        (&json!([loser]), &json!(1815))
    );
    assert_eq!(page["sources_of"]["release_year"]["source"], "shop");
    let list = app.get("/api/read/titles?kind=series").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
}

async fn a_chain_of_merges_leads_to_its_end(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let [one, two, three] = [(1, "a"), (2, "b"), (3, "c")]
        .map(|(number, slug)| catalogue.add_title(number, "book", slug, slug));
    merged(&mut catalogue, one, two);
    merged(&mut catalogue, two, three);
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let got = app.get("/api/read/titles/a").await;
    leads(&got, &format!("/api/read/titles/{three}"));
}

async fn history_and_provenance_of_a_merged_title_stay_its_own(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let winner = catalogue.add_title(1, "book", "emma", "Emma");
    let loser = catalogue.add_title(2, "book", "emma-1", "EMMA");
    merged(&mut catalogue, loser, winner);
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let history = app.get("/api/read/titles/emma-1/history").await.json();
    let items = history["items"].as_array().unwrap();
    assert_eq!(items[0]["what"], format!("merged it into {winner}"));
    assert_eq!(items.len(), 2, "{history}");
    let trail = app.get("/api/read/titles/emma/provenance").await.json();
    let entries = trail["entries"].as_array().unwrap();
    let taken = entries.iter().find(|entry| entry["source"] == "shop");
    let taken = taken.unwrap_or_else(|| panic!("{trail}"));
    assert_eq!(
        (&taken["statement"], &taken["facts"][0]["effective"]),
        (&json!("absorbed"), &json!(true))
    );
    let own = app.get("/api/read/titles/emma-1/provenance").await.json();
    assert_eq!(own["entries"][0]["facts"][0]["value"], "EMMA");
}

async fn an_undone_merge_shows_both_again(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let winner = catalogue.add_title(1, "book", "emma", "Emma");
    let loser = catalogue.add_title(2, "book", "emma-1", "EMMA");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let before = app.get("/api/read/titles/emma").await.json();
    merged(&mut catalogue, loser, winner);
    let fields = json!([{ "field": "release_year" }]);
    let gone = json!({ "title_id": loser, "titles": [loser], "fields": fields });
    catalogue.tell("catalog.title", winner, "TitleRelinquished", &gone);
    let back = json!({ "from": winner });
    catalogue.tell("catalog.title", loser, "TitleSeparated", &back);
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let after = app.get("/api/read/titles/emma").await.json();
    for field in ["name", "year", "sources_of", "slugs", "stands_for"] {
        assert_eq!(before[field], after[field], "{field}");
    }
    let again = app.get("/api/read/titles/emma-1").await;
    assert_eq!(
        (again.status, &again.json()["name"]),
        (StatusCode::OK, &json!("EMMA"))
    );
}

async fn a_merge_into_a_hidden_title_leads_nowhere(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let winner = catalogue.add_title(1, "book", "emma", "Emma");
    let loser = catalogue.add_title(2, "book", "emma-1", "EMMA");
    merged(&mut catalogue, loser, winner);
    catalogue.tell("catalog.title", winner, "TitleDeactivated", &json!({}));
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let missing = app.get("/api/read/titles/emma-1").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND, "{missing:?}");
    let curator = app.get_as_curator("/api/read/titles/emma-1").await;
    leads(&curator, &format!("/api/read/titles/{winner}"));
}

async fn a_merged_edition_leads_on_by_its_id_and_by_its_isbn(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "emma", "Emma");
    let [one, other] = [(11, "9780439023481"), (12, "9780439023498")].map(|(number, isbn)| {
        let edition = crate::given::id(number);
        let by = json!({ "source": "shop", "authority": "secondary_provider", "record": isbn });
        let facts = json!([{ "field": "isbn", "value": isbn }]);
        let added = json!({ "title_id": title, "provenance": by, "facts": facts });
        catalogue.tell("catalog.edition", edition, "EditionAdded", &added);
        edition
    });
    let into = json!({ "title_id": title, "edition_id": one });
    catalogue.tell("catalog.edition", other, "EditionMergedInto", &into);
    let taken = json!({ "title_id": title, "taken": [{ "edition_id": other }] });
    catalogue.tell("catalog.edition", one, "EditionAbsorbed", &taken);
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let address = format!("/api/read/editions/{one}");
    leads(
        &app.get(&format!("/api/read/editions/{other}")).await,
        &address,
    );
    leads(&app.get("/api/read/isbn/9780439023498").await, &address);
    assert_eq!(app.get(&address).await.status, StatusCode::OK);
    let page = app.get("/api/read/titles/emma").await.json();
    assert_eq!(page["editions"].as_array().unwrap().len(), 1, "{page}");
}
