//! Where somebody's mail went at a moment of the log, in which language, and by which name: from their account's stream.
//!
//! Nothing is opened here, and nothing is remembered: the log is asked each time.

use std::sync::Arc;

use accession_event_log::LogStore;
use accession_events::event::decode_as;
use accession_events::identity::AccountEvent;
use accession_events::ids::AccountId;
use accession_events::library::LibraryEvent;
use accession_events::values::PersonName;
use accession_events::{LoggedEvent, Position, RecordedEvent, StreamName};
use jiff::Timestamp;

use super::draft::Boxed;
use crate::reactions::ReactionError;

/// Events that are read at once.
const PAGE: usize = 500;

/// Where somebody is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Card {
    pub(super) email: Boxed<String>,
    pub(super) name: Boxed<PersonName>,
    pub(super) language: String,
    /// When the account was made.
    pub(super) registered_at: Timestamp,
    /// Whose mail it is, when it goes to the grown-up.
    pub(super) child: Option<Boxed<PersonName>>,
    /// For a child: who gets the mail.
    guardian: Option<AccountId>,
}

/// Looks people and libraries up in the log.
#[derive(Clone)]
pub(super) struct AddressBook {
    log: Arc<dyn LogStore>,
}

impl AddressBook {
    pub(super) fn new(log: Arc<dyn LogStore>) -> Self {
        Self { log }
    }

    /// Where the mail of an account went right after this position; a child's goes to the grown-up.
    pub(super) async fn card(
        &self,
        account: AccountId,
        at: Position,
    ) -> Result<Option<Card>, ReactionError> {
        let Some(own) = self.own_card(account, at).await? else {
            return Ok(None);
        };
        match own.guardian {
            Some(guardian) => {
                let card = self.own_card(guardian, at).await?;
                Ok(card.map(|card| Card {
                    child: Some(own.name),
                    ..card
                }))
            }
            None => Ok(Some(own)),
        }
    }

    /// Who answers for a child, and where their mail went right after this position.
    pub(super) async fn guardian(
        &self,
        child: AccountId,
        at: Position,
    ) -> Result<Option<(AccountId, Card)>, ReactionError> {
        let own = self.own_card(child, at).await?;
        let Some(guardian) = own.and_then(|card| card.guardian) else {
            return Ok(None);
        };
        let card = self.own_card(guardian, at).await?;
        Ok(card.map(|card| (guardian, card)))
    }

    async fn own_card(
        &self,
        account: AccountId,
        at: Position,
    ) -> Result<Option<Card>, ReactionError> {
        let stream = StreamName::new(AccountEvent::AGGREGATE, account);
        let mut card = None;
        for event in self.events(&stream, at).await? {
            note(&mut card, &event, decode_as(&event)?);
        }
        Ok(card)
    }

    /// What a library was called at this position.
    pub(super) async fn library_name(
        &self,
        stream: &StreamName,
        at: Position,
    ) -> Result<String, ReactionError> {
        let mut called = String::new();
        for event in self.events(stream, at).await? {
            if let LibraryEvent::LibraryCreated { name, .. }
            | LibraryEvent::LibraryRenamed { name, .. } = decode_as(&event)?
            {
                called = name.to_string();
            }
        }
        Ok(called)
    }

    /// The events of a stream up to a position.
    pub(super) async fn events(
        &self,
        stream: &StreamName,
        up_to: Position,
    ) -> Result<Vec<RecordedEvent>, ReactionError> {
        let mut events: Vec<RecordedEvent> = Vec::new();
        loop {
            let after = events.last().map_or(0, |event| event.sequence);
            let page = self.log.read_stream(stream, after, PAGE).await?;
            let full = page.len() == PAGE;
            events.extend(page);
            if !full || events.last().is_some_and(|event| event.position >= up_to) {
                events.retain(|event| event.position <= up_to);
                return Ok(events);
            }
        }
    }
}

fn note(card: &mut Option<Card>, recorded: &RecordedEvent, event: AccountEvent) {
    let stream = &recorded.stream;
    match (card, event) {
        (
            card,
            AccountEvent::AccountRegistered {
                email,
                name,
                language,
                guardian,
                ..
            },
        ) => {
            *card = Some(Card {
                email: Boxed::of(stream, "email", &email),
                name: Boxed::of(stream, "name", &name),
                language: language.to_string(),
                registered_at: recorded.recorded_at,
                child: None,
                guardian,
            });
        }
        (Some(card), AccountEvent::EmailChanged { email, .. }) => {
            card.email = Boxed::of(stream, "email", &email);
        }
        (Some(card), AccountEvent::ProfileChanged { name }) => {
            card.name = Boxed::of(stream, "name", &name);
        }
        (Some(card), AccountEvent::PreferencesChanged(preferences)) => {
            card.language = preferences.language.to_string();
        }
        _ => {}
    }
}
