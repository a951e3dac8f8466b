//! Somebody guesses a password: their place waits at every replica, and the account's owner does not.
//!
//! Never a wait in the test: that a place has to wait is read from the answer.

use serde_json::json;

use crate::premises::{PASSWORD, Person, Premises, Said};
use crate::system::client;

/// Where the guesses come from; the last two are one household to us.
const ATTACKER: &str = "203.0.113.7";
const ATTACKER_6: &str = "2001:db8:7:1::1";
const NEIGHBOUR_6: &str = "2001:db8:7:1:ffff::9";
const OWNER: &str = "198.51.100.9";
/// Attempts that cost no waiting.
const FREE: usize = 5;

async fn tries(url: &str, from: &str, email: &str, password: &str) -> Said {
    let request = client()
        .post(format!("{url}/api/v1/auth/login"))
        .header("x-forwarded-for", from)
        .json(&json!({ "email": email, "password": password }));
    Said::to(request).await
}

pub(super) async fn who_guesses_locks_out_nobody_else(at: &Premises, ada: &Person, vera: &Person) {
    let other = at.another_writer().await;
    let first = at.write();
    let second = other.as_ref().map_or(first, |process| process.url.as_str());
    let replicas = [first, second];
    for from in [ATTACKER, ATTACKER_6] {
        for number in 0..FREE {
            let wrong = tries(
                replicas[number % 2],
                from,
                &ada.email,
                "a guess and no more",
            )
            .await;
            wrong.refused(401, "wrong_credentials");
        }
    }
    for replica in replicas {
        for from in [ATTACKER, ATTACKER_6, NEIGHBOUR_6] {
            // Even the right one: it might be the sixth guess.
            let waits = tries(replica, from, &ada.email, PASSWORD).await;
            waits.refused(429, "too_many_attempts");
            let seconds: u64 = waits.header("retry-after").parse().unwrap();
            assert!((1..=15).contains(&seconds), "{waits:?}");
        }
        tries(replica, OWNER, &ada.email, PASSWORD).await.ok();
        tries(replica, ATTACKER, &vera.email, PASSWORD).await.ok();
    }
    at.get("/api/read/me", &ada.token).await.ok();
}
