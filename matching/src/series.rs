//! Numbered series of a record (*Lecture notes in computer science ; 834*): the same series under another number is another book.
//!
//! Never takes an ISSN for a number, and never compares numbers of different series.

use crate::text::{fold, hash, words};

/// One number of one series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Numbered {
    series: u64,
    pub(crate) number: u32,
}

/// Words of a series' name that are compared: the last before its number.
const NAME: usize = 5;

/// Reads the statements of a record; those without a number say nothing.
pub(crate) fn read<'a>(statements: impl IntoIterator<Item = &'a str>) -> Vec<Numbered> {
    let mut found = Vec::new();
    for statement in statements {
        let folded = fold(statement);
        let plain: String = folded
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || c == '-' {
                    c
                } else {
                    ' '
                }
            })
            .collect();
        let mut name: Vec<&str> = Vec::new();
        let mut named = false;
        for word in words(&plain) {
            let numbers = numbers(word);
            if numbers.is_empty() {
                if named || is_issn(word) {
                    name.clear();
                }
                if !is_issn(word) && !matches!(word, "v" | "vol" | "no" | "bd" | "band" | "volume")
                {
                    name.push(word);
                }
                named = false;
                continue;
            }
            let start = name.len().saturating_sub(NAME);
            let series = hash(
                name.get(start..)
                    .unwrap_or_default()
                    .iter()
                    .flat_map(|word| word.bytes()),
            );
            found.extend(
                numbers
                    .into_iter()
                    .map(|number| Numbered { series, number }),
            );
            named = true;
        }
    }
    found
}

fn is_issn(word: &str) -> bool {
    word.len() == 9 && word.as_bytes().get(4) == Some(&b'-')
}

/// `4291` and `4291-4292`.
fn numbers(word: &str) -> Vec<u32> {
    let read = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() <= 5);
    match word.split_once('-') {
        None => read(word).into_iter().collect(),
        Some((first, last)) if !is_issn(word) || first < last => match (read(first), read(last)) {
            (Some(first), Some(last)) if last >= first && last - first < 20 => {
                (first..=last).collect()
            }
            _ => Vec::new(),
        },
        Some(_) => Vec::new(),
    }
}

/// Whether the two stand in the same series under the same number.
pub(crate) fn agree(left: &[Numbered], right: &[Numbered]) -> bool {
    left.iter().any(|numbered| right.contains(numbered))
}

/// The numbers of a series that both have, when they have no number of any series in common.
pub(crate) fn contradiction(left: &[Numbered], right: &[Numbered]) -> Option<(u32, u32)> {
    let met = left.iter().find_map(|one| {
        let two = right.iter().find(|two| two.series == one.series)?;
        Some((one.number, two.number))
    });
    met.filter(|_| !agree(left, right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_series_with_two_numbers_contradicts() {
        let left = read(["Lecture notes in computer science ; 834,"]);
        assert!(agree(
            &left,
            &read(["Lecture notes in computer science. 834. 0302-9743"])
        ));
        assert!(agree(
            &read(["Lecture notes in computer science, 4291-4292 0302-9743 ;"]),
            &read(["Lecture Notes in Computer Science ; v. 4291"])
        ));
        assert_eq!(
            contradiction(&left, &read(["Lecture notes in computer science ; 1280."])),
            Some((834, 1280))
        );
        assert_eq!(contradiction(&left, &read(["Studies in logic ; 12"])), None);
        assert_eq!(
            contradiction(&left, &read(["Lecture notes in computer science"])),
            None
        );
    }
}
