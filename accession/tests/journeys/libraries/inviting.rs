//! Invitations: listed, sent again, declined, taken back, accepted with and without an account.
//!
//! Never with a token from anywhere but a mail.

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Cast, asks, of};
use crate::premises::people::address;
use crate::premises::{Person, Premises, Said};

/// Somebody without an account.
const WILMA: &str = "Wilma Waiting";

impl Cast {
    pub(super) async fn invitations_are_answered_sent_again_and_taken_back(&self, at: &Premises) {
        self.a_stranger_is_asked_twice_and_declines(at).await;
        self.an_invitation_is_taken_back(at).await;
        self.of_many_who_follow_one_link_one_comes_in(at).await;
        self.somebody_with_an_account_declines_and_then_accepts(at)
            .await;
        self.whom_nobody_asks(at).await;
    }

    async fn open(&self, at: &Premises) -> Vec<Value> {
        let path = asks(&self.family, "/invitations");
        at.get(&path, &self.ada.token).await.items()
    }

    async fn a_stranger_is_asked_twice_and_declines(&self, at: &Premises) {
        let email = address(WILMA);
        let first = at.invites(&self.ada, &self.family, &email, "viewer").await;
        let former = at.mailed_token(&email, "invitation", 1).await;
        let open = self.open(at).await;
        assert_eq!(
            (
                &open[0]["id"],
                &open[0]["email"],
                &open[0]["role"],
                &open[0]["expired"]
            ),
            (
                &json!(first),
                &json!(email),
                &json!("viewer"),
                &json!(false)
            )
        );
        let time = |field: &str| -> Timestamp { open[0][field].as_str().unwrap().parse().unwrap() };
        let week = time("expires_at").duration_since(time("invited_at"));
        let off = (week - SignedDuration::from_hours(7 * 24)).abs();
        assert!(off < SignedDuration::from_mins(1), "{open:?}");
        let second = at.invites(&self.ada, &self.family, &email, "viewer").await;
        assert_ne!(first, second);
        let newest = at.mailed_token(&email, "invitation", 2).await;
        assert_ne!(former, newest);
        at.accept_by_mail(&former, WILMA)
            .await
            .refused(404, "not_invited");
        let decline = async |token: &str| {
            let body = json!({ "token": token });
            at.post("/api/v1/auth/invitations/decline", "", &body).await
        };
        decline(&former).await.refused(404, "not_invited");
        decline(&newest).await.ok();
        decline(&newest).await.refused(404, "not_invited");
        at.accept_by_mail(&newest, WILMA)
            .await
            .refused(404, "not_invited");
        assert!(self.open(at).await.is_empty());
    }

    async fn an_invitation_is_taken_back(&self, at: &Premises) {
        let email = address(WILMA);
        let asked = at.invites(&self.ada, &self.family, &email, "viewer").await;
        let token = at.mailed_token(&email, "invitation", 3).await;
        let path = format!("{}/members/{asked}", of(&self.family));
        at.delete(&path, &self.ada.token).await.ok();
        at.accept_by_mail(&token, WILMA)
            .await
            .refused(404, "not_invited");
        assert!(self.open(at).await.is_empty());
    }

    async fn of_many_who_follow_one_link_one_comes_in(&self, at: &Premises) {
        let email = address(WILMA);
        at.invites(&self.ada, &self.family, &email, "viewer").await;
        let token = at.mailed_token(&email, "invitation", 4).await;
        let racers = (0..10).map(|_| at.accept_by_mail(&token, WILMA));
        let answers = join_all(racers).await;
        let joined = answers.iter().filter(|said| said.status == 201).count();
        assert_eq!(joined, 1, "{answers:?}");
        for said in answers.iter().filter(|said| said.status != 201) {
            let codes = ["not_invited", "account_exists"];
            assert!(codes.contains(&said.problem().1.as_str()), "{said:?}");
        }
        let path = asks(&self.family, "/members/search?q=wilma");
        let found = at.get(&path, &self.ada.token).await;
        assert_eq!(found.each("name"), [WILMA]);
    }

    async fn answers(&self, at: &Premises, who: &Person, what: &str) -> Said {
        let path = format!("{}/invitations/{what}", of(&self.family));
        at.post(&path, &who.token, &json!({})).await
    }

    async fn somebody_with_an_account_declines_and_then_accepts(&self, at: &Premises) {
        let otto = &self.otto;
        let mine = async || at.get("/api/read/me/invitations", &otto.token).await;
        at.invites(&self.ada, &self.family, &otto.email, "viewer")
            .await;
        let letter = at.letter(&otto.email, "Sign in with your account", 1).await;
        let asked = mine().await.items();
        assert_eq!(
            (
                &asked[0]["library_name"],
                &asked[0]["invited_by"],
                &asked[0]["role"]
            ),
            (&json!("Pemberley"), &json!("Ada Founder"), &json!("viewer"))
        );
        let token = letter.token().unwrap();
        let twice = at.accept_by_mail(&token, "Otto Other").await;
        twice.refused(409, "account_exists");
        // Nobody else answers for him.
        self.answers(at, &self.olga, "accept")
            .await
            .refused(404, "not_invited");
        self.answers(at, &self.olga, "decline")
            .await
            .refused(404, "not_invited");
        self.answers(at, otto, "decline").await.ok();
        assert!(mine().await.items().is_empty());
        self.answers(at, otto, "accept")
            .await
            .refused(404, "not_invited");
        at.invites(&self.ada, &self.family, &otto.email, "viewer")
            .await;
        self.answers(at, otto, "accept").await.ok();
        self.answers(at, otto, "accept").await.ok();
        at.get(&asks(&self.family, "/members"), &otto.token)
            .await
            .ok();
        let leave = format!("{}/leave", of(&self.family));
        at.post(&leave, &otto.token, &json!({})).await.ok();
        let roster = asks(&self.family, "/members");
        at.get(&roster, &otto.token).await.refused(404, "not_found");
    }

    async fn whom_nobody_asks(&self, at: &Premises) {
        let path = format!("{}/members", of(&self.family));
        let asked = async |email: &str, role: &str| {
            let body = json!({ "email": email, "role": role });
            at.post(&path, &self.ada.token, &body).await
        };
        asked(&self.vera.email, "viewer")
            .await
            .refused(409, "already_member");
        for (email, role, code) in [
            ("who@people.example", "child", "child_role"),
            ("who@people.example", "patron", "role_unknown_here"),
        ] {
            let refused = asked(email, role).await;
            let fault = &refused.json()["errors"][0];
            assert_eq!((refused.status, &fault["code"]), (422, &json!(code)));
        }
        let header = asked("who@people.example\r\nBcc: all@people.example", "viewer").await;
        assert_eq!(header.status, 422, "{header:?}");
    }
}
