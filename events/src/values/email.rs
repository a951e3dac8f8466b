//! E-mail addresses, as people write them.
//!
//! No error and no debug output repeats an address: they end in logs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// Most characters of an address (RFC 5321: 256 with the angle brackets).
const LONGEST: usize = 254;
/// Most characters before the `@`.
const LONGEST_LOCAL: usize = 64;
/// What may stand before the `@` besides letters and digits of any script.
const MARKS: &str = "!#$%&'*+/=?^_`{|}~-.";

/// Why a text is no e-mail address. Never with the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Nothing is left without blanks.
    #[error("the e-mail address is empty")]
    Empty,
    /// More than mail servers take.
    #[error("the e-mail address has {found} characters; at most {LONGEST} are possible")]
    TooLong {
        /// How many characters there are.
        found: usize,
    },
    /// Not one name and one domain.
    #[error("an e-mail address has exactly one `@`, such as in ana@example.org")]
    NotOneAt,
    /// The part before the `@` cannot be.
    #[error(
        "the part before the `@` needs 1 to {LONGEST_LOCAL} characters, without a dot at its ends or two in a row"
    )]
    Local,
    /// A character that no address has: a blank, a control character, a bracket, a quote.
    #[error("the e-mail address contains U+{:04X}, which no address has; give only the address, without a name", u32::from(*.character))]
    Character {
        /// The character.
        character: char,
    },
    /// The part after the `@` is not a name of the internet.
    #[error("the part after the `@` is not a domain such as example.org")]
    Domain,
}

/// An e-mail address: one name, one domain, nothing around them. The domain is lower case and in ASCII (punycode).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress {
    text: Box<str>,
    /// Where the `@` stands.
    at: usize,
}

impl EmailAddress {
    /// Trims the text and checks it. Letters of any script may stand in both parts.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        check_length(text)?;
        let (local, domain) = text.split_once('@').ok_or(EmailError::NotOneAt)?;
        if domain.contains('@') {
            return Err(EmailError::NotOneAt);
        }
        check_local(local)?;
        if let Some(character) = text.chars().find(|character| is_never_written(*character)) {
            return Err(EmailError::Character { character });
        }
        let text = format!("{local}@{}", ascii_domain(domain)?);
        check_length(&text)?;
        Ok(Self {
            text: text.into(),
            at: local.len(),
        })
    }

    /// The address, for an envelope and for its owner; never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.text.get(self.at + 1..).unwrap_or_default()
    }

    /// The form in which two spellings of one address are the same: composed (NFKC) and lower case. What an
    /// [`EmailIndex`](super::EmailIndex) is made of.
    #[must_use]
    pub fn normalised(&self) -> String {
        let composed: String = self.text.nfkc().collect();
        composed.to_lowercase().nfkc().collect()
    }
}

fn check_length(text: &str) -> Result<(), EmailError> {
    match text.chars().count() {
        0 => Err(EmailError::Empty),
        found if found > LONGEST => Err(EmailError::TooLong { found }),
        _ => Ok(()),
    }
}

fn check_local(local: &str) -> Result<(), EmailError> {
    let odd = |character: &char| character.is_ascii() && !is_plain(*character);
    if let Some(character) = local.chars().find(odd) {
        return Err(EmailError::Character { character });
    }
    let long = local.chars().count() > LONGEST_LOCAL;
    let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    if local.is_empty() || long || dots {
        return Err(EmailError::Local);
    }
    Ok(())
}

fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || MARKS.contains(character)
}

/// Controls, blanks, and what is invisible or turns the direction of a line.
fn is_never_written(character: char) -> bool {
    let invisible = matches!(character,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFD}' | '\u{E0000}'..='\u{E0FFF}');
    character.is_control() || character.is_whitespace() || invisible
}

fn ascii_domain(domain: &str) -> Result<String, EmailError> {
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| EmailError::Domain)?;
    let last = ascii.rsplit('.').next().unwrap_or_default();
    let number = last.chars().all(|character| character.is_ascii_digit());
    if number || ascii.split('.').any(str::is_empty) {
        return Err(EmailError::Domain);
    }
    Ok(ascii)
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress([redacted])")
    }
}

impl FromStr for EmailAddress {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.text.into()
    }
}

#[cfg(test)]
mod tests;
