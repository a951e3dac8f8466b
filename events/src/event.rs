//! The sum of all events and how a stored event becomes one of them.
//!
//! Only the feed's consumers use the sum; a room matches the one enum it listens to, exhaustively.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::catalog::{EditionEvent, EpisodeEvent, TitleEvent};
use crate::circulation::{LendingEvent, PatronEvent, PolicyEvent};
use crate::claims::ClaimChange;
use crate::envelope::RecordedEvent;
use crate::holdings::{CopyEvent, HeldEvent, PlacesEvent, ShelfEvent, StocktakingEvent};
use crate::identity::{AccountEvent, ServiceCredentialEvent, SessionEvent, SubjectEvent};
use crate::ingestion::ImportRunEvent;
use crate::library::LibraryEvent;
use crate::upcast;

/// What every event type tells about itself. One enum per aggregate implements it.
pub trait LoggedEvent: Serialize + DeserializeOwned {
    /// The aggregate's type, `<context>.<aggregate>`.
    const AGGREGATE: &'static str;

    /// Name of the variant, as stored.
    fn name(&self) -> &'static str;

    /// Version of the variant's present shape, counted from 1.
    fn version(&self) -> u16 {
        1
    }

    /// The claims it makes and releases for its stream.
    fn claims(&self) -> Vec<ClaimChange> {
        Vec::new()
    }
}

/// Any event of the product, in its present shape.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Something happened to an account.
    Account(AccountEvent),
    /// Something happened to a copy.
    Copy(CopyEvent),
    /// Something happened to an edition.
    Edition(EditionEvent),
    /// Something happened to an episode or its video sources.
    Episode(EpisodeEvent),
    /// Something happened to what a library holds of a title.
    Held(HeldEvent),
    /// Something happened to an import run.
    ImportRun(ImportRunEvent),
    /// Something happened to the places of a library.
    Places(PlacesEvent),
    /// Something happened to a copy that is lent or waited for.
    Lending(LendingEvent),
    /// Something happened to somebody who borrows.
    Patron(PatronEvent),
    /// Something happened to a library's lending policy.
    Policy(PolicyEvent),
    /// Something happened to the credential of a service.
    ServiceCredential(ServiceCredentialEvent),
    /// Something happened to a session.
    Session(SessionEvent),
    /// Something happened to a library or to those who belong to it.
    Library(LibraryEvent),
    /// Something happened to the order of the copies at a place.
    Shelf(ShelfEvent),
    /// Something happened in a stock-taking.
    Stocktaking(StocktakingEvent),
    /// Something happened to a person as the subject of data.
    Subject(SubjectEvent),
    /// Something happened to a title.
    Title(TitleEvent),
    /// Of an aggregate type that this version does not know; readers pass over it.
    Unknown,
}

/// A stored event that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("event {position} ({event_type} v{event_version}) of {stream} cannot be read: {reason}")]
pub struct DecodeError {
    /// Where it stands.
    pub position: u64,
    /// Its stream.
    pub stream: String,
    /// Its type.
    pub event_type: String,
    /// Its version.
    pub event_version: u16,
    /// What is wrong with it.
    pub reason: String,
}

impl Event {
    /// Reads a stored event: upcasts its payload to the present shape and parses it.
    pub fn decode(recorded: &RecordedEvent) -> Result<Self, DecodeError> {
        match &*recorded.stream.aggregate_type {
            AccountEvent::AGGREGATE => decode_as(recorded).map(Self::Account),
            CopyEvent::AGGREGATE => decode_as(recorded).map(Self::Copy),
            EditionEvent::AGGREGATE => decode_as(recorded).map(Self::Edition),
            EpisodeEvent::AGGREGATE => decode_as(recorded).map(Self::Episode),
            HeldEvent::AGGREGATE => decode_as(recorded).map(Self::Held),
            ImportRunEvent::AGGREGATE => decode_as(recorded).map(Self::ImportRun),
            PlacesEvent::AGGREGATE => decode_as(recorded).map(Self::Places),
            LendingEvent::AGGREGATE => decode_as(recorded).map(Self::Lending),
            PatronEvent::AGGREGATE => decode_as(recorded).map(Self::Patron),
            PolicyEvent::AGGREGATE => decode_as(recorded).map(Self::Policy),
            ServiceCredentialEvent::AGGREGATE => decode_as(recorded).map(Self::ServiceCredential),
            SessionEvent::AGGREGATE => decode_as(recorded).map(Self::Session),
            LibraryEvent::AGGREGATE => decode_as(recorded).map(Self::Library),
            ShelfEvent::AGGREGATE => decode_as(recorded).map(Self::Shelf),
            StocktakingEvent::AGGREGATE => decode_as(recorded).map(Self::Stocktaking),
            SubjectEvent::AGGREGATE => decode_as(recorded).map(Self::Subject),
            TitleEvent::AGGREGATE => decode_as(recorded).map(Self::Title),
            _ => Ok(Self::Unknown),
        }
    }
}

/// What a stored event does to claims: how claims are rebuilt from the log. `None` for an aggregate type that this
/// version does not know, whose claims nobody can tell.
pub fn claims_of(recorded: &RecordedEvent) -> Result<Option<Vec<ClaimChange>>, DecodeError> {
    Ok(match Event::decode(recorded)? {
        Event::Account(event) => Some(event.claims()),
        Event::Copy(event) => Some(event.claims()),
        Event::Edition(event) => Some(event.claims()),
        Event::Episode(event) => Some(event.claims()),
        Event::Held(event) => Some(event.claims()),
        Event::ImportRun(event) => Some(event.claims()),
        Event::Places(event) => Some(event.claims()),
        Event::Lending(event) => Some(event.claims()),
        Event::Patron(event) => Some(event.claims()),
        Event::Policy(event) => Some(event.claims()),
        Event::ServiceCredential(event) => Some(event.claims()),
        Event::Session(event) => Some(event.claims()),
        Event::Library(event) => Some(event.claims()),
        Event::Shelf(event) => Some(event.claims()),
        Event::Stocktaking(event) => Some(event.claims()),
        Event::Subject(event) => Some(event.claims()),
        Event::Title(event) => Some(event.claims()),
        Event::Unknown => None,
    })
}

/// Reads a stored event as one of a known enum.
pub fn decode_as<E: LoggedEvent>(recorded: &RecordedEvent) -> Result<E, DecodeError> {
    decode_parts(
        &recorded.event_type,
        recorded.event_version,
        &recorded.payload,
    )
    .map_err(|reason| DecodeError {
        position: recorded.position.get(),
        stream: recorded.stream.to_string(),
        event_type: recorded.event_type.to_string(),
        event_version: recorded.event_version,
        reason,
    })
}

/// Reads an event from its type, version and payload text.
pub fn decode_parts<E: LoggedEvent>(
    event_type: &str,
    version: u16,
    payload: &str,
) -> Result<E, String> {
    if upcast::is_current(E::AGGREGATE, event_type, version) {
        return serde_json::from_str(payload).map_err(|error| error.to_string());
    }
    let value = serde_json::from_str(payload).map_err(|error| error.to_string())?;
    let value = upcast::upcast(E::AGGREGATE, event_type, version, value)
        .map_err(|error| error.to_string())?;
    serde_json::from_value(value).map_err(|error| error.to_string())
}
