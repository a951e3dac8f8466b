//! Fields that several routes read: addresses, names, passwords, tokens. All faults of a body are told at once.
//!
//! Never repeats a password, a token or an address in an error.

use std::fmt;

use accession_events::values::{EmailAddress, LanguageTag, PersonName, ShortText};
use accession_service::problem::{FieldError, Problem};
use serde::Deserialize;

use super::body::BodyDigest;
use crate::front_desk::Password;

/// A text that no log and no error may show.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The longest token that is looked up.
const LONGEST_TOKEN: usize = 200;

/// What is wrong with the fields of a body.
#[derive(Default)]
pub(crate) struct Faults(Vec<FieldError>);

impl Faults {
    /// The value, or a fault of this field.
    pub(crate) fn take<T>(
        &mut self,
        field: &str,
        code: &str,
        read: Result<T, impl fmt::Display>,
    ) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                self.0.push(FieldError::new(field, code, error.to_string()));
                None
            }
        }
    }

    /// An e-mail address.
    pub(crate) fn email(&mut self, field: &str, text: &str) -> Option<EmailAddress> {
        self.take(field, "bad_email", EmailAddress::parse(text))
    }

    /// A person's name.
    pub(crate) fn name(&mut self, field: &str, text: &str) -> Option<PersonName> {
        if let Some(turning) = text.chars().find(|character| turns_direction(*character)) {
            let fault = format!(
                "the name contains U+{:04X}, which turns the direction of a line; leave it out",
                u32::from(turning)
            );
            return self.take(field, "bad_name", Err(fault));
        }
        self.take(field, "bad_name", PersonName::parse(text))
    }

    /// A new password.
    pub(crate) fn password(&mut self, field: &str, text: &Secret) -> Option<Password> {
        self.take(field, "bad_password", Password::new(&text.0))
    }

    /// A language.
    pub(crate) fn language(&mut self, field: &str, text: &str) -> Option<LanguageTag> {
        self.take(field, "bad_language", LanguageTag::parse(text))
    }

    /// A short text.
    pub(crate) fn short(&mut self, field: &str, text: &str) -> Option<ShortText> {
        self.take(field, "bad_text", ShortText::parse(text))
    }

    /// The problem, when something is wrong. What is missing is then never looked at.
    pub(crate) fn problem(self) -> Problem {
        let first = self.0.first().map(|fault| fault.message.clone());
        let detail = first.unwrap_or_else(|| "the body is not acceptable".into());
        Problem::invalid(detail, self.0)
    }
}

/// A password as it is given to prove who somebody is; one that is too long is nobody's.
pub(crate) fn given(text: &Secret) -> Password {
    Password::given(&text.0).unwrap_or_else(Password::nobodys)
}

/// A token as it was mailed; whatever cannot be one is looked up as one that is not there.
pub(crate) fn token(text: &Secret) -> &str {
    if text.0.len() > LONGEST_TOKEN {
        ""
    } else {
        text.0.trim()
    }
}

/// The digest of a body without its secrets, so that what is kept under an idempotency key helps nobody to guess one.
pub(crate) fn digest_without_secrets(parts: &[&str]) -> BodyDigest {
    BodyDigest::of(parts.join("\u{0}").as_bytes())
}

/// Overrides, embeddings and isolates: with them a name can be shown as another.
const fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{61C}')
}
