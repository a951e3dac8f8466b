//! A library is never without an active admin, however many ask at once.
//!
//! Never a matter of luck: each of the parallel demotions is allowed by itself.

use futures_util::future::join_all;
use serde_json::json;

use crate::app::{App, PASSWORD};

#[tokio::test]
async fn of_a_hundred_parallel_demotions_of_the_last_two_admins_by_each_other_one_wins() {
    for app in App::everywhere().await {
        let ana = app.proven("ana").await;
        let library = app.library(&ana, "family").await;
        let bob = app.joins(&library, &ana, "bob", "admin").await;
        let demotions = (0..100).map(|number| {
            let (by, of) = if number % 2 == 0 {
                (&ana, &bob)
            } else {
                (&bob, &ana)
            };
            app.patch(format!(
                "/api/v1/libraries/{library}/members/{}",
                of.account
            ))
            .bearer(&by.token)
            .json(&json!({ "role": "viewer" }))
            .send()
        });
        let answers = join_all(demotions).await;
        for answer in &answers {
            let known = matches!(answer.status.as_u16(), 200 | 403 | 404 | 409);
            assert!(known, "{answer:?}");
        }
        let demoted = app.event_names().await;
        let demoted = demoted.iter().filter(|name| *name == "RoleChanged").count();
        assert_eq!(demoted, 1);
        let mut admins = 0;
        for person in [&ana, &bob] {
            let renamed = app
                .patch(format!("/api/v1/libraries/{library}"))
                .bearer(&person.token)
                .json(&json!({ "name": "Netherfield" }))
                .send()
                .await;
            admins += usize::from(renamed.status.is_success());
        }
        assert_eq!(admins, 1);
    }
}

#[tokio::test]
async fn the_last_admin_cannot_end_their_account_and_reads_of_which_libraries() {
    for app in App::everywhere().await {
        let ana = app.proven("ana").await;
        let library = app.library(&ana, "family").await;
        let end = |token: &str| {
            let body = json!({ "current_password": PASSWORD });
            app.delete("/api/v1/users/me").bearer(token).json(&body)
        };
        let last = (409, "last_admin".to_owned());
        let refused = end(&ana.token).send().await;
        assert_eq!(refused.problem(), last);
        assert!(refused.text.contains("Longbourn") && refused.text.contains(&library));

        let bob = app.joins(&library, &ana, "bob", "admin").await;
        let carol = app.joins(&library, &ana, "carol", "viewer").await;
        end(&ana.token).send().await.ok();
        // Ana is an admin no more, although she never left.
        assert_eq!(end(&bob.token).send().await.problem(), last);
        end(&carol.token).send().await.ok();
    }
}
