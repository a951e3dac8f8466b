//! The committed description of the API is what the program says, and what the server serves.

use std::path::Path;

use crate::system::{Embedded, json, run, text};

#[test]
fn the_committed_openapi_snapshot_is_what_the_program_prints() {
    let folder = tempfile::tempdir().unwrap();
    let printed = text(&run(folder.path(), &[], &["openapi"]));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    if std::env::var_os("ACCESSION_UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, format!("{printed}\n")).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed.trim() == printed,
        "docs/openapi.json differs from what the program says; read the difference, then write it anew with ACCESSION_UPDATE_OPENAPI=1"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_serves_its_description_its_pages_its_health_and_its_keys() {
    let system = Embedded::start().await;
    let url = &system.server.url;
    let description = json(&format!("{url}/openapi.json")).await;
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = description["paths"].as_object().unwrap();
    assert!(
        paths.contains_key("/api/v1/titles") && paths.contains_key("/api/read/titles"),
        "{:?}",
        paths.keys()
    );
    assert!(
        crate::system::get(&format!("{url}/docs/"))
            .await
            .text()
            .await
            .unwrap()
            .contains("swagger")
    );
    assert_eq!(json(&format!("{url}/health/live")).await["condition"], "ok");
    let status = json(&format!("{url}/health/status")).await;
    let names: Vec<&str> = status["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["name"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"event_log") && names.contains(&"projection.title_page"),
        "{names:?}"
    );
    assert_eq!(json(&format!("{url}/info")).await["name"], "accession");
    assert_eq!(
        json(&format!("{url}/.well-known/jwks.json")).await["keys"][0]["crv"],
        "Ed25519"
    );
    let metrics = crate::system::get(&format!("{url}/metrics"))
        .await
        .text()
        .await
        .unwrap();
    assert!(metrics.contains("accession_"), "{metrics}");
}
