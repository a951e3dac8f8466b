//! The readable name of a title in a URL: lowercase ASCII words, from any script.
//!
//! Never empty, never longer than 80 bytes, and never readable as a UUID, so that an address is either an id or a slug.

use std::sync::Arc;

use deunicode::deunicode_char;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::canonical::{canonical_text, excerpt};

/// The longest slug, in bytes.
const LONGEST: usize = 80;

/// What a slug starts with that has no word of its own, or that would otherwise look like a UUID.
const PREFIX: &str = "title-";

/// Lowercase ASCII words and digits joined by single hyphens.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(Arc<str>);

/// Why a text is not a slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// Nothing was given.
    #[error("the slug is empty: expected lowercase words such as `the-hunger-games`")]
    Empty,
    /// More than 80 bytes.
    #[error("`{text}` is not a slug: it has {found} bytes; expected at most 80")]
    TooLong {
        /// The start of what was given.
        text: String,
        /// How many bytes there are.
        found: usize,
    },
    /// Something other than `a`–`z`, `0`–`9` and single inner hyphens.
    #[error(
        "`{text}` is not a slug: expected a to z and 0 to 9 in words joined by single hyphens, such as `the-hunger-games`"
    )]
    BadCharacter {
        /// The start of what was given.
        text: String,
    },
    /// It would be taken for an id.
    #[error(
        "`{text}` is not a slug: it reads as a UUID, which names a title by id; put a word in front"
    )]
    LooksLikeAnId {
        /// What was given.
        text: String,
    },
}

impl Slug {
    /// Accepts a slug exactly as this type writes it, and nothing else.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        if text.is_empty() {
            return Err(SlugError::Empty);
        }
        if text.len() > LONGEST {
            return Err(SlugError::TooLong {
                text: excerpt(text),
                found: text.len(),
            });
        }
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if !text
            .split('-')
            .all(|word| !word.is_empty() && word.bytes().all(allowed))
        {
            return Err(SlugError::BadCharacter {
                text: excerpt(text),
            });
        }
        if looks_like_an_id(text) {
            return Err(SlugError::LooksLikeAnId {
                text: text.to_owned(),
            });
        }
        Ok(Self(text.into()))
    }

    /// The slug of a title in any script; a title without letters or digits gets `title-` and a short hash of itself.
    #[must_use]
    pub fn from_title(title: &str) -> Self {
        let mut words = transliterated(title);
        cut_at_word(&mut words, LONGEST);
        if words.is_empty() {
            return Self(hashed(title).into());
        }
        Self(guarded(words).into())
    }

    /// This slug with a number behind it, for a second title of the same name; still at most 80 bytes.
    #[must_use]
    pub fn with_suffix(&self, number: u32) -> Self {
        let suffix = format!("-{number}");
        let mut words = self.0.to_string();
        cut_at_word(&mut words, LONGEST.saturating_sub(suffix.len()));
        words.push_str(&suffix);
        Self(guarded(words).into())
    }

    /// The slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

canonical_text!(
    Slug,
    SlugError,
    "a slug as text, such as \"the-hunger-games\""
);

/// Lowercase ASCII words joined by hyphens, at least as much of them as a slug can hold.
fn transliterated(title: &str) -> String {
    let mut words = String::with_capacity(title.len().min(2 * LONGEST));
    let mut boundary = false;
    for character in title.chars() {
        // Enough to see whether the word at the limit goes on.
        if words.len() > LONGEST {
            break;
        }
        if character.is_ascii_alphanumeric() {
            push(&mut words, character, &mut boundary);
        } else if !is_apostrophe(character) {
            push_foreign(&mut words, character, &mut boundary);
        }
    }
    words
}

/// Appends what a character outside ASCII letters and digits sounds like; punctuation and symbols end a word.
fn push_foreign(words: &mut String, character: char, boundary: &mut bool) {
    let sound = if character.is_ascii() {
        None
    } else {
        deunicode_char(character)
    };
    match sound {
        // Combining marks and joiners are part of the word they stand in.
        Some("") => {}
        Some(sound) if character.is_alphanumeric() => {
            // An ideograph is a word of its own, which the table marks by a space behind its reading.
            *boundary |= sound.ends_with(' ');
            for ascii in sound.chars() {
                if ascii.is_ascii_alphanumeric() {
                    push(words, ascii, boundary);
                } else if !is_apostrophe(ascii) {
                    *boundary = true;
                }
            }
        }
        _ => *boundary = true,
    }
}

fn push(words: &mut String, ascii: char, boundary: &mut bool) {
    if std::mem::take(boundary) && !words.is_empty() {
        words.push('-');
    }
    words.push(ascii.to_ascii_lowercase());
}

fn is_apostrophe(character: char) -> bool {
    matches!(
        character,
        '\'' | '`' | '´' | '\u{2018}' | '\u{2019}' | '\u{02BC}' | '\u{02B9}' | '\u{FF07}'
    )
}

/// Shortens to at most `limit` bytes, at the end of a word if there is one.
fn cut_at_word(words: &mut String, limit: usize) {
    if words.len() <= limit {
        return;
    }
    let whole_words = words.get(..=limit).and_then(|head| head.rfind('-'));
    words.truncate(whole_words.unwrap_or(limit));
}

/// Puts a word in front of what would be taken for an id.
fn guarded(words: String) -> String {
    if looks_like_an_id(&words) {
        format!("{PREFIX}{words}")
    } else {
        words
    }
}

fn looks_like_an_id(text: &str) -> bool {
    matches!(text.len(), 32 | 36) && Uuid::try_parse(text).is_ok()
}

/// `title-` and the first 48 bits of the title's SHA-256: the same title always gets the same slug.
fn hashed(title: &str) -> String {
    let digest = Sha256::digest(title.trim().as_bytes());
    let head: Vec<u8> = digest.iter().copied().take(6).collect();
    format!("{PREFIX}{}", hex::encode(head))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slug(title: &str) -> String {
        Slug::from_title(title).to_string()
    }

    #[test]
    fn titles_of_every_script_become_words() {
        for (title, expected) in [
            (
                "The Hunger Games (The Hunger Games, #1)",
                "the-hunger-games-the-hunger-games-1",
            ),
            (
                "Harry Potter and the Sorcerer's Stone",
                "harry-potter-and-the-sorcerers-stone",
            ),
            ("Ender\u{2019}s Game", "enders-game"),
            ("Les Misérables", "les-miserables"),
            ("Les Mise\u{301}rables", "les-miserables"),
            ("Straße & Übung", "strasse-ubung"),
            ("Война и мир", "voina-i-mir"),
            ("Ὀδύσσεια", "odusseia"),
            ("ナルト", "naruto"),
            ("北京", "bei-jing"),
            ("Steins;Gate", "steins-gate"),
            ("Gintama°", "gintama"),
            ("½ Prince", "1-2-prince"),
            ("  --A__B--  ", "a-b"),
        ] {
            assert_eq!(slug(title), expected, "{title}");
        }
        for title in [
            "שלום",
            "ألف ليلة وليلة",
            "進撃の巨人",
            "해리 포터",
            "รามเกียรติ์",
            "महाभारत",
        ] {
            assert!(
                !slug(title).starts_with(PREFIX),
                "{title} became {}",
                slug(title)
            );
        }
    }

    #[test]
    fn titles_of_symbols_only_get_a_slug_that_stays_the_same() {
        for title in ["…", "°", "!!!", "🦄🦄", "", " ", "★"] {
            assert!(
                slug(title).starts_with(PREFIX),
                "{title} became {}",
                slug(title)
            );
            assert_eq!(slug(title), slug(&format!(" {title} ")));
        }
        assert_ne!(slug("…"), slug("°"));
        assert_eq!(slug("!!!"), "title-e84c538e7fe2");
    }

    #[test]
    fn long_titles_end_with_a_whole_word() {
        let long = slug(&"abcdefghi ".repeat(20));
        assert_eq!(long.len(), 79);
        assert!(long.ends_with("-abcdefghi"));
        assert_eq!(slug(&"a".repeat(500)), "a".repeat(80));
        assert_eq!(slug(&format!("{} b", "a".repeat(80))), "a".repeat(80));
    }

    #[test]
    fn a_slug_never_reads_as_an_id() {
        let id = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c";
        assert_eq!(slug(id), format!("title-{id}"));
        let simple = id.replace('-', "");
        assert_eq!(slug(&simple), format!("title-{simple}"));
        assert!(matches!(
            Slug::parse(id),
            Err(SlugError::LooksLikeAnId { .. })
        ));
        let almost = Slug::parse("abcdefab-cdef-abcd-efab-cd")
            .unwrap()
            .with_suffix(1_234_567_890);
        assert!(Uuid::try_parse(almost.as_str()).is_err());
        let head = Slug::parse("abcdefabcdefabcdefabcdefabcdef").unwrap();
        assert!(Uuid::try_parse(head.with_suffix(1).as_str()).is_err());
    }

    #[test]
    fn a_number_behind_a_long_slug_shortens_its_words() {
        let base = Slug::from_title(&"abcdefghi ".repeat(20));
        assert_eq!(base.with_suffix(1).as_str().len(), 71);
        assert!(
            Slug::from_title(&"a".repeat(90))
                .with_suffix(u32::MAX)
                .as_str()
                .len()
                == 80
        );
        assert_eq!(
            Slug::parse("emma").unwrap().with_suffix(2).as_str(),
            "emma-2"
        );
    }

    #[test]
    fn only_its_own_writing_is_a_slug() {
        assert_eq!(Slug::parse(""), Err(SlugError::Empty));
        for text in ["Emma", "-emma", "emma-", "em--ma", "em ma", "emmá", "em_ma"] {
            assert!(
                matches!(Slug::parse(text), Err(SlugError::BadCharacter { .. })),
                "{text}"
            );
        }
        assert!(matches!(
            Slug::parse(&"a".repeat(81)),
            Err(SlugError::TooLong { found: 81, .. })
        ));
        assert!(serde_json::from_str::<Slug>("\"Emma\"").is_err());
    }
}
