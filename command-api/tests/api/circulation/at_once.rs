//! Many who want the same at the same moment: one copy goes to one of them, and nobody gets more than the library lends.
//!
//! Never a matter of luck: each of them is allowed by itself.

use std::collections::{BTreeMap, BTreeSet};

use accession_command_api::circulation::counter::{Counter, Deed, What, Who};
use accession_command_api::circulation::error::CirculationError;
use accession_command_api::circulation::lending::LendingError;
use accession_command_api::front_desk::FrontDesk;
use accession_command_api::holdings::desk::Holdings;
use accession_command_api::library::libraries::Libraries;
use accession_command_api::library::library::LibraryCommand;
use accession_command_api::library::library::add_child::AddChild;
use accession_event_log::{Given, RepositoryOptions};
use accession_events::circulation::{LendingEvent, LentHow};
use accession_events::event::decode_as;
use accession_events::ids::{AccountId, CopyId, LibraryId, LoanId};
use futures_util::future::join_all;
use serde_json::json;
use uuid::Uuid;

use super::{desk, to_member};
use crate::app::{App, now};

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_parallel_borrowers_of_one_copy_one_gets_it_and_the_others_read_when_it_is_due()
 {
    for app in App::everywhere().await {
        let (library, ana, _, copy) = desk(&app).await;
        let lend = |number: usize| {
            let body = json!({ "copy_id": copy.to_string(), "name": format!("Borrower {number}") });
            app.post(format!("/api/v1/libraries/{library}/loans"))
                .bearer(&ana.token)
                .json(&body)
                .send()
        };
        let answers = join_all((0..100).map(lend)).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
        assert_eq!(won.len(), 1, "{:?}", lost.first());
        let holds = format!("/api/v1/libraries/{library}/copies/{copy}/holds");
        for refused in lost {
            assert_eq!(refused.problem(), (409, "on_loan".into()), "{refused:?}");
            assert_eq!(refused.json()["due_at"], won[0].json()["due_at"]);
            assert_eq!(refused.json()["links"]["hold"], holds);
            assert!(!refused.text.contains("Borrower"));
        }
        let names = app.event_names().await;
        for name in ["LoanOpened", "CopyLentOut", "CopyBorrowed"] {
            let count = names.iter().filter(|found| *found == name).count();
            assert_eq!(count, 1, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_borrows_at_many_desks_at_once_gets_as_many_as_the_library_lends() {
    for app in App::everywhere().await {
        let (library, ana, [pia, _], _) = desk(&app).await;
        app.put(format!("/api/v1/libraries/{library}/loan-policy"))
            .bearer(&ana.token)
            .json(&json!({ "loans_per_patron": 5 }))
            .send()
            .await
            .ok();
        let mut copies = Vec::new();
        for number in 0..20 {
            copies.push(app.copy(&library, &format!("X-{number}")).await);
        }
        let bodies: Vec<_> = copies.iter().map(|copy| to_member(*copy, &pia)).collect();
        let answers = join_all(bodies.iter().map(|body| app.lends(&library, &ana, body))).await;
        let lent = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(lent, 5);
        for refused in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!(refused.problem(), (409, "too_many_loans".into()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_parallel_borrowers_of_fifty_copies_make_exactly_fifty_loans() {
    for app in App::everywhere().await {
        let ana = app.sign_up("ana").await;
        let library = app.library(&ana, "family").await;
        let options = RepositoryOptions::default();
        let libraries = Libraries::new(&app.log, app.accounts.clone(), options);
        let id: LibraryId = library.parse().unwrap();
        let borrowers: Vec<AccountId> = (0..500).map(|_| AccountId::new(Uuid::now_v7())).collect();
        for borrower in &borrowers {
            join(&libraries, id, *borrower, ana.account).await;
        }
        let mut copies = Vec::new();
        for number in 0..50 {
            copies.push(app.copy(&library, &format!("Y-{number}")).await);
        }
        let holdings = Holdings::new(&app.log, options);
        let sealer = FrontDesk::sealer(&app.accounts).clone();
        let counter = Counter::new(libraries.repository(), &holdings, sealer, options);
        let wishes = borrowers.iter().enumerate().map(|(number, borrower)| {
            let (counter, copy) = (counter.clone(), copies[number % 50]);
            let deed = wish(id, copy, *borrower, ana.account);
            tokio::spawn(async move { counter.carry_out(&deed, &|_| Given::default()).await })
        });
        let mut lent = 0;
        for outcome in join_all(wishes).await {
            match outcome.unwrap() {
                Ok(_) => lent += 1,
                Err(CirculationError::Lending(LendingError::OnLoan { .. })) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(lent, 50);
        assert_eq!(who_has_what(&app).await, copies.into_iter().collect());
    }
}

fn wish(library: LibraryId, copy: CopyId, borrower: AccountId, by: AccountId) -> Deed {
    Deed {
        library,
        copy,
        what: What::Lend {
            loan: LoanId::new(Uuid::now_v7()),
            to: Who::Member(borrower),
            due_at: None,
            how: LentHow::Desk,
        },
        at: now(),
        by: Some(by),
    }
}

async fn join(libraries: &Libraries, library: LibraryId, account: AccountId, guardian: AccountId) {
    let name = json!({ "subject": account.to_string(), "box": "AAAA" });
    let child = LibraryCommand::AddChild(AddChild {
        account,
        name: serde_json::from_value(name).unwrap(),
        birth_year: None,
        guardian,
    });
    libraries
        .execute(library, &Given::default(), &child)
        .await
        .unwrap();
}

/// The copies that are out, each with one loan.
async fn who_has_what(app: &App) -> BTreeSet<CopyId> {
    let mut out: BTreeMap<CopyId, usize> = BTreeMap::new();
    for event in app.events().await {
        if &*event.event_type == "LoanOpened" {
            let LendingEvent::LoanOpened { .. } = decode_as(&event).unwrap() else {
                panic!("another event");
            };
            *out.entry(event.stream.aggregate_id.parse().unwrap())
                .or_default() += 1;
        }
    }
    assert!(out.values().all(|loans| *loans == 1));
    out.into_keys().collect()
}
