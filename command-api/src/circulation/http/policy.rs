//! `PUT /api/v1/libraries/{id}/loan-policy`: on which terms a library lends.
//!
//! Never changes loans that are open.

use std::collections::BTreeSet;

use accession_events::circulation::LendingTerms;
use accession_events::ids::LibraryId;
use accession_events::library::MemberRole;
use accession_service::access;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::circulation::counter::Counter;
use crate::circulation::error::LONGEST_LOAN_DAYS;
use crate::circulation::policy::SetPolicy;
use crate::http::answer::{Answer, Changed};
use crate::http::body::Body;
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::http::fields::Faults;
use crate::http::paths::Id;

/// The most loans or holds that a patron may have, and the most renewals.
const MOST: u16 = 1000;

/// On which terms a library lends. All of them: what is left out is what holds in a library that has not said anything.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPolicy {
    /// For how many days a copy is lent, 1 to 366; 14 when left out.
    #[serde(default)]
    period_days: Option<u16>,
    /// How often a loan may be renewed, 0 to 1000; 2 when left out.
    #[serde(default)]
    renewals: Option<u16>,
    /// How many copies one borrower may have, 1 to 1000; 10 when left out.
    #[serde(default)]
    loans_per_patron: Option<u16>,
    /// In how many queues one borrower may wait, 0 to 1000; 10 when left out.
    #[serde(default)]
    holds_per_patron: Option<u16>,
    /// For how many days a copy that came back is kept for the next, 1 to 366; 3 when left out.
    #[serde(default)]
    pick_up_days: Option<u16>,
    /// Members of which roles may borrow; all when left out.
    #[serde(default)]
    lends_to: Option<BTreeSet<MemberRole>>,
    /// Members of which roles may borrow by themselves; all but children when left out.
    #[serde(default)]
    self_service: Option<BTreeSet<MemberRole>>,
    /// Whether borrowers may say themselves that a copy came back; when left out, at home only.
    #[serde(default)]
    self_return: Option<bool>,
    /// Whether copies are lent to people outside, by name; true when left out.
    #[serde(default)]
    outside_borrowers: Option<bool>,
}

/// Set the lending policy. Open loans keep the due date that they have.
#[utoipa::path(put, path = "/api/v1/libraries/{id}/loan-policy", tag = "circulation", params(("id" = String, Path), Conditions),
    request_body = NewPolicy, responses((status = 200, description = "It holds for loans from now on.", body = Changed), CommandProblems))]
pub(super) async fn set_lending_policy(
    AccountCall { call, account, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(counter): State<Counter>,
    Body { value, digest }: Body<NewPolicy>,
) -> Result<Answer, Problem> {
    let membership = call.member_of(library, access::MemberRole::Admin)?;
    let kind = match membership.kind {
        access::LibraryKind::Family => accession_events::library::LibraryKind::Family,
        access::LibraryKind::Lending => accession_events::library::LibraryKind::Lending,
        access::LibraryKind::Shop => accession_events::library::LibraryKind::Shop,
    };
    let terms = value.terms(&LendingTerms::usual(kind))?;
    let command = SetPolicy { terms, by: account };
    change(counter.policies(), library, &call, &digest, &command).await
}

impl NewPolicy {
    fn terms(self, usual: &LendingTerms) -> Result<LendingTerms, Problem> {
        let days = 1..=u16::try_from(LONGEST_LOAN_DAYS).unwrap_or(u16::MAX);
        let mut faults = Faults::default();
        let mut number =
            |field: &str, said: Option<u16>, usual: u16, bounds: &std::ops::RangeInclusive<u16>| {
                let number = said.unwrap_or(usual);
                let (least, most) = (bounds.start(), bounds.end());
                let read = bounds.contains(&number).then_some(number);
                let read = read.ok_or_else(|| {
                    format!("`{field}` is {number}; expected a whole number from {least} to {most}")
                });
                faults.take(field, "out_of_range", read)
            };
        let numbers = (
            number("period_days", self.period_days, usual.period_days, &days),
            number("renewals", self.renewals, usual.renewals, &(0..=MOST)),
            number(
                "loans_per_patron",
                self.loans_per_patron,
                usual.loans_per_patron,
                &(1..=MOST),
            ),
            number(
                "holds_per_patron",
                self.holds_per_patron,
                usual.holds_per_patron,
                &(0..=MOST),
            ),
            number("pick_up_days", self.pick_up_days, usual.pick_up_days, &days),
        );
        let (
            Some(period_days),
            Some(renewals),
            Some(loans_per_patron),
            Some(holds_per_patron),
            Some(pick_up_days),
        ) = numbers
        else {
            return Err(faults.problem());
        };
        Ok(LendingTerms {
            period_days,
            renewals,
            loans_per_patron,
            holds_per_patron,
            pick_up_days,
            lends_to: self.lends_to.unwrap_or_else(|| usual.lends_to.clone()),
            self_service: self
                .self_service
                .unwrap_or_else(|| usual.self_service.clone()),
            self_return: self.self_return.unwrap_or(usual.self_return),
            outside_borrowers: self.outside_borrowers.unwrap_or(usual.outside_borrowers),
        })
    }
}
