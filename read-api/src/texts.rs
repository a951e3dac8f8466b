//! The texts that people have to agree to, as they are now: whoever asks who they are is told which to agree to anew.
//!
//! Never holds a text, and never refuses anybody for an old agreement.

/// The versions of the texts as they are now; of one without a version whatever was agreed to is good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CurrentTexts {
    /// Of the privacy notice.
    pub privacy: Option<String>,
    /// Of the terms of use.
    pub terms: Option<String>,
}

impl CurrentTexts {
    /// Which of the texts, by name, have another version now than somebody agreed to.
    #[must_use]
    pub fn outdated(&self, privacy: &str, terms: &str) -> Vec<&'static str> {
        let other =
            |now: &Option<String>, agreed: &str| now.as_ref().is_some_and(|now| now != agreed);
        let privacy = other(&self.privacy, privacy).then_some("privacy");
        let terms = other(&self.terms, terms).then_some("terms");
        privacy.into_iter().chain(terms).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_version_than_the_one_of_now_is_outdated() {
        assert_eq!(CurrentTexts::default().outdated("1", "1"), [""; 0]);
        let now = CurrentTexts {
            privacy: Some("2".into()),
            terms: Some("1".into()),
        };
        assert_eq!(now.outdated("1", "1"), ["privacy"]);
        assert_eq!(now.outdated("2", "0"), ["terms"]);
    }
}
