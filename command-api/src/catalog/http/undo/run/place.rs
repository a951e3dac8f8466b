//! Where the undo of a run goes on, as a cursor that only an answer hands out.
//!
//! Never a number that somebody might choose: what lies behind a chosen place would be marked as undone without a look.

use accession_events::Position;
use accession_service::problem::Problem;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::catalog::http::refusals::unreadable;
use crate::catalog::reading::Unreadable;

/// Bytes of a position, and of the digest that ties it to its run.
const BYTES: usize = 8;

/// Everything of this run from here to the end has been looked at.
pub(super) fn cursor(before: Position, run: &str) -> String {
    let position = before.get().to_be_bytes();
    BASE64_URL_SAFE_NO_PAD.encode([position, seal(position, run)].concat())
}

/// The place that a cursor of this run names.
pub(super) fn of(cursor: &str, run: &str) -> Result<Position, Problem> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).unwrap_or_default();
    let parts = bytes.split_first_chunk::<BYTES>();
    let whole = parts.filter(|(position, sealed)| **sealed == seal(**position, run));
    whole.map_or_else(
        || {
            let message = "send `next_cursor` of the answer before as it was, or leave it out to begin at the end";
            Err(unreadable(vec![Unreadable::new("invalid_cursor", message).of("cursor")]))
        },
        |(position, _)| Ok(Position::new(u64::from_be_bytes(*position))),
    )
}

fn seal(position: [u8; BYTES], run: &str) -> [u8; BYTES] {
    let digest = Sha256::new().chain_update(position).chain_update(run);
    let digest: [u8; 32] = digest.finalize().into();
    std::array::from_fn(|at| digest.get(at).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_names_its_place_in_its_own_run_only() {
        let cursor = cursor(Position::new(7001), "run-1");
        assert_eq!(of(&cursor, "run-1").unwrap(), Position::new(7001));
        for (cursor, run) in [
            (cursor.as_str(), "run-2"),
            ("7001", "run-1"),
            ("", "run-1"),
            ("AAAAAAAAG1kAAAAAAAAAAA", "run-1"),
        ] {
            assert!(of(cursor, run).is_err(), "{cursor} of {run}");
        }
    }
}
