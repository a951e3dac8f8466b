//! An ISBN that is known to be right: thirteen digits whose check digit holds, however it was written.
//!
//! Never guesses: a number whose check digit is wrong is refused; what can be recovered is in `recovery`, by name.

mod recovery;
mod written;

pub use recovery::{FloatIsbnError, Recovered};

use super::canonical::{canonical_text, excerpt};
use written::Written;

/// An International Standard Book Number, kept as its thirteen digits.
///
/// Ordered and compared as those digits; an ISBN-10 and its ISBN-13 are the same value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Isbn {
    /// ASCII digits, so that the text is a borrow and never a conversion.
    ascii: [u8; 13],
}

/// Why a text is not an ISBN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IsbnError {
    /// The text holds no digit and nothing else that could be read.
    #[error("the ISBN is empty: expected 10 or 13 digits, such as 978-0-439-02348-1")]
    Empty,
    /// A character that an ISBN cannot hold, or an X that is not the tenth character.
    #[error(
        "`{text}` is not an ISBN: the character `{character}` is not expected there; expected 10 digits (the last may be X) or 13 digits, with hyphens or spaces between"
    )]
    BadCharacter {
        /// The start of what was given.
        text: String,
        /// The first character that does not belong.
        character: char,
    },
    /// Neither 10 nor 13 digits.
    #[error("`{text}` is not an ISBN: it has {found} digits; expected 10 or 13")]
    WrongLength {
        /// The start of what was given.
        text: String,
        /// How many digits there are, a check digit X included.
        found: usize,
    },
    /// The check digit does not follow from the other digits.
    #[error(
        "`{text}` is not an ISBN: its check digit is {found}, but the other digits give {expected}; look for a mistyped digit"
    )]
    BadChecksum {
        /// The start of what was given.
        text: String,
        /// The check digit that was given.
        found: char,
        /// The check digit that the other digits ask for.
        expected: char,
    },
    /// Thirteen digits that belong to another kind of article.
    #[error(
        "`{text}` is not an ISBN: it starts with {found}; expected 978 or 979 (979-0 numbers printed music, not books)"
    )]
    BadPrefix {
        /// The start of what was given.
        text: String,
        /// The leading digits that do not belong to books.
        found: String,
    },
}

impl Isbn {
    /// Reads an ISBN-10 or ISBN-13 as people and files write it: hyphens of any kind, spaces, `ISBN`,
    /// `ISBN-13:` or `urn:isbn:` in front, and the `="…"` that keeps spreadsheets from eating zeros.
    pub fn parse(text: &str) -> Result<Self, IsbnError> {
        match Written::read(text)? {
            Written::Ten(digits) => Self::from_ten(digits, text),
            Written::Thirteen(ascii) => Self::from_thirteen(ascii, text),
            Written::Other { digits: 0, .. } => Err(IsbnError::Empty),
            Written::Other { digits, .. } => Err(IsbnError::WrongLength {
                text: excerpt(text),
                found: digits,
            }),
        }
    }

    /// The thirteen digits, without hyphens.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII digits are ever stored, so the default is unreachable.
        std::str::from_utf8(&self.ascii).unwrap_or_default()
    }

    /// The thirteen digits, without hyphens; the name says which of the two forms it is.
    #[must_use]
    pub fn as_str13(&self) -> &str {
        self.as_str()
    }

    /// The ten-character form; `None` for a number under 979, which has none.
    #[must_use]
    pub fn to_isbn10(&self) -> Option<String> {
        let body = self.as_str().strip_prefix("978")?.get(..9)?;
        let mut ten = String::with_capacity(10);
        ten.push_str(body);
        ten.push(check_digit_10(body.as_bytes()));
        Some(ten)
    }

    /// The thirteen digits with hyphens between prefix, group, registrant, publication and check digit.
    ///
    /// A number in a range that the International ISBN Agency has not published is given without hyphens.
    #[must_use]
    pub fn hyphenated(&self) -> String {
        isbn::Isbn13::new(self.ascii.map(value_of))
            .and_then(|known| known.hyphenate())
            .map_or_else(
                |_| self.as_str().to_owned(),
                |text| text.as_str().to_owned(),
            )
    }

    /// The number itself, for arithmetic on what a float has left of it.
    fn number(self) -> u64 {
        self.ascii
            .iter()
            .fold(0, |number, digit| number * 10 + u64::from(value_of(*digit)))
    }

    fn from_ten(ten: [u8; 10], text: &str) -> Result<Self, IsbnError> {
        let [body @ .., found] = ten;
        let expected = check_digit_10(&body);
        if char::from(found) != expected {
            return Err(IsbnError::BadChecksum {
                text: excerpt(text),
                found: char::from(found),
                expected,
            });
        }
        Ok(Self::from_ten_body(ten))
    }

    /// The ISBN-13 of an ISBN-10, whatever its check digit.
    fn from_ten_body(ten: [u8; 10]) -> Self {
        let mut twelve = *b"978000000000";
        for (slot, digit) in twelve.iter_mut().skip(3).zip(ten) {
            *slot = digit;
        }
        Self::with_check_digit(twelve)
    }

    fn from_thirteen(ascii: [u8; 13], text: &str) -> Result<Self, IsbnError> {
        if let Some(found) = foreign_prefix(&ascii) {
            return Err(IsbnError::BadPrefix {
                text: excerpt(text),
                found,
            });
        }
        let [twelve @ .., found] = ascii;
        let expected = check_digit_13(&twelve);
        if found != expected {
            return Err(IsbnError::BadChecksum {
                text: excerpt(text),
                found: char::from(found),
                expected: char::from(expected),
            });
        }
        Ok(Self { ascii })
    }

    fn with_check_digit(twelve: [u8; 12]) -> Self {
        let mut ascii = [check_digit_13(&twelve); 13];
        for (slot, digit) in ascii.iter_mut().zip(twelve) {
            *slot = digit;
        }
        Self { ascii }
    }
}

canonical_text!(
    Isbn,
    IsbnError,
    "an ISBN as text, such as \"9780439023481\""
);

/// The leading digits, when they number something other than books.
fn foreign_prefix(ascii: &[u8; 13]) -> Option<String> {
    match ascii {
        [b'9', b'7', b'9', b'0', ..] => Some("9790".to_owned()),
        [b'9', b'7', b'8' | b'9', ..] => None,
        [a, b, c, ..] => Some([*a, *b, *c].map(char::from).iter().collect()),
    }
}

const fn value_of(ascii: u8) -> u8 {
    ascii.wrapping_sub(b'0')
}

/// Weights 1, 3, 1, 3, …; the sum with the check digit is a multiple of ten.
fn check_digit_13(twelve: &[u8; 12]) -> u8 {
    let weights = [1u16, 3].into_iter().cycle();
    let sum: u16 = twelve
        .iter()
        .zip(weights)
        .map(|(digit, weight)| u16::from(value_of(*digit)) * weight)
        .sum();
    let check = (10 - sum % 10) % 10;
    b'0'.wrapping_add(u8::try_from(check).unwrap_or_default())
}

/// Weights 10 down to 2; the sum with the check digit is a multiple of eleven, ten being written X.
fn check_digit_10(nine: &[u8]) -> char {
    let sum: u32 = nine
        .iter()
        .zip((2..=10u32).rev())
        .map(|(digit, weight)| u32::from(value_of(*digit)) * weight)
        .sum();
    match (11 - sum % 11) % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HUNGER_GAMES: &str = "9780439023481";

    #[test]
    fn the_ways_people_write_one_isbn_are_one_value() {
        for written in [
            "9780439023481",
            "978-0-439-02348-1",
            " 978 0 439 02348 1 ",
            "978\u{2011}0\u{2013}439\u{2010}02348\u{2212}1",
            "0439023483",
            "0-439-02348-3",
            "ISBN 0-439-02348-3",
            "isbn:0439023483",
            "ISBN-10: 0439023483",
            "ISBN-13: 978-0439023481",
            "ISBN13 9780439023481",
            "urn:isbn:9780439023481",
            "=\"9780439023481\"",
            "=\"0439023483\"",
        ] {
            assert_eq!(
                Isbn::parse(written).map(|isbn| isbn.to_string()),
                Ok(HUNGER_GAMES.to_owned()),
                "{written}"
            );
        }
    }

    #[test]
    fn the_check_digit_x_counts_ten_in_either_case() {
        let upper = Isbn::parse("0-304-33376-X").unwrap();
        assert_eq!(upper, Isbn::parse("030433376x").unwrap());
        assert_eq!(upper.as_str13(), "9780304333769");
        assert_eq!(upper.to_isbn10().as_deref(), Some("030433376X"));
    }

    #[test]
    fn an_isbn_under_979_has_no_ten_character_form() {
        let isbn = Isbn::parse("9791091146135").unwrap();
        assert_eq!(isbn.to_isbn10(), None);
        assert_eq!(isbn.hyphenated(), "979-10-91146-13-5");
    }

    #[test]
    fn hyphens_follow_the_published_ranges() {
        assert_eq!(
            Isbn::parse("4873113369").unwrap().hyphenated(),
            "978-4-87311-336-4"
        );
        assert_eq!(
            Isbn::parse("030433376X").unwrap().hyphenated(),
            "978-0-304-33376-9"
        );
    }

    #[test]
    fn each_fault_is_told_apart() {
        assert_eq!(Isbn::parse(" \t"), Err(IsbnError::Empty));
        assert_eq!(Isbn::parse("=\"\""), Err(IsbnError::Empty));
        assert!(matches!(
            Isbn::parse("978-9024538²70"),
            Err(IsbnError::BadCharacter {
                character: '²', ..
            })
        ));
        assert!(matches!(
            Isbn::parse("978-902453827X"),
            Err(IsbnError::BadCharacter { character: 'X', .. })
        ));
        assert!(matches!(
            Isbn::parse("08515x-629-2"),
            Err(IsbnError::BadCharacter { character: 'x', .. })
        ));
        assert!(matches!(
            Isbn::parse("12345"),
            Err(IsbnError::WrongLength { found: 5, .. })
        ));
        assert!(matches!(
            Isbn::parse("9780439023482"),
            Err(IsbnError::BadChecksum {
                found: '2',
                expected: '1',
                ..
            })
        ));
        assert!(matches!(
            Isbn::parse("0439023484"),
            Err(IsbnError::BadChecksum { expected: '3', .. })
        ));
        assert!(
            matches!(Isbn::parse("4036526651248"), Err(IsbnError::BadPrefix { found, .. }) if found == "403")
        );
        assert!(
            matches!(Isbn::parse("9790060115615"), Err(IsbnError::BadPrefix { found, .. }) if found == "9790")
        );
    }

    #[test]
    fn an_error_repeats_only_the_start_of_a_long_text() {
        let message = Isbn::parse(&"9".repeat(10_000_000))
            .unwrap_err()
            .to_string();
        assert!(message.len() < 400, "{message}");
    }

    #[test]
    fn json_is_the_thirteen_digits_and_refuses_anything_else() {
        let isbn: Isbn = serde_json::from_str("\"0-439-02348-3\"").unwrap();
        assert_eq!(serde_json::to_string(&isbn).unwrap(), "\"9780439023481\"");
        let refused = serde_json::from_str::<Isbn>("\"0439023484\"")
            .unwrap_err()
            .to_string();
        assert!(refused.contains("check digit"), "{refused}");
        assert!(serde_json::from_str::<Isbn>("9780439023481").is_err());
    }
}
