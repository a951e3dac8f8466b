//! Whom a provider vouches for.
//!
//! Never more than the provider said: an address counts as verified only by the provider's own word.

use serde::{Deserialize, Serialize};

/// The longest subject that `OpenID` Connect allows, in bytes.
const LONGEST_SUBJECT: usize = 255;
const LONGEST_NAME: usize = 200;
const LONGEST_EMAIL: usize = 254;

/// A person as a provider knows them. `Debug` shows nothing of the person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vouched {
    /// The provider's own, unchanging id of the person.
    pub subject: String,
    /// The address that the provider has verified; none when it has not.
    pub verified_email: Option<String>,
    /// What the person is called there; a suggestion.
    pub name: Option<String>,
}

impl std::fmt::Debug for Vouched {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Vouched(…)")
    }
}

impl Vouched {
    /// None when the subject is not one.
    pub(crate) fn new(
        subject: &str,
        verified_email: Option<&str>,
        name: Option<&str>,
    ) -> Option<Self> {
        let good = !subject.is_empty()
            && subject.len() <= LONGEST_SUBJECT
            && subject
                .bytes()
                .all(|byte| byte.is_ascii_graphic() || byte == b' ');
        good.then(|| Self {
            subject: subject.to_owned(),
            verified_email: verified_email
                .filter(|email| email.len() <= LONGEST_EMAIL && email.contains('@'))
                .map(str::to_owned),
            name: name.and_then(tidy),
        })
    }
}

/// A name without control characters and surrounding space, at most as long as ours may be.
fn tidy(name: &str) -> Option<String> {
    let name: String = name
        .chars()
        .filter(|char| !char.is_control())
        .take(LONGEST_NAME)
        .collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_short_printable_ascii() {
        assert!(Vouched::new("248289761001", None, None).is_some());
        assert!(Vouched::new("", None, None).is_none());
        assert!(Vouched::new(&"x".repeat(256), None, None).is_none());
        assert!(Vouched::new("a\nb", None, None).is_none());
        assert!(Vouched::new("é", None, None).is_none());
    }

    #[test]
    fn a_name_is_a_suggestion_without_control_characters() {
        let vouched = Vouched::new("1", Some("no address"), Some(" Ana\r\nBcc: x ")).unwrap();
        assert_eq!(vouched.name.as_deref(), Some("AnaBcc: x"));
        assert_eq!(vouched.verified_email, None);
        assert!(
            Vouched::new("1", None, Some("\u{7}"))
                .unwrap()
                .name
                .is_none()
        );
    }
}
