//! Fields that several routes read: addresses, names, passwords, tokens. All faults of a body are told at once.
//!
//! Never repeats a password, a token or an address in an error.

use std::fmt;

use accession_events::identity::Consents;
use accession_events::values::{EmailAddress, LanguageTag, PersonName, ShortText};
use accession_service::problem::{FieldError, Problem};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

use super::body::BodyDigest;
use crate::front_desk::{DocumentVersions, Password};

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
        self.shown(field, "bad_name", text, PersonName::parse)
    }

    /// A text that others are shown and tell things by, such as a name: composed (NFC), and without what makes two look
    /// alike or one look like another.
    pub(crate) fn shown<T, E: fmt::Display>(
        &mut self,
        field: &str,
        code: &str,
        text: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = composed(text);
        if let Some(fault) = text.chars().find_map(deceives) {
            return self.take(field, code, Err(fault));
        }
        self.take(field, code, parse(&text))
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

    /// What somebody agrees to: of each text the version of now, where the operator has set one.
    pub(crate) fn consents(
        &mut self,
        now: &DocumentVersions,
        privacy: &str,
        terms: &str,
    ) -> Option<Consents> {
        let privacy = self.version("accepted_privacy_version", privacy, now.privacy.as_ref());
        let terms = self.version("accepted_terms_version", terms, now.terms.as_ref());
        let (privacy, terms) = (privacy?, terms?);
        Some(Consents { privacy, terms })
    }

    fn version(&mut self, field: &str, text: &str, now: Option<&ShortText>) -> Option<ShortText> {
        let agreed = self.short(field, text)?;
        match now {
            Some(now) if *now != agreed => {
                let now = now.as_str();
                let fault = format!("the version of now is `{now}`: read and agree to that one");
                self.take(field, "not_the_current_version", Err(fault))
            }
            _ => Some(agreed),
        }
    }

    /// Refuses when something is wrong.
    pub(crate) fn none(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(self.problem())
        }
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

/// A text as others are shown it: composed, and without what copying leaves around it.
pub(crate) fn composed(text: &str) -> String {
    text.trim_matches(is_left_by_copying).nfc().collect()
}

/// What is left around a text by copying it; nothing to the eye, and harmless there.
fn is_left_by_copying(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// What is wrong with a character of a text that others are shown.
fn deceives(character: char) -> Option<String> {
    let what = match character {
        // Overrides, embeddings, isolates and marks.
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{61C}' => {
            "turns the direction of a line"
        }
        // Joiners stay: Persian, the languages of India and many pictures are written with them.
        '\u{AD}'
        | '\u{180E}'
        | '\u{200B}'
        | '\u{2060}'..='\u{2064}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}' => "cannot be seen",
        _ => return None,
    };
    Some(format!(
        "the text contains U+{:04X}, which {what}; leave it out",
        u32::from(character)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Result<PersonName, ()> {
        Faults::default().name("name", text).ok_or(())
    }

    #[test]
    fn two_spellings_of_one_name_are_kept_alike() {
        let (composed, apart) = (name("Zo\u{eb}"), name("Zoe\u{308}"));
        assert_eq!(composed, apart);
        assert_eq!(name("\u{FEFF}Ana \u{200B}"), name("Ana"));
    }

    #[test]
    fn names_of_any_script_are_taken_with_the_joiners_that_they_are_written_with() {
        for text in [
            "محمد",
            "می\u{200C}خواهم",
            "क्\u{200D}ष",
            "👩\u{200D}🚀",
            "村上 春樹",
        ] {
            assert_eq!(name(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_makes_names_look_like_others_is_refused() {
        for deceiving in [
            '\u{202E}', '\u{2066}', '\u{200F}', '\u{61C}', '\u{200B}', '\u{2060}', '\u{AD}',
            '\u{FEFF}',
        ] {
            assert!(name(&format!("An{deceiving}a")).is_err(), "{deceiving:?}");
        }
    }

    #[test]
    fn no_name_has_a_second_line() {
        for text in [
            "Ana\r\nBcc: all@example.org",
            "Ana\nX",
            "Ana\u{2028}X",
            "Ana\u{85}X",
        ] {
            let name = name(text).unwrap();
            assert!(
                !name.as_str().contains(['\r', '\n', '\u{2028}', '\u{85}']),
                "{text:?}"
            );
        }
    }
}
