//! What is left of somebody who was erased: nothing that tells of them, in no store, byte for byte; and the log proves
//! what it proved. In one process and on three stores.
//!
//! Looks into the stores themselves: who can is the one to be feared.

mod stores;

use reqwest::Method;
use serde_json::json;

use crate::premises::{PASSWORD, Person, Premises};
use crate::system::text;

/// By what she could be known: name, address, what a library calls her, what she calls her device, a former name.
const TELLING: [&str; 5] = [
    "quackenbush",
    "zephyrine",
    "zephie-of-the-mill",
    "cracked-slate-tablet",
    "vandersloot",
];
const NAME: &str = "Zephyrine Quackenbush";

#[tokio::test(flavor = "multi_thread")]
async fn no_store_tells_of_somebody_who_was_erased_in_one_process() {
    if let Some(mut at) = Premises::embedded().await {
        let left = she_comes(&at).await;
        assert_ne!(
            at.files_telling(&TELLING, "-"),
            Vec::<String>::new(),
            "she was there"
        );
        left.is_erased(&at).await;
        // What the read store has overwritten stays in its files for a while; it is made anew from the log.
        assert_eq!(
            at.files_telling(&TELLING, "read-store"),
            Vec::<String>::new()
        );
        at.restarts_without("read-store").await;
        at.get("/api/read/me", &at.root().await.token).await.ok();
        assert_eq!(at.files_telling(&TELLING, "-"), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_store_tells_of_somebody_who_was_erased_on_three_stores() {
    if let Some(at) = Premises::on_three_stores().await {
        let left = she_comes(&at).await;
        let before = stores::keys_telling(&at, &TELLING).await;
        assert_ne!(before, Vec::<String>::new(), "she was there");
        left.is_erased(&at).await;
        assert_eq!(at.files_telling(&TELLING, "-"), Vec::<String>::new());
        assert_eq!(
            stores::tables_telling(&at, &TELLING).await,
            Vec::<String>::new()
        );
        assert_eq!(
            stores::keys_telling(&at, &TELLING).await,
            Vec::<String>::new()
        );
    }
}

/// Who is there before she goes, and where she has been.
struct Left {
    ada: Person,
    zephyrine: Person,
    library: String,
    other: String,
    own: String,
}

async fn she_comes(at: &Premises) -> Left {
    let ada = at.arrives("Ada Keeper").await;
    let library = at.library(&ada, "Longbourn", "family").await;
    let zephyrine = at.arrives(NAME).await;
    let member = format!("/api/v1/libraries/{library}/members/{}", zephyrine.account);
    // Removed once, which leaves a record, and in again; and asked into another, which she has not answered.
    for time in 0..2 {
        asked_by_a_nickname(at, &ada, &library, &zephyrine).await;
        let accept = format!("/api/v1/libraries/{library}/invitations/accept");
        at.post(&accept, &zephyrine.token, &json!({})).await.ok();
        if time == 0 {
            at.delete(&member, &ada.token).await.ok();
        }
    }
    let other = at.library(&ada, "Meryton", "lending").await;
    asked_by_a_nickname(at, &ada, &other, &zephyrine).await;
    let renamed = json!({ "name": "Zephyrine Vandersloot" });
    at.patch("/api/v1/users/me", &zephyrine.token, &renamed)
        .await
        .ok();
    let device = json!({ "email": zephyrine.email, "password": PASSWORD, "device_name": "cracked-slate-tablet" });
    at.post("/api/v1/auth/login", "", &device).await.ok();
    let own = at.library(&zephyrine, "Netherfield", "family").await;
    let roster = format!("/api/read/libraries/{library}/members");
    let roster = at.get(&roster, &ada.token).await;
    assert!(roster.text.contains("Vandersloot"), "{roster:?}");
    Left {
        ada,
        zephyrine,
        library,
        other,
        own,
    }
}

impl Left {
    async fn is_erased(&self, at: &Premises) {
        she_is_erased(at, &self.zephyrine, &self.own).await;
        let roster = format!("/api/read/libraries/{}/members", self.library);
        let roster = at.get(&roster, &self.ada.token).await;
        assert_eq!(roster.each("account_id"), [json!(self.ada.account)]);
        let open = format!("/api/read/libraries/{}/invitations", self.other);
        assert!(at.get(&open, &self.ada.token).await.items().is_empty());
    }
}

async fn asked_by_a_nickname(at: &Premises, by: &Person, library: &str, whom: &Person) {
    let body = json!({ "email": whom.email, "role": "viewer", "full_name": "Zephie-of-the-Mill" });
    let path = format!("/api/v1/libraries/{library}/members");
    let asked = at.post(&path, &by.token, &body).await;
    assert_eq!(asked.status, 202, "{asked:?}");
}

/// By an administrator, who is told what would be left without an admin, and says that it is to go, too.
async fn she_is_erased(at: &Premises, gone: &Person, own: &str) {
    let root = at.root().await;
    let erase = format!("/api/v1/admin/accounts/{}/erase", gone.account);
    let reason = json!({ "reason": "legal_duty" });
    let held = at.post(&erase, &root.token, &reason).await;
    held.refused(409, "last_admin");
    assert!(held.text.contains(own), "{held:?}");
    at.get("/api/read/me", &gone.token).await.ok();
    let all = json!({ "reason": "legal_duty", "libraries": "delete" });
    at.post(&erase, &root.token, &all).await.ok();
    let me = at.send(Method::GET, "/api/v1/users/me/sessions", &gone.token, None);
    me.await.refused(401, "account_closed");
    // The last mail leaves after all of it.
    at.letter(&gone.email, "was deleted on", 1).await;
    stores::nothing_waits(at).await;
    let verified = text(&at.run(&["log", "verify"]));
    assert!(
        verified.contains("events are as they were written"),
        "{verified}"
    );
}
