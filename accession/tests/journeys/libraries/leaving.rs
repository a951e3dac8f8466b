//! Going: removed, and the admin who cannot go, however many ask at once.
//!
//! Never a matter of luck: each of the parallel demotions is allowed by itself.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::{Cast, asks, of};
use crate::premises::people::child;
use crate::premises::{PASSWORD, Person, Premises};

impl Cast {
    pub(super) async fn somebody_is_removed(&self, at: &Premises) {
        at.delete(&self.member(&self.edgar), &self.ada.token)
            .await
            .ok();
        at.get(&asks(&self.family, ""), &self.edgar.token)
            .await
            .refused(404, "not_found");
        let children = format!("{}/members/children", of(&self.family));
        at.post(&children, &self.edgar.token, &child("Nobody"))
            .await
            .refused(404, "not_found");
        let mine = at.get("/api/read/me/libraries", &self.edgar.token).await;
        assert!(mine.items().is_empty(), "{mine:?}");
        at.letter(&self.edgar.email, "You no longer belong to the library", 1)
            .await;
        at.get("/api/read/me", &self.edgar.token).await.ok();
        let again = at.delete(&self.member(&self.edgar), &self.ada.token).await;
        again.refused(404, "not_found");
    }

    pub(super) async fn an_admin_is_always_left(&self, at: &Premises) {
        let becomes = async |by: &Person, whose: &Person, role: &str| {
            let body = json!({ "role": role });
            at.patch(&self.member(whose), &by.token, &body).await
        };
        let suspended = json!({ "status": "suspended" });
        becomes(&self.ada, &self.ada, "viewer")
            .await
            .refused(409, "last_admin");
        let own = self.member(&self.ada);
        at.patch(&own, &self.ada.token, &suspended)
            .await
            .refused(409, "last_admin");
        at.delete(&own, &self.ada.token)
            .await
            .refused(409, "last_admin");
        let leave = format!("{}/leave", of(&self.family));
        let left = at.post(&leave, &self.ada.token, &json!({})).await;
        left.refused(409, "last_admin");
        let proof = json!({ "current_password": PASSWORD });
        let ended = Method::DELETE;
        let ended = at
            .send(ended, "/api/v1/users/me", &self.ada.token, Some(&proof))
            .await;
        ended.refused(409, "last_admin");
        assert!(ended.text.contains("Pemberley"), "{ended:?}");
        becomes(&self.ada, &self.vera, "admin").await.ok();
        let made = self.demotions(at).await;
        // Each of the two may go down, and all of these at once would leave nobody.
        let races = (0..40).map(|number| match number % 2 {
            0 => becomes(&self.ada, &self.vera, "viewer"),
            _ => becomes(&self.vera, &self.ada, "viewer"),
        });
        for said in join_all(races).await {
            // Whoever is an admin still may say again what is so already, which changes nothing.
            assert!(matches!(said.status, 200 | 403 | 409), "{said:?}");
        }
        assert_eq!(self.demotions(at).await, made + 1);
        let winner = self.cast_admin(at).await;
        let roster = asks(&self.family, "/members");
        let roles = at.get(&roster, &winner.token).await.each("role");
        let admins = roles.iter().filter(|role| **role == "admin").count();
        assert_eq!(admins, 1, "{roles:?}");
        becomes(winner, &self.ada, "admin").await.ok();
        becomes(&self.ada, &self.vera, "viewer").await.ok();
    }

    /// Which of the two looks after the family's library now.
    async fn cast_admin(&self, at: &Premises) -> &Person {
        let open = asks(&self.family, "/invitations");
        match at.get(&open, &self.ada.token).await.status {
            200 => &self.ada,
            _ => &self.vera,
        }
    }

    /// How often somebody became something else.
    async fn demotions(&self, at: &Premises) -> usize {
        let activity = asks(&self.family, "/members/activity");
        let kinds = at.get(&activity, &self.vera.token).await.each("kind");
        kinds.iter().filter(|kind| **kind == "role_changed").count()
    }
}
