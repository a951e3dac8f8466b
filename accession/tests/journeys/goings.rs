//! What is left when people and libraries go: copies of nobody who is gone, no loans for ever, no child whom nobody looks after;
//! as one process and as three roles on three stores.
//!
//! Never waits for the server's work by time: by what somebody is answered.

use accession_testkit::eventually;
use reqwest::Method;
use serde_json::{Value, json};

use crate::premises::{PASSWORD, Person, Premises};
use crate::system::SOON;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_goes_leaves_nothing_behind_in_one_process() {
    if let Some(at) = Premises::embedded().await {
        everybody_goes(&at).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_goes_leaves_nothing_behind_on_three_stores() {
    if let Some(at) = Premises::on_three_stores().await {
        everybody_goes(&at).await;
    }
}

async fn everybody_goes(at: &Premises) {
    let ada = at.arrives("Ada Founder").await;
    a_copy_is_a_members_only_while_they_are_one(at, &ada).await;
    a_library_that_is_deleted_ends_its_loans(at, &ada).await;
    a_child_goes_when_nobody_looks_after_it(at, &ada).await;
}

async fn takes_in(at: &Premises, by: &Person, library: &str, details: Value) -> Value {
    let copy = json!({ "title": "Emma", "authors": ["Jane Austen"], "duplicate": true, "details": details });
    let path = format!("/api/v1/libraries/{library}/copies");
    let said = at.post(&path, &by.token, &copy).await;
    assert_eq!(said.status, 201, "{said:?}");
    said.json()
}

async fn ends_account(at: &Premises, who: &Person) {
    let proof = json!({ "current_password": PASSWORD });
    let ended = at.send(Method::DELETE, "/api/v1/users/me", &who.token, Some(&proof));
    ended.await.ok();
}

async fn deletes(at: &Premises, by: &Person, library: &str, name: &str) {
    let path = format!("/api/v1/libraries/{library}");
    let proof = json!({ "current_password": PASSWORD, "name": name });
    let confirm = format!("{path}/confirm-deletion");
    let confirmed = at.post(&confirm, &by.token, &proof).await.ok();
    let body = json!({ "confirmation": confirmed["confirmation"] });
    let gone = at.send(Method::DELETE, &path, &by.token, Some(&body)).await;
    assert_eq!(gone.status, 202, "{gone:?}");
}

async fn a_copy_is_a_members_only_while_they_are_one(at: &Premises, ada: &Person) {
    let library = at.library(ada, "Longbourn", "lending").await;
    let stranger = at.arrives("Olga Outside").await;
    let copies = format!("/api/v1/libraries/{library}/copies");
    let hers = json!({ "title": "Emma", "authors": ["Jane Austen"], "details": { "owner": stranger.account } });
    let refused = at.post(&copies, &ada.token, &hers).await;
    assert_eq!(
        refused.json()["errors"][0]["code"],
        "no_such_member",
        "{refused:?}"
    );
    for leaves in [true, false] {
        let name = if leaves { "Paul Patron" } else { "Pia Patron" };
        let member = at.joins(ada, &library, name, "patron").await;
        let owned = json!({ "owner": member.account });
        let copy = takes_in(at, ada, &library, json!({})).await;
        let path = format!("{copies}/{}", copy["id"].as_str().unwrap());
        let other = json!({ "owner": stranger.account });
        let refused = at.patch(&path, &ada.token, &other).await;
        assert_eq!(
            refused.json()["errors"][0]["code"],
            "no_such_member",
            "{refused:?}"
        );
        at.patch(&path, &ada.token, &owned).await.ok();
        let asked = path.replace("/api/v1/", "/api/read/");
        let said = at.get(&asked, &ada.token).await;
        assert_eq!(said.json()["owner"], json!(member.account), "{said:?}");
        if leaves {
            let leave = format!("/api/v1/libraries/{library}/leave");
            at.post(&leave, &member.token, &json!({})).await.ok();
        } else {
            ends_account(at, &member).await;
        }
        eventually(SOON, async || {
            let said = at.get(&asked, &ada.token).await;
            said.json()["owner"]
                .is_null()
                .then_some(())
                .ok_or(said.text)
        })
        .await;
    }
}

async fn a_library_that_is_deleted_ends_its_loans(at: &Premises, ada: &Person) {
    let library = at.library(ada, "Netherfield", "lending").await;
    let jane = at.joins(ada, &library, "Jane Patron", "patron").await;
    for barcode in ["NET-1", "NET-2"] {
        takes_in(at, ada, &library, json!({ "barcode": barcode })).await;
    }
    let loans = format!("/api/v1/libraries/{library}/loans");
    let hers = json!({ "barcode": "NET-1", "account": jane.account });
    assert_eq!(at.post(&loans, &ada.token, &hers).await.status, 201);
    let outside = json!({ "barcode": "NET-2", "name": "Aunt Philips" });
    let lent = at.post(&loans, &ada.token, &outside).await;
    assert_eq!(lent.status, 201, "{lent:?}");
    let copies = format!("/api/read/libraries/{library}/copies?barcode=NET-2");
    let copy = at.get(&copies, &ada.token).await.each("id")[0].clone();
    let holds = format!(
        "/api/v1/libraries/{library}/copies/{}/holds",
        copy.as_str().unwrap()
    );
    assert_eq!(at.post(&holds, &jane.token, &json!({})).await.status, 201);
    let mine = async || at.get("/api/read/me/loans?state=all", &jane.token).await;
    let open = mine().await;
    assert_eq!(open.each("state"), ["open"], "{open:?}");
    let lent_at = open.items()[0]["lent_at"].as_str().unwrap().to_owned();
    let fraction = lent_at.split_once('.').map_or("", |(_, fraction)| fraction);
    assert!(fraction.len() <= "123456Z".len(), "{lent_at}");
    assert_eq!(
        at.get("/api/read/me/holds", &jane.token)
            .await
            .items()
            .len(),
        1
    );

    deletes(at, ada, &library, "Netherfield").await;
    eventually(SOON, async || {
        let said = mine().await;
        (said.each("state") == ["returned"])
            .then_some(())
            .ok_or(said.text)
    })
    .await;
    eventually(SOON, async || {
        let said = at.get("/api/read/me/holds", &jane.token).await;
        said.items().is_empty().then_some(()).ok_or(said.text)
    })
    .await;
}

async fn a_child_goes_when_nobody_looks_after_it(at: &Premises, ada: &Person) {
    let pemberley = at.library(ada, "Pemberley", "family").await;
    let vera = at.joins(ada, &pemberley, "Vera Guardian", "editor").await;
    let lydia = at.child(&vera, &pemberley, "Lydia Child").await;
    let edgar = at.arrives("Edgar Guardian").await;
    let hunsford = at.library(&edgar, "Hunsford", "family").await;
    let cleo = at.child(&edgar, &hunsford, "Cleo Child").await;

    ends_account(at, &vera).await;
    deletes(at, &edgar, &hunsford, "Hunsford").await;
    let family = format!("/api/read/libraries/{hunsford}");
    eventually(SOON, async || {
        let said = at.get(&family, &cleo.token).await;
        (said.status == 404).then_some(()).ok_or(said.text)
    })
    .await;
    // Whoever answers for the child is there.
    at.get("/api/read/me", &cleo.token).await.ok();
    ends_account(at, &edgar).await;
    eventually(SOON, async || {
        let said = at.get("/api/read/me", &cleo.token).await;
        (said.status == 401).then_some(()).ok_or(said.text)
    })
    .await;
    // A library has the other, and its admins look after it.
    at.get("/api/read/me", &lydia.token).await.ok();
}
