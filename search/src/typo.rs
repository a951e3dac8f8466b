//! An automaton that accepts a pattern with at most two typos (a letter more, less, other, or two swapped).
//!
//! Bit-parallel: its states are a few words and nothing is built in advance, so that a look-up costs what it visits.
//! Never allocates while it walks.

use tantivy_fst::Automaton;

/// Longest pattern, in characters: one bit each and one for the start.
pub(crate) const MAX_PATTERN: usize = 127;
const MOST: usize = 2;

/// Accepts what differs from a pattern by at most so many typos.
#[derive(Debug, Clone)]
pub(crate) struct Typo {
    ascii: Box<[u128; 128]>,
    others: Vec<(char, u128)>,
    length: u32,
    most: usize,
    /// Whether whatever begins like the pattern is accepted.
    open: bool,
}

/// Where the automaton stands: per number of typos, the lengths of pattern that were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    now: [u128; MOST + 1],
    before: [u128; MOST],
    last: u128,
    partial: u32,
    missing: u8,
}

impl Typo {
    /// Accepts the pattern with at most `most` typos (two at most); with `open` also what goes on after it.
    pub(crate) fn new(pattern: &str, most: usize, open: bool) -> Option<Self> {
        let mut made = Self {
            ascii: Box::new([0; 128]),
            others: Vec::new(),
            length: 0,
            most: most.min(MOST),
            open,
        };
        for (at, letter) in pattern.chars().enumerate() {
            if at >= MAX_PATTERN {
                return None;
            }
            let bit = 1u128 << at << 1;
            made.length += 1;
            match made.ascii.get_mut(letter as usize) {
                Some(mask) => *mask |= bit,
                None => match made.others.iter_mut().find(|(known, _)| *known == letter) {
                    Some((_, mask)) => *mask |= bit,
                    None => made.others.push((letter, bit)),
                },
            }
        }
        Some(made)
    }

    /// How many typos a text has, if it is accepted.
    pub(crate) fn typos(&self, text: &[u8]) -> Option<usize> {
        let standing = text
            .iter()
            .fold(self.start(), |standing, byte| self.accept(&standing, *byte));
        let whole = 1u128 << self.length;
        (0..=self.most).find(|typos| standing.now.get(*typos).is_some_and(|row| row & whole != 0))
    }

    fn mask(&self, letter: char) -> u128 {
        match self.ascii.get(letter as usize) {
            Some(mask) => *mask,
            None => self
                .others
                .iter()
                .find(|(known, _)| *known == letter)
                .map_or(0, |(_, mask)| *mask),
        }
    }

    fn step(&self, from: &Standing, letter: char) -> Standing {
        let mask = self.mask(letter);
        let [zero, one, two] = from.now;
        let [before_zero, before_one] = from.before;
        let whole = 1u128 << self.length;
        let keep = if self.open { whole } else { 0 };
        let new_zero = ((zero << 1) & mask) | (zero & keep);
        let swapped = |row: u128| (row << 2) & from.last & (mask << 1);
        let new_one = if self.most > 0 {
            ((one << 1) & mask)
                | zero
                | (zero << 1)
                | (new_zero << 1)
                | swapped(before_zero)
                | (one & keep)
        } else {
            0
        };
        let new_two = if self.most > 1 {
            ((two << 1) & mask)
                | one
                | (one << 1)
                | (new_one << 1)
                | swapped(before_one)
                | (two & keep)
        } else {
            0
        };
        Standing {
            now: [new_zero, new_one, new_two],
            before: [zero, one],
            last: mask,
            partial: 0,
            missing: 0,
        }
    }
}

impl Automaton for Typo {
    type State = Standing;

    fn start(&self) -> Standing {
        let row = |typos: usize| {
            if typos <= self.most {
                (1u128 << (typos + 1)) - 1
            } else {
                0
            }
        };
        Standing {
            now: [row(0), row(1), row(2)],
            before: [0; MOST],
            last: 0,
            partial: 0,
            missing: 0,
        }
    }

    fn is_match(&self, state: &Standing) -> bool {
        let whole = 1u128 << self.length;
        state.missing == 0 && state.now.iter().any(|row| row & whole != 0)
    }

    fn can_match(&self, state: &Standing) -> bool {
        let within = (1u128 << self.length << 1).wrapping_sub(1);
        state.now.iter().any(|row| row & within != 0)
    }

    fn accept(&self, state: &Standing, byte: u8) -> Standing {
        let (partial, missing) = match (state.missing, byte) {
            (0, 0..=0x7f) => return self.step(state, char::from(byte)),
            (0, 0xf0..) => (u32::from(byte & 0x07), 3),
            (0, 0xe0..) => (u32::from(byte & 0x0f), 2),
            (0, _) => (u32::from(byte & 0x1f), 1),
            (left, _) => ((state.partial << 6) | u32::from(byte & 0x3f), left - 1),
        };
        if missing == 0 {
            return self.step(state, char::from_u32(partial).unwrap_or('\u{fffd}'));
        }
        Standing {
            partial,
            missing,
            ..*state
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typos(pattern: &str, text: &str) -> Option<usize> {
        Typo::new(pattern, 2, false).and_then(|typo| typo.typos(text.as_bytes()))
    }

    #[test]
    fn each_kind_of_typo_counts_one() {
        assert_eq!(typos("hunger", "hunger"), Some(0));
        assert_eq!(typos("hunger", "hungr"), Some(1));
        assert_eq!(typos("hunger", "hungeer"), Some(1));
        assert_eq!(typos("hunger", "hunder"), Some(1));
        assert_eq!(typos("hunger", "hugner"), Some(1));
        assert_eq!(typos("hunger", "uhngre"), Some(2));
        assert_eq!(typos("hunger", "anger"), Some(2));
        assert_eq!(typos("hunger", "banner"), None);
    }

    #[test]
    fn a_letter_of_two_bytes_is_one_letter() {
        assert_eq!(typos("воина", "воина"), Some(0));
        assert_eq!(typos("воина", "воена"), Some(1));
        assert_eq!(typos("воина", "вина"), Some(1));
    }

    #[test]
    fn an_open_pattern_accepts_what_goes_on() {
        let typo = Typo::new("hungr", 1, true).unwrap();
        assert_eq!(typo.typos(b"hunger games"), Some(1));
        assert_eq!(typo.typos(b"hungr games"), Some(0));
        assert_eq!(typo.typos(b"angel"), None);
    }

    /// Optimal string alignment distance, by the book.
    fn distance(a: &[char], b: &[char]) -> usize {
        let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                rows[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let same = usize::from(a[i - 1] != b[j - 1]);
                    let mut best = (rows[i - 1][j] + 1)
                        .min(rows[i][j - 1] + 1)
                        .min(rows[i - 1][j - 1] + same);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        best = best.min(rows[i - 2][j - 2] + 1);
                    }
                    best
                };
            }
        }
        rows[a.len()][b.len()]
    }

    proptest::proptest! {
        #[test]
        fn it_agrees_with_the_distance_by_the_book(a in "[abcд]{1,8}", b in "[abcд]{0,9}") {
            let (x, y): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            let right = Some(distance(&x, &y)).filter(|typos| *typos <= 2);
            proptest::prop_assert_eq!(typos(&a, &b), right);
        }

        #[test]
        fn what_it_accepts_it_never_gave_up_on(a in "[ab]{1,6}", b in "[ab]{0,8}") {
            let typo = Typo::new(&a, 1, false).unwrap();
            let mut state = typo.start();
            let mut given_up = false;
            for byte in b.bytes() {
                given_up |= !typo.can_match(&state);
                state = typo.accept(&state, byte);
            }
            proptest::prop_assert!(!(given_up && typo.is_match(&state)));
        }
    }
}
