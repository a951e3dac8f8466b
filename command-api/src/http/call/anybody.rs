//! Calls that anybody may make: to register, to log in, to come back with a link from a mail.
//!
//! Never looks at a token, so a bad one keeps nobody out here.

use std::sync::Arc;

use accession_event_log::{Given, Keyed};
use accession_events::ids::EventId;
use accession_events::values::EmailIndex;
use accession_service::client::PlaceDigest;
use accession_service::instant::now;
use accession_service::problem::Problem;
use axum::extract::FromRequestParts;
use http::request::Parts;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::super::answer::Reply;
use super::super::body::BodyDigest;
use super::super::conditions::idempotency_key;
use super::{metadata_of, new_id};

/// A call of anybody, signed in or not: who it is does not matter and is not looked at.
#[derive(Debug, Clone)]
pub struct OpenCall {
    /// When the call came in.
    pub now: Timestamp,
    place: Option<PlaceDigest>,
    key: Option<String>,
    target: String,
}

/// Whose the keys of calls without a token are: of an address or a link, by a digest that nobody can make who does not know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysOf(String);

impl KeysOf {
    /// Of whoever has this address, by its index.
    #[must_use]
    pub fn address(index: &EmailIndex) -> Self {
        Self(format!("address {index}"))
    }

    /// Of whoever has this token of a link.
    #[must_use]
    pub fn link(token: &str) -> Self {
        Self(format!("link {}", hex::encode(Sha256::digest(token))))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for OpenCall {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Ok(Self {
            now: now(),
            place: parts.extensions.get::<PlaceDigest>().cloned(),
            key: idempotency_key(&parts.headers)?,
            target: format!("{} {}", parts.method, parts.uri.path()),
        })
    }
}

impl OpenCall {
    /// The id of something that this call makes for whom this keyed digest stands: repeated under the same key it is the
    /// same. Never give it what could be guessed: whoever knows the id could try.
    #[must_use]
    pub fn repeatable_id(&self, of: &str, whose: &str) -> Uuid {
        let Some(key) = &self.key else {
            return new_id();
        };
        let name = [of, whose, key].join("\u{0}");
        Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
    }

    /// From where: a short keyed digest of the place, for the record.
    #[must_use]
    pub fn place(&self) -> Option<&str> {
        self.place.as_ref().map(|place| &*place.0)
    }

    /// The key under which this call's answer is kept, and what tells its repeat from another call.
    #[must_use]
    pub fn keyed(&self, of: &KeysOf, body: &BodyDigest, reply: &Reply) -> Option<Keyed> {
        let reply = reply.clone();
        self.key.clone().map(|key| Keyed {
            scope: format!("{} {}", self.target, of.0),
            key,
            fingerprint: hex::encode(body.as_bytes()),
            answer: Arc::new(move |version| reply.stored(version)),
        })
    }

    /// The same as [`given`](Self::given), and the answer is kept under the call's key.
    #[must_use]
    pub fn given_once(&self, actor: impl Into<String>, keyed: Option<Keyed>) -> Given {
        Given {
            idempotency: keyed,
            ..self.given(actor)
        }
    }

    /// What the log is given with a command that this person gives about their own account, as far as anybody can tell.
    #[must_use]
    pub fn given(&self, actor: impl Into<String>) -> Given {
        Given {
            metadata: metadata_of(actor.into(), self.place.as_ref()),
            event_ids: Arc::new(|| EventId::new(new_id())),
            ..Given::default()
        }
    }
}
