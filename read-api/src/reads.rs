//! What every question needs: where models stand, who asks, and how trouble is told.
//!
//! Never decides what a question means.

use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use accession_events::ids::{AccountId, LibraryId, SessionId};
use accession_read_store::ReadStoreError;
use accession_service::access::{
    AccessError, Bearers, Caller, MemberRole, Membership, Person, Role,
};
use accession_service::problem::Problem;
use axum::response::Response;
use http::{Method, StatusCode};
use jiff::Timestamp;

use crate::answering::problem_at;
use crate::asking::Asked;
use crate::cache::{HotDocuments, Standing, Trouble};
use crate::models::Model;

/// When a reader may try again after trouble.
const SOON: Duration = Duration::from_secs(1);

/// State of all questions. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Reads {
    inner: Arc<Inner>,
}

struct Inner {
    hot: Arc<HotDocuments>,
    bearers: Bearers,
}

/// Who asks, as far as a read depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reader {
    /// May see what is hidden from everyone else.
    pub(crate) curates: bool,
    /// Sent a token at all.
    pub(crate) known: bool,
}

/// Somebody who asks as an account.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    /// Whose account it is.
    pub(crate) account: AccountId,
    /// The session that the token belongs to.
    pub(crate) session: SessionId,
    /// What they may do now.
    pub(crate) person: Person,
}

impl SignedIn {
    /// The active membership of a library, when it includes this role.
    ///
    /// A stranger is told that there is no such library: an id says nothing to those whom it does not concern.
    pub(crate) fn member_of(
        &self,
        library: LibraryId,
        at_least: MemberRole,
    ) -> Result<Membership, Problem> {
        let Some(member) = self.person.member_of(library.as_uuid()) else {
            return Err(Problem::not_found(format!(
                "you are no member of a library with the id {library}"
            )));
        };
        if member.role.includes(at_least) {
            return Ok(member);
        }
        Err(Problem::forbidden(format!(
            "this needs the role `{}` in the library; yours is `{}`",
            at_least.as_str(),
            member.role.as_str()
        )))
    }
}

impl Reads {
    /// Questions over these documents; tokens are checked by this verifier.
    pub(crate) fn new(hot: Arc<HotDocuments>, bearers: Bearers) -> Self {
        Self {
            inner: Arc::new(Inner { hot, bearers }),
        }
    }

    /// The documents.
    pub(crate) fn hot(&self) -> &HotDocuments {
        &self.inner.hot
    }

    /// Where a model stands: at the reader's minimum position or later. Waits for it within the reader's patience.
    pub(crate) async fn standing(
        &self,
        model: Model,
        asked: &Asked,
    ) -> Result<Arc<Standing>, Problem> {
        let wanted = asked.min_position()?;
        let standing = match self.inner.hot.standing(model) {
            Some(standing) => standing,
            None => self.ask_standing(model).await?,
        };
        match wanted {
            Some(wanted) if standing.position < wanted => {
                let reached = self
                    .inner
                    .hot
                    .wait_for(model, wanted, asked.patience())
                    .await;
                reached.ok_or_else(|| behind(&standing, wanted))
            }
            _ => Ok(standing),
        }
    }

    async fn ask_standing(&self, model: Model) -> Result<Arc<Standing>, Problem> {
        let standing = self.inner.hot.ask_standing(model).await;
        standing
            .map_err(|trouble| unavailable(&trouble))?
            .ok_or_else(|| not_built(model))
    }

    /// Who asks. A token is not needed, but one that is there has to be good.
    pub(crate) async fn reader(&self, asked: &Asked) -> Result<Reader, Problem> {
        let caller = self.caller(asked).await?;
        Ok(Reader {
            curates: caller
                .as_ref()
                .is_some_and(|caller| caller.has_role(Role::Curator)),
            known: caller.is_some(),
        })
    }

    /// Refuses everyone but curators and admins.
    ///
    /// A service credential opens nothing here: only command-api's private table could tell whether it is good, and
    /// the read side never sees that table.
    pub(crate) async fn curators_only(&self, asked: &Asked) -> Result<(), Problem> {
        let Some(caller) = self.caller(asked).await? else {
            return Err(AccessError::Missing.into());
        };
        if caller.has_role(Role::Curator) {
            return Ok(());
        }
        Err(Problem::forbidden(
            "reports of import runs may hold private data of rejected rows: this needs a token with the role curator \
             or admin",
        ))
    }

    /// Refuses everyone but admins of the platform.
    pub(crate) async fn admins_only(&self, asked: &Asked) -> Result<(), Problem> {
        let caller = self.caller(asked).await?.ok_or(AccessError::Missing)?;
        if caller.has_role(Role::Admin) {
            return Ok(());
        }
        Err(Problem::forbidden(
            "this needs a person's access token with the role `admin`",
        ))
    }

    /// Somebody who is signed in with an account; refuses everyone else.
    pub(crate) async fn signed_in(&self, asked: &Asked) -> Result<SignedIn, Problem> {
        let caller = self.caller(asked).await?.ok_or(AccessError::Missing)?;
        match (caller.person(), caller.session()) {
            (Some(person), Some(session)) => Ok(SignedIn {
                account: AccountId::new(session.account),
                session: SessionId::new(session.id),
                person: person.clone(),
            }),
            _ => Err(Problem::forbidden(
                "this is about your own account: sign in with it (a token that an operator minted has none)",
            )),
        }
    }

    async fn caller(&self, asked: &Asked) -> Result<Option<Arc<Caller>>, Problem> {
        if !asked.brings_a_token() {
            return Ok(None);
        }
        let at_least = asked.min_position()?.unwrap_or_default();
        // Every question is safe to ask: nothing here depends on where a browser was sent from.
        let asked = self
            .inner
            .bearers
            .asker(&Method::GET, asked.headers(), now(), at_least.get());
        asked.await.map(Some)
    }

    /// What a reader hears who found nothing: that there is no such thing, once the store has confirmed that the
    /// generation which was asked is still there as a whole, live or not: what it lacks was not there as of its position.
    pub(crate) async fn miss(
        &self,
        standing: &Standing,
        detail: String,
    ) -> Result<Response, Problem> {
        let known = self.inner.hot.known(standing.model).await;
        let known = known.map_err(|trouble| unavailable(&trouble))?;
        let asked = standing.generation();
        let is_there = known.generations.iter().any(|(there, _)| *there == asked);
        match known.live {
            Some(_) if is_there => Ok(problem_at(Problem::not_found(detail), standing)),
            Some(_) => Err(Problem::unavailable(
                format!(
                    "the read model {} was replaced by a new build in this moment: ask again",
                    standing.model.name()
                ),
                SOON,
            )),
            None => Err(not_built(standing.model)),
        }
    }
}

/// The earlier of two models' standings: what an answer from both contains.
pub(crate) fn earlier<'a>(one: &'a Standing, other: &'a Standing) -> &'a Standing {
    if other.position < one.position {
        other
    } else {
        one
    }
}

/// The store's trouble as a problem.
pub(crate) fn unavailable(trouble: &Trouble) -> Problem {
    if matches!(**trouble, ReadStoreError::Unavailable { .. }) {
        return Problem::unavailable(
            "the read store cannot be reached now, and this document is not in memory: try again",
            SOON,
        );
    }
    tracing::error!(error = %trouble, "the read store failed a read");
    Problem::internal()
}

fn not_built(model: Model) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "read_model_not_built",
        format!(
            "the read model {} was never built, so nothing can be said about this: the operator has to start the projector",
            model.name()
        ),
    )
}

fn behind(standing: &Standing, wanted: Position) -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "projection_behind",
        format!(
            "{} stood at position {} when asked and did not reach {wanted} in time: try again, or ask without a minimum \
             position",
            standing.model.name(),
            standing.position
        ),
    )
    .retry_after(SOON)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge reads the clock: a token is checked against the time of the request"
)]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
