//! The shape of one change in a history, as it is stored and sent.
//!
//! Never computed here: the model beside it fills it in.

use accession_events::Position;
use accession_events::ids::{EventId, TitleId};
use accession_events::values::{Authority, SourceName, SourceRecordId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalog::trail_entry::About;
use crate::catalog::written::Written;

/// One change of a title, of one of its editions or of one of its episodes with their video sources.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ChangeDocument {
    /// Position of the event: what `undo` names and `log show` finds.
    #[schema(value_type = u64)]
    pub position: Position,
    /// Id of the event.
    #[schema(value_type = Uuid)]
    pub event_id: EventId,
    /// When the log recorded it.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// Who caused it: `curator:<id>`, `service:<credential id>`, `operator`, `system`.
    pub actor: Option<String>,
    /// The source that stands behind it; null for decisions that state no fact.
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
    pub import_run: Option<String>,
    /// The request that caused it; other changes of the same request have the same.
    pub correlation: Option<String>,
    /// Type of the event.
    #[schema(example = "TitleFactsAsserted")]
    pub event_type: String,
    /// What was done, in words.
    #[schema(example = "said name, release_year")]
    pub what: String,
    /// What was changed: a title, an edition, an episode or a video source.
    pub about: About,
    /// The title that it belonged to then; null for an episode that was detached.
    #[schema(value_type = Option<Uuid>)]
    pub title_id: Option<TitleId>,
    /// The fields that were spoken about, and those whose value changed, by name.
    pub fields: Vec<FieldChange>,
    /// Why, in a curator's words.
    pub reason: Option<String>,
    /// The positions of the changes that this one undoes; empty for all others.
    #[schema(value_type = Vec<u64>)]
    pub undoes: Vec<Position>,
}

/// What a change did to one field.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FieldChange {
    /// Which field, by the name that events, locks and documents use.
    #[schema(example = "name")]
    pub field: String,
    /// The value that counted before; null when there was none.
    #[schema(value_type = Value)]
    pub before: Written,
    /// The value that counts after it: the same as before when a stronger source says otherwise or a lock holds it.
    #[schema(value_type = Value)]
    pub after: Written,
    /// What this change itself said of the field; null where it said nothing, for example a withdrawal.
    #[schema(value_type = Value)]
    pub said: Written,
}
