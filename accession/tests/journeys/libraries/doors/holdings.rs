//! Who is let in at the routes of holdings.
//!
//! There is neither a place nor a copy here, so that whoever is let in finds nothing to do.

use reqwest::Method;
use serde_json::json;

use super::{Door, NOBODY, Rank, ask, tell};

/// Every route of holdings.
pub(super) fn doors() -> Vec<Door> {
    questions()
        .into_iter()
        .chain(of_copies())
        .chain(of_places())
        .chain(of_stocktakings())
        .collect()
}

fn questions() -> Vec<Door> {
    let absent = |path, at_least| Door {
        answer: (404, "not_found"),
        ..ask(path, at_least)
    };
    vec![
        ask("/api/read/libraries/{id}/backup", Rank::Admin),
        ask("/api/read/libraries/{id}/copies", Rank::Patron),
        ask("/api/read/libraries/{id}/copies/activity", Rank::Viewer),
        ask("/api/read/libraries/{id}/export", Rank::Editor),
        Door {
            answer: (400, "malformed_request"),
            ..ask("/api/read/libraries/{id}/labels", Rank::Editor)
        },
        ask("/api/read/libraries/{id}/places", Rank::Patron),
        ask("/api/read/libraries/{id}/search?q=em", Rank::Patron),
        ask("/api/read/libraries/{id}/statistics", Rank::Patron),
        ask("/api/read/libraries/{id}/suggest?q=em", Rank::Patron),
        ask("/api/read/libraries/{id}/stocktakings", Rank::Editor),
        absent(
            "/api/read/libraries/{id}/stocktakings/{stocktaking}",
            Rank::Editor,
        ),
        absent("/api/read/libraries/{id}/bookcases/{place}", Rank::Patron),
        absent("/api/read/libraries/{id}/copies/{copy}", Rank::Patron),
        absent(
            "/api/read/libraries/{id}/copies/{copy}/as-of?at=2026-03-01",
            Rank::Viewer,
        ),
        absent(
            "/api/read/libraries/{id}/copies/{copy}/history",
            Rank::Viewer,
        ),
    ]
}

fn of_copies() -> Vec<Door> {
    let told = |method, path, body, answer| tell(method, path, body, Rank::Editor, answer);
    let absent = (404, "not_found");
    let copies = "/api/v1/libraries/{id}/copies";
    vec![
        told(Method::POST, copies, json!({}), (422, "invalid_request")),
        told(
            Method::POST,
            "/api/v1/libraries/{id}/copies/bulk-move",
            json!({ "copies": [NOBODY] }),
            absent,
        ),
        told(
            Method::POST,
            "/api/v1/libraries/{id}/copies/bulk-remove",
            json!({ "copies": [NOBODY] }),
            absent,
        ),
        told(
            Method::DELETE,
            "/api/v1/libraries/{id}/copies/{copy}",
            json!({}),
            absent,
        ),
        told(
            Method::PATCH,
            "/api/v1/libraries/{id}/copies/{copy}",
            json!({ "tags": [] }),
            absent,
        ),
        told(
            Method::POST,
            "/api/v1/libraries/{id}/copies/{copy}/move",
            json!({}),
            absent,
        ),
        told(
            Method::POST,
            "/api/v1/libraries/{id}/copies/{copy}/restore",
            json!({}),
            absent,
        ),
        told(
            Method::POST,
            "/api/v1/libraries/{id}/copies/{copy}/state",
            json!({ "state": "lost" }),
            absent,
        ),
        told(
            Method::POST,
            "/api/v1/libraries/{id}/copies/{copy}/undo",
            json!({ "reason": "a slip" }),
            absent,
        ),
        told(
            Method::POST,
            "/api/v1/libraries/{id}/copies/{copy}/swap",
            json!({ "with": NOBODY }),
            (422, "invalid_request"),
        ),
    ]
}

fn of_places() -> Vec<Door> {
    let told = |method, path, body, answer| tell(method, path, body, Rank::Editor, answer);
    let absent = (404, "not_found");
    vec![
        told(
            Method::POST,
            "/api/v1/libraries/{id}/places",
            json!({ "kind": "room", "name": "" }),
            (422, "invalid_request"),
        ),
        told(
            Method::DELETE,
            "/api/v1/libraries/{id}/places/{place}",
            json!({}),
            absent,
        ),
        told(
            Method::PATCH,
            "/api/v1/libraries/{id}/places/{place}",
            json!({ "name": "Study" }),
            absent,
        ),
        told(
            Method::POST,
            "/api/v1/libraries/{id}/places/{place}/merge",
            json!({ "into": NOBODY }),
            absent,
        ),
        told(
            Method::POST,
            "/api/v1/libraries/{id}/places/{place}/move",
            json!({}),
            absent,
        ),
        told(
            Method::POST,
            "/api/v1/libraries/{id}/places/{place}/restore",
            json!({}),
            (404, "not_gone"),
        ),
        told(
            Method::POST,
            "/api/v1/libraries/{id}/places/reorder",
            json!({ "under": NOBODY, "order": [] }),
            absent,
        ),
    ]
}

fn of_stocktakings() -> Vec<Door> {
    let told = |path, body| tell(Method::POST, path, body, Rank::Editor, (404, "not_found"));
    vec![
        told(
            "/api/v1/libraries/{id}/stocktakings",
            json!({ "place_id": NOBODY }),
        ),
        told(
            "/api/v1/libraries/{id}/stocktakings/{stocktaking}/scans",
            json!({ "scans": [{ "code": "PEM-1" }] }),
        ),
        told(
            "/api/v1/libraries/{id}/stocktakings/{stocktaking}/moves",
            json!({ "copies": [NOBODY] }),
        ),
        told(
            "/api/v1/libraries/{id}/stocktakings/{stocktaking}/close",
            json!({}),
        ),
        told(
            "/api/v1/libraries/{id}/stocktakings/{stocktaking}/abandon",
            json!({}),
        ),
    ]
}
