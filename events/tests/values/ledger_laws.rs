//! The ledger's laws, shown on small facts; never on what a particular context stores.

use accession_events::values::{
    Authority, AuthorityOrder, Fact, Ledger, Provenance, Said, SourceName, SourceRecordId,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Field {
    Name,
    Year,
    Genres,
}

const FIELDS: [Field; 3] = [Field::Name, Field::Year, Field::Genres];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Says {
    Name(u8),
    Year(u8),
    Genres(u8),
}

impl Says {
    fn about(field: Field, value: u8) -> Self {
        match field {
            Field::Name => Self::Name(value),
            Field::Year => Self::Year(value),
            Field::Genres => Self::Genres(value),
        }
    }

    fn value(&self) -> u8 {
        match self {
            Self::Name(value) | Self::Year(value) | Self::Genres(value) => *value,
        }
    }
}

impl Fact for Says {
    type Field = Field;

    fn field(&self) -> Field {
        match self {
            Self::Name(_) => Field::Name,
            Self::Year(_) => Field::Year,
            Self::Genres(_) => Field::Genres,
        }
    }
}

fn source(name: &str, authority: Authority, record: Option<&str>) -> Provenance {
    let mut by = Provenance::of(SourceName::parse(name).unwrap(), authority);
    by.record = record.map(|record| SourceRecordId::parse(record).unwrap());
    by
}

fn curator() -> Provenance {
    source("curator:ada", Authority::Curator, None)
}

fn goodbooks() -> Provenance {
    source("goodbooks", Authority::PrimaryProvider, Some("1"))
}

fn kodik() -> Provenance {
    source("kodik", Authority::SecondaryProvider, Some("serial-1"))
}

fn counts(ledger: &Ledger<Says>, field: Field) -> Option<u8> {
    ledger
        .effective(field, &AuthorityOrder::default())
        .map(|said| said.fact().value())
}

#[test]
fn a_newer_statement_replaces_the_older_one_of_the_same_asserter() {
    let mut ledger = Ledger::default();
    ledger.assert(&goodbooks(), &[Says::Name(1), Says::Year(1)]);
    ledger.assert(&kodik(), &[Says::Name(2)]);
    ledger.assert(&goodbooks(), &[Says::Name(3)]);
    let said: Vec<u8> = ledger
        .said(Field::Name)
        .iter()
        .map(|said| said.fact().value())
        .collect();
    assert_eq!(said, [2, 3]);
    assert_eq!(counts(&ledger, Field::Year), Some(1));
}

#[test]
fn among_equals_the_latest_statement_counts() {
    let mut ledger = Ledger::default();
    let other = source("goodbooks", Authority::PrimaryProvider, Some("2"));
    ledger.assert(&goodbooks(), &[Says::Name(1)]);
    ledger.assert(&other, &[Says::Name(2)]);
    assert_eq!(counts(&ledger, Field::Name), Some(2));
    ledger.assert(&goodbooks(), &[Says::Name(3)]);
    assert_eq!(counts(&ledger, Field::Name), Some(3));
}

#[test]
fn a_withdrawn_statement_lets_the_next_one_count() {
    let mut ledger = Ledger::default();
    ledger.assert(&kodik(), &[Says::Name(1)]);
    ledger.assert(&goodbooks(), &[Says::Name(2)]);
    ledger.withdraw(&goodbooks(), &[Field::Name, Field::Year]);
    assert_eq!(counts(&ledger, Field::Name), Some(1));
    ledger.withdraw(&kodik(), &[Field::Name]);
    assert_eq!(ledger, Ledger::default());
}

#[test]
fn another_order_of_authorities_makes_another_statement_count() {
    let mut ledger = Ledger::default();
    ledger.assert(&curator(), &[Says::Name(1)]);
    ledger.assert(&goodbooks(), &[Says::Name(2)]);
    let order =
        AuthorityOrder::parse(["primary_provider", "secondary_provider", "user", "curator"])
            .unwrap();
    assert_eq!(
        ledger
            .effective(Field::Name, &order)
            .map(|said| said.fact().value()),
        Some(2)
    );
    assert_eq!(counts(&ledger, Field::Name), Some(1));
}

#[test]
fn a_locked_field_records_later_statements_but_keeps_its_value() {
    let mut ledger = Ledger::default();
    ledger.assert(&kodik(), &[Says::Name(1)]);
    ledger.lock(Field::Name);
    ledger.lock(Field::Genres);
    ledger.assert(&goodbooks(), &[Says::Name(2), Says::Genres(2)]);
    ledger.assert(&kodik(), &[Says::Name(3)]);
    ledger.withdraw(&kodik(), &[Field::Name]);
    assert_eq!(
        (counts(&ledger, Field::Name), counts(&ledger, Field::Genres)),
        (Some(1), None)
    );
    assert_eq!(ledger.said(Field::Name).len(), 1);
    ledger.unlock(Field::Name);
    ledger.unlock(Field::Genres);
    assert_eq!(
        (counts(&ledger, Field::Name), counts(&ledger, Field::Genres)),
        (Some(2), Some(2))
    );
}

#[test]
fn a_curator_changes_a_locked_field_and_may_take_it_back() {
    let mut ledger = Ledger::default();
    let colleague = source("curator:bob", Authority::Curator, None);
    ledger.assert(&goodbooks(), &[Says::Name(1)]);
    ledger.lock(Field::Name);
    ledger.assert(&kodik(), &[Says::Name(9)]);
    ledger.assert(&curator(), &[Says::Name(2)]);
    assert_eq!(counts(&ledger, Field::Name), Some(2));
    ledger.assert(&colleague, &[Says::Name(3)]);
    assert_eq!(counts(&ledger, Field::Name), Some(3));
    ledger.withdraw(&colleague, &[Field::Name]);
    assert_eq!(counts(&ledger, Field::Name), Some(2));
    ledger.withdraw(&curator(), &[Field::Name]);
    assert_eq!(counts(&ledger, Field::Name), Some(1));
    assert!(ledger.is_locked(Field::Name));
}

#[test]
fn the_difference_names_what_is_new_changed_and_gone() {
    let mut ledger = Ledger::default();
    ledger.assert(&goodbooks(), &[Says::Name(1), Says::Year(1)]);
    let wanted = [Says::Name(5), Says::Name(1), Says::Genres(4)];
    let diff = ledger.diff(&goodbooks(), &wanted);
    assert_eq!(
        (diff.changed, diff.gone),
        (vec![Says::Genres(4)], vec![Field::Year])
    );
    let stronger = source("goodbooks", Authority::Curator, Some("1"));
    assert_eq!(
        ledger
            .diff(&stronger, &[Says::Name(1), Says::Year(1)])
            .changed
            .len(),
        2
    );
    assert!(ledger.diff(&kodik(), &[]).is_empty());
}

#[test]
fn json_writes_each_provenance_once_and_refuses_a_number_without_one() {
    let mut ledger = Ledger::default();
    ledger.assert(&goodbooks(), &[Says::Name(1), Says::Year(1)]);
    ledger.lock(Field::Year);
    let json = serde_json::to_string(&ledger).unwrap();
    assert_eq!(
        json,
        r#"{"by":[{"source":"goodbooks","authority":"primary_provider","record":"1"}],"said":[[0,{"name":1}],[0,{"year":1}]],"locks":[{"field":"year","frozen":[[0,{"year":1}]],"since":[]}]}"#
    );
    let broken =
        serde_json::from_str::<Ledger<Says>>(r#"{"by":[],"said":[[0,{"name":1}]]}"#).unwrap_err();
    assert!(broken.to_string().contains("asserter 0"), "{broken}");
}

/// Something that can happen to a ledger.
#[derive(Debug, Clone)]
enum Step {
    Assert(usize, Vec<Says>),
    Withdraw(usize, Vec<Field>),
    Lock(Field),
    Unlock(Field),
}

/// Curators, users and providers, two of each.
fn asserters() -> Vec<Provenance> {
    Authority::ALL
        .into_iter()
        .flat_map(|authority| {
            ["1", "2"].map(|record| source(authority.as_str(), authority, Some(record)))
        })
        .collect()
}

fn a_field() -> impl Strategy<Value = Field> {
    prop::sample::select(FIELDS.to_vec())
}

fn a_fact() -> impl Strategy<Value = Says> {
    (a_field(), 0u8..6).prop_map(|(field, value)| Says::about(field, value))
}

fn a_step(asserters: std::ops::Range<usize>) -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (asserters.clone(), prop::collection::vec(a_fact(), 0..4)).prop_map(|(by, facts)| Step::Assert(by, facts)),
        2 => (asserters, prop::collection::vec(a_field(), 0..3)).prop_map(|(by, fields)| Step::Withdraw(by, fields)),
        1 => a_field().prop_map(Step::Lock),
        1 => a_field().prop_map(Step::Unlock),
    ]
}

fn steps(asserters: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(a_step(asserters), 0..30)
}

fn take(ledger: &mut Ledger<Says>, step: &Step) {
    let asserters = asserters();
    match step {
        Step::Assert(by, facts) => ledger.assert(&asserters[*by], facts),
        Step::Withdraw(by, fields) => ledger.withdraw(&asserters[*by], fields),
        Step::Lock(field) => ledger.lock(*field),
        Step::Unlock(field) => ledger.unlock(*field),
    }
}

fn ledger_after(steps: &[Step]) -> Ledger<Says> {
    let mut ledger = Ledger::default();
    for step in steps {
        take(&mut ledger, step);
    }
    ledger
}

proptest! {
    #[test]
    fn a_curators_value_outlives_whatever_others_say(before in steps(0..8), fact in a_fact(), after in steps(2..8)) {
        let mut ledger = ledger_after(&before);
        ledger.assert(&asserters()[0], std::slice::from_ref(&fact));
        prop_assert_eq!(counts(&ledger, fact.field()), Some(fact.value()));
        for step in &after {
            take(&mut ledger, step);
            prop_assert_eq!(counts(&ledger, fact.field()), Some(fact.value()));
        }
    }

    #[test]
    fn the_order_of_sources_of_different_authority_does_not_matter(
        values in prop::collection::vec(prop::option::of(0u8..6), 4),
        shuffled in Just((0usize..4).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let said_in = |order: &[usize]| {
            let mut ledger = Ledger::default();
            for index in order {
                if let Some(value) = values[*index] {
                    ledger.assert(&asserters()[index * 2], &[Says::Name(value)]);
                }
            }
            ledger
        };
        let strongest = values.iter().flatten().next().copied();
        prop_assert_eq!(counts(&said_in(&shuffled), Field::Name), strongest);
        prop_assert_eq!(counts(&said_in(&[0, 1, 2, 3]), Field::Name), strongest);
    }

    #[test]
    fn locking_and_unlocking_at_once_changes_nothing(before in steps(0..8), field in a_field()) {
        let mut ledger = ledger_after(&before);
        ledger.unlock(field);
        let unlocked = ledger.clone();
        ledger.lock(field);
        prop_assert_eq!(counts(&ledger, field), counts(&unlocked, field));
        let locked = ledger.clone();
        ledger.lock(field);
        prop_assert_eq!(&ledger, &locked);
        ledger.unlock(field);
        prop_assert_eq!(ledger, unlocked);
    }

    #[test]
    fn nobody_but_a_curator_changes_a_locked_value(before in steps(0..8), field in a_field(), after in steps(2..8)) {
        let mut ledger = ledger_after(&before);
        ledger.lock(field);
        let pinned = counts(&ledger, field);
        for step in &after {
            if !matches!(step, Step::Unlock(unlocked) if *unlocked == field) {
                take(&mut ledger, step);
            }
            prop_assert_eq!(counts(&ledger, field), pinned);
        }
    }

    #[test]
    fn what_was_said_under_a_lock_is_recorded_as_if_there_had_been_none(taken in steps(0..8)) {
        let mut locked = ledger_after(&taken);
        for field in FIELDS {
            locked.unlock(field);
        }
        let without: Vec<Step> =
            taken.into_iter().filter(|step| !matches!(step, Step::Lock(_) | Step::Unlock(_))).collect();
        prop_assert_eq!(locked, ledger_after(&without));
    }

    #[test]
    fn json_keeps_a_ledger_whole(taken in steps(0..8)) {
        let ledger = ledger_after(&taken);
        let json = serde_json::to_string(&ledger).unwrap();
        prop_assert_eq!(serde_json::from_str::<Ledger<Says>>(&json).unwrap(), ledger);
    }

    #[test]
    fn saying_the_difference_makes_an_asserter_say_exactly_what_is_wanted(
        before in steps(0..8), by in 0usize..8, wanted in prop::collection::vec(a_fact(), 0..5),
    ) {
        let by = &asserters()[by];
        let mut ledger = ledger_after(&before);
        let diff = ledger.diff(by, &wanted);
        ledger.assert(by, &diff.changed);
        ledger.withdraw(by, &diff.gone);
        prop_assert!(ledger.diff(by, &wanted).is_empty());
        for field in FIELDS {
            let now = ledger.facts_of(by).find(|said| said.fact().field() == field).map(Said::fact);
            prop_assert_eq!(now, wanted.iter().rfind(|fact| fact.field() == field));
        }
    }
}
