//! Labels of copies and places over HTTP, as one process and as three roles on three stores.
//!
//! That a scanner reads them back is tested where they are drawn.

use serde_json::{Value, json};

use crate::premises::{Person, Premises};

#[tokio::test(flavor = "multi_thread")]
async fn labels_are_printed_in_one_process() {
    if let Some(at) = Premises::embedded().await {
        labels_are_printed(&at).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_are_printed_on_three_stores() {
    if let Some(at) = Premises::on_three_stores().await {
        labels_are_printed(&at).await;
    }
}

async fn made(at: &Premises, who: &Person, path: &str, body: &Value) -> String {
    let said = at.post(path, &who.token, body).await;
    assert_eq!(said.status, 201, "{said:?}");
    said.json()["id"].as_str().unwrap().to_owned()
}

async fn labels_are_printed(at: &Premises) {
    let ada = at.arrives("Ada Founder").await;
    let library = at.library(&ada, "Библиотека", "family").await;
    let vera = at.joins(&ada, &library, "Vera Viewing", "viewer").await;
    let own = format!("/api/v1/libraries/{library}");
    let places = format!("{own}/places");
    let room = made(
        at,
        &ada,
        &places,
        &json!({ "kind": "room", "name": "Library" }),
    )
    .await;
    let shelf = json!({ "kind": "shelf", "name": "Novels", "under": room });
    let shelf = made(at, &ada, &places, &shelf).await;
    let copy = json!({ "title": "Emma", "authors": ["Jane Austen"], "place_id": shelf,
        "details": { "barcode": "PEM-1" } });
    let copy = made(at, &ada, &format!("{own}/copies"), &copy).await;
    let asks = async |question: &str, who: &Person| {
        let path = format!("/api/read/libraries/{library}/labels?{question}");
        at.get(&path, &who.token).await
    };
    for question in [
        format!("copies={copy}"),
        format!("place={room}&sheet=letter-30&start=30"),
        format!("places={room},{shelf}&sheet=a4-21"),
        format!("place={shelf}&code=qr"),
    ] {
        let said = asks(&question, &ada).await;
        assert_eq!(said.status, 200, "{question}: {said:?}");
        assert_eq!(said.headers["content-type"], "application/pdf");
        assert!(said.text.starts_with("%PDF-1."), "{question}");
    }
    let said = asks(&format!("copies={copy}&format=svg"), &ada).await;
    assert_eq!(said.headers["content-type"], "image/svg+xml", "{said:?}");
    assert!(said.text.starts_with("<svg "), "{said:?}");
    for wrong in [
        String::new(),
        format!("copies={copy}&place={room}"),
        "copies=x".to_owned(),
        format!("copies={copy}&sheet=a3"),
        format!("copies={copy}&start=25"),
        format!("copies={copy}&format=png"),
        format!("copies={copy}&code=ean"),
        format!("places={room},{shelf}&format=svg"),
    ] {
        let said = asks(&wrong, &ada).await;
        assert_eq!(said.status, 400, "{wrong}: {said:?}");
    }
    for absent in ["copies", "place", "places"] {
        let said = asks(&format!("{absent}={library}"), &ada).await;
        assert_eq!(said.status, 404, "{absent}: {said:?}");
    }
    let said = asks(&format!("copies={copy}"), &vera).await;
    assert_eq!(said.status, 403, "{said:?}");
}
