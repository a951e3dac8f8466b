//! One command over several streams: states are loaded, decided on in memory, and written in one append or not at all.
//!
//! Whatever a decision looked at is checked by the log in the same append, also where nothing is written. Nothing here
//! knows what a command means.

mod draft;
mod part;

use std::future::Future;

use accession_event_log::{Append, EventLog, Idempotency, Outcome, RepositoryError, StreamWrite};
use accession_events::ids::EventId;
use accession_events::values::ShortText;
use accession_events::{Metadata, Position};
use accession_service::problem::Problem;
use http::StatusCode;
use std::time::Duration;

use super::copy::Copy;
use super::desk::{Holdings, HoldingsError};
use super::held::Held;
use super::places::Places;
use super::shelf::Shelf;
use super::stocktaking::Stocktaking;
use crate::http::answer::{Answer, Reply};
use crate::http::body::BodyDigest;
use crate::http::call::{Call, new_id};
use crate::http::failure::{claimed, from_log, key_reused};
use crate::http::keyed::answered_before;

pub use draft::Draft;
pub(crate) use part::carry_out_part;

/// How often a plan is drawn again after others were faster.
const RETRIES: u32 = 4;

/// The states that one plan works on.
pub struct Drafts {
    /// Copies by id.
    pub copies: Draft<Copy>,
    /// What is held of a title, by library and title.
    pub held: Draft<Held>,
    /// Shelves by the id of their place.
    pub shelves: Draft<Shelf>,
    /// Places by the id of their library.
    pub places: Draft<Places>,
    /// What the plan undoes and why, when it is an undo.
    pub undoing: Option<(Vec<Position>, ShortText)>,
    /// Stock-takings by id.
    pub stocktakings: Draft<Stocktaking>,
}

/// What a plan has come to.
pub struct Drawn {
    /// What to answer.
    pub reply: Reply,
    /// The version to tell; none when it is about no single thing.
    pub version: Option<u64>,
}

/// Something to do that takes several streams. It may be drawn more than once, each time on newer states.
pub trait Plan: Sync {
    /// Decides on these states, loading what it needs.
    fn draw(
        &self,
        drafts: &mut Drafts,
    ) -> impl Future<Output = Result<Drawn, HoldingsError>> + Send;
}

impl Drafts {
    fn append(
        &self,
        call: &Call,
        body: &BodyDigest,
        drawn: &Drawn,
    ) -> Result<Append, RepositoryError> {
        Ok(Append {
            writes: self.writes()?,
            metadata: serde_json::to_string(&self.metadata(call)).unwrap_or_default(),
            idempotency: call.key().map(|key| Idempotency {
                scope: call.caller.actor(),
                key: key.to_owned(),
                fingerprint: call.fingerprint(body),
                response: match drawn.version {
                    Some(version) => drawn.reply.stored(version),
                    None => drawn.reply.stored_unversioned(),
                },
            }),
        })
    }

    fn metadata(&self, call: &Call) -> Metadata {
        let metadata = call.metadata();
        match &self.undoing {
            None => metadata,
            Some((positions, reason)) => Metadata {
                reason: Some(reason.to_string()),
                ..metadata.undoing(positions)
            },
        }
    }

    fn writes(&self) -> Result<Vec<StreamWrite>, RepositoryError> {
        let ids = || EventId::new(new_id());
        let mut writes = self.copies.writes(ids)?;
        writes.extend(self.held.writes(ids)?);
        writes.extend(self.shelves.writes(ids)?);
        writes.extend(self.places.writes(ids)?);
        writes.extend(self.stocktakings.writes(ids)?);
        Ok(writes)
    }

    fn settle(self) {
        self.copies.settle();
        self.held.settle();
        self.shelves.settle();
        self.places.settle();
        self.stocktakings.settle();
    }

    fn forget(&self) {
        self.copies.forget();
        self.held.forget();
        self.shelves.forget();
        self.places.forget();
        self.stocktakings.forget();
    }
}

/// Carries a plan out and answers it. A refusal is told only when the newest states refuse, too.
pub(crate) async fn carry_out(
    holdings: &Holdings,
    call: &Call,
    body: &BodyDigest,
    plan: &impl Plan,
) -> Result<Answer, Problem> {
    let log = holdings.log();
    if let Some(answer) = answered_before(log, call, body).await? {
        return Ok(answer);
    }
    let (mut attempts, mut newest) = (0, false);
    loop {
        let mut drafts = holdings.drafts();
        let drawn = plan.draw(&mut drafts).await;
        let writes = match &drawn {
            Ok(drawn) => drafts.append(call, body, drawn),
            Err(_) => Ok(Append::default()),
        };
        let append = writes.map_err(|error| HoldingsError::from(error).problem())?;
        if append.event_count() == 0 && !newest {
            // It may come from kept states, which the log has not seen.
            drafts.forget();
            newest = true;
            continue;
        }
        let drawn = drawn.map_err(|error| error.problem())?;
        match written(log, append).await? {
            Written::Done(position) => {
                drafts.settle();
                return Ok(match drawn.version {
                    Some(version) => drawn.reply.at(version, position),
                    None => drawn.reply.unversioned(position),
                });
            }
            Written::Before(answer) => return Ok(answer),
            Written::Overtaken if attempts == RETRIES => return Err(too_busy()),
            Written::Overtaken => {
                drafts.forget();
                (attempts, newest) = (attempts + 1, true);
            }
        }
    }
}

enum Written {
    Done(Position),
    Before(Answer),
    Overtaken,
}

async fn written(log: &EventLog, append: Append) -> Result<Written, Problem> {
    match log.append(append).await.map_err(|error| from_log(&error))? {
        Outcome::Committed(committed) => Ok(Written::Done(committed.last)),
        Outcome::Conflict { .. } => Ok(Written::Overtaken),
        Outcome::Claimed { key, owner } => Err(claimed(&key, &owner)),
        Outcome::Replayed(stored) => Answer::replayed(&stored).map(Written::Before),
        Outcome::KeyReused => Err(key_reused()),
    }
}

fn too_busy() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "conflict",
        "others changed the same places or copies at the same time, again and again: try again",
    )
    .retry_after(Duration::from_secs(1))
}
