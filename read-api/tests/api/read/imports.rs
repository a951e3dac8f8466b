//! `/api/read/imports` and `/api/read/imports/{id}`.
//!
//! Never answered to everyone.

use accession_service::access::{ACCESS_LIFETIME, Role};
use http::StatusCode;
use serde_json::json;

use crate::asks::{App, token};
use crate::given::{Catalogue, Subject, id, over_every_store};

over_every_store!(
    runs_come_newest_first_of_all_sources_or_of_one,
    a_report_tells_what_was_refused,
    reports_need_a_curator,
);

async fn runs_come_newest_first_of_all_sources_or_of_one(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    for (number, source) in [(1, "goodbooks"), (2, "anime-list"), (3, "goodbooks")] {
        catalogue.tell(
            "ingestion.import_run",
            id(number),
            "ImportRunOpened",
            &json!({ "source": source, "input": "f" }),
        );
    }
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let ids = async |query: &str| {
        let page = app
            .get_as_curator(&format!("/api/read/imports{query}"))
            .await
            .json();
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|run| run["id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ids("").await,
        [3, 2, 1, 9999].map(|number| json!(id(number)))
    );
    assert_eq!(ids("?source=anime-list").await, [json!(id(2))]);
    assert!(ids("?source=unheard-of").await.is_empty());
    let bad = app.get_as_curator("/api/read/imports?source=%00").await;
    assert_eq!(
        (bad.status, bad.json()["errors"][0]["field"].clone()),
        (StatusCode::BAD_REQUEST, json!("source"))
    );
}

async fn a_report_tells_what_was_refused(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let item =
        json!({ "record": "line 17", "code": "bad_isbn", "detail": "its check digit is wrong" });
    catalogue.tell(
        "ingestion.import_run",
        id(9999),
        "ImportItemsRejected",
        &json!({ "items": [item] }),
    );
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let report = app
        .get_as_curator(&format!("/api/read/imports/{}", id(9999)))
        .await;
    assert_eq!(report.json()["rejected"], json!([item]));
    assert_eq!(report.header("cache-control"), "private, no-cache");
    for unknown in [id(5).to_string(), "nonsense".to_owned()] {
        let got = app
            .get_as_curator(&format!("/api/read/imports/{unknown}"))
            .await;
        assert_eq!(
            (got.status, got.code()),
            (StatusCode::NOT_FOUND, "not_found".into())
        );
    }
}

async fn reports_need_a_curator(subject: Subject) {
    Catalogue::in_store(&subject.store).await;
    let app = App::over(&subject.store).await;
    for path in [
        "/api/read/imports".to_owned(),
        format!("/api/read/imports/{}", id(9999)),
    ] {
        let nobody = app.get(&path).await;
        assert_eq!(
            (nobody.status, nobody.code()),
            (StatusCode::UNAUTHORIZED, "token_missing".into())
        );
        assert!(nobody.header("www-authenticate").starts_with("Bearer"));
        let reader = format!("Bearer {}", token(None, ACCESS_LIFETIME));
        let reader = app.get_with(&path, &[("authorization", &reader)]).await;
        assert_eq!(
            (reader.status, reader.code()),
            (StatusCode::FORBIDDEN, "forbidden".into())
        );
        let service = app
            .get_with(&path, &[("authorization", "Bearer acc_0198.secret")])
            .await;
        assert_eq!(service.status, StatusCode::UNAUTHORIZED);
        let admin = format!("Bearer {}", token(Some(Role::Admin), ACCESS_LIFETIME));
        assert_eq!(
            app.get_with(&path, &[("authorization", &admin)])
                .await
                .status,
            StatusCode::OK
        );
    }
}
