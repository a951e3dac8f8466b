//! Who is worth comparing: records that share a key, so that a catalogue is not compared with itself pair by pair.
//!
//! Never decides: two records without a shared key are not compared, two with one are only candidates.

use std::collections::HashMap;

use crate::record::Prepared;
use crate::title::Role;

/// A reason to compare two records; equal keys meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockKey(pub u64);

/// Names, people and words of a record that become keys, at most.
const PEOPLE: usize = 3;
const WORDS: usize = 4;

/// The keys of a record: its ISBNs and identifiers, its names, and its people with the words of its title.
#[must_use]
pub fn keys(record: &Prepared) -> Vec<BlockKey> {
    let mut keys: Vec<BlockKey> = Vec::new();
    let isbns = record.isbns.iter().map(|isbn| {
        mixed(
            1,
            isbn.as_str()
                .bytes()
                .fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')),
            0,
        )
    });
    keys.extend(isbns);
    keys.extend(record.identifiers.iter().map(|id| mixed(2, *id, 0)));
    for face in &record.title.faces {
        let long_enough = face.role != Role::Part || face.text.len() >= 8;
        keys.extend(long_enough.then(|| mixed(3, face.key, 0)));
    }
    let mut words: Vec<_> = record
        .title
        .lead
        .iter()
        .filter(|word| word.weight > 0.4)
        .collect();
    words.sort_by(|one, two| two.weight.total_cmp(&one.weight));
    words.truncate(WORDS);
    for person in record.people.iter().take(PEOPLE) {
        keys.extend(
            words
                .iter()
                .map(|word| mixed(4, person.key(), word.id.into())),
        );
    }
    if let Some(year) = record.year {
        keys.extend(
            words
                .iter()
                .take(2)
                .map(|word| mixed(5, year.into(), word.id.into())),
        );
    }
    for (at, one) in words.iter().enumerate() {
        let others = words.iter().skip(at + 1);
        keys.extend(
            others.map(|two| mixed(6, one.id.min(two.id).into(), one.id.max(two.id).into())),
        );
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Different kinds of keys never meet, and order matters.
fn mixed(kind: u64, one: u64, two: u64) -> BlockKey {
    let mut state = kind.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for part in [one, two] {
        state = (state ^ part).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state ^= state >> 31;
    }
    BlockKey(state)
}

/// Pairs of records that share a key, each once and the smaller index first; keys of more than `most` records say nothing.
#[must_use]
pub fn candidates(records: &[Prepared], most: usize) -> Vec<(usize, usize)> {
    let mut blocks: HashMap<BlockKey, Vec<usize>> = HashMap::new();
    for (index, record) in records.iter().enumerate() {
        for key in keys(record) {
            blocks.entry(key).or_default().push(index);
        }
    }
    let mut pairs = Vec::new();
    for members in blocks.into_values().filter(|members| members.len() <= most) {
        for (at, one) in members.iter().enumerate() {
            pairs.extend(members.iter().skip(at + 1).map(|two| (*one, *two)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;

    fn record(title: &str, creator: &str, isbn: &str) -> Prepared {
        Prepared::of(&Record {
            titles: vec![title.into()],
            creators: vec![creator.into()],
            isbns: vec![isbn.into()],
            ..Record::default()
        })
    }

    #[test]
    fn an_isbn_in_either_form_a_title_or_a_person_with_a_word_makes_candidates() {
        let records = [
            record("Nothing alike", "Nobody", "0-306-40615-2"),
            record("Something else", "Anybody", "9780306406157"),
            record("The Winter Garden", "Ann Lee", ""),
            record("Winter gardens", "Lee, A.", ""),
            record("Winter Garden: a novel", "", ""),
        ];
        assert_eq!(candidates(&records, 10), [(0, 1), (2, 3), (2, 4)]);
    }

    #[test]
    fn a_key_of_too_many_records_is_no_reason() {
        let records: Vec<Prepared> = (0..6).map(|_| record("Poems", "", "")).collect();
        assert_eq!(candidates(&records, 5), []);
        assert_eq!(candidates(&records, 6).len(), 15);
    }
}
