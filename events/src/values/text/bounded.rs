//! Texts with a greatest length, trimmed, without control characters and without runs of blanks.
//!
//! Never cuts a text: one that is too long is refused with its length.

use std::sync::Arc;

use crate::values::canonical::canonical_text;

/// Why a text cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {what} {fault}; expected 1 to {longest} characters without control characters")]
pub struct TextError {
    /// What the text was to be, in words.
    pub what: &'static str,
    /// What is wrong with it.
    pub fault: TextFault,
    /// The greatest length, in characters.
    pub longest: usize,
}

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Nothing is left without blanks.
    #[error("is empty")]
    Empty,
    /// More characters than the catalogue keeps.
    #[error("has {found} characters")]
    TooLong {
        /// How many characters there are.
        found: usize,
    },
    /// A character that no text for people holds.
    #[error("contains the control character U+{:04X} at character {at}", u32::from(*.character))]
    ControlCharacter {
        /// The character.
        character: char,
        /// Its place, counted in characters from 1.
        at: usize,
    },
}

/// Declares a bounded text: its name, what it is in words, its length and whether it keeps lines.
macro_rules! bounded_text {
    ($(#[$doc:meta])* $name:ident, $what:literal, $longest:literal, $layout:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The greatest length, in characters.
            pub const LONGEST: usize = $longest;

            /// Trims the text, makes runs of blanks one, and checks its length and characters.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                bounded(text, $longest, $layout)
                    .map(Self)
                    .map_err(|fault| TextError { what: $what, fault, longest: $longest })
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        canonical_text!($name, TextError, $what);
    };
}

bounded_text! {
    /// The name of a title, an edition or an episode: 1 to 500 characters on one line.
    TitleName, "title name", 500, Layout::OneLine
}
bounded_text! {
    /// A short text such as a genre, a publisher or a player: 1 to 200 characters on one line.
    ShortText, "short text", 200, Layout::OneLine
}
bounded_text! {
    /// The name of an author or another person: 1 to 200 characters on one line.
    PersonName, "person's name", 200, Layout::OneLine
}
bounded_text! {
    /// A description: 1 to 20,000 characters; line breaks stay.
    LongText, "long text", 20_000, Layout::Lines
}

/// Whether line breaks and tabs are part of the text or only blanks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    OneLine,
    Lines,
}

fn bounded(text: &str, longest: usize, layout: Layout) -> Result<Arc<str>, TextFault> {
    let trimmed = text.trim_matches(is_blank);
    if trimmed.is_empty() {
        return Err(TextFault::Empty);
    }
    let tidy: Arc<str> = if is_tidy(trimmed, layout) {
        trimmed.into()
    } else {
        tidied(text, trimmed, layout)?.into()
    };
    // Bytes bound characters from above, so counting is for long texts only.
    if tidy.len() > longest {
        let found = tidy.chars().count();
        if found > longest {
            return Err(TextFault::TooLong { found });
        }
    }
    Ok(tidy)
}

/// Whether nothing has to be replaced; most texts are tidy and are copied once.
fn is_tidy(text: &str, layout: Layout) -> bool {
    let mut after_blank = false;
    text.chars().all(|character| {
        let blank = character.is_whitespace();
        let kept = match layout {
            Layout::Lines => character == '\n' || character == '\t' || !character.is_control(),
            Layout::OneLine => {
                character == ' ' && !after_blank || !blank && !character.is_control()
            }
        };
        after_blank = blank;
        kept
    })
}

fn tidied(text: &str, trimmed: &str, layout: Layout) -> Result<String, TextFault> {
    let mut tidy = String::with_capacity(trimmed.len());
    let mut characters = trimmed.chars().peekable();
    while let Some(character) = characters.next() {
        match (layout, character) {
            (Layout::Lines, '\n' | '\t') => tidy.push(character),
            (Layout::Lines, '\r') => {
                characters.next_if_eq(&'\n');
                tidy.push('\n');
            }
            (Layout::OneLine, blank) if blank.is_whitespace() => {
                if !tidy.ends_with(' ') {
                    tidy.push(' ');
                }
            }
            (_, control) if control.is_control() => return Err(control_in(text, control)),
            _ => tidy.push(character),
        }
    }
    Ok(tidy)
}

fn control_in(text: &str, character: char) -> TextFault {
    let before = text.chars().take_while(|other| *other != character).count();
    TextFault::ControlCharacter {
        character,
        at: before + 1,
    }
}

/// What is nothing to the eye at either end: blanks and the marks of zero width that copying leaves.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_around_and_inside_become_single_spaces() {
        assert_eq!(
            TitleName::parse(" The \t Hunger\r\nGames\u{A0}\u{FEFF}")
                .unwrap()
                .as_str(),
            "The Hunger Games"
        );
        assert_eq!(
            TitleName::parse("攻殻機動隊\u{3000}新劇場版")
                .unwrap()
                .as_str(),
            "攻殻機動隊 新劇場版"
        );
    }

    #[test]
    fn control_characters_are_refused_with_their_place() {
        let error = TitleName::parse(" a\u{0}b").unwrap_err();
        assert_eq!(
            error.fault,
            TextFault::ControlCharacter {
                character: '\0',
                at: 3
            }
        );
        assert_eq!(
            error.to_string(),
            "the title name contains the control character U+0000 at character 3; expected 1 to 500 characters without control characters"
        );
        assert!(LongText::parse("a\u{1b}[31m").is_err());
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert!(TitleName::parse(&"й".repeat(500)).is_ok());
        let error = TitleName::parse(&"й".repeat(501)).unwrap_err();
        assert_eq!(error.fault, TextFault::TooLong { found: 501 });
        assert!(ShortText::parse(&"x".repeat(201)).is_err());
        assert!(PersonName::parse(&"x".repeat(200)).is_ok());
        assert!(LongText::parse(&"x".repeat(20_001)).is_err());
    }

    #[test]
    fn nothing_but_blanks_is_empty() {
        for text in ["", "  ", "\n\t", "\u{200B}\u{FEFF}"] {
            assert_eq!(
                TitleName::parse(text).unwrap_err().fault,
                TextFault::Empty,
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_description_keeps_its_lines() {
        assert_eq!(
            LongText::parse(" one\r\ntwo\rthree\n\n\tfour  five ")
                .unwrap()
                .as_str(),
            "one\ntwo\nthree\n\n\tfour  five"
        );
    }

    #[test]
    fn json_is_the_text_and_refuses_what_parse_refuses() {
        let title: TitleName = serde_json::from_str("\" Emma \"").unwrap();
        assert_eq!(serde_json::to_string(&title).unwrap(), "\"Emma\"");
        assert!(serde_json::from_str::<TitleName>("\"\"").is_err());
        assert!(serde_json::from_str::<TitleName>("1").is_err());
    }
}
