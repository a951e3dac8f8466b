//! Linking a provider's person to an account that one is signed in to, and taking it away again.
//!
//! Never an identity that is somebody else's, and never the last way in.

use reqwest::Method;
use serde_json::json;

use super::visitor::{Answered, House, Visitor, send};

const LINK: &str = "/api/v1/users/me/identities/work/link";
const IDENTITY: &str = "/api/v1/users/me/identities/work";

async fn begin(visitor: &Visitor<'_>) -> Answered {
    send(visitor.request(Method::POST, LINK)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_identity_is_linked_while_signed_in_and_the_last_one_stays() {
    let Some(house) = House::open().await else {
        return;
    };
    let mut ana = Visitor::of(&house);
    ana.come_in("ana").await;
    let departure = begin(&ana).await;
    let back = ana.follow(departure, "bob").await;
    assert_eq!(ana.callback(&back).await.ok()["outcome"], "linked");
    // Bob's identity signs in to Ana's account now, for she holds both.
    let by_bob = Visitor::of(&house).sign_in("bob").await.ok();
    assert_eq!(by_bob["outcome"], "signed_in");
    assert_eq!(
        send(ana.request(Method::DELETE, IDENTITY)).await.status,
        200
    );
    let last = send(ana.request(Method::DELETE, IDENTITY)).await;
    assert_eq!(last.problem(), (409, "only_way_in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_of_another_account_is_not_linked() {
    let Some(house) = House::open().await else {
        return;
    };
    let mut bob = Visitor::of(&house);
    bob.come_in("bob").await;
    let mut ana = Visitor::of(&house);
    ana.come_in("ana").await;
    let departure = begin(&ana).await;
    let back = ana.follow(departure, "bob").await;
    assert_eq!(ana.callback(&back).await.problem(), (409, "identity_taken"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_made_by_the_session_that_began_it_and_by_no_other() {
    let Some(house) = House::open().await else {
        return;
    };
    assert_eq!(begin(&Visitor::of(&house)).await.status, 401);
    let mut ana = Visitor::of(&house);
    ana.come_in("ana").await;
    let departure = begin(&ana).await;
    let back = ana.follow(departure, "bob").await;
    let token = ana.token.take();
    assert_eq!(
        ana.callback(&back).await.problem(),
        (403, "link_of_another_account")
    );
    ana.token = token;
    assert_eq!(
        ana.callback(&back).await.problem(),
        (400, "sign_in_not_under_way")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_a_password_shows_it_before_a_link() {
    let Some(house) = House::open().await else {
        return;
    };
    let mut admin = Visitor::of(&house);
    let session = admin.sign_in("root").await.ok();
    admin.token = session["access_token"].as_str().map(str::to_owned);
    assert_eq!(begin(&admin).await.problem(), (403, "wrong_password"));
    let wrong = json!({"current_password": "not the one"});
    let answer = send(admin.request(Method::POST, LINK).json(&wrong)).await;
    assert_eq!(answer.problem(), (403, "wrong_password"));
    let right = json!({"current_password": "the administrator of a test house"});
    let answer = send(admin.request(Method::POST, LINK).json(&right)).await;
    assert_eq!(answer.status, 200);
}
