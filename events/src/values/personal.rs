//! Personal data in an event: sealed as it is stored, known once a reader has opened it, erased when its key is gone.
//!
//! Nothing here holds a key or opens a box; a value that is known is never what the log stores.

pub mod boxes;

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::ids::SubjectId;

/// A value that only the holder of its subject's key can read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedBox {
    /// Whom it is about; the key goes by this.
    pub subject: SubjectId,
    /// Nonce and ciphertext, base64url without padding.
    #[serde(rename = "box")]
    pub contents: String,
}

/// Personal data. Stored as [`Personal::Sealed`]; readers replace the box by what is in it before they look.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(untagged)]
pub enum Personal<T> {
    /// As it stands in the log.
    Sealed(SealedBox),
    /// Opened, for as long as somebody looks at it. Boxed in an object of its own, so that no text is taken for it.
    Known {
        /// What was in the box.
        known: T,
    },
    /// The key of its subject was destroyed: nobody will ever read it.
    Erased {
        /// Whom it was about.
        erased: SubjectId,
    },
}

impl<T> Personal<T> {
    /// What it says, when it was opened and is not erased.
    #[must_use]
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known { known } => Some(known),
            Self::Sealed(_) | Self::Erased { .. } => None,
        }
    }

    /// Whether its subject was erased.
    #[must_use]
    pub const fn is_erased(&self) -> bool {
        matches!(self, Self::Erased { .. })
    }
}

/// Never shows what is known: a value that is printed ends in a log.
impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sealed(sealed) => write!(f, "Sealed(of {})", sealed.subject),
            Self::Known { .. } => f.write_str("Known([redacted])"),
            Self::Erased { erased } => write!(f, "Erased({erased})"),
        }
    }
}

/// The keys of all forms. A box that could not be opened comes as `unreadable`, with the reason.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    Subject,
    Box,
    Known,
    Erased,
    Unreadable,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Personal<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PersonalVisitor(PhantomData))
    }
}

struct PersonalVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for PersonalVisitor<T> {
    type Value = Personal<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("personal data: a sealed box, what was in it, or that it is erased")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Personal<T>, A::Error> {
        let (mut subject, mut contents, mut read) = (None, None, None);
        while let Some(key) = map.next_key::<Key>()? {
            if read.is_some() {
                return Err(A::Error::custom("personal data has one form, not two"));
            }
            match key {
                Key::Subject => subject = Some(map.next_value()?),
                Key::Box => contents = Some(map.next_value()?),
                Key::Known => {
                    read = Some(Personal::Known {
                        known: map.next_value()?,
                    });
                }
                Key::Erased => {
                    read = Some(Personal::Erased {
                        erased: map.next_value()?,
                    });
                }
                Key::Unreadable => return Err(A::Error::custom(map.next_value::<String>()?)),
            }
        }
        match (read, subject, contents) {
            (Some(read), None, None) => Ok(read),
            (None, Some(subject), Some(contents)) => {
                Ok(Personal::Sealed(SealedBox { subject, contents }))
            }
            _ => Err(A::Error::custom("not a form of personal data")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBJECT: &str = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c";

    fn read(text: &str) -> Personal<String> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn each_form_is_told_from_the_others_and_written_as_it_was_read() {
        let sealed = format!(r#"{{"subject":"{SUBJECT}","box":"AAAA"}}"#);
        let erased = format!(r#"{{"erased":"{SUBJECT}"}}"#);
        let known = r#"{"known":"Ana"}"#;
        assert_eq!(read(known).known(), Some(&"Ana".to_owned()));
        assert_eq!(
            (read(&sealed).known(), read(&sealed).is_erased()),
            (None, false)
        );
        assert!(read(&erased).is_erased());
        for text in [&*sealed, &*erased, known] {
            assert_eq!(serde_json::to_string(&read(text)).unwrap(), text);
        }
    }

    #[test]
    fn plain_text_and_mixed_forms_are_not_personal_data() {
        let mixed = format!(r#"{{"known":"Ana","subject":"{SUBJECT}","box":"AAAA"}}"#);
        let half = format!(r#"{{"subject":"{SUBJECT}"}}"#);
        for text in ["\"Ana\"", "{}", &mixed, &half, r#"{"name":"Ana"}"#] {
            assert!(
                serde_json::from_str::<Personal<String>>(text).is_err(),
                "{text}"
            );
        }
    }

    #[test]
    fn a_box_that_could_not_be_opened_is_refused_with_the_reason() {
        let text = r#"{"unreadable":"it was moved"}"#;
        let error = serde_json::from_str::<Personal<String>>(text).unwrap_err();
        assert!(error.to_string().contains("it was moved"), "{error}");
    }

    #[test]
    fn what_is_known_is_not_printed() {
        let printed = format!("{:?}", read(r#"{"known":"Ana"}"#));
        assert!(!printed.contains("Ana"), "{printed}");
    }
}
