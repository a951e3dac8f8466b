//! What can be got back of an ISBN that a spreadsheet or a float has damaged, and only when the digits prove it.
//!
//! Never returns one of several possible numbers: an ambiguous remainder is an error that names them.

use crate::values::canonical::excerpt;

use super::written::Written;
use super::{Isbn, IsbnError};

/// Below this many digits the check digit proves too little: one number in eleven passes it by chance.
const FEWEST_DIGITS: usize = 6;

/// A float printed with twelve significant digits keeps all but the last; a zero at the end is not printed.
const FEWEST_FLOAT_DIGITS: usize = 11;

/// An ISBN that was found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovered {
    /// The number.
    pub isbn: Isbn,
    /// How many leading zeros had been lost; 0 when the text was whole.
    pub zeros_restored: usize,
}

/// Why a float does not tell which ISBN it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FloatIsbnError {
    /// There is no number.
    #[error(
        "there is no number to recover an ISBN from: expected a float such as 9.78043902348e+12"
    )]
    Empty,
    /// The text is not a number of thirteen digits.
    #[error(
        "`{text}` cannot have been an ISBN-13: expected a float of thirteen digits such as 9.78043902348e+12"
    )]
    NotThirteenDigits {
        /// The start of what was given.
        text: String,
    },
    /// More than the last digit is gone.
    #[error(
        "`{text}` keeps only {kept} digits of an ISBN-13: at least 11 are needed to compute the last one"
    )]
    NotEnoughDigits {
        /// The start of what was given.
        text: String,
        /// How many significant digits are left.
        kept: usize,
    },
    /// Rounding hid a digit whose two values both give a valid ISBN.
    #[error("`{text}` may have been {} or {}: the rounding hides which, so take the ISBN-10 or ask the source", .candidates.0, .candidates.1)]
    Ambiguous {
        /// The start of what was given.
        text: String,
        /// The two numbers that are both printed as this float.
        candidates: (Isbn, Isbn),
    },
    /// No valid ISBN is printed as this float.
    #[error(
        "`{text}` is not what any ISBN-13 looks like after passing through a float: check digit or prefix do not fit"
    )]
    Impossible {
        /// The start of what was given.
        text: String,
    },
}

impl Isbn {
    /// Reads an ISBN-10 whose leading zeros were lost, as in `439023483` for 0-439-02348-3.
    ///
    /// Zeros are put back up to ten digits and the check digit must hold; at least six digits must be left.
    pub fn recover_isbn10(text: &str) -> Result<Recovered, IsbnError> {
        match padded(Written::read(text)?) {
            Some((ten, zeros_restored)) => Self::from_ten(ten, text).map(|isbn| Recovered {
                isbn,
                zeros_restored,
            }),
            None => Self::parse(text).map(|isbn| Recovered {
                isbn,
                zeros_restored: 0,
            }),
        }
    }

    /// Like [`Self::recover_isbn10`], but lets a float of the ISBN-13 stand in for a wrong check digit:
    /// when both agree on all other digits, the check digit is computed.
    ///
    /// Some lists make ISBN-10s by cutting 978 off an ISBN-13, which leaves them with the wrong check digit.
    pub fn recover_isbn10_beside_float13(
        text: &str,
        float13: &str,
    ) -> Result<Recovered, IsbnError> {
        let refused = match Self::recover_isbn10(text) {
            Err(error @ IsbnError::BadChecksum { .. }) => error,
            other => return other,
        };
        let Some((ten, zeros_restored)) = padded(Written::read(text)?) else {
            return Err(refused);
        };
        let isbn = Self::from_ten_body(ten);
        let confirmed = Float13::read(float13).is_some_and(|float| {
            float.digits >= FEWEST_FLOAT_DIGITS && printed_as(isbn, float.number / 10)
        });
        if confirmed {
            Ok(Recovered {
                isbn,
                zeros_restored,
            })
        } else {
            Err(refused)
        }
    }

    /// Whether this number, passed through a float, could have been printed as `text` (such as `9.78043902348e+12`).
    ///
    /// Compares as many digits as are left, rounded; a text that is not a number of thirteen digits never agrees.
    #[must_use]
    pub fn agrees_with_float13(&self, text: &str) -> bool {
        let Some(float) = Float13::read(text) else {
            return false;
        };
        // With eleven digits left, the twelfth was a zero that is not printed.
        let unit = if float.digits == FEWEST_FLOAT_DIGITS {
            10
        } else {
            float.unit
        };
        match float.digits {
            13 => self.number() == float.number,
            _ => self.number().abs_diff(float.number) * 2 <= unit,
        }
    }

    /// Computes the ISBN-13 behind a float that kept all digits but the last.
    ///
    /// Floats are printed rounded half to even, so often two numbers look alike; then nothing is recovered.
    pub fn recover_from_float13(text: &str) -> Result<Self, FloatIsbnError> {
        if text.trim().is_empty() {
            return Err(FloatIsbnError::Empty);
        }
        let float = Float13::read(text).ok_or_else(|| FloatIsbnError::NotThirteenDigits {
            text: excerpt(text),
        })?;
        if float.digits < FEWEST_FLOAT_DIGITS {
            return Err(FloatIsbnError::NotEnoughDigits {
                text: excerpt(text),
                kept: float.digits,
            });
        }
        let impossible = || FloatIsbnError::Impossible {
            text: excerpt(text),
        };
        if float.digits == 13 {
            return Self::parse(&float.number.to_string()).map_err(|_| impossible());
        }
        let twelve = float.number / 10;
        let mut candidates = [twelve, twelve.saturating_sub(1)]
            .into_iter()
            .filter_map(completed)
            .filter(|isbn| printed_as(*isbn, twelve));
        match (candidates.next(), candidates.next()) {
            (Some(isbn), None) => Ok(isbn),
            (Some(one), Some(other)) => Err(FloatIsbnError::Ambiguous {
                text: excerpt(text),
                candidates: (one, other),
            }),
            _ => Err(impossible()),
        }
    }
}

/// Ten digits with leading zeros put back, and how many; `None` if there are too few or too many digits.
fn padded(written: Written) -> Option<([u8; 10], usize)> {
    match written {
        Written::Ten(ten) => Some((ten, 0)),
        Written::Other { digits, kept } if (FEWEST_DIGITS..10).contains(&digits) => {
            let zeros = 10 - digits;
            let mut ten = [b'0'; 10];
            for (slot, digit) in ten.iter_mut().skip(zeros).zip(kept) {
                *slot = digit;
            }
            Some((ten, zeros))
        }
        _ => None,
    }
}

/// The ISBN that starts with these twelve digits, if they are a book's.
fn completed(twelve: u64) -> Option<Isbn> {
    let ascii: [u8; 12] = twelve.to_string().into_bytes().try_into().ok()?;
    Isbn::parse(Isbn::with_check_digit(ascii).as_str()).ok()
}

/// Whether rounding to twelve digits, half to even, shows `twelve`.
fn printed_as(isbn: Isbn, twelve: u64) -> bool {
    let (head, last) = (isbn.number() / 10, isbn.number() % 10);
    let up = last > 5 || (last == 5 && head % 2 == 1);
    head + u64::from(up) == twelve
}

/// A number of thirteen digits as far as a float's text still shows it.
struct Float13 {
    /// The number, unknown digits being zero.
    number: u64,
    /// How many leading digits are shown, without zeros at the end.
    digits: usize,
    /// The value of the last digit shown.
    unit: u64,
}

impl Float13 {
    /// Reads `9.78043902348e+12`, `9780439023480.0` or `9780439023480`.
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() || whole.starts_with('0') || whole.len() + fraction.len() > 40 {
            return None;
        }
        if exponent.checked_add(i32::try_from(whole.len()).ok()?)? != 13 {
            return None;
        }
        let shown = format!("{whole}{fraction}");
        let shown = shown.trim_end_matches('0');
        if shown.is_empty() || shown.len() > 13 || !shown.bytes().all(|byte| byte.is_ascii_digit())
        {
            return None;
        }
        let unit = 10u64.pow(u32::try_from(13 - shown.len()).ok()?);
        let number = shown.parse::<u64>().ok()? * unit;
        Some(Self {
            number,
            digits: shown.len(),
            unit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_zeros_come_back_when_the_check_digit_proves_them() {
        let recovered = Isbn::recover_isbn10("439023483").unwrap();
        assert_eq!(
            (recovered.isbn.as_str(), recovered.zeros_restored),
            ("9780439023481", 1)
        );
        assert_eq!(Isbn::recover_isbn10("6280560").unwrap().zeros_restored, 3);
        assert_eq!(
            Isbn::recover_isbn10("189221301X").unwrap().zeros_restored,
            0
        );
        assert_eq!(Isbn::recover_isbn10("43902348X").ok(), None);
    }

    #[test]
    fn a_lost_zero_and_the_check_digit_x_come_together() {
        let recovered = Isbn::recover_isbn10("30433376x").unwrap();
        assert_eq!(
            (recovered.isbn.as_str(), recovered.zeros_restored),
            ("9780304333769", 1)
        );
    }

    #[test]
    fn a_float_stands_in_for_a_wrong_check_digit_only_when_all_other_digits_agree() {
        let found = Isbn::recover_isbn10_beside_float13("140169300", "9.7801401693e+12").unwrap();
        assert_eq!(
            (found.isbn.as_str(), found.zeros_restored),
            ("9780140169300", 1)
        );
        for float in ["", "9.78014016931e+12", "9.78014e+12"] {
            assert!(
                matches!(
                    Isbn::recover_isbn10_beside_float13("140169300", float),
                    Err(IsbnError::BadChecksum { expected: 'X', .. })
                ),
                "{float}"
            );
        }
        let whole = Isbn::recover_isbn10_beside_float13("439023483", "76783609419.0").unwrap();
        assert_eq!(whole.isbn.as_str(), "9780439023481");
    }

    #[test]
    fn too_few_digits_and_wrong_digits_stay_lost() {
        assert!(matches!(
            Isbn::recover_isbn10("439023484"),
            Err(IsbnError::BadChecksum { expected: '3', .. })
        ));
        assert!(matches!(
            Isbn::recover_isbn10("12345"),
            Err(IsbnError::WrongLength { found: 5, .. })
        ));
        assert_eq!(Isbn::recover_isbn10(""), Err(IsbnError::Empty));
    }

    #[test]
    fn a_float_agrees_with_the_isbn_it_came_from() {
        let isbn = Isbn::parse("9780439023481").unwrap();
        for float in [
            "9.78043902348e+12",
            "9780439023480.0",
            "9780439023480",
            "9.78043902348E+12",
            "9.78044E+12",
        ] {
            assert!(isbn.agrees_with_float13(float), "{float}");
        }
        for float in [
            "9.78043902349e+12",
            "9.78e+11",
            "76783609419.0",
            "",
            "nan",
            "9.7804390e",
            "-9.78043902348e+12",
        ] {
            assert!(!isbn.agrees_with_float13(float), "{float}");
        }
    }

    #[test]
    fn the_last_digit_is_computed_when_only_one_fits() {
        let isbn = Isbn::recover_from_float13("9.78043902348e+12").unwrap();
        assert_eq!(isbn.as_str(), "9780439023481");
        assert_eq!(Isbn::recover_from_float13("9780439023481.0").unwrap(), isbn);
    }

    #[test]
    fn rounding_that_hides_two_numbers_recovers_neither() {
        let error = Isbn::recover_from_float13("9.78031601584e+12").unwrap_err();
        let FloatIsbnError::Ambiguous {
            candidates: (one, other),
            ..
        } = &error
        else {
            panic!("expected two candidates, got {error:?}");
        };
        assert!(
            one.agrees_with_float13("9.78031601584e+12")
                && other.agrees_with_float13("9.78031601584e+12")
        );
        assert_ne!(one, other);
    }

    #[test]
    fn a_float_that_lost_more_is_not_completed() {
        assert_eq!(Isbn::recover_from_float13(" "), Err(FloatIsbnError::Empty));
        assert!(matches!(
            Isbn::recover_from_float13("9.78044E+12"),
            Err(FloatIsbnError::NotEnoughDigits { kept: 6, .. })
        ));
        assert!(matches!(
            Isbn::recover_from_float13("25986247522.0"),
            Err(FloatIsbnError::NotThirteenDigits { .. })
        ));
        assert!(matches!(
            Isbn::recover_from_float13("9.88043902348e+12"),
            Err(FloatIsbnError::Impossible { .. })
        ));
    }
}
