//! Compressed answers: the same document, for those who ask.
//!
//! Never bytes that decompress to something else.

use http::StatusCode;
use http_body_util::BodyExt as _;
use serde_json::json;
use tower::{ServiceBuilder, ServiceExt as _};
use tower_http::decompression::DecompressionLayer;

use crate::asks::App;
use crate::given::{Catalogue, Subject, over_every_store};

over_every_store!(
    a_compressed_answer_follows_every_change_of_its_document,
    br_zstd_and_gzip_decompress_to_the_plain_document,
    a_small_answer_is_not_compressed,
);

async fn br_zstd_and_gzip_decompress_to_the_plain_document(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let description = "It was a bright cold day in April. ".repeat(40);
    catalogue.add_title_with(
        1,
        "book",
        "a",
        &[
            ("name", json!("A")),
            ("description", json!(description.trim())),
        ],
    );
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let plain = app.get("/api/read/titles/a").await;
    assert_eq!(
        (plain.header("content-encoding"), plain.header("vary")),
        ("", "accept-encoding")
    );
    let etag = plain.header("etag").to_owned();
    for encoding in ["br", "zstd", "gzip"] {
        let got = app
            .get_with("/api/read/titles/a", &[("accept-encoding", encoding)])
            .await;
        assert_eq!(
            (got.header("content-encoding"), got.header("vary")),
            (encoding, "accept-encoding")
        );
        assert!(
            got.bytes.len() < plain.bytes.len() / 2,
            "{encoding}: {}",
            got.bytes.len()
        );
        assert_eq!(got.header("etag"), format!("W/{etag}"));
        let same = app
            .get_with(
                "/api/read/titles/a",
                &[
                    ("accept-encoding", encoding),
                    ("if-none-match", got.header("etag")),
                ],
            )
            .await;
        assert_eq!(
            (same.status, same.bytes.len()),
            (StatusCode::NOT_MODIFIED, 0)
        );
        assert_eq!(
            (same.header("etag"), same.header("vary")),
            (got.header("etag"), "accept-encoding")
        );
        let again = app
            .get_with("/api/read/titles/a", &[("accept-encoding", encoding)])
            .await;
        assert_eq!(again.bytes, got.bytes, "{encoding}");
        assert_eq!(
            decompressed(&app, encoding).await,
            plain.bytes,
            "{encoding}"
        );
    }
}

async fn decompressed(app: &App, encoding: &str) -> bytes::Bytes {
    decompressed_from(app, "/api/read/titles/a", encoding).await
}

async fn decompressed_from(app: &App, path: &str, encoding: &str) -> bytes::Bytes {
    let service = ServiceBuilder::new()
        .layer(DecompressionLayer::new())
        .service(app.router());
    let request = http::Request::get(path).header("accept-encoding", encoding);
    let request = request.body(axum::body::Body::empty()).unwrap();
    let response = service.oneshot(request).await.unwrap();
    response.into_body().collect().await.unwrap().to_bytes()
}

async fn a_small_answer_is_not_compressed(subject: Subject) {
    Catalogue::in_store(&subject.store).await;
    let app = App::over(&subject.store).await;
    let got = app
        .get_with("/api/read/titles", &[("accept-encoding", "gzip, br")])
        .await;
    assert_eq!(
        (got.header("content-encoding"), got.header("vary")),
        ("", "accept-encoding")
    );
    assert_eq!(got.json(), json!({ "items": [], "next_cursor": null }));
}

async fn a_compressed_answer_follows_every_change_of_its_document(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let description = "It was a bright cold day in April. ".repeat(40);
    let facts = [("description", json!(description.trim()))];
    let title = catalogue.add_title_with(1, "series", "a", &facts);
    let app = App::over(&subject.store).await;
    for round in 0..3 {
        catalogue.rename(title, &format!("Name {round}"));
        let position = catalogue.write().await;
        for path in ["/api/read/titles/a", "/api/read/anime/a"] {
            let path = format!("{path}?min_position={position}");
            let plain = app.get(&path).await;
            let name = format!("Name {round}");
            assert!(plain.json().to_string().contains(&name), "{}", plain.json());
            for encoding in ["gzip", "zstd", "br"] {
                let got = decompressed_from(&app, &path, encoding).await;
                assert_eq!(got, plain.bytes, "{path} in {encoding}, round {round}");
            }
        }
    }
}
