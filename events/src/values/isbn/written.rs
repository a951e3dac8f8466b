//! How an ISBN is written down: takes labels, quotes, hyphens and spaces away and leaves the digits.
//!
//! Never checks a check digit; it only says which characters are there and how many.

use crate::values::canonical::excerpt;

use super::IsbnError;

/// The digits of a text, by how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// Ten ASCII characters: digits, the last possibly `X`.
    Ten([u8; 10]),
    /// Thirteen ASCII digits.
    Thirteen([u8; 13]),
    /// Another number of digits; the first up to thirteen are kept.
    Other {
        /// How many digits there are.
        digits: usize,
        /// The first of them, then zero bytes; the last may be `X` if there are fewer than ten.
        kept: [u8; 13],
    },
}

impl Written {
    /// Reads the digits of `text`, or names the first character that does not belong.
    pub(super) fn read(text: &str) -> Result<Self, IsbnError> {
        let bare = without_label(without_quotes(text.trim()));
        let mut kept = [0u8; 13];
        let mut digits = 0usize;
        let mut check_x = None;
        for character in bare.chars() {
            if is_separator(character) {
                continue;
            }
            let ascii = match character {
                '0'..='9' if check_x.is_none() => u8::try_from(character).unwrap_or_default(),
                'x' | 'X' if digits <= 9 && check_x.is_none() => {
                    check_x = Some(character);
                    b'X'
                }
                _ => {
                    // What follows an X shows that the X was no check digit: then the X is at fault.
                    let character = check_x.unwrap_or(character);
                    return Err(IsbnError::BadCharacter {
                        text: excerpt(text),
                        character,
                    });
                }
            };
            if let Some(slot) = kept.get_mut(digits) {
                *slot = ascii;
            }
            digits += 1;
        }
        Ok(Self::from_digits(kept, digits))
    }

    fn from_digits(kept: [u8; 13], digits: usize) -> Self {
        match (digits, kept.first_chunk()) {
            (10, Some(ten)) => Self::Ten(*ten),
            (13, _) => Self::Thirteen(kept),
            _ => Self::Other { digits, kept },
        }
    }
}

/// Takes away the `="…"` of spreadsheet exports, or plain quotes.
fn without_quotes(text: &str) -> &str {
    let inner = text.strip_prefix('=').unwrap_or(text);
    inner
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(inner)
}

/// Takes away `ISBN`, `ISBN:`, `ISBN-10`, `ISBN-13:` or `urn:isbn:` in any case.
fn without_label(text: &str) -> &str {
    let text = strip_prefix_in_any_case(text, "urn:").unwrap_or(text);
    let Some(rest) = strip_prefix_in_any_case(text, "isbn") else {
        return text;
    };
    let rest = rest.trim_start_matches(is_label_joint);
    for (label, length) in [("10", 10), ("13", 13)] {
        // `ISBN 10-210-5271-0` starts with a group, not with a label: the label is one only if enough digits follow.
        if let Some(number) = rest.strip_prefix(label)
            && number
                .chars()
                .filter(|character| !is_separator(*character) && *character != ':')
                .count()
                == length
        {
            return number.trim_start_matches(is_label_joint);
        }
    }
    rest
}

fn is_label_joint(character: char) -> bool {
    character == ':' || is_separator(character)
}

fn strip_prefix_in_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    if head.eq_ignore_ascii_case(prefix) {
        text.get(prefix.len()..)
    } else {
        None
    }
}

/// Dashes of every width, spaces of every width, and the invisible characters that come along with copying.
fn is_separator(character: char) -> bool {
    matches!(character,
        '-' | '\u{00AD}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}')
        || character.is_whitespace()
}
