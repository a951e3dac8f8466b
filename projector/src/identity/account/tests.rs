//! Given events of an account, then its document.
//!
//! Events come here as a projector gets them: opened, or erased.

use serde_json::{Value, json};

use super::*;
use crate::testing::{History, given, id};

const ANA: u64 = 1;

fn known(value: &str) -> Value {
    json!({ "known": value })
}

fn erased() -> Value {
    json!({ "erased": id(ANA) })
}

fn registered_as(email: &Value, name: &Value) -> History {
    History::new().account(
        ANA,
        json!({ "AccountRegistered": { "email": email, "email_index": "A".repeat(43), "name": name,
            "language": "en", "consents": { "privacy": "1", "terms": "2" } } }),
    )
}

fn registered() -> History {
    registered_as(&known("ana@example.org"), &known("Ana"))
}

fn account(history: &History) -> Value {
    given(AccountModel, history).then(&id(ANA)).body
}

#[test]
fn a_new_account_shows_its_owner_what_they_gave() {
    let account = account(&registered());
    assert_eq!(
        (
            &account["email"],
            &account["name"],
            &account["status"],
            &account["email_verified"]
        ),
        (
            &json!("ana@example.org"),
            &json!("Ana"),
            &json!("active"),
            &json!(false)
        )
    );
    assert_eq!(account["accepted_terms_version"], "2");
}

#[test]
fn a_new_address_waits_until_it_is_confirmed() {
    let challenge = id(9);
    let index = "B".repeat(42) + "A";
    let asked = registered().account(
        ANA,
        json!({ "EmailChangeRequested": { "challenge": challenge, "email": known("new@example.org"),
            "email_index": index, "expires_at": "2026-11-21T09:00:00Z" } }),
    );
    let seen = account(&asked);
    assert_eq!(
        (&seen["email"], &seen["pending_email"]["email"]),
        (&json!("ana@example.org"), &json!("new@example.org"))
    );
    let changed = asked.account(
        ANA,
        json!({ "EmailChanged": { "challenge": challenge, "email": known("new@example.org"),
            "email_index": index, "former_index": "A".repeat(43) } }),
    );
    let seen = account(&changed);
    assert_eq!(
        (&seen["email"], &seen["pending_email"]),
        (&json!("new@example.org"), &Value::Null)
    );
    assert_eq!(seen["email_verified"], true);
}

#[test]
fn roles_and_status_follow_what_administrators_do() {
    let done = registered()
        .account(ANA, json!({ "PlatformRoleGranted": { "role": "curator" } }))
        .account(
            ANA,
            json!({ "AccountDisabled": { "reason": known("spam") } }),
        );
    let seen = account(&done);
    assert_eq!(
        (&seen["role"], &seen["status"]),
        (&json!("curator"), &json!("disabled"))
    );
    assert!(!seen.to_string().contains("spam"));
}

#[test]
fn a_deleted_account_leaves_its_place_in_the_lists_and_nothing_personal() {
    let deleted = registered()
        .account(ANA, json!({ "AvatarSet": { "sha256": "A".repeat(43) } }))
        .account(
            ANA,
            json!({ "AccountDeleted": { "email_index": "A".repeat(43) } }),
        );
    let seen = account(&deleted);
    assert_eq!(
        (
            &seen["status"],
            &seen["email"],
            &seen["name"],
            &seen["avatar_url"]
        ),
        (&json!("deleted"), &Value::Null, &Value::Null, &Value::Null)
    );
}

#[test]
fn what_is_left_of_somebody_erased_is_the_same_whether_they_were_known_before() {
    let erase = |history: History| {
        history.subject(
            ANA,
            json!({ "SubjectErased": { "subject": id(ANA), "libraries": [], "by": null, "reason": "own_wish" } }),
        )
    };
    let live = account(&erase(registered()));
    let replayed = account(&erase(registered_as(&erased(), &erased())));
    assert_eq!(live, replayed);
    assert!(!live.to_string().contains("ana@"));
}
