//! Who looked at whose personal data by virtue of an office: written down before it is shown, and told to the person.
//!
//! Never says what was seen, and never shows anything that could not be written down.

mod witness;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::Problem;

pub use witness::{WITNESS_PATIENCE, Witness};

/// The viewer who has no account: an operator with a token of their own making or at the command line. Also whoever had
/// one and was erased since.
pub const OPERATOR: Uuid = Uuid::nil();

/// Somebody looked at somebody's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct View {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The account that looked; [`OPERATOR`] when it has none.
    pub viewer: Uuid,
    /// Whose data it was.
    pub subject: Uuid,
    /// Through which route, as it is in the description of the API.
    pub route: String,
}

/// What was to be written down or looked up cannot be just now.
#[derive(Debug, Clone, thiserror::Error)]
#[error("views of personal data cannot be written down or looked up: {reason}")]
pub struct ViewsAway {
    /// Why.
    pub reason: String,
}

impl From<ViewsAway> for Problem {
    fn from(away: ViewsAway) -> Self {
        tracing::error!(%away, "a view of personal data was refused");
        let detail =
            "what you look at is written down, and that is not possible just now; try again";
        Self::unavailable(detail, Duration::from_secs(2))
    }
}

/// Where views are written down.
#[async_trait]
pub trait ViewLog: Send + Sync + 'static {
    /// Writes views down. What they are of may be shown only after this has succeeded.
    async fn note(&self, views: &[View]) -> Result<(), ViewsAway>;

    /// The views of somebody's data, the newest first: at most `limit`, only those before a time when one is given.
    async fn of(
        &self,
        subject: Uuid,
        before: Option<Timestamp>,
        limit: u32,
    ) -> Result<Vec<View>, ViewsAway>;

    /// Forgets what is older; how many there were.
    async fn purge(&self, before: Timestamp) -> Result<u64, ViewsAway>;

    /// Forgets somebody who is erased: the views of their data go, and those that they had of others are nobody's from now
    /// on ([`OPERATOR`]'s): that somebody looked is the others' to know. Safe to repeat.
    async fn forget(&self, person: Uuid) -> Result<(), ViewsAway>;
}
