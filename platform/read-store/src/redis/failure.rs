//! What Redis's errors mean for the caller: try again, stop, or rebuild.
//! Never hides Redis's own words.

use redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::store::ReadStoreError;

/// The meaning of an error of a command or script, counted.
pub(super) fn of(error: &RedisError) -> ReadStoreError {
    let meaning = meaning(error);
    metrics::counter!("accession_store_errors_total", "store" => "redis", "kind" => meaning.word())
        .increment(1);
    meaning
}

fn meaning(error: &RedisError) -> ReadStoreError {
    // Of several commands that were sent together, the first one that was refused says why.
    let refused = error.clone().into_server_errors();
    match refused.as_deref().and_then(<[_]>::first) {
        Some((_, first)) => of_one(&RedisError::from(first.clone())),
        None => of_one(error),
    }
}

fn of_one(error: &RedisError) -> ReadStoreError {
    let reason = error.to_string();
    match (error.kind(), error.code()) {
        (_, Some("WRONGTYPE")) => ReadStoreError::Corrupt {
            reason: format!(
                "{reason}: a key of ours holds something else; use a namespace of its own"
            ),
        },
        (_, Some("OOM")) => ReadStoreError::Unavailable {
            reason: format!(
                "Redis has used up its memory ({reason}); raise `maxmemory` or drop old generations"
            ),
        },
        (_, Some("NOAUTH" | "WRONGPASS")) | (ErrorKind::AuthenticationFailed, _) => {
            ReadStoreError::Unusable {
                reason: format!("Redis refuses the sign-in ({reason}); check user and password"),
            }
        }
        (ErrorKind::Server(ServerErrorKind::NoPerm), _) => ReadStoreError::Unusable {
            reason: format!(
                "the account may not do what a read store needs ({reason}); extend its ACL"
            ),
        },
        (ErrorKind::Server(ServerErrorKind::ReadOnly), _) => ReadStoreError::Unavailable {
            reason: format!("this Redis is a replica now ({reason}); waiting for a primary"),
        },
        (
            ErrorKind::Server(
                ServerErrorKind::Moved | ServerErrorKind::Ask | ServerErrorKind::CrossSlot,
            ),
            _,
        ) => ReadStoreError::Unusable {
            reason: format!(
                "this Redis is one of several cluster nodes ({reason}); name a single Redis instead"
            ),
        },
        (ErrorKind::InvalidClientConfig, _) => ReadStoreError::Unusable { reason },
        (ErrorKind::Parse | ErrorKind::UnexpectedReturnType, _) => {
            ReadStoreError::Corrupt { reason }
        }
        (ErrorKind::Server(ServerErrorKind::ResponseError), _)
            if reason.contains("unknown command") =>
        {
            ReadStoreError::Unusable {
                reason: format!("this Redis lacks a command we need ({reason})"),
            }
        }
        _ => ReadStoreError::Unavailable { reason },
    }
}

/// An answer that no script of ours gives.
pub(super) fn strange(answer: &impl std::fmt::Debug) -> ReadStoreError {
    ReadStoreError::Corrupt {
        reason: format!("Redis answered {answer:?}, which is not an answer of our script"),
    }
}
