//! A whole title as one term: what a reader types from its first letter on.
//!
//! Knows titles only; never looks at authors or ranks anything.

use crate::analysis::fold;

/// Characters of a title that its key keeps.
pub(crate) const MAX_KEY_CHARS: usize = 120;

/// The title without the series suffix that providers append: `Dune (Dune Chronicles, #1)` is `Dune`.
#[must_use]
pub fn bare_title(title: &str) -> &str {
    let title = title.trim_end();
    let Some(open) = title.rfind('(') else {
        return title;
    };
    let (before, suffix) = title.split_at(open);
    let series = suffix.ends_with(')') && suffix.contains('#');
    let before = before.trim_end();
    if series && !before.is_empty() {
        before
    } else {
        title
    }
}

/// The folded whole title, cut after some characters.
#[must_use]
pub fn title_key(title: &str) -> String {
    let mut key = fold(title);
    if let Some((cut, _)) = key.char_indices().nth(MAX_KEY_CHARS) {
        key.truncate(cut);
    }
    key
}

/// The main keys of a title: with apostrophes that join (`enders game`), and, if there are any, that part (`ender s game`).
pub(crate) fn main_keys(bare: &str) -> Vec<String> {
    let mut keys = vec![title_key(bare), title_key(&parted(bare))];
    keys.dedup();
    keys
}

/// The text with a space for each apostrophe.
pub(crate) fn parted(text: &str) -> String {
    text.replace(['\'', '\u{2019}', '\u{2018}', '\u{02bc}'], " ")
}

/// Other keys under which a title is known: with its suffix, without what follows a colon or a bracket.
pub(crate) fn aliases<'a>(name: &'a str, others: impl Iterator<Item = &'a str>) -> Vec<String> {
    let bare = bare_title(name);
    let mut keys = vec![title_key(name)];
    if let Some((head, _)) = bare.split_once([':', '(']) {
        keys.push(title_key(head));
    }
    keys.extend(others.map(title_key));
    let main = title_key(bare);
    keys.retain(|key| !key.is_empty() && *key != main);
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_suffix_is_no_part_of_the_title() {
        assert_eq!(
            bare_title("The Hunger Games (The Hunger Games, #1)"),
            "The Hunger Games"
        );
        assert_eq!(
            bare_title("I Am America (And So Can You!)"),
            "I Am America (And So Can You!)"
        );
        assert_eq!(bare_title("(#1)"), "(#1)");
    }

    #[test]
    fn a_title_is_known_by_what_stands_before_its_colon() {
        let keys = aliases("Sapiens: A Brief History", ["Kort historie"].into_iter());
        assert_eq!(keys, ["kort historie", "sapiens"]);
    }

    #[test]
    fn a_key_is_bounded() {
        assert_eq!(title_key(&"ab ".repeat(200)).chars().count(), MAX_KEY_CHARS);
    }
}
