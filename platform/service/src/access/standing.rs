//! What is known of an account now, whatever a token says: whether it is open, what it may do, which sessions are over.
//!
//! Never reads a store itself: who keeps the standings implements [`Standings`].

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use super::{AccessError, Membership, Role, Session};
use crate::problem::Problem;

/// How long a request waits for what is known to reach the position in its token.
pub const STANDING_PATIENCE: Duration = Duration::from_secs(2);
/// When a caller may try again.
const SOON: Duration = Duration::from_secs(1);

/// What is known of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Nothing is open to it any longer: it was disabled, deleted or erased.
    pub closed: bool,
    /// What it may do on the whole platform.
    pub role: Option<Role>,
    /// Whether its e-mail address was verified.
    pub email_verified: bool,
    /// Its active memberships.
    pub memberships: Vec<Membership>,
    /// Sessions that ended within the life of an access token.
    pub ended_sessions: Vec<Uuid>,
    /// Sessions that began before this position of the log are over.
    pub void_before: u64,
}

/// Why it cannot be told now who somebody is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StandingAway {
    /// What is known has not reached the position in time.
    #[error("standings are known up to position {at} and did not reach {wanted} in time")]
    Behind {
        /// Known up to here.
        at: u64,
        /// Asked for.
        wanted: u64,
    },
    /// Nothing is known: the store is away, or standings were never built.
    #[error("standings cannot be looked up: {reason}")]
    Unreachable {
        /// What was said.
        reason: String,
    },
}

/// Knows how accounts stand.
#[async_trait]
pub trait Standings: Send + Sync + 'static {
    /// How an account stands, as of this position of the log or later; waits for it at most [`STANDING_PATIENCE`]. None
    /// when there is no such account.
    async fn standing(
        &self,
        account: Uuid,
        at_least: u64,
    ) -> Result<Option<Arc<Standing>>, StandingAway>;

    /// Waits until the standings contain this position, at most [`STANDING_PATIENCE`]: then the next request sees what a
    /// command has changed.
    async fn reached(&self, position: u64) -> Result<(), StandingAway>;
}

impl Standing {
    /// Whether a token of this session still opens anything.
    pub fn admits(&self, session: &Session) -> Result<(), AccessError> {
        if self.closed {
            return Err(AccessError::AccountClosed);
        }
        if session.since < self.void_before || self.ended_sessions.contains(&session.id) {
            return Err(AccessError::SessionEnded);
        }
        Ok(())
    }

    /// The active membership of a library.
    #[must_use]
    pub fn member_of(&self, library: Uuid) -> Option<Membership> {
        let of = |membership: &&Membership| membership.library_id == library;
        self.memberships.iter().find(of).copied()
    }
}

impl From<StandingAway> for Problem {
    fn from(away: StandingAway) -> Self {
        match away {
            StandingAway::Behind { at, wanted } => Self::new(
                http::StatusCode::SERVICE_UNAVAILABLE,
                "projection_behind",
                format!(
                    "who you are is known up to position {at} of the log and did not reach {wanted} in time: try again"
                ),
            )
            .retry_after(SOON),
            StandingAway::Unreachable { reason } => {
                tracing::error!(%reason, "standings cannot be looked up: whoever is signed in is refused");
                Self::unavailable(
                    "it cannot be looked up now what you may do: try again",
                    SOON,
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(id: u128, since: u64) -> Session {
        Session {
            id: Uuid::from_u128(id),
            account: Uuid::from_u128(1),
            since,
        }
    }

    #[test]
    fn a_session_is_over_when_it_ended_or_began_before_all_were_revoked_or_the_account_is_closed() {
        let standing = Standing {
            ended_sessions: vec![Uuid::from_u128(7)],
            void_before: 10,
            ..Standing::default()
        };
        assert_eq!(standing.admits(&session(8, 10)), Ok(()));
        assert_eq!(
            standing.admits(&session(8, 9)),
            Err(AccessError::SessionEnded)
        );
        assert_eq!(
            standing.admits(&session(7, 10)),
            Err(AccessError::SessionEnded)
        );
        let closed = Standing {
            closed: true,
            ..standing
        };
        assert_eq!(
            closed.admits(&session(8, 10)),
            Err(AccessError::AccountClosed)
        );
    }
}
