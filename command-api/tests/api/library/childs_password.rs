//! A child's password, chosen by a grown-up who looks after the child.
//!
//! Never that of somebody who is no child there.

use serde_json::json;

use crate::app::{Answered, App, PASSWORD, Person};

const NEW: &str = "another horse another staple";

struct Family {
    app: App,
    ana: Person,
    /// An editor who has added the child.
    bob: Person,
    /// Another editor.
    carol: Person,
    library: String,
    child: Person,
    email: String,
}

impl Family {
    async fn in_app(app: App) -> Self {
        let ana = app.proven("ana").await;
        let library = app.library(&ana, "family").await;
        let bob = app.joins(&library, &ana, "bob", "editor").await;
        let carol = app.joins(&library, &ana, "carol", "editor").await;
        let add = app.post(format!("/api/v1/libraries/{library}/members/children"));
        let lydia = json!({ "full_name": "Lydia", "password": PASSWORD, "accepted_privacy_version": "1",
            "accepted_terms_version": "1" });
        let added = add.bearer(&bob.token).json(&lydia).send().await;
        let email = added.json()["email"].as_str().unwrap().to_owned();
        Self {
            child: app.person(&email).await,
            app,
            ana,
            bob,
            carol,
            library,
            email,
        }
    }

    async fn chooses(&self, who: &Person, whose: &Person, own: &str, key: &str) -> Answered {
        let (library, account) = (&self.library, whose.account);
        let path = format!("/api/v1/libraries/{library}/members/{account}/password");
        let body = json!({ "current_password": own, "new_password": NEW });
        let call = self.app.post(path).bearer(&who.token).key(key);
        call.json(&body).send().await
    }

    async fn signs_in(&self, password: &str) -> u16 {
        let body = json!({ "email": self.email, "password": password });
        let call = self.app.post("/api/v1/auth/login").json(&body);
        call.send().await.status.as_u16()
    }
}

#[tokio::test]
async fn who_answers_for_a_child_and_an_admin_choose_its_password_which_ends_its_sessions() {
    for app in App::everywhere().await {
        let family = Family::in_app(app).await;
        let first = family
            .chooses(&family.bob, &family.child, PASSWORD, "k")
            .await;
        assert_eq!(first.status, 200, "{first:?}");
        let again = family
            .chooses(&family.bob, &family.child, PASSWORD, "k")
            .await;
        assert_eq!(again.header("idempotency-replayed"), "true", "{again:?}");
        assert_eq!(first.json(), again.json());
        assert_eq!(
            (family.signs_in(PASSWORD).await, family.signs_in(NEW).await),
            (401, 200)
        );
        let tour = family.app.post("/api/v1/users/me/tour/complete");
        let before = tour.bearer(&family.child.token).send().await;
        assert_eq!(before.status, 401, "{before:?}");
        // Also when who answered for it is gone.
        let end = family
            .app
            .delete("/api/v1/users/me")
            .bearer(&family.bob.token);
        end.json(&json!({ "current_password": PASSWORD }))
            .send()
            .await
            .ok();
        let by_admin = family
            .chooses(&family.ana, &family.child, PASSWORD, "k2")
            .await;
        assert_eq!(by_admin.status, 200, "{by_admin:?}");
        let changed = family.app.event_names().await;
        let changed = changed.iter().filter(|name| *name == "PasswordChanged");
        assert_eq!(changed.count(), 2);
    }
}

#[tokio::test]
async fn nobody_else_chooses_it_and_no_grown_ups_password_is_chosen_by_another() {
    let family = Family::in_app(App::embedded().await).await;
    let eve = family.app.proven("eve").await;
    family.app.library(&eve, "family").await;
    let before = family.app.events().await.len();
    let Family {
        ana,
        bob,
        carol,
        child,
        ..
    } = &family;
    for (who, whose, own, refused) in [
        // Another editor, the child itself, a stranger.
        (carol, child, PASSWORD, 403),
        (child, child, PASSWORD, 403),
        (&eve, child, PASSWORD, 404),
        // Somebody at an admin's desk.
        (ana, child, "not her password at all", 403),
        // Grown-ups, who have mailboxes.
        (ana, bob, PASSWORD, 404),
        (ana, ana, PASSWORD, 404),
        (ana, &eve, PASSWORD, 404),
    ] {
        let answer = family.chooses(who, whose, own, "k").await;
        assert_eq!(answer.problem().0, refused, "{answer:?}");
    }
    assert_eq!(family.app.events().await.len(), before);
}
