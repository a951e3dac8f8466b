//! Links by which a calendar program fetches somebody's due dates: each with a secret of its own that opens nothing else.
//!
//! Never keeps a secret: its hash is enough to know it again, so a link that was lost is replaced and not shown again.

mod postgres;
mod sqlite;

use std::fmt;
use std::sync::Arc;

use accession_events::ids::AccountId;
use accession_service::keys::{KeyError, random_bytes};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::database::PrivateDatabase;
use crate::error::SecretsError;

/// What every secret of a link starts with, so that one that leaked is recognised.
const PREFIX: &str = "acl_";

/// The secret of a link. Its text is what stands in the address.
#[derive(Clone, PartialEq, Eq)]
pub struct CalendarToken([u8; 32]);

/// A link, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarLink {
    /// Its id.
    pub id: Uuid,
    /// Whose due dates it tells.
    pub account: AccountId,
    /// When it was made, to the microsecond.
    pub created_at: Timestamp,
}

/// Where links are kept.
#[async_trait]
pub trait CalendarLinks: Send + Sync + 'static {
    /// Keeps a link, unless its owner has so many already; whether it is kept.
    async fn keep(
        &self,
        link: &CalendarLink,
        token: &CalendarToken,
        most: u32,
    ) -> Result<bool, SecretsError>;

    /// Somebody's links, the oldest first.
    async fn of(&self, account: AccountId) -> Result<Vec<CalendarLink>, SecretsError>;

    /// Whose link has this secret; none when there is no such link any more.
    async fn owner(&self, token: &CalendarToken) -> Result<Option<AccountId>, SecretsError>;

    /// Forgets one of somebody's links; whether it was theirs and there.
    async fn revoke(&self, account: AccountId, link: Uuid) -> Result<bool, SecretsError>;

    /// Forgets all links of somebody.
    async fn forget(&self, account: AccountId) -> Result<(), SecretsError>;
}

/// The links in this database.
#[must_use]
pub fn open(database: &PrivateDatabase) -> Arc<dyn CalendarLinks> {
    match database {
        PrivateDatabase::Postgres(pool) => Arc::new(postgres::PostgresLinks(pool.clone())),
        PrivateDatabase::Sqlite(pool) => Arc::new(sqlite::SqliteLinks(pool.clone())),
    }
}

impl CalendarToken {
    /// A new one, from the operating system's randomness.
    pub fn new() -> Result<Self, KeyError> {
        random_bytes().map(Self)
    }

    /// Reads what stood in an address; none when it cannot be the secret of a link.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// What stands in the address.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(self.0))
    }

    /// Its hash, which is what is kept of it. The prefix is in it, so no other kind of secret has the same.
    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.text()).into()
    }
}

impl fmt::Debug for CalendarToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CalendarToken([redacted])")
    }
}

/// A link out of a row.
fn link_of(id: Uuid, account: AccountId, micros: i64) -> Result<CalendarLink, SecretsError> {
    let created_at = Timestamp::from_microsecond(micros).map_err(|_| SecretsError::Unusable {
        reason: format!("calendar_links says that a link was made at {micros}, which is no time"),
    })?;
    Ok(CalendarLink {
        id,
        account,
        created_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_survives_its_text_and_is_like_no_other() {
        let token = CalendarToken::new().unwrap();
        assert_eq!(CalendarToken::read(&token.text()), Some(token.clone()));
        assert_ne!(CalendarToken::new().unwrap().hash(), token.hash());
        assert!(!format!("{token:?}").contains(&token.text()[4..12]));
    }

    #[test]
    fn what_is_no_secret_of_a_link_is_not_read_as_one() {
        let text = CalendarToken::new().unwrap().text();
        for other in [
            "",
            "acl_",
            &text[4..],
            &text[..text.len() - 2],
            "acl_*",
            "acr_AAAA",
        ] {
            assert_eq!(CalendarToken::read(other), None, "{other}");
        }
    }
}
