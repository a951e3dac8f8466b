//! Taking a library down: the password, its name, a confirmation, and then the server's own work.
//!
//! Never waits for the server's work by time: by what a member is answered.

use accession_testkit::eventually;
use reqwest::Method;
use serde_json::json;

use super::{Cast, asks, of};
use crate::premises::people::address;
use crate::premises::{PASSWORD, Premises};
use crate::system::SOON;

impl Cast {
    pub(super) async fn a_library_is_taken_down(&self, at: &Premises) {
        let path = of(&self.family);
        let invited = address("Yolanda");
        at.invites(&self.ada, &self.family, &invited, "viewer")
            .await;
        let token = at.mailed_token(&invited, "invitation", 1).await;
        let confirms = async |password: &str, name: &str| {
            let body = json!({ "current_password": password, "name": name });
            let path = format!("{path}/confirm-deletion");
            at.post(&path, &self.ada.token, &body).await
        };
        confirms("not the password at all", "Pemberley")
            .await
            .refused(403, "wrong_password");
        let other = confirms(PASSWORD, "Longbourn").await;
        assert_eq!(
            (other.status, &other.json()["errors"][0]["code"]),
            (422, &json!("other_name"))
        );
        let deletes = async |confirmation: &str| {
            let body = json!({ "confirmation": confirmation, "reason": "we have moved" });
            at.send(Method::DELETE, &path, &self.ada.token, Some(&body))
                .await
        };
        assert_eq!(deletes("anything").await.status, 422);
        let confirmed = confirms(PASSWORD, "Pemberley").await.ok();
        let gone = deletes(confirmed["confirmation"].as_str().unwrap()).await;
        assert_eq!(gone.status, 202, "{gone:?}");
        let rename = at
            .patch(&path, &self.ada.token, &json!({ "name": "Hunsford" }))
            .await;
        let codes = [
            (409, "library_being_deleted".to_owned()),
            (404, "not_found".to_owned()),
        ];
        assert!(codes.contains(&rename.problem()), "{rename:?}");
        self.nobody_belongs_to_it(at).await;
        let late = at.accept_by_mail(&token, "Yolanda").await;
        assert!((400..500).contains(&late.status), "{late:?}");
    }

    async fn nobody_belongs_to_it(&self, at: &Premises) {
        for who in [&self.ada, &self.vera, &self.cleo] {
            eventually(SOON, async || {
                let said = at.get(&asks(&self.family, ""), &who.token).await;
                (said.status == 404).then_some(()).ok_or(said.text)
            })
            .await;
        }
        let mine = at.get("/api/read/me/libraries", &self.ada.token).await;
        assert_eq!(mine.each("library_id"), [json!(self.lending)]);
        let none = at.get("/api/read/me/libraries", &self.cleo.token).await;
        assert!(none.items().is_empty(), "{none:?}");
        // Who belonged to it goes on having an account.
        at.get("/api/read/me", &self.cleo.token).await.ok();
        at.get(&asks(&self.lending, ""), &self.paul.token)
            .await
            .ok();
    }
}
