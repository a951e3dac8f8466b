//! Signing in with others, through the real program and a real provider process: what leads to which account, and what
//! becomes of an answer that is not this browser's own.
//!
//! A test without the provider's packages says that it skips.

mod linking;
mod visitor;

use accession_testkit::{OidcProvider, PrivateOidcProvider};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::system::Embedded;
use visitor::{House, Visitor, provider};

/// The first administrator's address, which the operator has vouched for.
const ADMIN: &str = "root@example.org";

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_agrees_gets_an_account_and_is_known_by_subject_from_then_on() {
    let Some(house) = House::open().await else {
        return;
    };
    let mut ana = Visitor::of(&house);
    let asked = ana.sign_in("ana").await.ok();
    assert_eq!(asked["outcome"], "consent_required");
    assert_eq!(
        (&asked["email"], &asked["name"]),
        (&json!("ana@example.org"), &json!("Ana Prova"))
    );
    let continuation = asked["continuation"].as_str().unwrap();
    // In another browser it continues nothing, and is not spent by that.
    let elsewhere = Visitor::of(&house).agree(continuation).await;
    assert_eq!(elsewhere.problem(), (400, "sign_in_not_under_way"));
    let first = ana.agree(continuation).await.ok();
    assert_eq!(first["outcome"], "signed_in");
    assert_eq!(
        ana.agree(continuation).await.problem(),
        (400, "sign_in_not_under_way")
    );
    // The address changes at the provider; the person does not.
    house.move_ana_to("elsewhere@example.org");
    let again = Visitor::of(&house).sign_in("ana").await.ok();
    assert_eq!(again["outcome"], "signed_in");
    assert_eq!(visitor::account_of(&again), visitor::account_of(&first));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_both_sides_have_proven_links_and_one_that_the_provider_has_not_does_not() {
    let Some(house) = House::open().await else {
        return;
    };
    let admin = Visitor::of(&house).sign_in("root").await.ok();
    assert_eq!(admin["outcome"], "signed_in");
    let again = Visitor::of(&house).sign_in("root").await.ok();
    assert_eq!(visitor::account_of(&again), visitor::account_of(&admin));
    // Somebody else at the provider says to have the same address, unproven.
    let eve = Visitor::of(&house).sign_in("eve").await;
    assert_eq!(eve.problem(), (403, "email_not_verified_by_provider"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_waits_under_somebody_elses_address_is_neither_entered_nor_taken() {
    let Some(house) = House::open().await else {
        return;
    };
    let squatter = json!({
        "email": "ana@example.org", "password": "an attacker waits for ana here", "name": "Not Ana",
        "accepted_privacy_version": "1", "accepted_terms_version": "1",
    });
    house
        .post("/api/v1/auth/register", &squatter)
        .await
        .created();
    let ana = Visitor::of(&house).sign_in("ana").await;
    assert_eq!(ana.problem(), (409, "email_not_proven"));
    let again = Visitor::of(&house).sign_in("ana").await;
    assert_eq!(
        again.problem(),
        (409, "email_not_proven"),
        "nothing was linked"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_this_browser_did_not_leave_for_opens_nothing_and_spends_nothing() {
    let Some(house) = House::open().await else {
        return;
    };
    let mut victim = Visitor::of(&house);
    let back = victim.leave_and_return("ana").await;
    let mut other = Visitor::of(&house);
    other.leave_and_return("ana").await;
    for (who, changed) in [
        (&other, back.clone()),
        (&Visitor::of(&house), back.clone()),
        (&victim, visitor::with(&back, "state", "A".repeat(43))),
        (&victim, visitor::with(&back, "state", String::new())),
        (
            &victim,
            visitor::with(&back, "state", "'; DROP TABLE sign_in_attempts; --".into()),
        ),
    ] {
        let answer = who.callback(&changed).await;
        assert_eq!(answer.problem(), (400, "sign_in_not_under_way"));
    }
    assert_eq!(
        victim.callback(&back).await.ok()["outcome"],
        "consent_required"
    );
    assert_eq!(
        victim.callback(&back).await.problem(),
        (400, "sign_in_not_under_way"),
        "replayed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_answers_with_one_state_one_counts() {
    let Some(house) = House::open().await else {
        return;
    };
    let mut ana = Visitor::of(&house);
    let back = ana.leave_and_return("ana").await;
    let answers = join_all((0..20).map(|_| ana.callback(&back))).await;
    let good = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(good, 1, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_injected_code_another_issuer_and_a_refusal_at_the_provider_sign_nobody_in() {
    let Some(house) = House::open().await else {
        return;
    };
    let mut attacker = Visitor::of(&house);
    let stolen = attacker.leave_and_return("ana").await;
    let mut victim = Visitor::of(&house);
    let own = victim.leave_and_return("ana").await;
    let code = stolen["code"].as_str().unwrap().to_owned();
    let injected = victim.callback(&visitor::with(&own, "code", code)).await;
    assert_eq!(injected.problem(), (400, "sign_in_code_refused"));
    let own = victim.leave_and_return("ana").await;
    let mixed = victim
        .callback(&visitor::with(&own, "iss", "https://evil.example".into()))
        .await;
    assert_eq!(mixed.problem(), (403, "provider_not_trusted"));
    let own = victim.leave_and_return("ana").await;
    let refused = json!({"state": own["state"], "error": "access_denied"});
    assert_eq!(
        victim.callback(&refused).await.problem(),
        (403, "sign_in_declined")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_sent_on_and_comes_back_to_our_own_pages_only() {
    let Some(house) = House::open().await else {
        return;
    };
    let page = house.start_page("work", "return_to=/shelves").await;
    assert_eq!(page.status, 302);
    assert!(page.header("location").starts_with(&house.provider.url()));
    let cookie = page.header("set-cookie");
    for part in [
        "__Host-accession-sign-in=",
        "HttpOnly",
        "Secure",
        "SameSite=Lax",
        "Path=/;",
        "Max-Age=600",
    ] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    for elsewhere in ["https://evil.example", "//evil.example", "/%5Cevil.example"] {
        let answer = house
            .start_page("work", &format!("return_to={elsewhere}"))
            .await;
        assert_eq!(answer.status, 422, "{elsewhere}");
    }
    assert_eq!(
        house.start_page("nobody", "").await.problem(),
        (404, "not_found")
    );
    assert_eq!(
        house.start_page("..%2F..%2Fetc", "").await.problem(),
        (404, "not_found")
    );
    let buttons = house.get("/api/v1/auth/oauth/providers").await.ok();
    assert_eq!(
        buttons["items"],
        json!([{"name": "work", "display_name": "Work"}])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_code_state_cookie_or_address_is_in_the_log() {
    let Some(house) = House::open().await else {
        return;
    };
    let mut ana = Visitor::of(&house);
    let back = ana.leave_and_return("ana").await;
    ana.callback(&back).await.ok();
    ana.callback(&back).await;
    let log = std::fs::read_to_string(house.system.data().join("all.log")).unwrap();
    let text = |key: &str| back[key].as_str().unwrap().to_owned();
    for secret in [
        text("code"),
        text("state"),
        ana.cookie(),
        "ana@example.org".into(),
    ] {
        assert!(!log.contains(&secret), "{secret} is in the log");
    }
}

mod faults {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_provider_that_is_away_is_told_with_when_to_try_again_and_holds_up_nobody_else() {
        let Some(house) = House::open().await else {
            return;
        };
        let mut ana = Visitor::of(&house);
        let back = ana.leave_and_return("ana").await;
        house.provider.kill();
        let answer = ana.callback(&back).await;
        assert_eq!(answer.problem(), (503, "provider_unavailable"));
        assert!(!answer.header("retry-after").is_empty());
        house.get("/health/ready").await.ok();
        house.provider.restart().await;
        // Its keys are others now, and the next attempt succeeds all the same.
        let mut again = Visitor::of(&house);
        assert_eq!(
            again.sign_in("ana").await.ok()["outcome"],
            "consent_required"
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_starts_without_its_provider() {
        if !OidcProvider::installed() {
            return;
        }
        let gone: PrivateOidcProvider = PrivateOidcProvider::start_server(provider()).await;
        gone.kill();
        let system = Embedded::start_with(visitor::settings(&gone.url())).await;
        let house = House {
            system,
            provider: gone,
        };
        let answer = house.start_page("work", "").await;
        assert_eq!(answer.problem(), (503, "provider_unavailable"));
        assert!(!answer.header("retry-after").is_empty());
    }
}

/// What a callback is given.
type Back = Value;
