//! What all questions have in common, for the description of the API.
//!
//! Never used to answer anything.

use accession_service::problem::ProblemBody;
use utoipa::{IntoParams, IntoResponses};

/// The parameter that every question knows.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub(crate) struct AtLeast {
    /// Answer only with documents that contain this position; waits at most 2 s. Also as `Accession-Min-Position`.
    min_position: Option<u64>,
}

/// The parameters of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub(crate) struct Paging {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Items on a page: 50 unless told, 200 at most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// Answer only with documents that contain this position; waits at most 2 s. Also as `Accession-Min-Position`.
    min_position: Option<u64>,
}

/// What may go wrong with any question.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub(crate) enum Problems {
    /// A parameter or the address cannot be understood.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(ProblemBody),
    /// There is an Authorization header, but no good token in it.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(ProblemBody),
    /// No such thing (`not_found`), or nothing can be said because nothing was built (`read_model_not_built`).
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
    /// The read store is away, or the projection did not reach the asked position in time.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody),
}

/// The reader has this version already.
#[derive(IntoResponses)]
#[response(status = 304, description = "the reader has this version already")]
pub(crate) struct NotModified;
