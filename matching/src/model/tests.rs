//! The judgements that every change of the weights has to keep: what people would call obvious.
//! Never a row of the labelled pairs.

use super::*;
use crate::record::Record;

fn record(title: &str, creator: &str) -> Record {
    Record {
        titles: vec![title.into()],
        creators: vec![creator.into()],
        ..Record::default()
    }
}

fn band(left: &Record, right: &Record) -> Band {
    let model = Model::standard(Thresholds::default());
    model
        .compare(&Prepared::of(left), &Prepared::of(right))
        .band
}

#[test]
fn the_same_book_from_two_shops_is_certain_when_something_confirms_it() {
    let left = Record {
        extent: Some(320),
        year: Some(1980),
        ..record("The Name of the Rose", "Umberto Eco")
    };
    let right = Record {
        extent: Some(322),
        year: Some(1983),
        ..record("Name of the Rose, The", "Eco, U.")
    };
    assert_eq!(band(&left, &right), Band::Certain);
    assert_eq!(
        band(&left, &record("The Name of the Rose", "Umberto Eco")),
        Band::Likely
    );
}

#[test]
fn volumes_editions_meetings_and_years_are_never_one() {
    for (left, right) in [
        ("Saga, Volume 1", "Saga, Volume 2"),
        (
            "Transactions on Systems XIX",
            "Transactions on Systems XXIX",
        ),
        (
            "Organic Chemistry, 3rd edition",
            "Organic Chemistry (Fourth Edition)",
        ),
        (
            "Parsing : 5th International Workshop : proceedings",
            "Parsing : sixth international workshop : proceedings",
        ),
        ("Best Stories of 2015", "Best Stories of 2016"),
        ("Rocky II", "Rocky III"),
        ("Dark, season 1", "Dark: Second Season"),
        ("Naruto #3", "Naruto, Vol. 4"),
        ("Saga, Volumes 1-3", "Saga, Volume 1"),
        ("Chemie, 2. Auflage", "Chemie, 3. Auflage"),
        ("Химия. Том 1", "Химия. Том 2"),
    ] {
        assert_eq!(
            band(&record(left, "A. Writer"), &record(right, "A. Writer")),
            Band::Different,
            "{left} / {right}"
        );
    }
}

#[test]
fn an_isbn_does_not_bridge_two_volumes() {
    let of = |title| Record {
        isbns: vec!["9780306406157".into()],
        ..record(title, "A. Writer")
    };
    assert_eq!(
        band(&of("Annals, vol. 1"), &of("Annals, vol. 2")),
        Band::Different
    );
}

#[test]
fn another_book_by_the_same_hand_is_not_the_same() {
    assert!(
        band(
            &record("Winter Light", "Ann Lee"),
            &record("Summer Light", "Ann Lee")
        ) < Band::Likely
    );
    assert!(
        band(
            &record("Winter Light", "Ann Lee"),
            &record("Winter Light", "Bo Olsen")
        ) < Band::Certain
    );
}

#[test]
fn companions_and_boxed_sets_wait_for_a_person() {
    let book = record("Dragon Rider", "C. Funke");
    for title in [
        "Dragon Rider: Study Guide",
        "Dragon Rider Boxed Set",
        "Dragon Rider: the graphic novel",
    ] {
        assert!(
            band(&book, &record(title, "C. Funke")) < Band::Certain,
            "{title}"
        );
    }
}

#[test]
fn a_judgement_is_the_same_from_either_side() {
    let model = Model::standard(Thresholds::default());
    let left = Prepared::of(&record("Storm : the last voyage", "Lee, Ann | Olsen, Bo"));
    let right = Prepared::of(&record("The Storm", "Bo Olsen"));
    assert!((model.compare(&left, &right).score - model.compare(&right, &left).score).abs() < 1e-6);
}

#[test]
fn every_judgement_says_why() {
    let model = Model::standard(Thresholds::default());
    let (left, right) = (
        Prepared::of(&record("Saga, Volume 1", "Ann Lee")),
        Prepared::of(&record("Saga, Volume 2", "Ann Lee")),
    );
    let explained = model.explain(&left, &right);
    assert_eq!(
        explained.contradiction.unwrap().to_string(),
        "they are different volumes: 1 and 2"
    );
    assert!(
        explained
            .factors
            .iter()
            .any(|factor| factor.name == "creators_alike" && factor.value > 0.9)
    );
    assert!(
        explained
            .factors
            .iter()
            .all(|factor| factor.words != "something else")
    );
}

#[test]
fn thresholds_that_fall_are_refused() {
    assert!(Thresholds::new(0.2, 0.5, 0.9).is_ok());
    let refused = Thresholds::new(0.6, 0.5, 0.9).unwrap_err().to_string();
    assert!(refused.contains("must rise"), "{refused}");
}
