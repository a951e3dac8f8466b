//! Whom an erasure asks before it happens, and what is left to end when somebody came in while it did.
//!
//! Never ends anything itself: what lets somebody go is appended with the erasure.

use std::collections::BTreeSet;

use accession_event_log::{Append, Given, Outcome, StreamWrite};
use accession_events::event::decode_as;
use accession_events::identity::SubjectEvent;
use accession_events::ids::{AccountId, LibraryId, SubjectId};
use accession_events::{LoggedEvent as _, Position, StreamName};
use jiff::Timestamp;

use super::traces::{self, Traces};
use super::{ATTEMPTS, Erase, Erasure, ErasureError, erased, idempotency};
use crate::ties::{Orphans, Parting, Ties};

pub(super) fn parting(erase: &Erase, traces: &Traces) -> Parting {
    Parting {
        account: AccountId::new(erase.subject.as_uuid()),
        subjects: traces.subjects(erase.subject),
        libraries: traces.libraries.clone(),
        orphans: erase.orphans,
        by: erase.by,
    }
}

impl Erase {
    /// The same erasure once more.
    pub(super) const fn again(erased: &SubjectEvent, at: Timestamp) -> Self {
        let SubjectEvent::SubjectErased {
            subject,
            by,
            reason,
            ..
        } = erased;
        Self {
            subject: *subject,
            by: *by,
            reason: *reason,
            at,
            orphans: Orphans::HoldBack,
        }
    }
}

impl Erasure {
    /// How somebody was erased, if they were.
    pub(super) async fn erasure_of(
        &self,
        subject: SubjectId,
    ) -> Result<Option<SubjectEvent>, ErasureError> {
        let stream = StreamName::new(SubjectEvent::AGGREGATE, subject);
        let found = self.log().store().read_stream(&stream, 0, 1).await?;
        Ok(found.first().and_then(|event| decode_as(event).ok()))
    }

    /// Ends what is left of somebody who was erased in these libraries and in those that have told of them after a
    /// position. Nothing is left as a rule: memberships end with the erasure. It is for those of older logs, and for who
    /// joined or was invited in that very moment.
    pub(super) async fn sweep(
        &self,
        erase: &Erase,
        libraries: &BTreeSet<LibraryId>,
        after: Position,
        ties: &dyn Ties,
        given: &Given,
    ) -> Result<(), ErasureError> {
        for _ in 0..ATTEMPTS {
            let found = traces::since(self.log(), erase.subject, libraries.clone(), after).await?;
            let mut writes = ties.part(&parting(erase, &found), given).await?;
            writes.extend(aliases(erase, &found, given)?);
            if writes.is_empty() {
                return Ok(());
            }
            let append = Append {
                writes,
                metadata: serde_json::to_string(&given.metadata).unwrap_or_default(),
                idempotency: idempotency(given, 0),
            };
            if !matches!(self.log().append(append).await?, Outcome::Conflict { .. }) {
                self.finish_many(found.aliases, erase.at).await;
                return Ok(());
            }
        }
        Err(self.overtaken(erase))
    }
}

/// The erasures of whoever is the same person and was not erased before.
pub(super) fn aliases(
    erase: &Erase,
    traces: &Traces,
    given: &Given,
) -> Result<Vec<StreamWrite>, ErasureError> {
    let living = traces.aliases.difference(&traces.erased);
    let person = traces
        .account
        .unwrap_or(AccountId::new(erase.subject.as_uuid()));
    living
        .map(|alias| Ok(erased(*alias, Some(person), erase, traces, given)?))
        .collect()
}
