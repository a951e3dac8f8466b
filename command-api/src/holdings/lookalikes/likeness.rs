//! How alike two titles are, from 0 to 1: by their names and by those who wrote them.
//!
//! Never says 1 of two volumes of one series: where the numbers differ, the books do.

use accession_events::values::Slug;

/// How much the name counts; the rest is the authors'.
const NAME: f64 = 0.75;
/// Two authors are one person from this likeness on.
const SAME_PERSON: f64 = 0.80;
/// What is left of a likeness when the authors are others.
const OTHER_AUTHORS: f64 = 0.60;
/// What is left of it when nobody says who wrote one of the two.
const AUTHORS_UNKNOWN: f64 = 0.90;
/// What is left of it when only one of them has a subtitle.
const ONE_SUBTITLE: f64 = 0.85;
/// What is left of it when one is volume 1 and the other volume 2.
const OTHER_NUMBERS: f64 = 0.85;

/// How alike two titles are; each is a name and its authors.
#[must_use]
pub fn likeness(one: (&str, &[String]), other: (&str, &[String])) -> f64 {
    let name = of_names(one.0, other.0);
    if one.1.is_empty() || other.1.is_empty() {
        return name * AUTHORS_UNKNOWN;
    }
    let authors = of_authors(one.1, other.1);
    if authors < SAME_PERSON {
        return name * OTHER_AUTHORS;
    }
    NAME.mul_add(name, (1.0 - NAME) * authors)
}

fn of_names(one: &str, other: &str) -> f64 {
    let whole = of_texts(one, other);
    let (main, rest) = without_subtitle(one);
    let (other_main, other_rest) = without_subtitle(other);
    let alike = if rest == other_rest {
        whole
    } else {
        whole.max(of_texts(main, other_main) * ONE_SUBTITLE)
    };
    if numbers(one) == numbers(other) {
        alike
    } else {
        alike.min(1.0) * OTHER_NUMBERS
    }
}

/// The likeness of two texts, letter by letter: as they are, and with their words in order.
fn of_texts(one: &str, other: &str) -> f64 {
    let (one, other) = (words(one), words(other));
    let as_they_are = edits(&one.join(" "), &other.join(" "));
    let sorted = |mut words: Vec<String>| {
        words.sort_unstable();
        words.join(" ")
    };
    as_they_are.max(edits(&sorted(one), &sorted(other)))
}

fn edits(one: &str, other: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(one, other)
}

/// The likest two of them: one co-author is enough, as editions name them differently.
fn of_authors(one: &[String], other: &[String]) -> f64 {
    let pairs = one
        .iter()
        .flat_map(|one| other.iter().map(move |other| of_texts(one, other)));
    pairs.fold(0.0, f64::max)
}

/// The words of a text in plain letters: without case, accents and punctuation, from any script.
fn words(text: &str) -> Vec<String> {
    let slug = Slug::from_title(&text.replace('&', " and "));
    let words = slug.as_str().split('-').filter(|word| !word.is_empty());
    let mut words: Vec<String> = words.map(str::to_owned).collect();
    if words.len() > 1 && matches!(words.first().map(String::as_str), Some("the" | "a" | "an")) {
        words.remove(0);
    }
    words
}

fn numbers(text: &str) -> Vec<String> {
    let mut numbers = words(text);
    numbers.retain(|word| word.bytes().any(|byte| byte.is_ascii_digit()));
    numbers
}

/// A name up to its subtitle, and whether there is one.
fn without_subtitle(name: &str) -> (&str, bool) {
    match name.split_once([':', '(', ';']) {
        Some((main, _)) if !main.trim().is_empty() => (main, true),
        _ => (name, false),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{POSSIBLE, SAME};
    use super::*;

    fn alike(one: (&str, &[&str]), other: (&str, &[&str])) -> f64 {
        let owned = |names: &[&str]| -> Vec<String> {
            names.iter().map(|name| (*name).to_owned()).collect()
        };
        likeness((one.0, &owned(one.1)), (other.0, &owned(other.1)))
    }

    const AUSTEN: &[&str] = &["Jane Austen"];

    #[test]
    fn another_spelling_of_the_same_book_is_the_same() {
        for (one, other) in [
            (
                ("Pride and Prejudice", AUSTEN),
                ("Pride & Prejudice", AUSTEN),
            ),
            (
                ("Pride and Prejudice", AUSTEN),
                ("Pride and Prejudise", AUSTEN),
            ),
            (
                ("The Master and Margarita", &["Михаил Булгаков"][..]),
                ("Master and Margarita", &["Mikhail Bulgakov"]),
            ),
            (
                ("Wuthering Heights", &["Emily Brontë"][..]),
                ("WUTHERING HEIGHTS", &["Bronte, Emily"]),
            ),
        ] {
            let found = alike(one, other);
            assert!(found >= SAME, "{one:?} {other:?}: {found}");
            assert!((alike(other, one) - found).abs() < f64::EPSILON);
        }
    }

    #[test]
    fn another_volume_another_subtitle_and_another_author_are_told_and_not_refused() {
        let rowling: &[&str] = &["J. K. Rowling"];
        for (one, other) in [
            (
                ("One Piece, Vol. 10", &["Eiichiro Oda"][..]),
                ("One Piece, Vol. 11", &["Eiichiro Oda"][..]),
            ),
            (
                ("Harry Potter and the Chamber of Secrets", rowling),
                ("Harry Potter and the Goblet of Fire", rowling),
            ),
            (("Emma", AUSTEN), ("Emma: A Novel in Three Volumes", AUSTEN)),
            (("Emma", AUSTEN), ("Emma", &[])),
            (("Persuasion", AUSTEN), ("Persuasion", &["Arlene Hall"])),
        ] {
            let found = alike(one, other);
            assert!(
                (POSSIBLE..SAME).contains(&found),
                "{one:?} {other:?}: {found}"
            );
        }
    }

    #[test]
    fn different_books_are_not_alike() {
        for (one, other) in [
            (("Emma", AUSTEN), ("Persuasion", AUSTEN)),
            (("Emma", AUSTEN), ("Emil", &["Erich Kästner"])),
            (("戦争と平和", &[][..]), ("罪と罰", &[][..])),
        ] {
            let found = alike(one, other);
            assert!(found < POSSIBLE, "{one:?} {other:?}: {found}");
        }
    }
}
