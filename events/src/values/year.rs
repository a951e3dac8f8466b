//! A year of publication, before our era where it must be.
//!
//! Never a date, and never a guess: a text that is not a whole year is refused.

use std::fmt;
use std::num::IntErrorKind;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::canonical::excerpt;

/// A year from 3000 before our era (−3000) to 2100, as catalogues count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "i16", try_from = "i64")]
pub struct Year(i16);

/// Why a text or number is not a year.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum YearError {
    /// Nothing was given.
    #[error("the year is empty: expected a whole number such as 2008 or -750")]
    Empty,
    /// Something other than a whole number.
    #[error("`{text}` is not a year: expected a whole number such as 2008 or -750")]
    NotAWholeNumber {
        /// The start of what was given.
        text: String,
    },
    /// A number outside what the catalogue holds.
    #[error("`{text}` is not a year the catalogue can hold: expected -3000 to 2100")]
    OutOfRange {
        /// The number that was given.
        text: String,
    },
}

impl Year {
    /// The earliest year.
    pub const MIN: Self = Self(-3000);
    /// The latest year.
    pub const MAX: Self = Self(2100);

    /// Takes a year that is in range.
    pub fn new(year: i64) -> Result<Self, YearError> {
        i16::try_from(year)
            .ok()
            .map(Self)
            .filter(|year| (Self::MIN..=Self::MAX).contains(year))
            .ok_or_else(|| YearError::OutOfRange {
                text: year.to_string(),
            })
    }

    /// Reads a whole number such as `2008` or `-750`.
    pub fn parse(text: &str) -> Result<Self, YearError> {
        let trimmed = text.trim();
        match trimmed.parse::<i64>() {
            Ok(year) => Self::new(year),
            Err(error) => Err(match error.kind() {
                IntErrorKind::Empty => YearError::Empty,
                IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => YearError::OutOfRange {
                    text: excerpt(text),
                },
                _ => YearError::NotAWholeNumber {
                    text: excerpt(text),
                },
            }),
        }
    }

    /// Reads a year that a spreadsheet has turned into a float, such as `2008.0`; a fraction is refused.
    pub fn parse_float_text(text: &str) -> Result<Self, YearError> {
        let trimmed = text.trim();
        let whole = match trimmed.split_once('.') {
            Some((whole, fraction))
                if !whole.is_empty() && fraction.bytes().all(|digit| digit == b'0') =>
            {
                whole
            }
            Some(_) => {
                return Err(YearError::NotAWholeNumber {
                    text: excerpt(text),
                });
            }
            None => trimmed,
        };
        Self::parse(whole)
    }

    /// The year as a number; negative before our era.
    #[must_use]
    pub const fn get(self) -> i16 {
        self.0
    }
}

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for Year {
    type Err = YearError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<i64> for Year {
    type Error = YearError;

    fn try_from(year: i64) -> Result<Self, Self::Error> {
        Self::new(year)
    }
}

impl From<Year> for i16 {
    fn from(year: Year) -> Self {
        year.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_before_our_era_are_negative() {
        assert_eq!(Year::parse_float_text("-750.0").map(Year::get), Ok(-750));
        assert_eq!(Year::parse("-1750").map(Year::get), Ok(-1750));
    }

    #[test]
    fn floats_are_read_only_where_they_are_whole() {
        assert_eq!(Year::parse_float_text("2008.0").map(Year::get), Ok(2008));
        assert_eq!(Year::parse_float_text(" 2008 ").map(Year::get), Ok(2008));
        assert_eq!(Year::parse_float_text("2008.").map(Year::get), Ok(2008));
        for text in ["2008.5", ".0", "2e3", "nan", "2008.0.0", "c2008"] {
            assert!(
                matches!(
                    Year::parse_float_text(text),
                    Err(YearError::NotAWholeNumber { .. })
                ),
                "{text}"
            );
        }
    }

    #[test]
    fn the_range_ends_at_minus_3000_and_2100() {
        assert_eq!(
            (Year::parse("-3000"), Year::parse("2100")),
            (Ok(Year::MIN), Ok(Year::MAX))
        );
        for text in ["-3001", "2101", "99999999999999999999", "9999999999"] {
            assert!(
                matches!(Year::parse(text), Err(YearError::OutOfRange { .. })),
                "{text}"
            );
        }
        assert_eq!(Year::parse(""), Err(YearError::Empty));
        assert_eq!(Year::parse_float_text(""), Err(YearError::Empty));
    }

    #[test]
    fn json_is_a_number_in_range() {
        assert_eq!(
            serde_json::to_string(&Year::parse("2008").unwrap()).unwrap(),
            "2008"
        );
        assert_eq!(serde_json::from_str::<Year>("-750").unwrap().get(), -750);
        assert!(serde_json::from_str::<Year>("2101").is_err());
        assert!(serde_json::from_str::<Year>("\"2008\"").is_err());
    }
}
