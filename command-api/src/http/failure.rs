//! From what went wrong in the log to the problem that a caller reads.
//!
//! What an aggregate refuses is mapped in its own room; here is only what can happen to any command.

use std::time::Duration;

use accession_event_log::{ExecuteError, LogError, RepositoryError};
use accession_events::{ClaimKey, ClaimKind};
use accession_secrets::{SealError, SecretsError};
use accession_service::problem::{FieldError, Problem};
use http::StatusCode;

/// A refusal of an aggregate, as its room maps it.
pub trait Refusal: std::error::Error + 'static {
    /// The problem that the caller reads.
    fn problem(&self) -> Problem;
}

/// The problem for a command that was not executed.
pub fn problem_of<E: Refusal>(error: ExecuteError<E>) -> Problem {
    match error {
        ExecuteError::Refused(refusal) => refusal.problem(),
        ExecuteError::StaleVersion { actual: 0, .. } => {
            Problem::not_found("there is nothing with this id")
        }
        ExecuteError::StaleVersion { expected, actual } => Problem::new(
            StatusCode::PRECONDITION_FAILED,
            "stale_version",
            format!(
                "you have seen version {expected}, but it is {actual} by now: read it again and decide anew"
            ),
        ),
        ExecuteError::Conflict { .. } => {
            Problem::new(StatusCode::CONFLICT, "conflict", error.to_string())
                .retry_after(Duration::from_secs(1))
        }
        ExecuteError::Claimed { key, owner } => claimed(&key, &owner),
        ExecuteError::KeyReused => key_reused(),
        ExecuteError::Repository(error) => from_repository(&error),
    }
}

/// The idempotency key was used before for another request.
#[must_use]
pub fn key_reused() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "idempotency_key_reused",
        "this Idempotency-Key was used before for another request: use a new key for a new request",
    )
}

/// A value that belongs to another.
#[must_use]
pub fn claimed(key: &ClaimKey, owner: &str) -> Problem {
    let (code, field, what) = match key.kind {
        ClaimKind::CopyBarcode => {
            let barcode = key.value.split_once(':').map_or("", |(_, barcode)| barcode);
            return taken(
                "barcode_taken",
                "barcode",
                format!("the barcode `{barcode}` is on copy {owner} of this library"),
            );
        }
        // Whose it is stays between that person and the platform.
        ClaimKind::EmailIndex => {
            return taken(
                "email_taken",
                "email",
                "this e-mail address cannot be used".to_owned(),
            );
        }
        ClaimKind::ExternalIdentity => {
            return taken(
                "identity_taken",
                "provider",
                "this sign-in belongs to another account".to_owned(),
            );
        }
        // Who has it is between them and the library.
        ClaimKind::OpenLoan => {
            return taken("on_loan", "copy_id", "this copy is on loan".to_owned());
        }
        ClaimKind::EpisodeNumber => (
            "episode_number_taken",
            "number",
            "this episode number belongs to episode",
        ),
        ClaimKind::Isbn => ("isbn_taken", "isbn", "this ISBN belongs to edition"),
        ClaimKind::OpenImportRun => (
            "import_run_open",
            "input",
            "this input is being imported by run",
        ),
        ClaimKind::SourceRecord => (
            "source_record_taken",
            "source_id",
            "this source record describes",
        ),
        ClaimKind::TitleSlug => ("slug_taken", "slug", "this slug leads to title"),
        ClaimKind::VideoSource => (
            "video_source_taken",
            "id",
            "this video source belongs to episode",
        ),
    };
    taken(code, field, format!("{what} {owner}: `{}`", key.value))
}

fn taken(code: &'static str, field: &'static str, message: String) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, message.clone())
        .with_errors(vec![FieldError::new(field, code, message)])
}

/// The log could not be read or written.
#[must_use]
pub fn from_repository(error: &RepositoryError) -> Problem {
    match error {
        RepositoryError::Log(error) => from_log(error),
        RepositoryError::Unreadable { .. } => {
            tracing::error!(%error, "an aggregate could not be loaded");
            Problem::internal()
        }
    }
}

/// The log could not do what it was asked.
#[must_use]
pub fn from_log(error: &LogError) -> Problem {
    match error {
        LogError::Overloaded { retry_after } => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "more is waiting to be written than can be taken on; try again in a moment",
        )
        .retry_after(*retry_after),
        LogError::Transient { .. } | LogError::Closed => {
            tracing::warn!(%error, "the event log is away");
            Problem::unavailable(
                "the event log is not available for now; nothing was written; try again",
                SOON,
            )
        }
        LogError::Ambiguous { .. } => {
            tracing::error!(%error, "a write ended in doubt");
            Problem::unavailable(
                "it is not known whether this was written: repeat it with the same Idempotency-Key, or read it first",
                SOON,
            )
        }
        LogError::Corrupt { .. } | LogError::Permanent { .. } => {
            tracing::error!(%error, "the event log failed");
            Problem::internal()
        }
    }
}

/// The private tables could not do what they were asked.
#[must_use]
pub fn from_secrets(error: &SecretsError) -> Problem {
    if error.is_transient() {
        tracing::warn!(%error, "the private tables are away");
        return Problem::unavailable(
            "what proves who you are cannot be looked up for now; nothing was changed; try again",
            SOON,
        );
    }
    tracing::error!(%error, "the private tables cannot be used");
    Problem::internal()
}

/// Personal data could not be sealed or opened.
#[must_use]
pub fn from_seal(error: &SealError) -> Problem {
    match error {
        SealError::Secrets(error) => from_secrets(error),
        SealError::Erased(_) => Problem::not_found("there is no such account"),
        error @ SealError::Unreadable { .. } => {
            tracing::error!(%error, "personal data cannot be sealed or read");
            Problem::internal()
        }
    }
}

const SOON: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("no")]
    struct Never;

    impl Refusal for Never {
        fn problem(&self) -> Problem {
            Problem::forbidden("no")
        }
    }

    fn status(error: ExecuteError<Never>) -> (u16, String) {
        let problem = problem_of(error);
        (problem.status().as_u16(), problem.code().to_owned())
    }

    fn log(error: LogError) -> ExecuteError<Never> {
        ExecuteError::Repository(RepositoryError::Log(error))
    }

    #[test]
    fn each_failure_has_its_status_and_code() {
        let reason = || "…".to_owned();
        let claim = |kind| ExecuteError::Claimed {
            key: ClaimKey::new(kind, "x"),
            owner: "y".into(),
        };
        let after = Duration::from_secs(1);
        for (error, expected) in [
            (ExecuteError::Refused(Never), (403, "forbidden")),
            (
                ExecuteError::StaleVersion {
                    expected: 1,
                    actual: 2,
                },
                (412, "stale_version"),
            ),
            (
                ExecuteError::StaleVersion {
                    expected: 1,
                    actual: 0,
                },
                (404, "not_found"),
            ),
            (ExecuteError::KeyReused, (422, "idempotency_key_reused")),
            (claim(ClaimKind::TitleSlug), (409, "slug_taken")),
            (claim(ClaimKind::Isbn), (409, "isbn_taken")),
            (
                claim(ClaimKind::EpisodeNumber),
                (409, "episode_number_taken"),
            ),
            (
                log(LogError::Transient { reason: reason() }),
                (503, "dependency_unavailable"),
            ),
            (
                log(LogError::Overloaded { retry_after: after }),
                (503, "overloaded"),
            ),
            (
                log(LogError::Ambiguous { reason: reason() }),
                (503, "dependency_unavailable"),
            ),
            (log(LogError::Closed), (503, "dependency_unavailable")),
            (
                log(LogError::Corrupt { reason: reason() }),
                (500, "internal_error"),
            ),
            (
                log(LogError::Permanent { reason: reason() }),
                (500, "internal_error"),
            ),
        ] {
            assert_eq!(status(error), (expected.0, expected.1.to_owned()));
        }
    }

    #[test]
    fn a_claim_on_personal_data_names_nobody() {
        for kind in [ClaimKind::EmailIndex, ClaimKind::ExternalIdentity] {
            let problem = claimed(&ClaimKey::new(kind, "blind"), "a1");
            assert!(!problem.detail().contains("a1") && !problem.detail().contains("blind"));
        }
    }

    #[test]
    fn a_claim_names_its_owner() {
        assert!(
            claimed(&ClaimKey::new(ClaimKind::Isbn, "9780439023481"), "e1")
                .detail()
                .contains("edition e1")
        );
    }
}
