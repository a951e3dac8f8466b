//! What else is there of somebody who is to be erased: the libraries whose documents may tell of them, and the other
//! subjects under which something about them was sealed (their invitations, and what a library kept of them).
//!
//! Read from the log when it is needed, which is seldom; it keeps nothing.

use std::collections::BTreeSet;

use accession_event_log::{EventFilter, EventLog, LogError, Search, StreamAfter};
use accession_events::event::decode_as;
use accession_events::identity::SubjectEvent;
use accession_events::ids::{LibraryId, SubjectId};
use accession_events::library::LibraryEvent;
use accession_events::values::Personal;
use accession_events::{LoggedEvent as _, Position, RecordedEvent, StreamName};

/// Events read at a time.
pub(super) const PAGE: usize = 500;

/// What there is of somebody.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Traces {
    /// Libraries whose events tell of them.
    pub(super) libraries: BTreeSet<LibraryId>,
    /// Other subjects who are the same person, and are not erased yet.
    pub(super) aliases: BTreeSet<SubjectId>,
}

/// Finds them. Nothing tells of an account before there is one; who has none was invited at any time.
pub(super) async fn of(
    log: &EventLog,
    own: &StreamName,
    subject: SubjectId,
) -> Result<Traces, LogError> {
    let store = log.store();
    let first = store.read_stream(own, 0, 1).await?;
    let after = first.first().map_or(0, |event| event.position.get() - 1);
    let filter = EventFilter {
        aggregate_type: Some(LibraryEvent::AGGREGATE.to_owned()),
        mentions: Some(subject.to_string()),
        ..EventFilter::default()
    };
    let mut search = Search::new(&**store, filter, Position::new(after), store.head().await?);
    let mut traces = Traces::default();
    loop {
        let page = search.next(PAGE).await?;
        if page.is_empty() {
            break;
        }
        for event in &page {
            traces.take(event, subject);
        }
    }
    traces.aliases.remove(&subject);
    traces.keep_living(log).await?;
    Ok(traces)
}

impl Traces {
    fn take(&mut self, recorded: &RecordedEvent, person: SubjectId) {
        self.libraries
            .extend(recorded.stream.aggregate_id.parse::<LibraryId>());
        let is = |account: accession_events::ids::AccountId| account.as_uuid() == person.as_uuid();
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
            ) if is(account) => Some(subject),
            Ok(LibraryEvent::MemberJoined {
                account,
                invitation,
                ..
            }) if is(account) => invitation,
            Ok(LibraryEvent::MemberRemoved {
                account,
                name: Some(Personal::Sealed(kept)),
                ..
            }) if is(account) => Some(kept.subject),
            _ => None,
        };
        self.aliases.extend(alias);
    }

    /// Leaves out who was erased before.
    async fn keep_living(&mut self, log: &EventLog) -> Result<(), LogError> {
        if self.aliases.is_empty() {
            return Ok(());
        }
        let streams: Vec<StreamAfter> = self
            .aliases
            .iter()
            .map(|alias| StreamAfter {
                stream: StreamName::new(SubjectEvent::AGGREGATE, alias),
                after: 0,
            })
            .collect();
        let tails = log.store().load_streams(&streams).await?;
        let aliases = std::mem::take(&mut self.aliases);
        let living = aliases.into_iter().zip(tails);
        self.aliases = living
            .filter(|(_, events)| events.is_empty())
            .map(|(alias, _)| alias)
            .collect();
        Ok(())
    }
}
