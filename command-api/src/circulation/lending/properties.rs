//! Laws of lending, whatever is asked in which order.
//!
//! Never about a single command: those have their examples.

use accession_event_log::Decider as _;
use cqrs_es::Aggregate as _;
use proptest::collection::vec;
use proptest::prelude::*;

use super::examples::*;
use super::{EmptyQueue, ExpireHold, Lending, LendingCommand};

fn command() -> impl Strategy<Value = LendingCommand> {
    let who = || 1..5_u8;
    prop_oneof![
        4 => who().prop_map(|who| lend(who, "2026-11-21")),
        4 => Just(take_back(None)),
        1 => who().prop_map(|who| take_back(Some(who))),
        2 => who().prop_map(|who| renew("2026-12-01", 2, Some(who))),
        1 => Just(report_lost()),
        4 => who().prop_map(place_hold),
        2 => who().prop_map(|who| cancel(who, None)),
        2 => who().prop_map(|who| {
            let (hold, now) = (hold(who), noon("2027-01-01"));
            LendingCommand::ExpireHold(ExpireHold { hold, now, kept_until: kept_until() })
        }),
        1 => Just(LendingCommand::EmptyQueue(EmptyQueue)),
    ]
}

proptest! {
    #[test]
    fn a_copy_that_is_in_is_offered_to_the_first_who_waits_and_one_that_is_out_to_nobody(
        commands in vec(command(), 1..60)
    ) {
        let mut lending = Lending::default();
        for command in commands {
            for event in lending.decide(&command).unwrap_or_default() {
                lending.apply(event);
            }
            let offers: Vec<bool> = lending.queue.iter().map(|of| of.offered_until.is_some()).collect();
            let mut expected = vec![false; offers.len()];
            if lending.loan.is_none() && let Some(first) = expected.first_mut() {
                *first = true;
            }
            prop_assert_eq!(offers, expected);
            let mut patrons: Vec<_> = lending.queue.iter().map(|of| of.borrower.patron).collect();
            patrons.extend(lending.loan.map(|loan| loan.borrower.patron));
            let all = patrons.len();
            patrons.sort_unstable();
            patrons.dedup();
            prop_assert_eq!(patrons.len(), all, "somebody has it and waits, or waits twice");
        }
    }
}
