//! The texts that people have to agree to, as they are now, and what of an agreement is to other versions.
//!
//! Never decides what follows from it: whoever asks for an agreement refuses another version, nobody is shut out for an old one.

use accession_events::identity::Consents;
use accession_events::values::ShortText;

/// The versions of the texts as they are now; of one without a version whatever was agreed to is good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentVersions {
    /// Of the privacy notice.
    pub privacy: Option<ShortText>,
    /// Of the terms of use.
    pub terms: Option<ShortText>,
}

/// Which texts have another version now than somebody agreed to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outdated {
    /// The privacy notice.
    pub privacy: bool,
    /// The terms of use.
    pub terms: bool,
}

impl DocumentVersions {
    /// What of an agreement is not to the versions of now.
    #[must_use]
    pub fn outdated(&self, agreed: &Consents) -> Outdated {
        let other = |now: &Option<ShortText>, agreed: &ShortText| {
            now.as_ref().is_some_and(|now| now != agreed)
        };
        Outdated {
            privacy: other(&self.privacy, &agreed.privacy),
            terms: other(&self.terms, &agreed.terms),
        }
    }
}

impl Outdated {
    /// The texts by name, for an answer.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let privacy = self.privacy.then_some("privacy");
        let terms = self.terms.then_some("terms");
        privacy.into_iter().chain(terms).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> ShortText {
        ShortText::parse(text).unwrap()
    }

    #[test]
    fn an_agreement_is_outdated_when_the_operator_has_set_another_version() {
        let agreed = Consents {
            privacy: text("1"),
            terms: text("1"),
        };
        let unset = DocumentVersions::default();
        assert_eq!(unset.outdated(&agreed).names(), [""; 0]);
        let now = DocumentVersions {
            privacy: Some(text("1")),
            terms: Some(text("2")),
        };
        assert_eq!(now.outdated(&agreed).names(), ["terms"]);
    }
}
