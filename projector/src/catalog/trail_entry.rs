//! One entry of a provenance trail: what one speaker said at one moment, about one thing.
//!
//! Never tells by itself whether it still holds; the trail compares it with what counts now.

use std::sync::Arc;

use accession_events::Position;
use accession_events::envelope::listed_positions;
use accession_events::values::{Authority, Fact, Provenance, SourceName, SourceRecordId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::written::Written;

/// What kind of statement it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatementKind {
    /// It stands for another title from now on, with what was said of that one.
    Absorbed,
    /// It is shown to readers again.
    Activated,
    /// It was entered, with first facts.
    Added,
    /// New facts.
    Asserted,
    /// It was put under a title, with everything it has.
    Attached,
    /// It is no longer shown to readers.
    Deactivated,
    /// It was taken off its title.
    Detached,
    /// Its ISBN is free for another edition.
    IsbnReleased,
    /// A field was pinned.
    Locked,
    /// Another title stands for it from now on.
    MergedInto,
    /// It was put under another title, with everything it has.
    Moved,
    /// It was found to be of another kind.
    Reclassified,
    /// A withdrawn edition is shown again.
    Reinstated,
    /// What came from another title is that one's again.
    Relinquished,
    /// It was taken away for good.
    Removed,
    /// It got another number.
    Renumbered,
    /// A change was undone: what stood before stands again.
    Restored,
    /// It stands for itself.
    Separated,
    /// It got another slug.
    SlugChanged,
    /// A field follows the order of authority again.
    Unlocked,
    /// Facts that nobody stands behind any longer, or a whole edition that is no longer shown.
    Withdrawn,
}

/// What a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct About {
    /// `title`, `edition`, `episode` or `video_source`.
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: Arc<str>,
}

/// One fact of a statement.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TrailFact {
    /// Which field.
    #[schema(example = "name")]
    pub field: String,
    /// What was said of it; null where only the field is named (a lock, a withdrawal).
    #[schema(value_type = Value)]
    pub value: Written,
    /// Whether it holds now: this statement is the one that counts, or the lock still stands.
    pub effective: bool,
}

/// What one speaker said at one moment, about one thing.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TrailEntry {
    /// Position of the event.
    #[schema(value_type = u64)]
    pub position: Position,
    /// When the log recorded it.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who caused the event: `curator:<id>`, `service:<credential id>`, `operator`, `system`.
    #[schema(value_type = Option<String>)]
    pub actor: Option<Arc<str>>,
    /// The source that stands behind it; null for curators' decisions that state no fact.
    #[schema(value_type = Option<String>)]
    pub source: Option<SourceName>,
    /// How much the source's word counts.
    #[schema(value_type = Option<String>)]
    pub authority: Option<Authority>,
    /// The record in the source.
    #[schema(value_type = Option<String>)]
    pub record: Option<SourceRecordId>,
    /// The import run that brought it.
    #[schema(value_type = Option<Uuid>)]
    pub import_run: Option<Arc<str>>,
    /// What kind of statement it is.
    pub statement: StatementKind,
    /// What it is about.
    pub about: About,
    /// What was said, field by field.
    pub facts: Vec<TrailFact>,
    /// Why, in a curator's words.
    pub reason: Option<String>,
    /// The positions of the events that this one undoes; left out for all others.
    #[schema(value_type = Vec<u64>)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undoes: Vec<Position>,
}

/// What an event says, before it is known who said it and when.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) kind: StatementKind,
    pub(crate) by: Option<Provenance>,
    pub(crate) about: About,
    pub(crate) facts: Vec<TrailFact>,
    pub(crate) reason: Option<String>,
}

impl Statement {
    /// A statement of this kind with nothing in it yet.
    pub(crate) fn new(kind: StatementKind, about: About) -> Self {
        Self {
            kind,
            by: None,
            about,
            facts: Vec::new(),
            reason: None,
        }
    }

    /// The same, said by a source.
    pub(crate) fn by(mut self, provenance: &Provenance) -> Self {
        self.by = Some(provenance.clone());
        self
    }

    /// The same, with these facts.
    pub(crate) fn facts<F: Fact + Serialize>(mut self, facts: &[F]) -> Self {
        self.facts.extend(facts.iter().map(fact_of));
        self
    }

    /// The same, naming fields without saying anything of them.
    pub(crate) fn fields<I: Serialize>(mut self, fields: &[I]) -> Self {
        self.facts.extend(fields.iter().map(|field| TrailFact {
            field: field_name(field),
            value: Written::null(),
            effective: false,
        }));
        self
    }

    /// The same, with one more value.
    pub(crate) fn with(mut self, field: &str, value: impl Serialize) -> Self {
        self.facts.push(TrailFact {
            field: field.to_owned(),
            value: Written::of(&value),
            effective: false,
        });
        self
    }

    /// The same, with a curator's reason.
    pub(crate) fn because(mut self, reason: Option<&impl ToString>) -> Self {
        self.reason = reason.map(ToString::to_string);
        self
    }

    /// The entry that it makes.
    pub(crate) fn entry(
        self,
        position: Position,
        at: Timestamp,
        actor: Option<Arc<str>>,
        run: Option<Arc<str>>,
    ) -> TrailEntry {
        let from_run = self
            .by
            .as_ref()
            .and_then(|by| by.import_run)
            .as_ref()
            .map(|run| Arc::from(run.to_string()));
        let (source, authority, record) = match self.by {
            Some(by) => (Some(by.source), Some(by.authority), by.record),
            None => (None, None, None),
        };
        TrailEntry {
            position,
            at,
            actor,
            source,
            authority,
            record,
            import_run: from_run.or(run),
            statement: self.kind,
            about: self.about,
            facts: self.facts,
            reason: self.reason,
            undoes: Vec::new(),
        }
    }
}

impl TrailEntry {
    /// The same, undoing what stands at these positions (as metadata write them), for this reason if it has no other.
    #[must_use]
    pub(crate) fn undoing(mut self, positions: Option<&str>, reason: Option<&String>) -> Self {
        self.undoes = positions.map(listed_positions).unwrap_or_default();
        self.reason = self.reason.or_else(|| reason.cloned());
        self
    }
}

/// A fact as it stands in a trail: facts are written as `{"field": …, "value": …}` in events, too.
pub(crate) fn fact_of<F: Fact + Serialize>(fact: &F) -> TrailFact {
    let text = serde_json::to_string(fact).unwrap_or_default();
    let parts: Parts<'_> = serde_json::from_str(&text).unwrap_or(Parts {
        field: "",
        value: RawValue::NULL,
    });
    TrailFact {
        field: parts.field.to_owned(),
        value: Written::part(parts.value),
        effective: false,
    }
}

/// A written fact, taken apart without reading its value.
#[derive(Deserialize)]
struct Parts<'a> {
    field: &'a str,
    #[serde(borrow)]
    value: &'a RawValue,
}

/// A field by the name that events, locks and documents use.
pub(crate) fn field_name(field: &impl Serialize) -> String {
    match serde_json::to_value(field) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}
