//! Numbers as titles write them: digits, Roman, ordinals, and words of the first score and a few languages.
//!
//! Never a number above 9999, and never a Roman one that a stonecutter would not have written.

const CARDINALS: [&str; 20] = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];
const ORDINALS: [&str; 20] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
];
const TENS: [(&str, u16); 5] = [
    ("thirtieth", 30),
    ("fortieth", 40),
    ("fiftieth", 50),
    ("primera", 1),
    ("segunda", 2),
];

/// Digits only.
pub(crate) fn digits(word: &str) -> Option<u16> {
    let plain = word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| word.parse().ok())?
}

/// Digits, Roman or a word, behind a word such as *volume*.
pub(crate) fn cardinal(word: &str) -> Option<u16> {
    digits(word)
        .or_else(|| roman(word))
        .or_else(|| place(&CARDINALS, word))
        .or_else(|| ordinal(word))
}

/// `5th`, `22nd`, `fifth`.
pub(crate) fn ordinal(word: &str) -> Option<u16> {
    let stem = ["st", "nd", "rd", "th", "eme", "e", "a"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending));
    let named = || {
        TENS.iter()
            .find(|(name, _)| *name == word)
            .map(|(_, number)| *number)
    };
    stem.and_then(digits)
        .or_else(|| place(&ORDINALS, word))
        .or_else(named)
}

fn place(names: &[&str], word: &str) -> Option<u16> {
    let index = names.iter().position(|name| *name == word)?;
    u16::try_from(index + 1).ok()
}

/// A Roman number up to 89; letters above L make words (*mix*, *civil*) more often than numbers.
pub(crate) fn roman(word: &str) -> Option<u16> {
    const STEPS: [(&str, u16); 7] = [
        ("l", 50),
        ("xl", 40),
        ("x", 10),
        ("ix", 9),
        ("v", 5),
        ("iv", 4),
        ("i", 1),
    ];
    let mut rest = word;
    let mut number = 0;
    for (letters, value) in STEPS {
        while let Some(after) = rest.strip_prefix(letters) {
            rest = after;
            number += value;
            if number > 89 {
                return None;
            }
        }
    }
    (rest.is_empty() && number > 0 && written(number) == word).then_some(number)
}

/// The one way to write it.
fn written(mut number: u16) -> String {
    const STEPS: [(&str, u16); 7] = [
        ("l", 50),
        ("xl", 40),
        ("x", 10),
        ("ix", 9),
        ("v", 5),
        ("iv", 4),
        ("i", 1),
    ];
    let mut text = String::new();
    for (letters, value) in STEPS {
        while number >= value {
            text.push_str(letters);
            number -= value;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_roman_number_reads_back_and_words_do_not() {
        for number in 1..=89 {
            assert_eq!(roman(&written(number)), Some(number));
        }
        for word in ["mix", "ill", "iiii", "vx", "li1", ""] {
            assert_eq!(roman(word), None, "{word}");
        }
    }

    #[test]
    fn ordinals_are_read_as_digits_and_as_words() {
        assert_eq!(ordinal("22nd"), Some(22));
        assert_eq!(ordinal("2e"), Some(2));
        assert_eq!(ordinal("eve"), None);
        assert_eq!(ordinal("twelfth"), Some(12));
        assert_eq!(ordinal("sound"), None);
        assert_eq!(cardinal("two"), Some(2));
    }
}
