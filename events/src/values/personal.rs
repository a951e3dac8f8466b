//! Personal data in an event: sealed as it is stored, known once a reader has opened it, erased when its key is gone.
//!
//! Nothing here holds a key or opens a box; a value that is known is never what the log stores.

use serde::{Deserialize, Serialize};

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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    fn plain_text_is_not_personal_data() {
        assert!(serde_json::from_str::<Personal<String>>("\"Ana\"").is_err());
    }
}
