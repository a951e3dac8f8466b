//! Ids in paths.
//!
//! A text that can be no id is told apart from an id that nobody has, but both are 404: there is nothing there.

use std::str::FromStr;

use accession_events::ids::IdError;
use accession_service::problem::Problem;
use axum::extract::FromRequestParts;
use axum::extract::rejection::PathRejection;
use http::request::Parts;
use serde::de::DeserializeOwned;

/// An id from the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Id<T>(pub(crate) T);

/// An id and a field's name from the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdAndField<T>(pub(crate) T, pub(crate) String);

impl<T: FromStr<Err = IdError>, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        read::<String, S>(parts, state)
            .await
            .and_then(|text| parse(&text))
            .map(Self)
    }
}

/// Two ids from the path: of a thing, and of what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IdIn<T, U>(pub(crate) T, pub(crate) U);

impl<T, U, S> FromRequestParts<S> for IdIn<T, U>
where
    T: FromStr<Err = IdError>,
    U: FromStr<Err = IdError>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let (outer, inner) = read::<(String, String), S>(parts, state).await?;
        Ok(Self(parse(&outer)?, parse(&inner)?))
    }
}

impl<T: FromStr<Err = IdError>, S: Send + Sync> FromRequestParts<S> for IdAndField<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let (id, field) = read::<(String, String), S>(parts, state).await?;
        Ok(Self(parse(&id)?, field))
    }
}

async fn read<T: DeserializeOwned + Send, S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
) -> Result<T, Problem> {
    axum::extract::Path::<T>::from_request_parts(parts, state)
        .await
        .map(|path| path.0)
        .map_err(|error: PathRejection| {
            Problem::malformed(format!("the path cannot be read: {error}"))
        })
}

fn parse<T: FromStr<Err = IdError>>(text: &str) -> Result<T, Problem> {
    text.parse()
        .map_err(|error: IdError| Problem::not_found(error.to_string()))
}
