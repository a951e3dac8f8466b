//! Volume, part, season, edition and conference numbers and years of a title, however they are written.
//!
//! Never guesses that a number is missing by mistake: one side without it is a doubt, two different ones are a contradiction.

mod counting;

use crate::numerals::{cardinal, digits, ordinal, roman};
use counting::{is_edition, is_gathering, mark, needs_digits};

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Counted {
    Volume,
    Part,
    Season,
    Edition,
    /// The fifth conference of its name.
    Gathering,
    Year,
    /// At the end of a title, without a word that says what it counts: *Rocky II*.
    Bare,
}

/// The numbers of one title.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    found: Vec<(Counted, u16)>,
    /// Those of the title proper, whose absence from the other title is a doubt.
    proper: Vec<Counted>,
    /// Says that it holds several: *books 1-3*.
    several: bool,
}

/// Two numbers of a kind that cannot both be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Contradiction {
    pub(crate) counted: Counted,
    pub(crate) left: u16,
    pub(crate) right: u16,
}

const ALL: [Counted; 7] = [
    Counted::Volume,
    Counted::Part,
    Counted::Season,
    Counted::Edition,
    Counted::Gathering,
    Counted::Year,
    Counted::Bare,
];

impl Numbers {
    pub(crate) fn add(&mut self, counted: Counted, number: u16, proper: bool) {
        if !self.found.contains(&(counted, number)) {
            self.found.push((counted, number));
        }
        if proper && !self.proper.contains(&counted) {
            self.proper.push(counted);
        }
    }

    pub(crate) fn of(&self, counted: Counted) -> impl Iterator<Item = u16> + '_ {
        let ours = self.found.iter().filter(move |(kind, _)| *kind == counted);
        ours.map(|(_, number)| *number)
    }

    fn has(&self, counted: Counted) -> bool {
        self.of(counted).next().is_some()
    }

    fn shares(&self, counted: Counted, other: &Self, as_counted: Counted) -> bool {
        self.of(counted)
            .any(|one| other.of(as_counted).any(|two| one == two))
    }

    /// Whether some number of the same kind is on both sides.
    pub(crate) fn agree(&self, other: &Self) -> bool {
        ALL.iter().any(|kind| self.shares(*kind, other, *kind))
    }

    /// The first kind of which both sides have numbers and none in common.
    ///
    /// A bare number is held against a volume or part, when that is what the other side has: *Saga 2* is *Saga, Vol. 2*.
    pub(crate) fn contradiction(&self, other: &Self) -> Option<Contradiction> {
        let same = ALL
            .iter()
            .find_map(|kind| self.against(*kind, other, *kind));
        same.or_else(|| self.several_against(other))
            .or_else(|| other.several_against(self).map(Contradiction::turned))
            .or_else(|| self.bare_against(other))
            .or_else(|| other.bare_against(self).map(Contradiction::turned))
    }

    /// Several volumes are none of them.
    fn several_against(&self, other: &Self) -> Option<Contradiction> {
        let kinds = [Counted::Volume, Counted::Part, Counted::Season];
        let counted = kinds
            .into_iter()
            .find(|kind| self.has(*kind) && other.has(*kind))?;
        let (last, one) = (self.of(counted).max()?, other.of(counted).max()?);
        let differ = self.several && !other.several;
        differ.then_some(Contradiction {
            counted,
            left: last,
            right: one,
        })
    }

    fn bare_against(&self, other: &Self) -> Option<Contradiction> {
        if other.has(Counted::Bare) || self.has(Counted::Volume) || self.has(Counted::Part) {
            return None;
        }
        let volume = self.against(Counted::Bare, other, Counted::Volume);
        let part = self.against(Counted::Bare, other, Counted::Part);
        if other.has(Counted::Volume) && other.has(Counted::Part) {
            return volume.and(part);
        }
        volume.or(part)
    }

    fn against(&self, mine: Counted, other: &Self, theirs: Counted) -> Option<Contradiction> {
        let (left, right) = (self.of(mine).next()?, other.of(theirs).next()?);
        let apart = !self.shares(mine, other, theirs);
        apart.then_some(Contradiction {
            counted: mine,
            left,
            right,
        })
    }

    /// Kinds that only one side has, and has in its title proper.
    pub(crate) fn unpaired(&self, other: &Self) -> usize {
        self.alone(other) + other.alone(self)
    }

    fn alone(&self, other: &Self) -> usize {
        let counts_books = [Counted::Volume, Counted::Part, Counted::Bare];
        let met = |kind: &Counted| {
            other.has(*kind)
                || (counts_books.contains(kind) && counts_books.iter().any(|kind| other.has(*kind)))
        };
        self.proper.iter().filter(|kind| !met(kind)).count()
    }
}

impl Contradiction {
    fn turned(self) -> Self {
        Self {
            left: self.right,
            right: self.left,
            ..self
        }
    }
}

/// How far behind an ordinal the thing that it counts may stand: *fifth Australasian joint conference*.
const REACH: usize = 7;

/// Takes the numbers out of a title's segment; what stays are its words.
///
/// `proper` says that the segment is part of the title itself, and not of what a shop put in brackets.
pub(crate) fn take<'a>(
    words: &[&'a str],
    proper: bool,
    lead: bool,
    numbers: &mut Numbers,
) -> Vec<&'a str> {
    let mut left = Vec::with_capacity(words.len());
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let after = words.get(at + 1..).unwrap_or_default();
        let eaten = marked(word, after, proper, numbers)
            .or_else(|| counted_thing(word, after, proper, numbers))
            .or_else(|| year(word, proper, numbers).then_some(1));
        if eaten.is_none() {
            left.push(*word);
        }
        at += eaten.unwrap_or(1);
    }
    if lead && let Some((number, start)) = bare(&left) {
        numbers.add(Counted::Bare, number, true);
        left.truncate(start);
    }
    left
}

/// `volume 3`, `part ii`, `books 1 3`: how many words that was.
fn marked(word: &str, after: &[&str], proper: bool, numbers: &mut Numbers) -> Option<usize> {
    let counted = mark(word)?;
    let next = after.first()?;
    let number = if needs_digits(word) {
        digits(next)
    } else {
        cardinal(next)
    }?;
    numbers.add(counted, number, proper);
    let plural = matches!(word, "books" | "volumes" | "vols" | "parts" | "seasons");
    let joint = after
        .get(1)
        .is_some_and(|word| matches!(*word, "and" | "to" | "through"));
    let until = if joint { 2 } else { 1 };
    let second = after
        .get(until)
        .and_then(|word| cardinal(word))
        .filter(|_| plural);
    let Some(last) = second else { return Some(2) };
    for between in number..=last.min(number.saturating_add(30)) {
        numbers.add(counted, between, proper);
    }
    numbers.several = true;
    Some(until + 2)
}

/// `second edition`, `2nd season`, `5th international conference`: how many words to leave out.
fn counted_thing(word: &str, after: &[&str], proper: bool, numbers: &mut Numbers) -> Option<usize> {
    let next = *after.first()?;
    // `2-e izdanie` and `3a edicion` write the ending apart or otherwise.
    let apart = usize::from(matches!(next, "e" | "a" | "oe" | "o"));
    if after.get(apart).is_some_and(|word| is_edition(word))
        && let Some(number) = ordinal(word).or_else(|| digits(word))
    {
        numbers.add(Counted::Edition, number, proper);
        return Some(2 + apart);
    }
    let number = ordinal(word)?;
    if mark(next) == Some(Counted::Season) {
        numbers.add(Counted::Season, number, proper);
        return Some(2);
    }
    let met = after.iter().take(REACH).any(|word| is_gathering(word));
    met.then(|| numbers.add(Counted::Gathering, number, proper))?;
    Some(1)
}

fn year(word: &str, proper: bool, numbers: &mut Numbers) -> bool {
    let year = digits(word).filter(|number| word.len() == 4 && (1500..=2100).contains(number));
    if let Some(year) = year {
        numbers.add(Counted::Year, year, proper);
    }
    year.is_some()
}

/// The number that a title ends with, and where it stands.
fn bare(words: &[&str]) -> Option<(u16, usize)> {
    let (last, before) = words.split_last()?;
    let number = digits(last).filter(|number| *number < 1000).or_else(|| {
        let long_enough = last.len() > 1 || (before.len() > 1 && matches!(*last, "i" | "v" | "x"));
        roman(last).filter(|_| long_enough)
    })?;
    (!before.is_empty()).then_some((number, before.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Numbers, String) {
        let mut numbers = Numbers::default();
        let words: Vec<&str> = text.split(' ').collect();
        let left = take(&words, true, true, &mut numbers).join(" ");
        (numbers, left)
    }

    #[test]
    fn volumes_parts_editions_and_gatherings_are_told_apart() {
        let (numbers, left) =
            read("graph theory vol 3 part ii second edition 5th international workshop 2004");
        assert_eq!(left, "graph theory international workshop");
        for (kind, number) in [
            (Counted::Volume, 3),
            (Counted::Part, 2),
            (Counted::Edition, 2),
            (Counted::Gathering, 5),
            (Counted::Year, 2004),
        ] {
            assert!(numbers.found.contains(&(kind, number)), "{kind:?} {number}");
        }
    }

    #[test]
    fn a_number_at_the_end_is_bare_and_a_title_that_is_a_number_stays() {
        assert_eq!(
            read("transactions on systems xxix").1,
            "transactions on systems"
        );
        assert_eq!(read("rocky ii").0.found, [(Counted::Bare, 2)]);
        assert_eq!(read("1408").0.found, []);
        assert_eq!(read("no one lives").1, "no one lives");
    }

    #[test]
    fn different_volumes_contradict_and_one_side_without_is_a_doubt() {
        let (three, four, none) = (read("saga vol 3").0, read("saga 4").0, read("saga").0);
        let found = three.contradiction(&four).unwrap();
        assert_eq!((found.left, found.right), (3, 4));
        assert!(three.contradiction(&none).is_none());
        assert_eq!(three.unpaired(&none), 1);
        assert!(three.contradiction(&read("saga 3").0).is_none());
        assert!(read("saga books 1 3").0.contradiction(&three).is_some());
        assert!(
            three
                .contradiction(&read("saga volumes i and iii").0)
                .is_some()
        );
        assert_eq!(read("khimiia 2 e izdanie").0.found, [(Counted::Edition, 2)]);
    }
}
