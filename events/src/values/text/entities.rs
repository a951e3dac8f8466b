//! HTML entities that providers leave in their texts, such as `Gintama&#039;`.
//!
//! Never applied by a value type: only an importer knows whether its source escapes.

use std::borrow::Cow;

/// The text with HTML entities as the characters they stand for; borrowed when there is none.
///
/// An entity nobody knows stays as it is written.
#[must_use]
pub fn decode_entities(text: &str) -> Cow<'_, str> {
    if text.contains('&') {
        html_escape::decode_html_entities(text)
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_and_numbered_entities_become_characters() {
        assert_eq!(decode_entities("Gintama&#039;"), "Gintama'");
        assert_eq!(
            decode_entities("Tom &amp; Jerry &eacute; &#x3042;"),
            "Tom & Jerry é あ"
        );
    }

    #[test]
    fn what_is_no_entity_stays() {
        for text in ["AT&T", "&nosuch;", "&#xD800;", "&", "Q&A;"] {
            assert_eq!(decode_entities(text), text);
        }
        assert!(matches!(decode_entities("plain"), Cow::Borrowed("plain")));
    }
}
