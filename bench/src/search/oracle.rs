//! Not an engine: who knows the class of a query, keeps the books that fit its rule, and puts the shortest title first.
//!
//! Shows how much of what is left is true ambiguity.

use std::time::Duration;

use accession_search::fold;

use super::Same;
use super::books::Book;
use super::judge::{Answered, judge};
use super::queries::{Class, Query};

/// Answers everything.
pub(crate) fn ask(books: &[Book], same: &Same, queries: &[Query]) -> Vec<Answered> {
    let known: Vec<Known> = books.iter().map(Known::of).collect();
    let answer = |query: &Query| {
        let text = fold(&query.text);
        let mut fits: Vec<&Known> = known
            .iter()
            .filter(|book| book.fits(query.class, &text))
            .collect();
        fits.sort_by_key(|book| (book.letters, book.id));
        let ids: Vec<u128> = fits.into_iter().take(10).map(|book| book.id).collect();
        judge(books, same, query, &ids, Duration::ZERO)
    };
    queries.iter().map(answer).collect()
}

struct Known {
    id: u128,
    title: String,
    parted: String,
    surname: String,
    letters: usize,
}

impl Known {
    fn of(book: &Book) -> Self {
        let title = fold(book.bare());
        let author = book
            .authors
            .first()
            .map(|author| fold(author))
            .unwrap_or_default();
        Self {
            id: book.id,
            letters: title.chars().count(),
            parted: fold(&book.bare().replace(['\'', '\u{2019}'], " ")),
            surname: author.rsplit(' ').next().unwrap_or_default().to_owned(),
            title,
        }
    }

    fn fits(&self, class: Class, text: &str) -> bool {
        let either = |rule: &dyn Fn(&str) -> bool| rule(&self.title) || rule(&self.parted);
        match class {
            Class::Exact => either(&|title| title == text),
            Class::Typo => either(&|title| one_typo(title, text)),
            Class::Half => either(&|title| title.starts_with(text)),
            Class::Swapped => either(&|title| has_all(title, text.split(' '))),
            Class::AuthorWord => text.split_once(' ').is_some_and(|(surname, word)| {
                surname == self.surname && either(&|title| has_all(title, std::iter::once(word)))
            }),
        }
    }
}

fn has_all<'a>(title: &str, mut wanted: impl Iterator<Item = &'a str>) -> bool {
    wanted.all(|word| title.split(' ').any(|known| known == word))
}

/// Whether two texts differ by at most one letter more, less, other, or two swapped.
fn one_typo(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let same = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (
        one.get(same..).unwrap_or_default(),
        other.get(same..).unwrap_or_default(),
    );
    match (one, other) {
        ([], []) => true,
        ([_, rest @ ..], []) | ([], [_, rest @ ..]) => rest.is_empty(),
        ([a, after_a @ ..], [b, after_b @ ..]) => {
            let swapped = after_a.first() == Some(b)
                && after_b.first() == Some(a)
                && after_a.get(1..) == after_b.get(1..);
            after_a == after_b || after_a == other || one == after_b || swapped
        }
    }
}
