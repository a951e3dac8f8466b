//! Who is let in at each route of a library: everybody with something to do there, and nobody else.
//!
//! Whoever is let in finds nothing to do, so that all knock at the same doors.

mod circulation;
mod holdings;

use accession_service::access::routes;
use reqwest::Method;
use serde_json::{Value, json};

use super::Cast;
use crate::premises::questions::{questions, telling};
use crate::premises::{Person, Premises, Said};

/// An id that nobody has.
const NOBODY: &str = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d";

/// What a person is to a library, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Stranger,
    Patron,
    Child,
    Viewer,
    Editor,
    Admin,
}

/// A route, who may, and what they are answered when there is nothing to do.
struct Door {
    method: Method,
    path: &'static str,
    body: Option<Value>,
    at_least: Rank,
    answer: (u16, &'static str),
}

fn ask(path: &'static str, at_least: Rank) -> Door {
    Door {
        method: Method::GET,
        path,
        body: None,
        at_least,
        answer: (200, ""),
    }
}

fn tell(
    method: Method,
    path: &'static str,
    body: Value,
    at_least: Rank,
    answer: (u16, &'static str),
) -> Door {
    Door {
        method,
        path,
        body: Some(body),
        at_least,
        answer,
    }
}

/// Every route of a library that does not only concern the one who asks.
fn doors() -> Vec<Door> {
    let proof = json!({ "current_password": "not the password at all", "name": "Pemberley" });
    let weak = json!({ "full_name": "Nobody", "password": "12345678", "accepted_privacy_version": "1",
        "accepted_terms_version": "1" });
    let asked = json!({ "email": "who@people.example", "role": "child" });
    vec![
        ask("/api/read/libraries/{id}", Rank::Patron),
        ask("/api/read/libraries/{id}/members/{own}", Rank::Patron),
        ask("/api/read/libraries/{id}/members/{admin}", Rank::Viewer),
        ask("/api/read/libraries/{id}/members", Rank::Viewer),
        ask("/api/read/libraries/{id}/members/search?q=ad", Rank::Viewer),
        ask("/api/read/libraries/{id}/members/activity", Rank::Viewer),
        ask("/api/read/libraries/{id}/invitations", Rank::Admin),
        tell(
            Method::PATCH,
            "/api/v1/libraries/{id}",
            json!({}),
            Rank::Admin,
            (200, ""),
        ),
        tell(
            Method::DELETE,
            "/api/v1/libraries/{id}",
            json!({ "confirmation": "none" }),
            Rank::Admin,
            (422, "invalid_request"),
        ),
        tell(
            Method::POST,
            "/api/v1/libraries/{id}/confirm-deletion",
            proof,
            Rank::Admin,
            (403, "wrong_password"),
        ),
        tell(
            Method::POST,
            "/api/v1/libraries/{id}/members",
            asked,
            Rank::Admin,
            (422, "invalid_request"),
        ),
        tell(
            Method::POST,
            "/api/v1/libraries/{id}/members/children",
            weak,
            Rank::Editor,
            (422, "weak_password"),
        ),
        tell(
            Method::POST,
            "/api/v1/libraries/{id}/members/{nobody}/password",
            json!({ "current_password": "not the password at all", "new_password": "another good password 17" }),
            Rank::Editor,
            (404, "not_found"),
        ),
        tell(
            Method::PATCH,
            "/api/v1/libraries/{id}/members/{admin}",
            json!({}),
            Rank::Admin,
            (200, ""),
        ),
        tell(
            Method::DELETE,
            "/api/v1/libraries/{id}/members/{nobody}",
            json!({}),
            Rank::Admin,
            (404, "not_found"),
        ),
        tell(
            Method::POST,
            "/api/v1/libraries/{id}/revoke-sessions",
            json!({}),
            Rank::Admin,
            (200, ""),
        ),
    ]
}

impl Cast {
    pub(super) async fn each_door_opens_to_whom_it_should(&self, at: &Premises) {
        let mut wrong = Vec::new();
        for (library, people) in [
            (
                &self.family,
                vec![
                    (&self.otto, Rank::Stranger),
                    (&self.olga, Rank::Stranger),
                    (&self.paul, Rank::Stranger),
                    (&self.cleo, Rank::Child),
                    (&self.vera, Rank::Viewer),
                    (&self.edgar, Rank::Editor),
                    (&self.ada, Rank::Admin),
                ],
            ),
            (
                &self.lending,
                vec![(&self.vera, Rank::Stranger), (&self.paul, Rank::Patron)],
            ),
        ] {
            let doors = doors().into_iter().chain(circulation::doors());
            for door in doors.chain(holdings::doors()) {
                for (who, rank) in &people {
                    let said = self.knocks(at, &door, library, who).await;
                    let expected = expected(&door, *rank);
                    if said.problem() != (expected.0, expected.1.to_owned()) {
                        wrong.push(format!(
                            "{rank:?} at {} {}: {said:?}",
                            door.method, door.path
                        ));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        a_missing_route_of_libraries_is_noticed();
        self.no_address_is_told_to_a_stranger(at).await;
    }

    async fn knocks(&self, at: &Premises, door: &Door, library: &str, who: &Person) -> Said {
        let path = door
            .path
            .replace("{id}", library)
            .replace("{own}", &who.account)
            .replace("{admin}", &self.ada.account)
            .replace("{nobody}", NOBODY)
            .replace("{copy}", NOBODY)
            .replace("{hold}", NOBODY)
            .replace("{loan}", NOBODY)
            .replace("{place}", NOBODY)
            .replace("{stocktaking}", NOBODY)
            .replace("{title}", NOBODY)
            .replace("{patron}", NOBODY);
        if door.method == Method::GET {
            return at.get(&path, &who.token).await;
        }
        at.send(door.method.clone(), &path, &who.token, door.body.as_ref())
            .await
    }

    async fn no_address_is_told_to_a_stranger(&self, at: &Premises) {
        let everybody = [&self.ada, &self.edgar, &self.vera, &self.cleo, &self.paul];
        let addresses: Vec<&str> = everybody.iter().map(|who| who.email.as_str()).collect();
        for (library, whose) in [(&self.family, &self.vera), (&self.lending, &self.ada)] {
            let asked = questions(library, &whose.account, "ve");
            let tokens = [self.otto.token.as_str(), &self.olga.token, ""];
            let told = at.everything(&asked, &tokens).await;
            assert_eq!(telling(&told, &addresses), Vec::<&str>::new());
        }
        // A member who looks after nothing sees one address: their own.
        let asked = questions(&self.family, &self.ada.account, "ad");
        let told = at.everything(&asked, &[&self.vera.token]).await;
        let others: Vec<&str> = addresses
            .iter()
            .copied()
            .filter(|email| *email != self.vera.email)
            .collect();
        assert_eq!(telling(&told, &others), Vec::<&str>::new());
        let admins = at.everything(&asked, &[&self.ada.token]).await;
        assert!(!telling(&admins, &[&self.vera.email]).is_empty());
    }
}

fn expected(door: &Door, rank: Rank) -> (u16, &'static str) {
    if rank == Rank::Stranger {
        return (404, "not_found");
    }
    if rank < door.at_least {
        return (403, "forbidden");
    }
    door.answer
}

/// The table of routes knows no route of a library that nobody knocks at here or in another test of this journey.
fn a_missing_route_of_libraries_is_noticed() {
    let elsewhere = [
        "/leave",
        "/invitations/accept",
        "/invitations/decline",
        "/loan",
    ];
    let known: Vec<(String, String)> = doors()
        .iter()
        .chain(&circulation::doors())
        .chain(&holdings::doors())
        .map(|door| {
            let path = door.path.split('?').next().unwrap();
            let path = ["{own}", "{admin}", "{nobody}"]
                .iter()
                .fold(path.to_owned(), |path, name| {
                    path.replace(name, "{account}")
                });
            (door.method.to_string(), path)
        })
        .collect();
    for route in routes::table().filter(|route| route.path.contains("/libraries/{id}")) {
        let here = known.contains(&(route.method.to_owned(), route.path.to_owned()));
        let there = elsewhere.iter().any(|end| route.path.ends_with(end));
        assert!(here || there, "nobody knocks at {route:?}");
    }
}
