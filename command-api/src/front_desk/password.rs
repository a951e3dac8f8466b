//! A password as it travels from a request to where it is hashed, so that every context can hand one on.
//!
//! Never prints one: [`Password`] has no readable form.

use std::fmt;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization as _;

/// A password as somebody typed it, composed (NFKC) so that two keyboards mean the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Arc<str>);

/// Why a text cannot be a password. Never with the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Too short to be one.
    #[error("a password has at least {shortest} characters; this has {found}", shortest = Password::SHORTEST)]
    TooShort {
        /// Characters found.
        found: usize,
    },
    /// So long that hashing it would be work for nothing.
    #[error("a password has at most {longest} characters", longest = Password::LONGEST)]
    TooLong,
    /// A character that some keyboards cannot type and some forms cut off.
    #[error("a password has no control characters such as line breaks")]
    ControlCharacter,
}

impl Password {
    /// Fewest characters of a new password.
    pub const SHORTEST: usize = 8;
    /// Most characters.
    pub const LONGEST: usize = 128;

    /// A new password: within its bounds. How guessable it is, identity judges.
    pub fn new(text: &str) -> Result<Self, PasswordFault> {
        let password = Self::given(text).ok_or(PasswordFault::TooLong)?;
        let found = password.0.chars().count();
        if found < Self::SHORTEST {
            return Err(PasswordFault::TooShort { found });
        }
        if found > Self::LONGEST {
            return Err(PasswordFault::TooLong);
        }
        if password.0.chars().any(char::is_control) {
            return Err(PasswordFault::ControlCharacter);
        }
        Ok(password)
    }

    /// A password as it is given at a log-in: whatever it is, unless it is so long that it can be nobody's.
    #[must_use]
    pub fn given(text: &str) -> Option<Self> {
        // A character has at most four bytes, and composing makes none of them longer than three times that.
        if text.len() > Self::LONGEST * 4 {
            return None;
        }
        let composed: String = text.nfkc().collect();
        (composed.len() <= Self::LONGEST * 16).then(|| Self(composed.into()))
    }

    /// A password that is nobody's.
    #[must_use]
    pub fn nobodys() -> Self {
        Self("".into())
    }

    /// The text, for whoever hashes or judges it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The text in bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_counted_in_characters_and_bounded() {
        assert!(Password::new(&"й".repeat(8)).is_ok());
        assert!(Password::new(&"🦉".repeat(128)).is_ok());
        assert_eq!(
            Password::new("seven77"),
            Err(PasswordFault::TooShort { found: 7 })
        );
        assert_eq!(Password::new(&"x".repeat(129)), Err(PasswordFault::TooLong));
        assert_eq!(
            Password::new(&"x".repeat(1_000_000)),
            Err(PasswordFault::TooLong)
        );
        assert_eq!(
            Password::new("line\nbreak1"),
            Err(PasswordFault::ControlCharacter)
        );
    }

    #[test]
    fn two_spellings_of_one_password_are_one_and_none_is_printed() {
        let (composed, apart) = ("caf\u{e9} au lait", "cafe\u{301} au lait");
        assert_eq!(Password::given(composed), Password::given(apart));
        assert_eq!(
            format!("{:?}", Password::new(composed).unwrap()),
            "Password([redacted])"
        );
    }

    #[test]
    fn a_text_that_grows_when_it_is_composed_stays_bounded() {
        // One character of three bytes that becomes eighteen characters.
        assert_eq!(
            Password::new(&"\u{fdfa}".repeat(128)),
            Err(PasswordFault::TooLong)
        );
    }
}
