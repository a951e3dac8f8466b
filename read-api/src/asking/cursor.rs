//! Where a list goes on, as an opaque text: which list, and the last entry that was shown.
//!
//! Never a secret and never trusted: whatever it says, it only chooses where in the asked list to start.

use accession_read_store::ListedEntry;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const VERSION: &str = "1";
/// Longer than any cursor of ours.
const LONGEST: usize = 2000;
const PARTS_END: char = '\0';

/// A place in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// Which index of which model, and which way.
    pub(crate) index: String,
    /// Sort text of the last entry.
    pub(crate) sort: String,
    /// Key of the last entry.
    pub(crate) key: String,
}

impl Cursor {
    /// The place right behind an entry of the list that a question is about.
    pub(crate) fn behind(question: String, entry: &ListedEntry) -> Self {
        Self {
            index: question,
            sort: entry.sort.clone(),
            key: entry.key.clone(),
        }
    }

    /// The text that a client sends back: base64url, safe in a query as it is.
    pub(crate) fn text(&self) -> String {
        let Self { index, sort, key } = self;
        URL_SAFE_NO_PAD.encode(format!("{VERSION}\0{index}\0{sort}\0{key}"))
    }

    /// Reads a text that we gave out, or says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let reason = "the cursor is not one that this server gave out: take `next_cursor` of the last page as it is, \
                      or leave it out to begin";
        if text.len() > LONGEST {
            return Err(reason);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| reason)?;
        let plain = String::from_utf8(bytes).map_err(|_| reason)?;
        let mut parts = plain.splitn(4, PARTS_END);
        let mut part = || parts.next().map(str::to_owned).ok_or(reason);
        if part()? != VERSION {
            return Err(reason);
        }
        let cursor = Self {
            index: part()?,
            sort: part()?,
            key: part()?,
        };
        if cursor.key.contains(PARTS_END) {
            return Err(reason);
        }
        Ok(cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_comes_back_as_it_went(index in "[a-z:>]{1,20}", sort in "[^\0]{0,60}", key in "[^\0]{1,40}") {
            let cursor = Cursor { index, sort, key };
            prop_assert_eq!(Cursor::parse(&cursor.text()), Ok(cursor));
        }

        #[test]
        fn no_text_makes_the_parser_fail_in_another_way(text in ".{0,200}") {
            let _ = Cursor::parse(&text);
        }
    }
}
