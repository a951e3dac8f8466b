//! `/api/read/isbn/{isbn}`.
//!
//! Never an edition for a number that is not its own.

use http::StatusCode;
use serde_json::json;

use crate::asks::App;
use crate::given::{Catalogue, Subject, curated, over_every_store};

over_every_store!(
    an_edition_is_found_by_both_forms_of_its_isbn_however_they_are_written,
    a_wrong_check_digit_is_told_with_the_right_one,
    an_isbn_that_moved_to_another_number_no_longer_leads_here,
    a_withdrawn_edition_is_not_found,
);

async fn an_edition_is_found_by_both_forms_of_its_isbn_however_they_are_written(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "the-hunger-games", "The Hunger Games");
    let edition = catalogue.add_edition(2, title, "9780439023481");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    for written in [
        "9780439023481",
        "0439023483",
        "978-0-439-02348-1",
        "ISBN%200-439-02348-3",
        "urn:isbn:9780439023481",
    ] {
        let got = app.get(&format!("/api/read/isbn/{written}")).await;
        assert_eq!(got.status, StatusCode::OK, "{written}: {got:?}");
        assert_eq!(got.json()["id"], json!(edition));
        assert_eq!(got.json()["title_id"], json!(title));
        assert_eq!(
            got.header("content-location"),
            format!("/api/read/editions/{edition}")
        );
        assert_eq!(
            got.header("link"),
            format!("</api/read/titles/{title}>; rel=\"up\"")
        );
    }
    let unknown = app.get("/api/read/isbn/9780306406157").await;
    assert_eq!(
        (unknown.status, unknown.code()),
        (StatusCode::NOT_FOUND, "not_found".into())
    );
}

async fn a_wrong_check_digit_is_told_with_the_right_one(subject: Subject) {
    Catalogue::in_store(&subject.store).await;
    let app = App::over(&subject.store).await;
    let got = app.get("/api/read/isbn/9780439023480").await;
    assert_eq!(
        (got.status, got.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "invalid_request".into())
    );
    assert!(
        got.detail()
            .contains("check digit is 0, but the other digits give 1"),
        "{}",
        got.detail()
    );
    assert_eq!(got.json()["errors"][0]["code"], "bad_checksum");
    for (bad, code) in [
        ("12345", "wrong_length"),
        ("97804390234AB", "bad_character"),
        ("%20", "empty"),
        ("4006381333931", "bad_prefix"),
    ] {
        let got = app.get(&format!("/api/read/isbn/{bad}")).await;
        assert_eq!(
            (got.status, got.json()["errors"][0]["code"].clone()),
            (StatusCode::UNPROCESSABLE_ENTITY, json!(code)),
            "{bad}"
        );
    }
}

async fn an_isbn_that_moved_to_another_number_no_longer_leads_here(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "a", "A");
    let edition = catalogue.add_edition(2, title, "9780439023481");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    for _ in 0..2 {
        assert_eq!(
            app.get("/api/read/isbn/9780439023481").await.status,
            StatusCode::OK
        );
    }
    let mut payload = curated(&[("isbn", json!("9780306406157"))]);
    payload["title_id"] = json!(title);
    catalogue.tell("catalog.edition", edition, "EditionFactsAsserted", &payload);
    let position = catalogue.write().await;
    assert_eq!(
        app.get_at("/api/read/isbn/9780439023481", position)
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        app.get_at("/api/read/isbn/9780306406157", position)
            .await
            .json()["id"],
        json!(edition)
    );
    // The number is free for another edition.
    let other = catalogue.add_edition(3, title, "9780439023481");
    let position = catalogue.write().await;
    assert_eq!(
        app.get_at("/api/read/isbn/9780439023481", position)
            .await
            .json()["id"],
        json!(other)
    );
}

async fn a_withdrawn_edition_is_not_found(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "a", "A");
    let edition = catalogue.add_edition(2, title, "9780439023481");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    assert_eq!(
        app.get("/api/read/isbn/9780439023481").await.status,
        StatusCode::OK
    );
    catalogue.tell(
        "catalog.edition",
        edition,
        "EditionWithdrawn",
        &json!({ "title_id": title, "reason": "twice" }),
    );
    let position = catalogue.write().await;
    assert_eq!(
        app.get_at("/api/read/isbn/9780439023481", position)
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        app.get_at(&format!("/api/read/editions/{edition}"), position)
            .await
            .status,
        StatusCode::NOT_FOUND
    );
}
