//! Belonging to a library: suspended and reinstated, as a child, and at work in one of several.
//!
//! Never by another session than the one that was there before the change.

use serde_json::{Value, json};

use super::{Cast, asks, of};
use crate::premises::people::{child, claims};
use crate::premises::{Person, Premises};

impl Cast {
    pub(super) async fn a_suspended_member_is_a_stranger_until_reinstated(&self, at: &Premises) {
        let put = async |status: &str| {
            let body = json!({ "status": status });
            at.patch(&self.member(&self.edgar), &self.ada.token, &body)
                .await
                .ok();
        };
        let (page, roster) = (asks(&self.family, ""), asks(&self.family, "/members"));
        let children = format!("{}/members/children", of(&self.family));
        put("suspended").await;
        at.get(&page, &self.edgar.token)
            .await
            .refused(404, "not_found");
        at.post(&children, &self.edgar.token, &child("Nobody"))
            .await
            .refused(404, "not_found");
        let mine = at.get("/api/read/me/libraries", &self.edgar.token).await;
        assert_eq!(mine.each("status"), ["suspended"]);
        let seen = at.get(&roster, &self.vera.token).await.each("name");
        assert!(!seen.contains(&json!("Edgar Ender")), "{seen:?}");
        let seen = at.get(&roster, &self.ada.token).await;
        let suspended = seen
            .items()
            .into_iter()
            .find(|one| one["status"] == "suspended");
        assert_eq!(suspended.unwrap()["name"], "Edgar Ender");
        put("active").await;
        at.get(&page, &self.edgar.token).await.ok();
    }

    pub(super) async fn a_child_sees_itself_and_stays_one(&self, at: &Premises) {
        let own = asks(&self.family, &format!("/members/{}", self.cleo.account));
        let itself = at.get(&own, &self.cleo.token).await.ok();
        assert_eq!(
            (
                &itself["name"],
                &itself["role"],
                &itself["birth_year"],
                &itself["guardian"]
            ),
            (
                &json!("Cleo Child"),
                &json!("child"),
                &json!(2015),
                &json!(self.edgar.account)
            )
        );
        let seen = at.get(&own, &self.vera.token).await.ok();
        assert!(
            seen.get("birth_year").is_none() && seen.get("guardian").is_none(),
            "{seen}"
        );
        let grown = json!({ "role": "viewer" });
        let grown = at
            .patch(&self.member(&self.cleo), &self.ada.token, &grown)
            .await;
        assert_eq!(
            (grown.status, &grown.json()["errors"][0]["code"]),
            (422, &json!("child_role"))
        );
        let leave = format!("{}/leave", of(&self.family));
        at.post(&leave, &self.cleo.token, &json!({}))
            .await
            .refused(403, "forbidden");
        let children = format!("{}/members/children", of(&self.lending));
        let borrowed = at.post(&children, &self.ada.token, &child("Nobody")).await;
        assert_eq!(borrowed.status, 422, "{borrowed:?}");
        assert!(self.cleo.email.ends_with("@children.invalid"));
        assert!(at.letters_to(&self.cleo.email).is_empty());
        let off = json!({ "kids_mode": false });
        at.patch(&of(&self.family), &self.ada.token, &off)
            .await
            .ok();
        let page = at.get(&asks(&self.family, ""), &self.cleo.token).await.ok();
        assert_eq!(page["kids_mode"], false);
    }

    pub(super) async fn a_library_is_selected_to_work_in(&self, at: &Premises) {
        let select = async |who: &Person, library: &str| {
            let body = json!({ "library_id": library });
            at.post("/api/v1/auth/context/select", &who.token, &body)
                .await
        };
        let selected = select(&self.ada, &self.lending).await.ok();
        let told = json!({ "library_id": self.lending, "role": "admin" });
        assert_eq!(selected["library"], told);
        let claims = claims(selected["access_token"].as_str().unwrap());
        assert_eq!(
            (&claims["library_id"], &claims["role"]),
            (&told["library_id"], &told["role"])
        );
        // It stays for the next sign-in; whoever belongs to one only has it without asking.
        assert_eq!(at.log_in(&self.ada.email).await.ok()["library"], told);
        let only = at.log_in(&self.vera.email).await.ok();
        assert_eq!(
            only["library"],
            json!({ "library_id": self.family, "role": "viewer" })
        );
        select(&self.olga, &self.family)
            .await
            .refused(404, "not_found");
        let body = json!({ "library_id": "Longbourn" });
        let path = "/api/v1/auth/context/select";
        let bad = at.post(path, &self.ada.token, &body).await;
        assert!(matches!(bad.status, 400 | 422), "{bad:?}");
        self.selections_are_void_when_an_admin_says_so(at).await;
    }

    /// What a token says of a library is a hint, and is given anew when it is asked for anew.
    async fn selections_are_void_when_an_admin_says_so(&self, at: &Premises) {
        let path = format!("{}/revoke-sessions", of(&self.family));
        let revoked = at.post(&path, &self.ada.token, &json!({})).await;
        assert_eq!(revoked.ok()["revoked_count"], 3);
        let body = json!({ "refresh_token": self.vera.refresh });
        let refreshed = at.post("/api/v1/auth/refresh", "", &body).await.ok();
        assert_eq!(refreshed["library"], Value::Null);
        at.get(&asks(&self.family, ""), &self.vera.token).await.ok();
    }
}
