//! The lending policy of a library: on which terms it lends, and when a loan is due by them.
//!
//! Never looks at a loan that is open: each keeps what it was told.

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use accession_events::circulation::{LendingTerms, PolicyEvent};
use accession_events::ids::AccountId;
use accession_events::library::LibraryKind;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// A library's lending policy; nothing as long as it has not said anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    set: Option<LendingTerms>,
}

/// Lend on these terms from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetPolicy {
    /// All of them.
    pub terms: LendingTerms,
    /// Who says so.
    pub by: AccountId,
}

/// Why a policy cannot be set: it never happens, what cannot be meant is refused where it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {}

impl Policy {
    /// The terms that hold in a library of this kind.
    #[must_use]
    pub fn terms(&self, kind: LibraryKind) -> LendingTerms {
        self.set
            .clone()
            .unwrap_or_else(|| LendingTerms::usual(kind))
    }
}

/// The end of the day (UTC) that is so many days after this moment.
#[must_use]
pub fn end_of_day(after: Timestamp, days: u16) -> Timestamp {
    let day = after.to_zoned(TimeZone::UTC).date();
    day.checked_add(Span::new().days(i64::from(days)))
        .and_then(|day| day.at(23, 59, 59, 0).to_zoned(TimeZone::UTC))
        .map_or(Timestamp::MAX, |end| end.timestamp())
}

impl Decider for Policy {
    const SCHEMA: &'static str = "lending_policy/1";

    fn decide(&self, command: &SetPolicy) -> Result<Vec<PolicyEvent>, PolicyError> {
        if self.set.as_ref() == Some(&command.terms) {
            return Ok(Vec::new());
        }
        Ok(vec![PolicyEvent::LendingPolicySet {
            terms: command.terms.clone(),
            by: command.by,
        }])
    }
}

impl Aggregate for Policy {
    const TYPE: &'static str = PolicyEvent::AGGREGATE;
    type Command = SetPolicy;
    type Event = PolicyEvent;
    type Error = PolicyError;
    type Services = ();

    async fn handle(
        &mut self,
        command: SetPolicy,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), PolicyError> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: PolicyEvent) {
        let PolicyEvent::LendingPolicySet { terms, .. } = event;
        self.set = Some(terms);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn set(period_days: u16) -> SetPolicy {
        SetPolicy {
            terms: LendingTerms {
                period_days,
                ..LendingTerms::usual(LibraryKind::Lending)
            },
            by: AccountId::new(Uuid::from_u128(1)),
        }
    }

    #[test]
    fn terms_are_set_once_and_saying_the_same_again_says_nothing() {
        let mut policy = Policy::default();
        assert_eq!(policy.terms(LibraryKind::Family).period_days, 14);
        let events = policy.decide(&set(28)).unwrap();
        assert_eq!(events.len(), 1);
        for event in events {
            policy.apply(event);
        }
        assert_eq!(policy.terms(LibraryKind::Family).period_days, 28);
        assert_eq!(policy.decide(&set(28)), Ok(vec![]));
    }

    #[test]
    fn a_loan_is_due_at_the_end_of_a_day() {
        let morning: Timestamp = "2026-11-21T08:15:00Z".parse().unwrap();
        assert_eq!(end_of_day(morning, 14).to_string(), "2026-12-05T23:59:59Z");
        assert_eq!(end_of_day(Timestamp::MAX, u16::MAX), Timestamp::MAX);
    }
}
