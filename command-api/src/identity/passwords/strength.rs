//! How guessable a password is, by `zxcvbn`, in words that help to choose a better one.
//!
//! Never asks for classes of characters: they make passwords harder to keep and not to guess.

use zxcvbn::Score;

use super::Password;

/// The least score that is taken: "safely unguessable", about 10^8 guesses.
const LEAST: Score = Score::Three;

/// Why a password is too easy to guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weakness {
    /// What is wrong and what would help, in sentences. Never with a part of the password.
    pub message: String,
}

/// Whether a password is too easy to guess for somebody who knows these words about its owner: name, address.
#[must_use]
pub fn weakness(password: &Password, about_owner: &[&str]) -> Option<Weakness> {
    let words: Vec<&str> = about_owner
        .iter()
        .flat_map(|text| text.split(|character: char| !character.is_alphanumeric()))
        .chain(about_owner.iter().copied())
        .chain(["accession"])
        .filter(|word| word.chars().count() > 2)
        .collect();
    let estimate = zxcvbn::zxcvbn(password.as_str(), &words);
    if estimate.score() >= LEAST {
        return None;
    }
    let mut sentences = vec!["this password is too easy to guess.".to_owned()];
    if let Some(feedback) = estimate.feedback() {
        sentences.extend(feedback.warning().map(|warning| warning.to_string()));
        sentences.extend(feedback.suggestions().iter().map(ToString::to_string));
    }
    if sentences.len() == 1 {
        sentences.push(
            "Several words that do not belong together are hard to guess and easy to keep.".into(),
        );
    }
    Some(Weakness {
        message: sentences.join(" "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weak(password: &str) -> Option<String> {
        let about = ["Ana Petrović", "ana.petrovic@example.org"];
        weakness(&Password::new(password).unwrap(), &about).map(|weakness| weakness.message)
    }

    #[test]
    fn a_common_password_is_refused_with_what_would_help() {
        let message = weak("password1").unwrap();
        assert!(
            message.contains("commonly used") || message.contains("common password"),
            "{message}"
        );
        assert!(message.contains("words"), "{message}");
        assert!(!message.contains("password1"), "{message}");
    }

    #[test]
    fn what_others_know_about_the_owner_is_no_password() {
        for password in [
            "petrović2",
            "ana.petrovic@example.org",
            "Petrovic1",
            "accession1",
        ] {
            assert!(weak(password).is_some(), "{password}");
        }
    }

    #[test]
    fn several_words_or_a_random_text_are_taken() {
        for password in [
            "correct horse battery",
            "vr4%Kq!z0pW",
            "лампа ёлка сорок шесть",
        ] {
            assert_eq!(weak(password), None, "{password}");
        }
    }
}
