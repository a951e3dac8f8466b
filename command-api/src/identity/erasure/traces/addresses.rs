//! The addresses that an account has had: by them invitations are found that went out before there was an account.
//!
//! Never readable: indexes that can be compared.

use accession_event_log::{EventLog, LogError};
use accession_events::event::decode_as;
use accession_events::identity::AccountEvent;
use accession_events::values::EmailIndex;
use accession_events::{Position, RecordedEvent, StreamName};

use super::PAGE;

/// An address that was somebody's, until they gave it up: who has it later is somebody else.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) index: EmailIndex,
    /// None while it is theirs.
    pub(super) until: Option<Position>,
}

/// The addresses of one account.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Addresses {
    pub(super) held: Vec<Held>,
    /// Right before the account was made; the start of the log for somebody who has none.
    pub(super) registered: Position,
}

impl Addresses {
    pub(super) async fn of(log: &EventLog, own: &StreamName) -> Result<Self, LogError> {
        let mut addresses = Self::default();
        let mut after = 0;
        loop {
            let page = log.store().read_stream(own, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(addresses);
            };
            after = last.sequence;
            for event in &page {
                addresses.take(event);
            }
        }
    }

    fn take(&mut self, recorded: &RecordedEvent) {
        let at = recorded.position;
        match decode_as(recorded) {
            Ok(AccountEvent::AccountRegistered { email_index, .. }) => {
                self.registered = Position::new(at.get().saturating_sub(1));
                self.hold(email_index);
            }
            Ok(AccountEvent::EmailChanged { email_index, .. }) => {
                self.give_up(at);
                self.hold(email_index);
            }
            Ok(AccountEvent::AccountDeleted { .. }) => self.give_up(at),
            _ => {}
        }
    }

    fn hold(&mut self, index: EmailIndex) {
        self.held.push(Held { index, until: None });
    }

    fn give_up(&mut self, at: Position) {
        if let Some(held) = self.held.last_mut() {
            held.until.get_or_insert(at);
        }
    }
}
