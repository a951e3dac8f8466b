//! What somebody types who looks for a book that he knows: five ways, derived from the books by a seed.
//!
//! Knows no search engine.

use std::collections::HashMap;

use super::books::{Book, Dice};

/// Ways to ask for a known book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// The words of the title.
    Exact,
    /// The same with one typo in a word of at least four letters.
    Typo,
    /// The first author's surname and the rarest word of the title.
    AuthorWord,
    /// The title up to the middle of its last word.
    Half,
    /// Two words of the title, the later one first.
    Swapped,
}

impl Class {
    pub(crate) const ALL: [Self; 5] = [
        Self::Exact,
        Self::Typo,
        Self::AuthorWord,
        Self::Half,
        Self::Swapped,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact title",
            Self::Typo => "title with a typo",
            Self::AuthorWord => "author and word",
            Self::Half => "half typed",
            Self::Swapped => "two words, swapped",
        }
    }
}

/// A query with the book that is meant.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) class: Class,
    pub(crate) text: String,
    /// Index of the book.
    pub(crate) book: usize,
}

/// Words too common to look for.
const SMALL: [&str; 30] = [
    "the", "and", "of", "a", "an", "in", "to", "for", "on", "with", "from", "at", "by", "is", "it",
    "my", "me", "you", "your", "i", "s", "t", "vol", "book", "or", "as", "his", "her", "la", "de",
];

/// Queries for so many books, drawn by a seed.
pub(crate) fn derive(books: &[Book], count: usize, seed: u64) -> Vec<Query> {
    let mut dice = Dice(seed);
    let mut order: Vec<usize> = (0..books.len()).collect();
    for at in 0..count.min(order.len()) {
        let other = at + dice.below(order.len() - at);
        order.swap(at, other);
    }
    let mut frequency = HashMap::<String, usize>::new();
    for book in books {
        let mut found = words(book.bare());
        found.sort_unstable();
        found.dedup();
        for word in found {
            *frequency.entry(word).or_default() += 1;
        }
    }
    let mut queries = Vec::new();
    for book in order.into_iter().take(count) {
        let Some(known) = books.get(book) else {
            continue;
        };
        for class in Class::ALL {
            let text = text(known, class, &frequency, &mut dice);
            queries.extend(text.map(|text| Query { class, text, book }));
        }
    }
    queries
}

/// Words as they are typed: lower case, without punctuation, accents kept.
fn words(title: &str) -> Vec<String> {
    let parts = title.split(|letter: char| !letter.is_alphanumeric());
    parts
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn text(
    book: &Book,
    class: Class,
    frequency: &HashMap<String, usize>,
    dice: &mut Dice,
) -> Option<String> {
    let words = words(book.bare());
    let large: Vec<&String> = words
        .iter()
        .filter(|word| word.chars().count() > 2 && !SMALL.contains(&word.as_str()))
        .collect();
    match class {
        Class::Exact => Some(words.join(" ")).filter(|text| !text.is_empty()),
        Class::Typo => with_typo(words, dice),
        Class::AuthorWord => {
            let surname = super::queries::words(book.authors.first()?).pop()?;
            let rarest = large
                .into_iter()
                .min_by_key(|word| frequency.get(*word).copied())?;
            Some(format!("{surname} {rarest}"))
        }
        Class::Half => {
            let (last, before) = words.split_last()?;
            let half: String = last
                .chars()
                .take(last.chars().count().div_ceil(2))
                .collect();
            let typed = before.iter().map(String::as_str).chain([half.as_str()]);
            let typed: Vec<&str> = typed.collect();
            Some(typed.join(" ")).filter(|text| text.chars().count() >= 2)
        }
        Class::Swapped => {
            let first = dice.below(large.len().checked_sub(1)?);
            let second = first + 1 + dice.below(large.len() - first - 1);
            let (first, second) = (large.get(first)?, large.get(second)?);
            (first != second).then(|| format!("{second} {first}"))
        }
    }
}

fn with_typo(mut words: Vec<String>, dice: &mut Dice) -> Option<String> {
    let long: Vec<usize> = (0..words.len())
        .filter(|at| words.get(*at).is_some_and(|word| word.chars().count() >= 4))
        .collect();
    let at = *dice.pick(&long)?;
    let mut letters: Vec<char> = words.get(at)?.chars().collect();
    let place = dice.below(letters.len());
    let letter = char::from(b'a' + u8::try_from(dice.below(26)).unwrap_or(0));
    match dice.below(4) {
        0 => letters.insert(place, letter),
        1 => {
            letters.remove(place);
        }
        2 => {
            *letters.get_mut(place)? = letter;
        }
        _ => {
            let last = letters.len() - 1;
            letters.swap(place.min(last - 1), (place.min(last - 1)) + 1);
        }
    }
    let changed: String = letters.into_iter().collect();
    let slot = words.get_mut(at)?;
    if *slot == changed {
        return None;
    }
    *slot = changed;
    Some(words.join(" "))
}
