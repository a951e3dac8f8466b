//! What is kept, sealed, of an attempt while the person is elsewhere.
//!
//! Never leads out of our own pages: where the person returns to is a path here.

use accession_events::ids::{AccountId, SessionId};
use accession_sign_in::{AttemptSecrets, Vouched};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const LONGEST_PATH: usize = 500;

/// What the person is up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// To sign in.
    SignIn,
    /// To let the provider vouch for an account that they are signed in to.
    Link {
        /// Which.
        account: AccountId,
        /// By which session.
        session: SessionId,
    },
}

/// A path on our own pages, to return to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// Accepts a path with a query, and nothing that a browser could take for another host.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let path = text.starts_with('/') && !text.starts_with("//");
        (plain && path && text.len() <= LONGEST_PATH).then(|| Self(text.to_owned()))
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An attempt whose person is at the provider.
#[derive(Serialize, Deserialize)]
pub(super) struct Attempt {
    pub(super) provider: String,
    pub(super) secrets: AttemptSecrets,
    pub(super) wanted: Wanted,
    pub(super) return_to: Option<ReturnTo>,
}

/// A person without an account whom a provider has vouched for, and who is asked for consent.
#[derive(Serialize, Deserialize)]
pub(super) struct Awaiting {
    pub(super) provider: String,
    pub(super) vouched: Vouched,
    pub(super) return_to: Option<ReturnTo>,
}

/// When an attempt that begins now is over.
pub(super) fn end_of(now: Timestamp) -> Timestamp {
    now.saturating_add(super::ATTEMPT_LIFETIME)
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_ours_is_returned_to_and_nothing_that_leads_elsewhere() {
        for path in [
            "/",
            "/books/emma?page=2#notes",
            "/a//b",
            "/%2F%2Fevil.example",
        ] {
            assert_eq!(ReturnTo::parse(path).unwrap().as_str(), path);
        }
        for elsewhere in [
            "",
            "books",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            " /books",
            "/a b",
            "/a\r\nSet-Cookie: x",
            "/\t/evil.example",
            "/bücher",
        ] {
            assert!(ReturnTo::parse(elsewhere).is_none(), "{elsewhere}");
        }
        assert!(ReturnTo::parse(&format!("/{}", "x".repeat(500))).is_none());
    }
}
