//! Which edition has this ISBN? In ten or thirteen digits, however it is written.
//!
//! Never guesses: a number whose check digit is wrong is refused with the digit that would be right.

use accession_events::values::{Isbn, IsbnError};
use accession_projector::catalog::EditionDocument;
use accession_service::problem::{FieldError, Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;

use super::edition::answer;
use super::led_on::LedOn;
use crate::asking::{Asked, Segment};
use crate::cache::LookUp;
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::{Reads, unavailable};

/// The edition with an ISBN; `title_id` and the `Link` header lead to its title.
#[utoipa::path(get, path = "/api/read/isbn/{isbn}", tag = "catalog",
    params(("isbn" = String, Path, description = "ten or thirteen digits, with or without hyphens",
        example = "978-0-439-02348-1"), AtLeast),
    responses((status = 200, body = EditionDocument), NotModified, LedOn,
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "not an ISBN"),
        Problems))]
pub(super) async fn edition_by_isbn(
    State(reads): State<Reads>,
    Segment(isbn): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let reader = asked.reader();
    let isbn = Isbn::parse(&isbn).map_err(|error| refused(&error))?;
    let digits = isbn.to_string();
    let standing = reads.standing(Model::Edition, &asked).await?;
    let held = reads.hot().resolve(&standing, LookUp::Isbn, &digits).await;
    let held = held.map_err(|trouble| unavailable(&trouble))?;
    let missing = || format!("no edition has the ISBN {digits}");
    let search = reads.judged(&asked, reader, standing, held, missing);
    match search.await? {
        Ok(found) => {
            if let Some(led) = reads.edition_led_on(&asked, reader, &found).await? {
                return Ok(led);
            }
            let address = format!("/api/read/editions/{}", found.held.key);
            let answer = answer(&found).located(&address).private(reader.known);
            Ok(answer.respond(&asked))
        }
        Err(missing) => Ok(missing),
    }
}

fn refused(error: &IsbnError) -> Problem {
    let code = match error {
        IsbnError::Empty => "empty",
        IsbnError::BadCharacter { .. } => "bad_character",
        IsbnError::WrongLength { .. } => "wrong_length",
        IsbnError::BadChecksum { .. } => "bad_checksum",
        IsbnError::BadPrefix { .. } => "bad_prefix",
    };
    let field = FieldError::new("isbn", code, error.to_string());
    Problem::invalid(error.to_string(), vec![field])
}
