//! Somebody asks about a library that they belong to.
//!
//! Never lets anybody else come this far, and tells them no more than that there is no such library.

use std::sync::Arc;

use accession_events::Position;
use accession_events::ids::LibraryId;
use accession_service::access::{MemberRole, Membership};
use accession_service::problem::Problem;
use axum::extract::{FromRequestParts, Path};
use axum::response::Response;
use http::request::Parts;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::answering::Answer;
use crate::asking::{Asked, SignedIn, excerpt};
use crate::cache::{Held, Standing};
use crate::models::Model;
use crate::reads::{Reads, unavailable};

/// A member of a library who asks.
pub(crate) struct Visit {
    pub(crate) who: SignedIn,
    pub(crate) library: LibraryId,
    pub(crate) membership: Membership,
}

/// Two variable parts of a path: a library's id, and whom it is about.
pub(crate) struct TwoSegments(pub(crate) String, pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for TwoSegments {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<(String, String)>::from_request_parts(parts, state).await {
            Ok(Path((first, second))) => Ok(Self(first, second)),
            Err(rejection) => Err(Problem::malformed(format!(
                "the address cannot be read: {}; expected percent-encoded UTF-8",
                rejection.body_text()
            ))),
        }
    }
}

impl Visit {
    /// Whether the one who asks looks after the library.
    pub(crate) fn administers(&self) -> bool {
        self.membership.role == MemberRole::Admin
    }
}

impl Asked {
    /// The one who asks, being an active member of this library with at least this role.
    pub(crate) fn visit(&self, library: &str, at_least: MemberRole) -> Result<Visit, Problem> {
        let library = named(library)?;
        Ok(Visit {
            who: self.signed_in()?,
            library,
            membership: self.member_of(library, at_least)?,
        })
    }

    /// The same of a question that is open to everybody, when it names a library.
    pub(crate) fn visiting(&self, library: &str) -> Result<Visit, Problem> {
        let library = named(library)?;
        let (who, membership) = self.as_member(library)?;
        Ok(Visit {
            who,
            library,
            membership,
        })
    }
}

fn named(library: &str) -> Result<LibraryId, Problem> {
    library.parse().map_err(|_| {
        Problem::not_found(format!(
            "you are no member of a library with the id {}",
            excerpt(library)
        ))
    })
}

impl Reads {
    /// Documents by key, read; those that are not there are left out.
    pub(crate) async fn all<T: DeserializeOwned>(
        &self,
        standing: &Standing,
        keys: &[String],
    ) -> Result<Vec<T>, Problem> {
        let found = self.hot().documents(standing, keys).await;
        let found = found.map_err(|trouble| unavailable(&trouble))?;
        found
            .into_iter()
            .flatten()
            .map(|held| read(&held))
            .collect()
    }

    /// A document by key, read.
    pub(crate) async fn one<T: DeserializeOwned>(
        &self,
        standing: &Standing,
        key: &str,
    ) -> Result<Option<T>, Problem> {
        let found = self.hot().document(standing, key).await;
        let found = found.map_err(|trouble| unavailable(&trouble))?;
        found.map(|held| read(&held)).transpose()
    }

    /// Where several models stand.
    pub(crate) async fn standings<const N: usize>(
        &self,
        models: [Model; N],
        asked: &Asked,
    ) -> Result<[Arc<Standing>; N], Problem> {
        let mut standings = Vec::with_capacity(N);
        for model in models {
            standings.push(self.standing(model, asked).await?);
        }
        standings.try_into().map_err(|_| Problem::internal())
    }
}

fn read<T: DeserializeOwned>(held: &Arc<Held>) -> Result<T, Problem> {
    serde_json::from_slice(&held.body).map_err(|error| {
        tracing::error!(%error, "a document of libraries cannot be read");
        Problem::internal()
    })
}

/// An answer that was made for the one who asks, out of documents of these models.
pub(crate) fn made(
    asked: &Asked,
    body: &impl Serialize,
    standings: &[Arc<Standing>],
) -> Result<Response, Problem> {
    made_up_to(asked, body, standings, None)
}

/// The same, when it contains no more than up to a position besides.
pub(crate) fn made_up_to(
    asked: &Asked,
    body: &impl Serialize,
    standings: &[Arc<Standing>],
    position: Option<Position>,
) -> Result<Response, Problem> {
    let Some((first, others)) = standings.split_first() else {
        return Err(Problem::internal());
    };
    let answer = Answer::made(body, first)?.private(true);
    let answer = others.iter().fold(answer, |answer, other| answer.at(other));
    let answer = match position {
        Some(position) => answer.not_after(position),
        None => answer,
    };
    Ok(answer.respond(asked))
}
