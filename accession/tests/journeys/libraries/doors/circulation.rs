//! Who is let in at the routes of circulation.
//!
//! There is no copy here, so that whoever is let in finds nothing to do.

use reqwest::Method;
use serde_json::json;

use super::{Door, NOBODY, Rank, ask, tell};

/// Every route of circulation but the one by which one borrows for oneself: what that answers depends on the address.
pub(super) fn doors() -> Vec<Door> {
    let absent = (404, "not_found");
    let told = |method, path, at_least| tell(method, path, json!({}), at_least, absent);
    let mut doors = vec![
        ask("/api/read/libraries/{id}/borrowers", Rank::Editor),
        ask("/api/read/libraries/{id}/loan-policy", Rank::Patron),
        ask("/api/read/libraries/{id}/loans", Rank::Viewer),
        told(
            Method::POST,
            "/api/v1/libraries/{id}/copies/{copy}/loan/return",
            Rank::Patron,
        ),
        told(
            Method::POST,
            "/api/v1/libraries/{id}/copies/{copy}/loan/renewal",
            Rank::Patron,
        ),
        told(
            Method::POST,
            "/api/v1/libraries/{id}/copies/{copy}/loan/lost",
            Rank::Editor,
        ),
        told(
            Method::DELETE,
            "/api/v1/libraries/{id}/borrowers/{patron}",
            Rank::Editor,
        ),
        told(
            Method::DELETE,
            "/api/v1/libraries/{id}/copies/{copy}/holds/{hold}",
            Rank::Patron,
        ),
        tell(
            Method::POST,
            "/api/v1/libraries/{id}/copies/{copy}/holds",
            json!({ "account": NOBODY }),
            Rank::Editor,
            absent,
        ),
        tell(
            Method::POST,
            "/api/v1/libraries/{id}/titles/{title}/holds",
            json!({ "account": NOBODY }),
            Rank::Editor,
            absent,
        ),
        tell(
            Method::PUT,
            "/api/v1/libraries/{id}/loan-policy",
            json!({ "period_days": 0 }),
            Rank::Admin,
            (422, "invalid_request"),
        ),
        tell(
            Method::POST,
            "/api/v1/libraries/{id}/loans",
            json!({}),
            Rank::Editor,
            (422, "invalid_request"),
        ),
    ];
    for (path, body) in [
        (
            "/api/v1/libraries/{id}/desk/checkouts",
            json!({ "barcodes": [] }),
        ),
        (
            "/api/v1/libraries/{id}/desk/returns",
            json!({ "barcodes": [] }),
        ),
        (
            "/api/v1/libraries/{id}/desk/offline",
            json!({ "lines": [] }),
        ),
    ] {
        let answer = (422, "invalid_request");
        doors.push(tell(Method::POST, path, body, Rank::Editor, answer));
    }
    for path in [
        "/api/read/libraries/{id}/loans/{loan}",
        "/api/read/libraries/{id}/copies/{copy}/availability",
        "/api/read/libraries/{id}/titles/{title}/availability",
    ] {
        doors.push(Door {
            answer: absent,
            ..ask(path, Rank::Patron)
        });
    }
    doors
}
