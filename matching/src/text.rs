//! One plain form for texts that a reader would call the same: ASCII letters, lower case, no accents, no broken UTF-8.
//!
//! Never a form to show: what is folded has lost its script, its case and its marks.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

/// Mends, composes, transliterates and lowers; punctuation stays, since it tells a title from its subtitle.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let legible =
        |character: &char| *character != char::REPLACEMENT_CHARACTER && !character.is_control();
    let composed: String = mend(text).nfkc().filter(legible).collect();
    let mut plain = deunicode::deunicode_with_tofu(&composed, "");
    plain.make_ascii_lowercase();
    plain
}

/// Words with nothing between them but single spaces: `#` reads `no`, `&` reads `and`, `'94` reads `1994`.
pub(crate) fn spaced(folded: &str) -> String {
    let mut plain = String::with_capacity(folded.len() + 8);
    let mut rest = folded.chars();
    while let Some(character) = rest.next() {
        match character {
            '#' => plain.push_str(" no "),
            '&' => plain.push_str(" and "),
            '\'' | '`' => plain.push_str(century(rest.as_str())),
            other if other.is_ascii_alphanumeric() => plain.push(other),
            _ => plain.push(' '),
        }
    }
    plain
}

/// What an apostrophe before a year of two digits stands for; nothing for any other apostrophe.
fn century(rest: &str) -> &'static str {
    let mut next = rest.bytes();
    match (next.next(), next.next(), next.next()) {
        (Some(ten), Some(one), after)
            if ten.is_ascii_digit()
                && one.is_ascii_digit()
                && !after.is_some_and(|byte| byte.is_ascii_alphanumeric()) =>
        {
            if ten >= b'3' {
                " 19"
            } else {
                " 20"
            }
        }
        _ => "",
    }
}

/// The words of a text that is already `spaced`.
pub(crate) fn words(spaced: &str) -> impl Iterator<Item = &str> {
    spaced.split_ascii_whitespace()
}

/// FNV-1a: the keys are compared with each other and never kept, and nobody gains by a collision.
pub(crate) fn hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A word as a number; half of the hash is enough for the few words of a title.
pub(crate) fn word_id(word: &str) -> u32 {
    let hash = hash(word.bytes());
    u32::try_from((hash ^ (hash >> 32)) & u64::from(u32::MAX)).unwrap_or_default()
}

/// Repairs words whose UTF-8 was once read as Latin-1 or Windows-1252 (`BÃ¶hme`); leaves all others alone.
fn mend(text: &str) -> Cow<'_, str> {
    let suspect = |character| {
        matches!(
            character,
            'Ã' | 'Â' | 'Å' | 'Ä' | 'Ð' | 'Ñ' | 'â' | 'Č' | 'Ç'
        )
    };
    if !text.contains(suspect) {
        return Cow::Borrowed(text);
    }
    let mended = text.split_inclusive(' ').map(|word| {
        let bytes: Option<Vec<u8>> = word.chars().map(byte_of).collect();
        let read = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        read.map_or(Cow::Borrowed(word), Cow::Owned)
    });
    Cow::Owned(mended.collect())
}

/// The byte that Latin-1 or Windows-1252 would have read as this character.
fn byte_of(character: char) -> Option<u8> {
    const WINDOWS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let special = WINDOWS.iter().position(|known| *known == character);
    match special {
        Some(index) => u8::try_from(index + 0x80).ok(),
        None => u8::try_from(u32::from(character)).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_width_and_broken_utf8_fold_away() {
        assert_eq!(fold("Émile ＺＯＬＡ"), "emile zola");
        assert_eq!(fold("BÃ¶hme"), "bohme");
        assert_eq!(fold("Ночной дозор"), "nochnoi dozor");
        assert_eq!(fold("No\u{fffd}l"), "nol");
    }

    #[test]
    fn a_word_that_was_never_broken_is_not_mended() {
        assert_eq!(fold("Ärzte in Ängsten"), "arzte in angsten");
        assert_eq!(fold("PÃ©rez & Ñandú"), "perez & nandu");
    }

    #[test]
    fn a_year_of_two_digits_gets_its_century_and_other_apostrophes_vanish() {
        let read = |text: &str| words(&spaced(text)).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(
            read("issac '94: the duke's #3"),
            ["issac", "1994", "the", "dukes", "no", "3"]
        );
        assert_eq!(read("computing '09"), ["computing", "2009"]);
    }
}
