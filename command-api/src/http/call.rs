//! One call of a write route: the caller, the conditions, and where the request came in.
//!
//! Extracted before the body, so that a stranger's body is never read.

mod anybody;
mod roles;
mod signed_in;

use std::sync::Arc;

use accession_event_log::{Given, Keyed};
use accession_events::Metadata;
use accession_events::ids::{EventId, LibraryId};
use accession_events::values::{Authority, Provenance, SourceName, SourceNameError};
use accession_service::access::{Audience, Caller, Decided, MemberRole, Membership};
use accession_service::client::PlaceDigest;
use accession_service::problem::Problem;
use accession_service::requests;
use http::request::Parts;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::answer::Reply;
use super::body::BodyDigest;
use super::conditions::{expected_version, idempotency_key};

pub use anybody::{KeysOf, OpenCall};
pub use roles::{AdminCall, CuratorCall, ImporterCall};
pub use signed_in::{AccountCall, MemberCall};

/// A call that was let in.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who calls.
    pub caller: Arc<Caller>,
    /// Whom the route is open to.
    audience: Audience,
    /// The membership that let them in, where a library decides.
    membership: Option<Membership>,
    /// The version that the caller has seen.
    pub expected_version: Option<u64>,
    /// When the call came in.
    pub now: Timestamp,
    key: Option<String>,
    target: String,
    place: Option<PlaceDigest>,
}

impl Call {
    /// The call as it was let in, for a handler that relies on such an audience.
    fn decided(parts: &Parts, relied_on: impl Fn(Audience) -> bool) -> Result<Self, Problem> {
        let decided = Decided::of(&parts.extensions, relied_on)?;
        Ok(Self {
            caller: Arc::clone(&decided.caller),
            audience: decided.audience,
            membership: decided.membership,
            expected_version: expected_version(&parts.headers)?,
            now: decided.now,
            key: idempotency_key(&parts.headers)?,
            target: format!("{} {}", parts.method, parts.uri.path()),
            place: parts.extensions.get::<PlaceDigest>().cloned(),
        })
    }

    /// The caller's active membership of a library, when it includes this role; a stranger is told that there is none.
    ///
    /// Where the route's line names members, a handler that asks for more than the line grants answers nobody.
    pub fn member_of(
        &self,
        library: LibraryId,
        at_least: MemberRole,
    ) -> Result<Membership, Problem> {
        if self.audience.rank().is_some_and(|rank| rank < at_least) {
            tracing::error!(audience = ?self.audience, "a handler asks for more than its line in the table of routes grants");
            return Err(Problem::internal());
        }
        self.caller
            .membership_of(library.as_uuid())?
            .of_rank(at_least)
    }

    /// What the log is given with a command of this call.
    #[must_use]
    pub fn given(&self, body: &BodyDigest, reply: &Reply) -> Given {
        let reply = reply.clone();
        Given {
            expected_version: self.expected_version,
            metadata: self.metadata(),
            idempotency: self.key().map(|key| Keyed {
                scope: self.caller.actor(),
                key: key.to_owned(),
                fingerprint: self.fingerprint(body),
                answer: Arc::new(move |version| reply.stored(version)),
            }),
            event_ids: Arc::new(|| EventId::new(new_id())),
        }
    }

    /// The id of something that this call makes before its answer can be kept under its key: repeated under the same key it
    /// is the same, so that nothing is made twice.
    #[must_use]
    pub fn repeatable_id(&self, of: &str) -> Uuid {
        let Some(key) = self.key() else {
            return new_id();
        };
        let name = [of, &self.caller.actor(), &self.target, key].join("\u{0}");
        Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
    }

    /// Who caused the events of this call, and in which course of things.
    #[must_use]
    pub fn metadata(&self) -> Metadata {
        metadata_of(self.caller.actor(), self.place.as_ref())
    }

    /// The provenance of what this person says.
    pub fn curator(&self) -> Result<Provenance, Problem> {
        let subject = match &*self.caller {
            Caller::Person(person) => person.subject.as_str(),
            Caller::Service { credential_id, .. } => credential_id.as_str(),
        };
        let source = curator_name(subject).map_err(|error| {
            tracing::error!(%error, "a curator could not be named as a source");
            Problem::internal()
        })?;
        Ok(Provenance::of(source, Authority::Curator))
    }

    /// The caller's key for this request.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Tells a repeat of this request from another request under the same key.
    #[must_use]
    pub fn fingerprint(&self, body: &BodyDigest) -> String {
        let mut hasher = Sha256::new();
        hasher.update(self.target.as_bytes());
        hasher.update([0]);
        hasher.update(
            self.expected_version
                .map_or_else(String::new, |version| version.to_string())
                .as_bytes(),
        );
        hasher.update([0]);
        hasher.update(body.as_bytes());
        hex::encode(hasher.finalize())
    }
}

fn metadata_of(actor: String, place: Option<&PlaceDigest>) -> Metadata {
    let metadata = Metadata {
        actor: Some(actor),
        place: place.map(|place| place.0.to_string()),
        ..Metadata::default()
    };
    let Some(ids) = requests::current() else {
        return metadata;
    };
    Metadata {
        correlation: Some(ids.request_id),
        trace: Some(ids.trace_id),
        traceparent: ids.traceparent,
        ..metadata
    }
}

/// A source name for a person: the subject as it is where it can be one, else a digest of it, so that two subjects
/// never share a name.
fn curator_name(subject: &str) -> Result<SourceName, SourceNameError> {
    SourceName::parse(&format!("curator:{subject}")).or_else(|_| {
        let digest = hex::encode(Sha256::digest(subject));
        SourceName::parse(&format!(
            "curator:sha256-{}",
            digest.get(..40).unwrap_or_default()
        ))
    })
}

/// A new id, drawn where a command enters the system.
#[must_use]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subject_has_a_source_name_of_its_own() {
        assert_eq!(curator_name("ana").unwrap().as_str(), "curator:ana");
        let (upper, spaced) = (curator_name("Ana").unwrap(), curator_name("a na").unwrap());
        assert!(upper.as_str().starts_with("curator:sha256-") && upper != spaced);
        assert!(curator_name(&"x".repeat(500)).is_ok() && curator_name("").is_ok());
    }
}
