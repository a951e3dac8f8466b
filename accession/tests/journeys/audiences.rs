//! Every line of the table of routes against everybody: whom it names is let in, and nobody else.
//!
//! Never sends a body: whoever is let in finds nothing to do, but for what needs none.

mod people;

use accession_service::access::routes::{self, Audience, Route};
use futures_util::{StreamExt as _, stream};
use reqwest::Client;

use crate::system::client;
use people::{Person, Town, Who};

/// An id that nobody has.
const NOBODY: &str = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d";
const AT_ONCE: usize = 8;
/// What ends what the one who asks has: asked last.
const LAST: [&str; 2] = ["/api/v1/libraries/{id}/leave", "/api/v1/auth/logout-all"];

impl Who {
    /// The status of the refusal; none when the table lets this one in.
    fn refused(self, route: &Route) -> Option<u16> {
        let audience = route.audience;
        // The read side knows no credential, so for it one is a bad token.
        let reads = route.path.starts_with("/api/read/");
        match (audience, self) {
            (_, Self::Service(_)) if reads && audience != Audience::Anyone => Some(401),
            (Audience::Anyone | Audience::Readers, _)
            | (Audience::Services(_) | Audience::Curators | Audience::Admins, Self::Admin)
            | (Audience::Curators, Self::Curator) => None,
            (_, Self::Nobody) => Some(401),
            (Audience::Services(scope), Self::Service(own)) => (own != scope).then_some(403),
            (Audience::SignedIn, who) => (!who.is_signed_in()).then_some(403),
            // To a stranger a library is not there at all.
            (_, Self::Suspended | Self::OfAnother) if audience.is_of_a_library() => Some(404),
            (_, Self::Member(role)) => match audience.rank() {
                Some(rank) => (!role.includes(rank)).then_some(403),
                None => Some(403),
            },
            _ => Some(403),
        }
    }
}

impl Person {
    /// The address of a route, as this one asks: about their library, and about themselves where they only look.
    fn address(&self, route: &Route) -> String {
        let filled = |part: &str| match part {
            "{id}" if route.path.contains("/libraries/") => self.library.clone(),
            "{account}" if route.method == "GET" && self.who.is_signed_in() => self.account.clone(),
            part if part.starts_with('{') => NOBODY.to_owned(),
            part => part.to_owned(),
        };
        let parts = route.path.split('/').map(filled);
        parts.collect::<Vec<_>>().join("/")
    }

    /// What is wrong with the answer, if anything is.
    async fn fault(&self, client: &Client, url: &str, route: &Route) -> Option<String> {
        let url = format!("{url}{}", self.address(route));
        let mut request = client.request(route.method.parse().unwrap(), url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let body = answer.text().await.unwrap_or_default();
        // Where a password or another token is asked for, 401 speaks of that one.
        let at_the_gate = [
            "token_missing",
            "token_invalid",
            "credential_invalid",
            "\"forbidden\"",
        ];
        let hidden = route.audience.is_of_a_library() && body.contains("you are no member");
        let turned_away = hidden || at_the_gate.iter().any(|code| body.contains(code));
        let right = match self.who.refused(route) {
            None => !turned_away && !status.is_server_error(),
            Some(refusal) => status == refusal,
        };
        let who = self.who;
        (!right).then(|| format!("{who:?} at {route:?}: {status} {body}"))
    }
}

/// A child cannot leave by itself, whichever route it takes.
fn is_asked(person: &Person, route: &Route) -> bool {
    let child = Who::Member(accession_service::access::MemberRole::Child);
    person.who != child || route.path != LAST[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_route_lets_in_whom_the_table_names_and_nobody_else() {
    let (town, people) = Town::found().await;
    let (client, url) = (client(), &town.system.server.url);
    let mut faults = Vec::new();
    for person in &people {
        let client = &client;
        let first = routes::table().filter(|route| !LAST.contains(&route.path));
        let found = stream::iter(first)
            .map(|route| person.fault(client, url, route))
            .buffer_unordered(AT_ONCE)
            .filter_map(async |fault| fault)
            .collect::<Vec<String>>();
        faults.extend(found.await);
        for path in LAST {
            let last = routes::table().find(|route| route.path == path).unwrap();
            if is_asked(person, last) {
                faults.extend(person.fault(client, url, last).await);
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
}
