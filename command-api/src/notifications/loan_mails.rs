//! The reaction that reminds people of what they have borrowed, and tells them that a copy they waited for is there.
//!
//! A reminder is a timer's: one a loan and day, however often the timer comes and whichever process it comes to, for the message's id
//! follows from loan, due date and day. Whether the copy is still out is asked when it is queued and again when it leaves.

pub(super) mod lent;
mod schedule;

use std::sync::Arc;

use accession_event_log::LogStore;
use accession_events::catalog::{TitleEvent, TitleFact};
use accession_events::circulation::LendingEvent;
use accession_events::event::decode_as;
use accession_events::ids::{AccountId, CopyId, LibraryId, LoanId, TitleId};
use accession_events::library::LibraryEvent;
use accession_events::values::Authority;
use accession_events::{LoggedEvent as _, Position, RecordedEvent, StreamName};
use accession_mail::MessageKind;
use accession_secrets::outbox::Outbox;
use accession_secrets::reaction_book::KeptTimer;
use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use self::lent::Lent;
use self::schedule::Step;
use super::address_book::AddressBook;
use super::draft::{Page, Reminded};
use super::mails::{IntoSubject as _, draft_to, new_message};
use crate::reactions::{Birth, Course, Policy, Reaction, ReactionError};

/// After so many refusals an event is put aside: a defect, not a mail server that is away.
const ATTEMPTS: u32 = 3;
/// Everything that the log holds.
const NOW: Position = Position::new(u64::MAX);

/// Reminds people.
pub struct LoanMails {
    outbox: Arc<dyn Outbox>,
    book: AddressBook,
}

/// What a message is about.
struct About {
    account: AccountId,
    library: LibraryId,
    title: TitleId,
}

impl LoanMails {
    /// Queues into this outbox what follows from this log.
    #[must_use]
    pub fn new(outbox: Arc<dyn Outbox>, log: Arc<dyn LogStore>) -> Self {
        Self {
            outbox,
            book: AddressBook::new(log),
        }
    }

    /// Reminds whoever has the copy, if they still have it on this loan.
    async fn remind(
        &self,
        course: &Course,
        copy: CopyId,
        loan: LoanId,
    ) -> Result<Option<Timestamp>, ReactionError> {
        let lent = Lent::now(&self.book, copy).await?;
        let (Some((open, account, due_at)), Some((library, title))) = (lent.out, lent.known) else {
            return Ok(None);
        };
        if open != loan || self.is_taken_down(library).await? {
            return Ok(None);
        }
        let next = Step::after(due_at, course.now()).map(|step| step.time(due_at));
        let (Some(step), Some(account)) = (Step::at(due_at, course.now()), account) else {
            return Ok(next);
        };
        let kind = match step {
            Step::DayBefore => MessageKind::LoanDueSoon,
            Step::LastDay => MessageKind::LoanDueToday,
            Step::Weeks(_) => MessageKind::LoanOverdue,
        };
        let name = format!("{}:{}", step.name(), due_at.as_microsecond());
        let id = Uuid::new_v5(&loan.as_uuid(), name.as_bytes());
        let about = About {
            account,
            library,
            title,
        };
        let reminded = Reminded { copy, loan, due_at };
        self.tell(course, id, kind, &about, next, Some(reminded))
            .await?;
        Ok(next)
    }

    async fn tell(
        &self,
        course: &Course,
        id: Uuid,
        kind: MessageKind,
        about: &About,
        until: Option<Timestamp>,
        loan: Option<Reminded>,
    ) -> Result<(), ReactionError> {
        let Some(card) = self.book.card(about.account, NOW).await? else {
            return Ok(());
        };
        let mut draft = draft_to(&card, course.now());
        (draft.until, draft.loan) = (until, loan);
        draft.page = Some(loan.map_or(Page::Holds, |_| Page::Loans));
        draft.values = self.values(about, loan).await?;
        let subject = about.account.into_subject();
        let message = new_message(id, subject, kind, &draft, course.now())?;
        if self.outbox.queue(&message).await? {
            metrics::counter!("accession_mail_queued_total", "kind" => message.kind.clone())
                .increment(1);
        }
        Ok(())
    }

    async fn values(
        &self,
        about: &About,
        loan: Option<Reminded>,
    ) -> Result<Map<String, Value>, ReactionError> {
        let library = StreamName::new(LibraryEvent::AGGREGATE, about.library);
        let library = self.book.library_name(&library, NOW).await?;
        let mut values = Map::new();
        values.insert("library".into(), library.into());
        values.insert("title".into(), self.title_name(about.title).await?.into());
        if let Some(reminded) = loan {
            let due = reminded.due_at.strftime("%Y-%m-%d").to_string();
            values.insert("due".into(), due.into());
        }
        Ok(values)
    }

    /// What a title is called: by the strongest who says so, the last word of theirs; else its slug.
    async fn title_name(&self, title: TitleId) -> Result<String, ReactionError> {
        let stream = StreamName::new(TitleEvent::AGGREGATE, title);
        let (mut called, mut by) = (String::new(), None);
        for event in self.book.events(&stream, NOW).await? {
            let (provenance, facts) = match decode_as(&event)? {
                TitleEvent::TitleAdded {
                    slug,
                    provenance,
                    facts,
                    ..
                } => {
                    called = slug.to_string();
                    (provenance, facts)
                }
                TitleEvent::TitleFactsAsserted { provenance, facts } => (provenance, facts),
                _ => continue,
            };
            let rank = strength(provenance.authority);
            for fact in facts {
                if let TitleFact::Name(name) = fact
                    && by.is_none_or(|by| rank >= by)
                {
                    (called, by) = (name.to_string(), Some(rank));
                }
            }
        }
        Ok(called)
    }

    /// Nobody is reminded of the loans of a library that is no more.
    async fn is_taken_down(&self, library: LibraryId) -> Result<bool, ReactionError> {
        let stream = StreamName::new(LibraryEvent::AGGREGATE, library);
        let events = self.book.events(&stream, NOW).await?;
        Ok(events
            .iter()
            .any(|event| &*event.event_type == "LibraryDeletionStarted"))
    }

    /// Says that a copy is kept for somebody, if it still is.
    async fn tell_kept(
        &self,
        course: &Course,
        copy: CopyId,
        offered: &LendingEvent,
    ) -> Result<(), ReactionError> {
        let LendingEvent::HoldOffered { hold, until, .. } = offered else {
            return Ok(());
        };
        let lent = Lent::now(&self.book, copy).await?;
        let (Some((kept, Some(account), kept_until)), Some((library, title))) =
            (lent.kept, lent.known)
        else {
            return Ok(());
        };
        if kept != *hold || kept_until != *until {
            return Ok(());
        }
        let about = About {
            account,
            library,
            title,
        };
        let kind = MessageKind::HoldReady;
        let id = course.step_id(kind.as_str());
        self.tell(course, id, kind, &about, Some(*until), None)
            .await
    }
}

const fn strength(authority: Authority) -> u8 {
    match authority {
        Authority::Curator => 3,
        Authority::User => 2,
        Authority::PrimaryProvider => 1,
        Authority::SecondaryProvider => 0,
    }
}

fn unreadable(reason: impl std::fmt::Display) -> ReactionError {
    ReactionError::Refused {
        reason: reason.to_string(),
    }
}

#[async_trait]
impl Reaction for LoanMails {
    fn name(&self) -> &'static str {
        "loan_mail"
    }

    fn birth(&self) -> Birth {
        Birth::Now
    }

    fn policy(&self) -> Policy {
        Policy::ParkAfter(ATTEMPTS)
    }

    fn listens_to(&self) -> &'static [&'static str] {
        &[
            "HoldOffered",
            "LoanLost",
            "LoanOpened",
            "LoanRenewed",
            "LoanReturned",
        ]
    }

    async fn react(&self, course: &Course, event: &RecordedEvent) -> Result<(), ReactionError> {
        let copy: CopyId = event.stream.aggregate_id.parse().map_err(unreadable)?;
        match decode_as(event)? {
            LendingEvent::LoanOpened { loan, due_at, .. }
            | LendingEvent::LoanRenewed { loan, due_at, .. } => {
                // From the event's own time on: taken up again after a crash, it forgets no day.
                let Some(step) = Step::after(due_at, event.recorded_at) else {
                    return Ok(());
                };
                let name = format!("{copy}/{loan}");
                course.set_timer(&name, step.time(due_at), "").await
            }
            LendingEvent::LoanReturned { loan, .. } | LendingEvent::LoanLost { loan, .. } => {
                course.cancel_timer(&format!("{copy}/{loan}")).await
            }
            offered => self.tell_kept(course, copy, &offered).await,
        }
    }

    async fn on_timer(&self, course: &Course, timer: &KeptTimer) -> Result<(), ReactionError> {
        let parts = timer.name.split_once('/');
        let (copy, loan) = parts.ok_or_else(|| unreadable("the timer names no loan"))?;
        let copy: CopyId = copy.parse().map_err(unreadable)?;
        let loan: LoanId = loan.parse().map_err(unreadable)?;
        match self.remind(course, copy, loan).await? {
            Some(next) => course.set_timer(&timer.name, next, "").await,
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
