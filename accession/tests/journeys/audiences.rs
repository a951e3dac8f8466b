//! Every line of the table of routes against everybody: whom it names is let in, and nobody else.
//!
//! Never sends a body or an id that there is: whoever is let in finds nothing to do.

use accession_service::access::Scope;
use accession_service::access::routes::{self, Audience, Route};
use futures_util::{StreamExt as _, stream};
use reqwest::{Client, StatusCode};

use crate::system::{Embedded, client, text};

/// An id that nobody has.
const NOBODY: &str = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d";
const AT_ONCE: usize = 8;

/// Somebody who knocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    /// An operator's token without a role: not an account, and no member of anything.
    Stranger,
    Curator,
    Admin,
    Service(Scope),
}

impl Who {
    const ALL: [Self; 8] = [
        Self::Nobody,
        Self::Stranger,
        Self::Curator,
        Self::Admin,
        Self::Service(Scope::Import),
        Self::Service(Scope::Operate),
        Self::Service(Scope::Notify),
        Self::Service(Scope::Jobs),
    ];

    /// Whether the table lets this one in.
    fn may(self, audience: Audience) -> bool {
        match audience {
            Audience::Anyone => true,
            // The read side knows no credential, so for it one is a bad token.
            Audience::Readers => !matches!(self, Self::Service(_)),
            Audience::Curators => matches!(self, Self::Curator | Self::Admin),
            Audience::Admins => self == Self::Admin,
            Audience::Services(scope) => self == Self::Admin || self == Self::Service(scope),
            // An operator's token is nobody's account.
            Audience::SignedIn
            | Audience::Members
            | Audience::Viewers
            | Audience::Editors
            | Audience::LibraryAdmins => false,
        }
    }

    fn shows(self, system: &Embedded) -> Option<String> {
        let mint = |more: &[&str]| {
            let arguments = [&["token", "mint", "--subject", "ana"], more].concat();
            text(&system.run(&arguments))
        };
        match self {
            Self::Nobody => None,
            Self::Stranger => Some(mint(&[])),
            Self::Curator => Some(mint(&["--role", "curator"])),
            Self::Admin => Some(mint(&["--role", "admin"])),
            Self::Service(scope) => {
                let issue = ["credential", "issue", "--quiet", "--scope", scope.as_str()];
                Some(text(&system.run(&issue)))
            }
        }
    }
}

fn address(route: &Route) -> String {
    let parts = route.path.split('/').skip(1);
    parts.fold(String::new(), |mut address, part| {
        address.push('/');
        address.push_str(if part.starts_with('{') { NOBODY } else { part });
        address
    })
}

/// What is wrong with the answer, if anything is.
async fn fault(
    client: &Client,
    url: &str,
    route: &Route,
    who: Who,
    shown: Option<&str>,
) -> Option<String> {
    let mut request = client.request(
        route.method.parse().unwrap(),
        format!("{url}{}", address(route)),
    );
    if let Some(token) = shown {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    let (status, body) = (answer.status(), answer.text().await.unwrap_or_default());
    // Where a password or another token is asked for, 401 speaks of that one.
    let at_the_gate = [
        "token_missing",
        "token_invalid",
        "credential_invalid",
        "\"forbidden\"",
    ];
    let turned_away = at_the_gate.iter().any(|code| body.contains(code));
    let hidden = route.audience.is_of_a_library() && status == StatusCode::NOT_FOUND;
    let right = match who.may(route.audience) {
        true => !turned_away && !status.is_server_error(),
        false if who == Who::Nobody => status == StatusCode::UNAUTHORIZED,
        false => [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status) || hidden,
    };
    (!right).then(|| format!("{who:?} at {route:?}: {status} {body}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_route_lets_in_whom_the_table_names_and_nobody_else() {
    let system = Embedded::start().await;
    let (client, url) = (client(), &system.server.url);
    let mut faults = Vec::new();
    for who in Who::ALL {
        let shown = who.shows(&system);
        let (client, shown) = (&client, shown.as_deref());
        let found = stream::iter(routes::table())
            .map(|route| fault(client, url, route, who, shown))
            .buffer_unordered(AT_ONCE)
            .filter_map(async |fault| fault)
            .collect::<Vec<String>>();
        faults.extend(found.await);
    }
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
}
