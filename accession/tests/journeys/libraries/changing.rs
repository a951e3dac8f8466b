//! What a library says of itself, changed by its admins.
//!
//! Never read from the command's answer: what counts is what a member is shown next.

use reqwest::Method;
use serde_json::json;

use super::{Cast, asks, of};
use crate::premises::{Premises, Said};

impl Cast {
    pub(super) async fn a_library_is_said_otherwise(&self, at: &Premises) {
        let (path, page) = (of(&self.family), asks(&self.family, ""));
        let before = at.get(&page, &self.vera.token).await;
        let said = json!({ "name": "Pemberley", "description": "At last." });
        let changed = at.patch(&path, &self.ada.token, &said).await;
        changed.ok();
        let after = at.get(&page, &self.vera.token).await;
        assert_ne!(before.header("etag"), after.header("etag"));
        let document = after.ok();
        assert_eq!(
            (&document["name"], &document["description"]),
            (&json!("Pemberley"), &json!("At last."))
        );
        assert_eq!(
            (&document["kids_mode"], &document["active_members"]),
            (&json!(true), &json!(4))
        );
        assert_eq!(
            changed.header("etag"),
            format!("\"{}\"", document["version"])
        );
        let stale = at
            .request(Method::PATCH, &path, &self.ada.token)
            .header("if-match", "\"1\"")
            .json(&json!({ "name": "Hunsford" }));
        Said::to(stale).await.refused(412, "stale_version");
        for (name, kind) in [("", "family"), (&"x".repeat(201), "family")] {
            let body = json!({ "name": name, "kind": kind });
            let made = at.post("/api/v1/libraries", &self.ada.token, &body).await;
            assert_eq!(
                (made.status, &made.json()["errors"][0]["field"]),
                (422, &json!("name"))
            );
        }
        self.a_library_is_made_once(at).await;
    }

    async fn a_library_is_made_once(&self, at: &Premises) {
        let body = json!({ "name": "Twice", "kind": "shop" });
        let mut made = Vec::new();
        for _ in 0..2 {
            let request = at
                .request(Method::POST, "/api/v1/libraries", &self.otto.token)
                .header("idempotency-key", "once")
                .json(&body);
            made.push(Said::to(request).await);
        }
        assert_eq!(made[0].text, made[1].text);
        at.heard_of(made[0].position());
        let mine = at.get("/api/read/me/libraries", &self.otto.token).await;
        assert_eq!(mine.each("name"), ["Twice"]);
        assert_eq!(mine.each("kind"), ["shop"]);
    }
}
