//! What a document said then: the read models' own folds over the log, up to a place in it.
//!
//! Never reads the read store and writes nothing: what was shown follows from the log alone, so it can be asked of a
//! log whose read models are gone. Whoever changes a fold changes what the past looks like, too: there is one truth.

mod changes;
mod fold;
pub(crate) mod http;
mod kind;
mod moment;
mod people;

use std::sync::Arc;

use accession_event_log::{LogError, LogStore};
use accession_events::values::AuthorityOrder;
use accession_events::{ClaimKey, ClaimKind, Position, RecordedEvent};
use accession_secrets::Opening;

pub use kind::{Kind, UnknownKind};
pub use moment::When;

/// How many changes of a history are answered when nothing is said, as in the read API.
pub const USUAL_CHANGES: usize = 50;
/// How many at most.
pub const MOST_CHANGES: usize = 200;

/// Answers what was shown then. Cheap to clone.
#[derive(Clone)]
pub struct AsOf {
    log: Arc<dyn LogStore>,
    order: AuthorityOrder,
    opening: Option<Opening>,
}

/// Which document is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Which kind of document.
    pub kind: Kind,
    /// Its id; of a title also any slug that leads to it today.
    pub id: String,
    /// As of when.
    pub when: When,
    /// Of a history: only changes before this position.
    pub before: Option<Position>,
    /// Of a history: at most so many changes.
    pub limit: usize,
}

/// How the events were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundBy {
    /// They are the document's own stream: read by the log's key.
    OwnStream,
    /// They name the document: looked for along the log, from the document's own first event on.
    Mentions,
}

impl FoundBy {
    /// The form in a header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OwnStream => "own-stream",
            Self::Mentions => "mentions",
        }
    }
}

/// What was shown then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The bytes that the read API answered.
    pub body: Vec<u8>,
    /// Only curators could see it.
    pub hidden: bool,
    /// As of this position.
    pub position: Position,
    /// How many events are in it.
    pub events: u64,
    /// How they were found.
    pub found_by: FoundBy,
    /// An event that could not be taken in, and why: what came after it is not in the answer, as it was not in the
    /// document while the event was parked.
    pub parked: Option<(Position, String)>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AsOfError {
    /// Nothing had happened yet.
    #[error("nothing was recorded yet at {when}: {first}")]
    NotYet {
        /// When.
        when: When,
        /// What the log begins with, in words.
        first: String,
    },
    /// The log does not reach so far.
    #[error("position {wanted} is beyond the end of the log: its last event is {head}")]
    Beyond {
        /// The position asked for.
        wanted: Position,
        /// The end.
        head: Position,
    },
    /// There was no such document.
    #[error("there was no {kind} {id} at position {position}")]
    NoSuch {
        /// The kind.
        kind: Kind,
        /// The id as it was asked for.
        id: String,
        /// As of when.
        position: Position,
    },
    /// The log could not be read.
    #[error("the event log could not be read: {0}")]
    Log(#[from] LogError),
}

impl AsOf {
    /// Answers from this log; effective values follow this order of authority.
    #[must_use]
    pub fn new(log: Arc<dyn LogStore>, order: AuthorityOrder) -> Self {
        Self {
            log,
            order,
            opening: None,
        }
    }

    /// The same by another order of authority.
    #[must_use]
    pub fn ordered_by(self, order: AuthorityOrder) -> Self {
        Self { order, ..self }
    }

    /// The same, opening what is sealed in events, as far as its keys are there.
    #[must_use]
    pub fn opened_by(self, opening: Opening) -> Self {
        Self {
            opening: Some(opening),
            ..self
        }
    }

    /// A page of events as folds take them in.
    async fn opened(&self, mut page: Vec<RecordedEvent>) -> Result<Vec<RecordedEvent>, AsOfError> {
        if let Some(opening) = &self.opening {
            opening
                .open(&mut page)
                .await
                .map_err(|error| LogError::Transient {
                    reason: error.to_string(),
                })?;
        }
        Ok(page)
    }

    /// What was shown then.
    pub async fn ask(&self, question: &Question) -> Result<Answer, AsOfError> {
        let position = moment::resolve(&*self.log, question.when).await?;
        let no_such = || AsOfError::NoSuch {
            kind: question.kind,
            id: question.id.clone(),
            position,
        };
        let id = self.id_of(question).await?.ok_or_else(no_such)?;
        let answer = if question.kind == Kind::History {
            changes::ask(self, &id, question, position).await?
        } else {
            fold::ask(self, &id, question.kind, position).await?
        };
        answer.ok_or_else(no_such)
    }

    /// The id in the form of the log's streams; none when nothing has it.
    async fn id_of(&self, question: &Question) -> Result<Option<String>, AsOfError> {
        if let Ok(id) = question.id.parse::<accession_events::ids::TitleId>() {
            return Ok(Some(id.to_string()));
        }
        if !question.kind.has_slugs() {
            return Ok(None);
        }
        let slug = ClaimKey::new(ClaimKind::TitleSlug, question.id.as_str());
        Ok(self.log.claim_owners(&[slug]).await?.pop().flatten())
    }
}
