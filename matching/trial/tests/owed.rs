//! What the comparison owes, on the training halves of the labelled pairs, where the shared data lies beside the project.
//! Never on the halves that are kept for checking: a figure that was looked at while tuning proves nothing.
#![cfg(test)]

use std::path::PathBuf;

use accession_matching::{Band, Model, Prepared, Thresholds, contradiction};
use accession_matching_trial::{PairSet, exact, judge, lead_exact, training, whole_sets};

/// The data beside the project; says so when there is none.
fn shared() -> Option<PathBuf> {
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if shared.join("data/dedup").is_dir() {
        return Some(shared);
    }
    println!("SKIPPED: there is no test data beside the project");
    None
}

fn sets() -> Vec<PairSet> {
    shared()
        .map(|shared| training(&shared).unwrap())
        .unwrap_or_default()
}

fn model() -> Model {
    Model::standard(Thresholds::default())
}

#[test]
fn one_model_reaches_the_owed_f1_on_the_training_halves() {
    let scores: Vec<f64> = sets()
        .iter()
        .map(|set| judge(&model(), &set.pairs).likely.f1())
        .collect();
    if let [goodreads, libraries] = scores.as_slice() {
        assert!(f64::midpoint(*goodreads, *libraries) >= 0.975, "{scores:?}");
    }
}

#[test]
fn nothing_is_merged_that_the_labels_call_wrong() {
    for set in sets() {
        let certain = judge(&model(), &set.pairs).certain;
        assert_eq!(certain.wrong, 0, "{}: {certain}", set.name);
        assert!(certain.recall() > 0.7, "{}: {certain}", set.name);
    }
}

#[test]
fn a_review_list_holds_nearly_every_match() {
    for set in sets() {
        let shown = judge(&model(), &set.pairs).shown;
        assert!(shown.recall() >= 0.99, "{}: {shown}", set.name);
    }
}

#[test]
fn no_match_of_the_labels_is_forbidden_by_a_rule() {
    let forbidden = |set: &PairSet| {
        let matches = set.pairs.iter().filter(|pair| pair.label);
        matches
            .filter(|pair| contradiction(&pair.ready.0, &pair.ready.1).is_some())
            .count()
    };
    let total: usize = sets().iter().map(forbidden).sum();
    assert!(total <= 1, "{total} labelled matches are forbidden");
}

#[test]
fn the_model_is_better_than_the_rules_of_thumb() {
    for set in sets() {
        let ours = judge(&model(), &set.pairs).likely.f1();
        for rule in [exact, lead_exact] {
            let theirs = accession_matching_trial::Score::of(
                set.pairs.iter().map(|pair| (rule(pair), pair.label)),
            );
            assert!(
                ours > theirs.f1(),
                "{}: {ours:.3} against {theirs}",
                set.name
            );
        }
    }
}

#[test]
fn keys_find_the_labelled_matches_without_comparing_all_with_all() {
    let Some(shared) = shared() else { return };
    for set in whole_sets(&shared.join("data/dedup")).unwrap() {
        let pairs = set.candidates();
        let found = pairs.iter().filter(|pair| set.truth.contains(pair)).count();
        let share = f64::from(u32::try_from(found).unwrap())
            / f64::from(u32::try_from(set.truth.len()).unwrap());
        assert!(share >= 0.95, "{}: {share}", set.name);
        assert!(
            pairs.len() < set.records.len() * 40,
            "{}: {} candidates",
            set.name,
            pairs.len()
        );
    }
}

#[test]
fn labelled_pairs_meet_by_their_keys() {
    for set in sets() {
        let matches: Vec<_> = set.pairs.iter().filter(|pair| pair.label).collect();
        let meet = |one: &Prepared, two: &Prepared| {
            let keys = accession_matching::keys(one);
            accession_matching::keys(two)
                .iter()
                .any(|key| keys.contains(key))
        };
        let found = matches
            .iter()
            .filter(|pair| meet(&pair.ready.0, &pair.ready.1))
            .count();
        assert!(
            found * 100 >= matches.len() * 99,
            "{}: {found} of {}",
            set.name,
            matches.len()
        );
    }
}

#[test]
fn two_editions_with_one_isbn_are_likely_the_same() {
    let Some(shared) = shared() else { return };
    let sets = whole_sets(&shared.join("data/dedup")).unwrap();
    let shops = sets
        .iter()
        .find(|set| set.name == "books_magellan_ab")
        .unwrap();
    let judged = |pair: &&(usize, usize)| {
        let compared = model().compare(&shops.records[pair.0], &shops.records[pair.1]);
        compared.band >= Band::Likely
    };
    let same = shops.truth.iter().filter(judged).count();
    assert!(
        same * 100 >= shops.truth.len() * 94,
        "{same} of {}",
        shops.truth.len()
    );
}
