//! Everybody who may knock at a route: with nothing, with an operator's token, with a credential, and signed in as whatever
//! one can be in a library.
//!
//! Never looks inside: everybody came in over HTTP, as people do.

use accession_secrets::RootKey;
use accession_secrets::challenges::{ChallengePurpose, ChallengeTokens};
use accession_service::access::{MemberRole, Scope};
use reqwest::Method;
use serde_json::{Value, json};

use crate::system::{Embedded, ROOT_KEY, client, text};

const PASSWORD: &str = "correct horse battery staple";
const ADMIN: &str = "root@example.org";

/// Somebody who knocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Nobody,
    /// An operator's token without a role: not an account, and no member of anything.
    Stranger,
    Curator,
    Admin,
    Service(Scope),
    /// Of the library that is asked about.
    Member(MemberRole),
    /// Was an editor of it until they were suspended.
    Suspended,
    /// Looks after another library.
    OfAnother,
}

impl Who {
    pub(super) const ALL: [Self; 15] = [
        Self::Nobody,
        Self::Stranger,
        Self::Curator,
        Self::Admin,
        Self::Service(Scope::Import),
        Self::Service(Scope::Operate),
        Self::Service(Scope::Notify),
        Self::Service(Scope::Jobs),
        Self::Member(MemberRole::Patron),
        Self::Member(MemberRole::Child),
        Self::Member(MemberRole::Viewer),
        Self::Member(MemberRole::Editor),
        Self::Member(MemberRole::Admin),
        Self::Suspended,
        Self::OfAnother,
    ];

    /// Whether they have an account and a session.
    pub(super) const fn is_signed_in(self) -> bool {
        matches!(self, Self::Member(_) | Self::Suspended | Self::OfAnother)
    }
}

/// Somebody, what they show, and the library that they ask about.
pub(super) struct Person {
    pub(super) who: Who,
    pub(super) token: Option<String>,
    pub(super) account: String,
    pub(super) library: String,
}

/// A system with two libraries and everybody who may knock.
pub(super) struct Town {
    pub(super) system: Embedded,
    family: String,
    lending: String,
}

impl Town {
    pub(super) async fn found() -> (Self, Vec<Person>) {
        let secret = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(secret.path(), PASSWORD).unwrap();
        let settings = [
            ("ACCESSION_ADMIN_EMAIL", ADMIN.to_owned()),
            (
                "ACCESSION_ADMIN_PASSWORD_FILE",
                secret.path().display().to_string(),
            ),
        ];
        let settings = settings.map(|(key, value)| (key.to_owned(), value));
        let mut town = Self {
            system: Embedded::start_with(settings.to_vec()).await,
            family: String::new(),
            lending: String::new(),
        };
        let (root, _) = town.log_in(ADMIN).await;
        town.family = town.make_library(&root, "family").await;
        town.lending = town.make_library(&root, "lending").await;
        let mut people = Vec::new();
        for who in Who::ALL {
            people.push(town.person(who, &root).await);
        }
        (town, people)
    }

    async fn person(&self, who: Who, root: &str) -> Person {
        let mint = |more: &[&str]| {
            let arguments = [&["token", "mint", "--subject", "ana"], more].concat();
            Some(text(&self.system.run(&arguments)))
        };
        let (token, account) = match who {
            Who::Nobody => (None, String::new()),
            Who::Stranger => (mint(&[]), String::new()),
            Who::Curator => (mint(&["--role", "curator"]), String::new()),
            Who::Admin => (mint(&["--role", "admin"]), String::new()),
            Who::Service(scope) => {
                let issue = ["credential", "issue", "--quiet", "--scope", scope.as_str()];
                (Some(text(&self.system.run(&issue))), String::new())
            }
            Who::Member(_) | Who::Suspended | Who::OfAnother => {
                let (token, account) = self.join(who, root).await;
                (Some(token), account)
            }
        };
        let library = match who {
            Who::Member(MemberRole::Patron) => &self.lending,
            _ => &self.family,
        };
        Person {
            who,
            token,
            account,
            library: library.clone(),
        }
    }

    /// Somebody who is asked to join by mail and does.
    async fn join(&self, who: Who, root: &str) -> (String, String) {
        let (library, role) = match who {
            Who::Member(MemberRole::Child) => return self.child(root).await,
            Who::Member(MemberRole::Patron) => (&self.lending, MemberRole::Patron),
            Who::Member(role) => (&self.family, role),
            Who::OfAnother => (&self.lending, MemberRole::Admin),
            _ => (&self.family, MemberRole::Editor),
        };
        let email = format!("{}@example.org", format!("{who:?}").to_lowercase());
        let email = email.replace(['(', ')'], "-");
        let members = format!("libraries/{library}/members");
        let body = json!({ "email": email, "role": role.as_str() });
        let invited = self.send(Method::POST, &members, root, body).await;
        let challenge = invited["invitation_id"].as_str().unwrap().parse().unwrap();
        let tokens = ChallengeTokens::new(&RootKey::parse(ROOT_KEY, "a test").unwrap());
        let body = json!({ "token": tokens.token(ChallengePurpose::Invitation, challenge), "email": email,
            "full_name": "Somebody", "password": PASSWORD, "accepted_privacy_version": "1", "accepted_terms_version": "1" });
        self.send(Method::POST, "auth/invitations/accept", "", body)
            .await;
        let (token, account) = self.log_in(&email).await;
        if who == Who::Suspended {
            let path = format!("{members}/{account}");
            let body = json!({ "status": "suspended" });
            self.send(Method::PATCH, &path, root, body).await;
        }
        (token, account)
    }

    async fn child(&self, root: &str) -> (String, String) {
        let path = format!("libraries/{}/members/children", self.family);
        let body = json!({ "full_name": "Lydia", "password": PASSWORD, "birth_year": 2015,
            "accepted_privacy_version": "1", "accepted_terms_version": "1" });
        let added = self.send(Method::POST, &path, root, body).await;
        self.log_in(added["email"].as_str().unwrap()).await
    }

    async fn make_library(&self, root: &str, kind: &str) -> String {
        let body = json!({ "name": "Longbourn", "kind": kind });
        let made = self.send(Method::POST, "libraries", root, body).await;
        made["id"].as_str().unwrap().to_owned()
    }

    async fn log_in(&self, email: &str) -> (String, String) {
        let body = json!({ "email": email, "password": PASSWORD });
        let handed = self.send(Method::POST, "auth/login", "", body).await;
        let told = |field: &str| handed[field].as_str().unwrap().to_owned();
        (told("access_token"), told("account_id"))
    }

    async fn send(&self, method: Method, path: &str, token: &str, body: Value) -> Value {
        let url = format!("{}/api/v1/{path}", self.system.server.url);
        let mut request = client().request(method, url).json(&body);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        let (status, body) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {body}");
        serde_json::from_str(&body).unwrap_or_default()
    }
}
