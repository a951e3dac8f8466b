//! What the read side answers about people and libraries: whole, unchanged, page by page, not there, not now; and how one
//! comes in to ask, by password or by cookie.
//!
//! Never a document looked up inside: everything here is what a client gets.

mod cookies;
mod guessing;

use accession_testkit::eventually;
use serde_json::{Value, json};

use crate::libraries::looking::pages;
use crate::premises::{Person, Premises, ROOT, Said};
use crate::system::{SOON, client};

/// An id that nobody has.
const NOBODY: &str = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d";

#[tokio::test(flavor = "multi_thread")]
async fn questions_about_people_are_answered_in_one_process() {
    if let Some(at) = Premises::embedded().await {
        Asked::by_two(&at).await.everything(&at).await;
    }
}

mod faults {
    use accession_testkit::PrivateRedis;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn questions_about_people_are_answered_on_three_stores_until_the_store_is_away() {
        let redis = PrivateRedis::start().await;
        if let Some(at) = Premises::with_redis(&redis.url()).await {
            let asked = Asked::by_two(&at).await;
            asked.everything(&at).await;
            redis.kill();
            asked.nothing_is_made_up_while_the_store_is_away(&at).await;
        }
    }
}

/// Who asks, and about what.
struct Asked {
    root: Person,
    ada: Person,
    vera: Person,
    library: String,
}

impl Asked {
    async fn by_two(at: &Premises) -> Self {
        let ada = at.arrives("Ada Founder").await;
        let library = at.library(&ada, "Longbourn", "family").await;
        Self {
            vera: at.joins(&ada, &library, "Vera Viewing", "viewer").await,
            root: at.root().await,
            ada,
            library,
        }
    }

    async fn everything(&self, at: &Premises) {
        self.the_first_administrator_is_there(at).await;
        self.what_did_not_change_is_not_sent_again(at).await;
        self.what_is_not_there_is_404(at).await;
        self.lists_are_read_page_by_page(at).await;
        self.a_question_that_cannot_be_understood_is_told_why(at)
            .await;
        self.a_position_that_is_not_reached_is_waited_for_and_then_refused(at)
            .await;
        cookies::a_browser_keeps_its_tokens_in_cookies(at, &self.vera).await;
        guessing::who_guesses_locks_out_nobody_else(at, &self.ada, &self.vera).await;
    }

    /// Every question about people, with somebody who may ask it.
    fn questions(&self) -> Vec<(String, &Person)> {
        let library = format!("/api/read/libraries/{}", self.library);
        let own = ["", "/libraries", "/sessions", "/invitations", "/security"];
        let own = own.map(|about| (format!("/api/read/me{about}"), &self.vera));
        let members = [
            String::new(),
            "/members".into(),
            format!("/members/{}", self.ada.account),
            "/members/search?q=ada".into(),
            "/members/activity".into(),
        ];
        let members = members.map(|about| (format!("{library}{about}"), &self.vera));
        let admins = [
            "accounts".into(),
            format!("accounts/{}", self.vera.account),
            "security-audit".into(),
            format!("security-audit?account={}", self.vera.account),
        ];
        let admins = admins.map(|about| (format!("/api/read/admin/{about}"), &self.root));
        let invitations = (format!("{library}/invitations"), &self.ada);
        own.into_iter()
            .chain(members)
            .chain(admins)
            .chain([invitations])
            .collect()
    }

    async fn the_first_administrator_is_there(&self, at: &Premises) {
        let me = at.get("/api/read/me", &self.root.token).await.ok();
        assert_eq!(
            (&me["email"], &me["role"], &me["email_verified"]),
            (&json!(ROOT), &json!("admin"), &json!(true))
        );
        let all = at.get("/api/read/admin/accounts", &self.root.token).await;
        // The newest first; who was made at the first start is the last.
        assert_eq!(
            all.each("name"),
            ["Vera Viewing", "Ada Founder", "Administrator"]
        );
        assert_eq!(all.each("status"), ["active"; 3]);
        assert!(at.letters_to(ROOT).is_empty(), "nothing is left to prove");
        let other = at.get("/api/read/admin/accounts", &self.ada.token).await;
        other.refused(403, "forbidden");
    }

    async fn what_did_not_change_is_not_sent_again(&self, at: &Premises) {
        for (path, who) in self.questions() {
            let said = at.get(&path, &who.token).await;
            assert_eq!(said.status, 200, "{path}: {said:?}");
            assert_eq!(said.header("content-type"), "application/json", "{path}");
            assert!(said.position() >= Some(at.written()), "{path}: {said:?}");
            assert!(
                said.header("cache-control").contains("private"),
                "{path}: {said:?}"
            );
            let tag = said.header("etag");
            assert!(tag.len() > 4, "{path}: {said:?}");
            let again = at.ask(&path, &who.token, &[("if-none-match", tag)]).await;
            assert_eq!((again.status, again.text.as_str()), (304, ""), "{path}");
            assert_eq!(again.header("etag"), tag, "{path}");
            let other = at
                .ask(&path, &who.token, &[("if-none-match", "\"other\"")])
                .await;
            assert_eq!(other.text, said.text, "{path}");
            at.get(&path, "").await.refused(401, "token_missing");
        }
        let shape = at.get("/api/read/me/sessions", &self.vera.token).await;
        assert_eq!(shape.each("id"), [json!(self.vera.session)]);
        assert_eq!(shape.each("current"), [json!(true)]);
        assert_eq!(shape.json()["next_cursor"], Value::Null);
    }

    async fn what_is_not_there_is_404(&self, at: &Premises) {
        let library = format!("/api/read/libraries/{}/members", self.library);
        for (path, who) in [
            (format!("/api/read/admin/accounts/{NOBODY}"), &self.root),
            ("/api/read/admin/accounts/nobody".into(), &self.root),
            (format!("/api/read/libraries/{NOBODY}"), &self.ada),
            (format!("/api/read/libraries/{NOBODY}/members"), &self.ada),
            ("/api/read/libraries/longbourn".into(), &self.ada),
            (format!("{library}/{NOBODY}"), &self.ada),
            (format!("{library}/somebody"), &self.ada),
            // On the platform an administrator, here a stranger.
            (library.clone(), &self.root),
            (format!("{library}/{}", self.root.account), &self.ada),
        ] {
            at.get(&path, &who.token).await.refused(404, "not_found");
        }
    }

    async fn lists_are_read_page_by_page(&self, at: &Premises) {
        let library = format!("/api/read/libraries/{}", self.library);
        let audit = format!(
            "/api/read/admin/security-audit?account={}",
            self.vera.account
        );
        for (path, who) in [
            ("/api/read/admin/accounts".to_owned(), &self.root),
            (
                "/api/read/admin/accounts?status=active".to_owned(),
                &self.root,
            ),
            ("/api/read/admin/security-audit".to_owned(), &self.root),
            (audit, &self.root),
            ("/api/read/me/security".to_owned(), &self.vera),
            (format!("{library}/members"), &self.vera),
            (format!("{library}/members/activity"), &self.vera),
        ] {
            let whole = at.get(&path, &who.token).await.items();
            assert!(whole.len() > 1, "{path}: {whole:?}");
            assert_eq!(pages(at, &path, &who.token).await, whole, "{path}");
        }
        let first = "/api/read/admin/accounts?limit=1";
        let page = at.get(first, &self.root.token).await.ok();
        let cursor = page["next_cursor"].as_str().unwrap();
        // A cursor belongs to its question.
        let other = format!("/api/read/admin/security-audit?limit=1&cursor={cursor}");
        assert_eq!(at.get(&other, &self.root.token).await.status, 400);
        let kind = "/api/read/admin/security-audit?kind=EmailVerified";
        let kinds = at.get(kind, &self.root.token).await;
        // By mail, by the link of an invitation, by the operator's word.
        let proven = [&self.vera, &self.ada, &self.root].map(|who| json!(who.account));
        assert_eq!(kinds.each("account"), proven);
    }

    async fn a_question_that_cannot_be_understood_is_told_why(&self, at: &Premises) {
        for (path, who) in self.questions() {
            let mark = if path.contains('?') { '&' } else { '?' };
            let unknown = at.get(&format!("{path}{mark}colour=red"), &who.token).await;
            assert_eq!(unknown.status, 400, "{path}: {unknown:?}");
        }
        for path in [
            "accounts?status=asleep",
            "accounts?limit=0",
            "accounts?limit=201",
            "accounts?cursor=%00",
            "security-audit?account=vera",
            "security-audit?kind=not%20a%20kind",
        ] {
            let path = format!("/api/read/admin/{path}");
            let refused = at.get(&path, &self.root.token).await;
            assert_eq!(refused.status, 400, "{path}: {refused:?}");
            assert!(
                refused.json()["errors"][0]["field"].is_string(),
                "{refused:?}"
            );
        }
    }

    async fn a_position_that_is_not_reached_is_waited_for_and_then_refused(&self, at: &Premises) {
        let ahead = (at.written() + 1_000_000).to_string();
        let request = client()
            .get(format!("{}/api/read/me", at.read()))
            .bearer_auth(&self.vera.token)
            .header("accession-min-position", ahead);
        let said = Said::to(request).await;
        said.refused(503, "projection_behind");
        assert!(!said.header("retry-after").is_empty(), "{said:?}");
    }

    async fn nothing_is_made_up_while_the_store_is_away(&self, at: &Premises) {
        // What was remembered of an account may be told until it is known that nobody tells of changes any more.
        eventually(SOON, async || {
            let said = at.get("/api/read/me", &self.vera.token).await;
            (said.status == 503).then_some(()).ok_or(said.text)
        })
        .await;
        for (path, who) in self.questions() {
            let said = at.get(&path, &who.token).await;
            said.refused(503, "dependency_unavailable");
            assert!(!said.header("retry-after").is_empty(), "{path}: {said:?}");
            assert!(!said.text.contains("redis://"), "{path}: {said:?}");
        }
    }
}
