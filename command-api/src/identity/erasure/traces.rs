//! What else is there of somebody who is to be erased: the libraries whose documents may tell of them, and the other
//! subjects under which something about them was sealed (their invitations, and what a library kept of them).
//!
//! Read from the log when it is needed, which is seldom; it keeps nothing.

mod addresses;

use std::collections::BTreeSet;

use accession_event_log::{EventFilter, EventLog, LogError, Search, StreamAfter};
use accession_events::event::decode_as;
use accession_events::identity::SubjectEvent;
use accession_events::ids::{AccountId, LibraryId, SubjectId};
use accession_events::library::LibraryEvent;
use accession_events::values::Personal;
use accession_events::{LoggedEvent as _, Position, RecordedEvent, StreamName};

use self::addresses::{Addresses, Held};

/// Events read at a time.
pub(super) const PAGE: usize = 500;

/// What there is of somebody.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Traces {
    /// Libraries whose events tell of them.
    pub(super) libraries: BTreeSet<LibraryId>,
    /// Other subjects who are the same person.
    pub(super) aliases: BTreeSet<SubjectId>,
    /// Whose account it is about, when the subject is none itself.
    pub(super) account: Option<AccountId>,
    /// Subjects among these, the person's own included, that were erased before.
    pub(super) erased: BTreeSet<SubjectId>,
}

/// Finds all of it. Nothing tells of an account before there is one, but for invitations to its addresses; who has none
/// was invited at any time.
pub(super) async fn of(
    log: &EventLog,
    own: &StreamName,
    subject: SubjectId,
) -> Result<Traces, LogError> {
    let addresses = Addresses::of(log, own).await?;
    let mut traces = Traces::default();
    traces.find(log, subject, addresses.registered).await?;
    for address in &addresses.held {
        traces.find_invitations_to(log, address).await?;
    }
    traces.completed(log, subject).await
}

/// Finds what was written after a position, beside what is known already: for what came in while somebody was erased.
pub(super) async fn since(
    log: &EventLog,
    subject: SubjectId,
    libraries: BTreeSet<LibraryId>,
    after: Position,
) -> Result<Traces, LogError> {
    let mut traces = Traces {
        libraries,
        ..Traces::default()
    };
    traces.find(log, subject, after).await?;
    traces.completed(log, subject).await
}

impl Traces {
    /// Everything that is the same person.
    pub(super) fn subjects(&self, own: SubjectId) -> BTreeSet<SubjectId> {
        self.aliases.iter().copied().chain([own]).collect()
    }

    async fn find(
        &mut self,
        log: &EventLog,
        person: SubjectId,
        after: Position,
    ) -> Result<(), LogError> {
        let store = log.store();
        let filter = library_events(person.to_string());
        let mut search = Search::new(&**store, filter, after, store.head().await?);
        loop {
            let page = search.next(PAGE).await?;
            if page.is_empty() {
                return Ok(());
            }
            for event in &page {
                self.take(event, person);
            }
        }
    }

    async fn find_invitations_to(
        &mut self,
        log: &EventLog,
        address: &Held,
    ) -> Result<(), LogError> {
        let store = log.store();
        let filter = EventFilter {
            event_types: vec!["MemberInvited".to_owned()],
            ..library_events(address.index.to_string())
        };
        let until = address.until.unwrap_or(store.head().await?);
        let mut search = Search::new(&**store, filter, Position::START, until);
        loop {
            let page = search.next(PAGE).await?;
            if page.is_empty() {
                return Ok(());
            }
            for event in &page {
                if let Ok(LibraryEvent::MemberInvited { subject, .. }) = decode_as(event) {
                    self.aliases.insert(subject);
                    self.libraries
                        .extend(event.stream.aggregate_id.parse::<LibraryId>());
                }
            }
        }
    }

    fn take(&mut self, recorded: &RecordedEvent, person: SubjectId) {
        self.libraries
            .extend(recorded.stream.aggregate_id.parse::<LibraryId>());
        let is = |account: AccountId| account.as_uuid() == person.as_uuid();
        // An event that cannot be read has no box that anybody can open either.
        let alias = match decode_as::<LibraryEvent>(recorded) {
            Ok(
                LibraryEvent::MemberInvited {
                    subject,
                    account: Some(account),
                    ..
                }
                | LibraryEvent::InvitationDeclined {
                    subject,
                    account: Some(account),
                },
            ) => Some((account, Some(subject))),
            Ok(LibraryEvent::MemberJoined {
                account,
                invitation,
                ..
            }) => Some((account, invitation)),
            Ok(LibraryEvent::MemberRemoved {
                account,
                name: Some(Personal::Sealed(kept)),
                ..
            }) => Some((account, Some(kept.subject))),
            _ => None,
        };
        match alias {
            Some((account, alias)) if is(account) => self.aliases.extend(alias),
            Some((account, alias)) if alias == Some(person) => self.account = Some(account),
            _ => {}
        }
    }

    /// Tells who was erased before.
    async fn completed(mut self, log: &EventLog, own: SubjectId) -> Result<Self, LogError> {
        self.aliases.remove(&own);
        let subjects = self.subjects(own);
        let streams: Vec<StreamAfter> = subjects
            .iter()
            .map(|subject| StreamAfter {
                stream: StreamName::new(SubjectEvent::AGGREGATE, subject),
                after: 0,
            })
            .collect();
        let tails = log.store().load_streams(&streams).await?;
        let tailed = subjects.into_iter().zip(tails);
        self.erased = tailed
            .filter(|(_, events)| !events.is_empty())
            .map(|(subject, _)| subject)
            .collect();
        Ok(self)
    }
}

fn library_events(mentioning: String) -> EventFilter {
    EventFilter {
        aggregate_type: Some(LibraryEvent::AGGREGATE.to_owned()),
        mentions: Some(mentioning),
        ..EventFilter::default()
    }
}
