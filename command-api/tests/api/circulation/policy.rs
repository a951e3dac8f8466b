//! On which terms a library lends.
//!
//! Never changes what is out already.

use serde_json::json;

use super::{desk, to_member};
use crate::app::App;

#[tokio::test]
async fn a_policy_is_set_by_admins_and_holds_for_the_next_loan() {
    for app in App::everywhere().await {
        let (library, ana, [pia, _], copy) = desk(&app).await;
        let path = format!("/api/v1/libraries/{library}/loan-policy");
        let set = |token: &str, days: u16| {
            let body = json!({ "period_days": days, "lends_to": ["viewer"] });
            app.put(&path).bearer(token).json(&body)
        };
        assert_eq!(set(&pia.token, 7).send().await.status, 403);
        let bad = set(&ana.token, 0).send().await;
        assert_eq!(
            bad.faults(),
            [("period_days".to_owned(), "out_of_range".to_owned())]
        );
        set(&ana.token, 7).send().await.ok();
        let refused = app.lends(&library, &ana, &to_member(copy, &pia)).await;
        assert_eq!(
            refused.faults(),
            [("account".to_owned(), "role_not_lent_to".to_owned())]
        );
        let own = app.lends(&library, &ana, &to_member(copy, &ana)).await;
        assert_eq!(own.status, 422, "admins are not lent to either: {own:?}");
        app.put(&path)
            .bearer(&ana.token)
            .json(&json!({ "period_days": 7 }))
            .send()
            .await
            .ok();
        let lent = app.lends(&library, &ana, &to_member(copy, &pia)).await;
        lent.clone().created();
        let event = app.last("LoanOpened").await;
        assert_eq!(event["policy"], 2);
        assert_eq!(event["due_at"], lent.json()["due_at"]);
    }
}
