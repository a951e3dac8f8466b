//! Names as lists sort them: without case, accents and punctuation, from any script.
//!
//! Never shown to anyone, and never shortened to nothing.

use deunicode::deunicode_char;

/// The longest sort text, in bytes: what comes later no longer decides the order of a list.
const LONGEST: usize = 160;

/// The text by which a name is sorted, bytewise. Articles stay where they are: "The" is a word like any other.
#[must_use]
pub fn sort_name(name: &str) -> String {
    let mut folded = String::with_capacity(name.len().min(LONGEST));
    let mut boundary = false;
    for character in name.chars() {
        if folded.len() >= LONGEST {
            break;
        }
        if character.is_ascii() {
            push(&mut folded, character, &mut boundary);
        } else if character.is_alphanumeric() {
            deunicode_char(character)
                .unwrap_or_default()
                .chars()
                .for_each(|c| push(&mut folded, c, &mut boundary));
        } else if character.is_whitespace() {
            boundary = true;
        }
    }
    if folded.is_empty() {
        plain(name)
    } else {
        folded
    }
}

/// Letters and digits stay, blanks and hyphens end a word, everything else is passed over.
fn push(folded: &mut String, character: char, boundary: &mut bool) {
    if character.is_ascii_alphanumeric() {
        if *boundary && !folded.is_empty() {
            folded.push(' ');
        }
        *boundary = false;
        folded.push(character.to_ascii_lowercase());
    } else if character.is_ascii_whitespace() || matches!(character, '-' | '/' | '_') {
        *boundary = true;
    }
}

/// A name of nothing but symbols sorts as it is written.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|character| !character.is_control())
        .take(LONGEST / 4)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_punctuation_do_not_decide_the_order() {
        assert_eq!(sort_name("Les Misérables"), "les miserables");
        assert_eq!(
            sort_name("\"Don't Panic!\" — a Guide"),
            "dont panic a guide"
        );
        assert_eq!(sort_name("Spider-Man  2"), "spider man 2");
    }

    #[test]
    fn articles_stay() {
        assert_eq!(sort_name("The Hobbit"), "the hobbit");
    }

    #[test]
    fn other_scripts_are_sorted_among_the_latin_names() {
        assert_eq!(sort_name("Мастер и Маргарита"), "master i margarita");
        assert!(sort_name("進撃の巨人").is_ascii());
    }

    #[test]
    fn a_name_of_symbols_keeps_its_symbols() {
        assert_eq!(sort_name("!!!"), "!!!");
        assert!(!sort_name("★").is_empty());
    }

    #[test]
    fn a_long_name_is_cut() {
        assert!(sort_name(&"long ".repeat(100)).len() <= LONGEST + 1);
    }
}
