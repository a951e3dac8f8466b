//! Our events as `cqrs-es` knows events, so that its aggregates and its given/when/then harness take them.
//!
//! Never a second source of names or versions: both come from [`LoggedEvent`].

use cqrs_es::DomainEvent;

use crate::catalog::{EditionEvent, EpisodeEvent, TitleEvent};
use crate::circulation::{LendingEvent, PatronEvent, PolicyEvent};
use crate::event::LoggedEvent;
use crate::holdings::{CopyEvent, HeldEvent, PlacesEvent, ShelfEvent, StocktakingEvent};
use crate::identity::{AccountEvent, ServiceCredentialEvent, SessionEvent, SubjectEvent};
use crate::ingestion::ImportRunEvent;
use crate::library::LibraryEvent;

/// Implements the trait for event enums: data only, no control flow.
macro_rules! domain_events {
    ($($event:ty),*) => {$(
        impl DomainEvent for $event {
            fn event_type(&self) -> String {
                self.name().to_owned()
            }

            fn event_version(&self) -> String {
                self.version().to_string()
            }
        }
    )*};
}

domain_events!(
    AccountEvent,
    CopyEvent,
    EditionEvent,
    EpisodeEvent,
    HeldEvent,
    ImportRunEvent,
    PlacesEvent,
    ServiceCredentialEvent,
    SessionEvent,
    LendingEvent,
    LibraryEvent,
    ShelfEvent,
    StocktakingEvent,
    PatronEvent,
    PolicyEvent,
    SubjectEvent,
    TitleEvent
);
