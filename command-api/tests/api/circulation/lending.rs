//! Copies go out, stay out for longer, come back, or are lost.
//!
//! Never is a copy out twice; see `at_once` for many who want it.

use serde_json::json;

use super::{desk, to_member};
use crate::app::{App, NOBODY};

fn conflict(code: &str) -> (u16, String) {
    (409, code.to_owned())
}

#[tokio::test]
async fn a_copy_is_lent_renewed_and_taken_back_and_each_stream_knows_it() {
    for app in App::everywhere().await {
        let (library, ana, [pia, paul], copy) = desk(&app).await;
        let before = app.event_names().await.len();
        app.at_copy(&library, &pia, copy, "loan")
            .await
            .created_nothing();
        let names = app.event_names().await;
        assert_eq!(
            names[before..],
            [
                "CopyLentOut",
                "LoanOpened",
                "PatronRegistered",
                "CopyBorrowed"
            ]
        );
        let again = app.at_copy(&library, &pia, copy, "loan").await;
        assert_eq!(again.problem(), conflict("already_yours"));
        let refused = app.at_copy(&library, &paul, copy, "loan").await;
        assert_eq!(refused.problem(), conflict("on_loan"));
        let holds = format!("/api/v1/libraries/{library}/copies/{copy}/holds");
        assert_eq!(refused.json()["links"]["hold"], holds);
        let due = app.last("LoanOpened").await["due_at"].clone();
        assert_eq!(refused.json()["due_at"], due);
        assert!(
            !refused.text.contains(&pia.account.to_string()),
            "{refused:?}"
        );

        let soon = app.at_copy(&library, &pia, copy, "loan/renewal").await;
        assert_eq!(soon.problem(), conflict("not_yet_renewable"));
        let others = app.at_copy(&library, &paul, copy, "loan/renewal").await;
        assert_eq!(others.problem(), conflict("not_on_loan_to_you"));

        let alone = app.at_copy(&library, &pia, copy, "loan/return").await;
        assert_eq!(alone.problem(), (403, "no_self_service".into()));
        app.at_copy(&library, &ana, copy, "loan/return").await.ok();
        let names = app.event_names().await;
        let tail = &names[names.len() - 3..];
        assert_eq!(tail, ["CopyCameBack", "LoanReturned", "CopyGivenBack"]);
        let twice = app.at_copy(&library, &ana, copy, "loan/return").await;
        assert_eq!(twice.problem(), conflict("not_on_loan"));
        app.at_copy(&library, &paul, copy, "loan")
            .await
            .created_nothing();
    }
}

#[tokio::test]
async fn the_staff_lends_by_barcode_to_somebody_outside_and_knows_them_the_next_time() {
    for app in App::everywhere().await {
        let (library, ana, [pia, _], _) = desk(&app).await;
        app.copy(&library, "PEM-2").await;
        let body = json!({ "barcode": "pem-1", "name": "Aunt Philips" });
        let lent = app.lends(&library, &ana, &body).await;
        lent.clone().created();
        let patron = lent.json()["patron_id"].as_str().unwrap().to_owned();
        let registered = app.last("PatronRegistered").await;
        assert!(!registered.to_string().contains("Philips"), "{registered}");
        let again = json!({ "barcode": "PEM-2", "patron": patron });
        app.lends(&library, &ana, &again).await.created();
        let names = app.event_names().await;
        let registered = names.iter().filter(|name| *name == "PatronRegistered");
        assert_eq!(registered.count(), 1);

        let unknown = json!({ "barcode": "PEM-9", "account": pia.account.to_string() });
        let unknown = app.lends(&library, &ana, &unknown).await;
        assert_eq!(unknown.problem(), (404, "not_found".into()));
        assert!(unknown.text.contains("PEM-9"));
        let nobody = json!({ "barcode": "PEM-1", "patron": NOBODY });
        let nobody = app.lends(&library, &ana, &nobody).await;
        assert_eq!(nobody.status, 409, "the copy is out: {nobody:?}");
    }
}

#[tokio::test]
async fn somebody_outside_is_forgotten_once_they_have_nothing() {
    for app in App::everywhere().await {
        let (library, ana, [pia, _], copy) = desk(&app).await;
        let body = json!({ "barcode": "PEM-1", "name": "Aunt Philips" });
        let lent = app.lends(&library, &ana, &body).await;
        let patron = lent.json()["patron_id"].as_str().unwrap().to_owned();
        let forget = |patron: &str, token: &str| {
            let path = format!("/api/v1/libraries/{library}/borrowers/{patron}");
            app.delete(path).bearer(token)
        };
        assert_eq!(forget(&patron, &pia.token).send().await.status, 403);
        let early = forget(&patron, &ana.token).send().await;
        assert_eq!(early.problem(), conflict("still_borrows"));
        app.at_copy(&library, &ana, copy, "loan/return").await.ok();
        forget(&patron, &ana.token).send().await.ok();
        assert_eq!(app.last("SubjectErased").await["subject"], patron);
        forget(&patron, &ana.token).send().await.ok();
        let names = app.event_names().await;
        let erased = names.iter().filter(|name| *name == "SubjectErased");
        assert_eq!(erased.count(), 1);

        app.at_copy(&library, &pia, copy, "loan")
            .await
            .created_nothing();
        app.at_copy(&library, &ana, copy, "loan/return").await.ok();
        let member = app.last("LoanOpened").await["borrower"]["patron"].clone();
        let member = forget(member.as_str().unwrap(), &ana.token).send().await;
        assert_eq!(member.status, 404);
    }
}

#[tokio::test]
async fn a_loan_that_is_asked_for_again_under_its_key_is_the_same_loan() {
    for app in App::everywhere().await {
        let (library, ana, [pia, _], copy) = desk(&app).await;
        let lend = || {
            app.post(format!("/api/v1/libraries/{library}/loans"))
                .bearer(&ana.token)
                .key("k1")
                .json(&to_member(copy, &pia))
        };
        let first = lend().send().await;
        let again = lend().send().await;
        assert_eq!(first.json(), again.json());
        assert_eq!(again.header("idempotency-replayed"), "true");
        app.at_copy(&library, &ana, copy, "loan/return").await.ok();
        assert_eq!(
            lend().send().await.json(),
            first.json(),
            "and it stays over"
        );
        let returned = app.at_copy(&library, &ana, copy, "loan/return").await;
        assert_eq!(returned.problem(), conflict("not_on_loan"));
    }
}

#[tokio::test]
async fn who_may_not_borrow_reads_why() {
    let app = App::embedded().await;
    let (library, ana, [pia, paul], copy) = desk(&app).await;
    let member = |person: &crate::app::Person| {
        format!("/api/v1/libraries/{library}/members/{}", person.account)
    };
    app.patch(member(&pia))
        .bearer(&ana.token)
        .json(&json!({ "status": "suspended" }))
        .send()
        .await
        .ok();
    let suspended = app.lends(&library, &ana, &to_member(copy, &pia)).await;
    assert_eq!(
        suspended.faults(),
        [("account".to_owned(), "member_suspended".to_owned())]
    );
    let eve = app.proven("eve").await;
    let stranger = app.lends(&library, &ana, &to_member(copy, &eve)).await;
    assert_eq!(
        stranger.faults(),
        [("account".to_owned(), "no_such_member".to_owned())]
    );
    let mut past = to_member(copy, &paul);
    past["due_at"] = json!("2020-01-01T00:00:00Z");
    let past = app.lends(&library, &ana, &past).await;
    assert_eq!(
        past.faults(),
        [("due_at".to_owned(), "due_in_the_past".to_owned())]
    );
    let mut late = to_member(copy, &paul);
    late["due_at"] = json!("2099-01-01T00:00:00Z");
    let late = app.lends(&library, &ana, &late).await;
    assert_eq!(
        late.faults(),
        [("due_at".to_owned(), "due_too_late".to_owned())]
    );
    let both =
        json!({ "copy_id": copy.to_string(), "barcode": "PEM-1", "name": "A", "patron": NOBODY });
    let both = app.lends(&library, &ana, &both).await;
    assert_eq!(
        both.faults(),
        [
            ("copy_id".to_owned(), "ambiguous".to_owned()),
            ("account".to_owned(), "ambiguous".to_owned())
        ]
    );
    assert_eq!(
        app.lends(&library, &paul, &to_member(copy, &paul))
            .await
            .status,
        403
    );
    assert!(!app.event_names().await.contains(&"LoanOpened".to_owned()));
}

#[tokio::test]
async fn a_copy_of_another_library_is_none_here() {
    let app = App::embedded().await;
    let (_, _, _, theirs) = desk(&app).await;
    let eve = app.proven("eve").await;
    let own = app.library(&eve, "family").await;
    for deed in ["loan", "holds", "loan/return", "loan/renewal", "loan/lost"] {
        let answer = app.at_copy(&own, &eve, theirs, deed).await;
        assert_eq!(answer.problem(), (404, "not_found".into()), "{deed}");
    }
    let lent = app.lends(&own, &eve, &to_member(theirs, &eve)).await;
    assert_eq!(lent.status, 404);
    let by_barcode = json!({ "barcode": "PEM-1", "account": eve.account.to_string() });
    assert_eq!(app.lends(&own, &eve, &by_barcode).await.status, 404);
}

#[tokio::test]
async fn whoever_has_not_confirmed_their_address_has_the_staff_lend_to_them() {
    let app = App::embedded().await;
    let ana = app.sign_up("ana").await;
    let library = app.library(&ana, "family").await;
    let copy = app.copy(&library, "1").await;
    let alone = app.at_copy(&library, &ana, copy, "loan").await;
    assert_eq!(alone.problem(), (403, "email_not_verified".into()));
    app.lends(&library, &ana, &to_member(copy, &ana))
        .await
        .created();
}

#[tokio::test]
async fn a_copy_that_is_lost_on_its_loan_is_lent_no_more() {
    for app in App::everywhere().await {
        let (library, ana, [pia, paul], copy) = desk(&app).await;
        app.at_copy(&library, &pia, copy, "loan")
            .await
            .created_nothing();
        app.at_copy(&library, &paul, copy, "holds")
            .await
            .created_nothing();
        let own = app.at_copy(&library, &pia, copy, "loan/lost").await;
        assert_eq!(own.status, 403);
        app.at_copy(&library, &ana, copy, "loan/lost").await.ok();
        let names = app.event_names().await;
        let tail = &names[names.len() - 5..];
        for name in [
            "CopyLost",
            "LoanLost",
            "HoldCancelled",
            "CopyGivenBack",
            "QueueLeft",
        ] {
            assert!(tail.contains(&name.to_owned()), "{name} in {tail:?}");
        }
        let gone = app.at_copy(&library, &pia, copy, "loan").await;
        assert_eq!(gone.problem(), conflict("copy_not_for_lending"));
    }
}
