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
    /// But this one may go on.
    pub spared: Option<Spared>,
    /// Libraries that have to be selected again by whoever selected them before this position.
    pub selected_before: Vec<(Uuid, u64)>,
}

/// A session that was excepted when all others were ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spared {
    /// Which.
    pub session: Uuid,
    /// Unless it began before this position: it was not excepted every time.
    pub since: u64,
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

/// Who cannot tell: whoever is signed in with an account is refused.
#[derive(Debug, Clone, Copy)]
pub struct NobodyKnows {
    /// Why, for the log.
    pub reason: &'static str,
}

#[async_trait]
impl Standings for NobodyKnows {
    async fn standing(
        &self,
        _account: Uuid,
        _at_least: u64,
    ) -> Result<Option<Arc<Standing>>, StandingAway> {
        Err(self.away())
    }

    async fn reached(&self, _position: u64) -> Result<(), StandingAway> {
        Err(self.away())
    }
}

impl NobodyKnows {
    fn away(&self) -> StandingAway {
        StandingAway::Unreachable {
            reason: self.reason.to_owned(),
        }
    }
}

impl Standing {
    /// Whether a token of this session still opens anything.
    pub fn admits(&self, session: &Session) -> Result<(), AccessError> {
        if self.closed {
            return Err(AccessError::AccountClosed);
        }
        let spared = self
            .spared
            .is_some_and(|spared| spared.session == session.id && session.since >= spared.since);
        let void = session.since < self.void_before && !spared;
        if void || self.ended_sessions.contains(&session.id) {
            return Err(AccessError::SessionEnded);
        }
        Ok(())
    }

    /// The active membership of the library that was selected at this position, unless it has to be selected again.
    #[must_use]
    pub fn selected(&self, library: Uuid, at: u64) -> Option<Membership> {
        let mut void = self.selected_before.iter();
        if void.any(|(of, before)| *of == library && at < *before) {
            return None;
        }
        self.member_of(library)
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
        let spared = Standing {
            spared: Some(Spared {
                session: Uuid::from_u128(8),
                since: 5,
            }),
            ..standing.clone()
        };
        assert_eq!(spared.admits(&session(8, 5)), Ok(()));
        for over in [session(8, 4), session(9, 9)] {
            assert_eq!(spared.admits(&over), Err(AccessError::SessionEnded));
        }
        let closed = Standing {
            closed: true,
            ..standing
        };
        assert_eq!(
            closed.admits(&session(8, 10)),
            Err(AccessError::AccountClosed)
        );
    }

    #[test]
    fn a_library_whose_selections_were_voided_has_to_be_selected_again() {
        let library = Uuid::from_u128(3);
        let standing = Standing {
            memberships: vec![Membership {
                library_id: library,
                kind: crate::access::LibraryKind::Family,
                role: crate::access::MemberRole::Viewer,
                kids_mode: false,
            }],
            selected_before: vec![(library, 20)],
            ..Standing::default()
        };
        assert_eq!(standing.selected(library, 19), None);
        assert!(standing.selected(library, 20).is_some());
        assert_eq!(standing.selected(Uuid::from_u128(4), 20), None);
    }
}
