//! MARC-8, the older way of MARC to write texts: one byte a character in sets that escape sequences choose, three bytes in
//! the East Asian set, and marks that stand before the letter they belong to.
//!
//! The East Asian table is that of the crate `mrrc`, all 15,739 entries of which agree with the published one. Its other
//! tables do not (Extended Latin, Hebrew, Arabic, Cyrillic and Greek are shifted or incomplete in 0.9.2), and its decoder
//! leaves marks in front of their letters, so neither is used. Never fails: what no set knows becomes `�`.

mod sets;

use mrrc::marc8_tables::get_eacc_character;
use unicode_normalization::UnicodeNormalization as _;

use sets::Set;

const ESCAPE: u8 = 0x1b;
const UNKNOWN: char = '\u{fffd}';

/// The text, and whether every byte of it was known.
pub(super) fn decode(bytes: &[u8]) -> (String, bool) {
    if bytes.iter().all(|byte| matches!(byte, 0x20..=0x7e)) {
        return (bytes.iter().map(|byte| char::from(*byte)).collect(), true);
    }
    let mut decoder = Decoder {
        low: Set::Ascii,
        high: Set::Ansel,
        text: String::with_capacity(bytes.len()),
        marks: Vec::new(),
        is_whole: true,
    };
    let mut rest = bytes;
    while let Some((first, behind)) = rest.split_first() {
        rest = if *first == ESCAPE {
            decoder.escape(behind)
        } else {
            decoder.character(*first, rest)
        };
    }
    // Marks without a letter stay at the end.
    let marks = std::mem::take(&mut decoder.marks);
    decoder.text.extend(marks);
    (decoder.text.nfc().collect(), decoder.is_whole)
}

struct Decoder {
    low: Set,
    high: Set,
    text: String,
    marks: Vec<char>,
    is_whole: bool,
}

impl Decoder {
    /// Reads what follows an escape; gives what is behind it.
    fn escape<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let (is_high, set, length) = match rest {
            [b's', ..] => (false, Some(Set::Ascii), 1),
            [b'g', ..] => (false, Some(Set::GreekSymbols), 1),
            [b'b', ..] => (false, Some(Set::Subscript), 1),
            [b'p', ..] => (false, Some(Set::Superscript), 1),
            [b'$', b')' | b'-', set, ..] | [b')' | b'-', b'!', set, ..] => {
                (true, Set::named(*set), 3)
            }
            [b'$' | b'(' | b',', b',' | b'(' | b'!', set, ..] => (false, Set::named(*set), 3),
            [b')' | b'-', set, ..] => (true, Set::named(*set), 2),
            [b'$' | b'(' | b',', set, ..] => (false, Set::named(*set), 2),
            _ => (false, None, 0),
        };
        match set {
            Some(set) if is_high => self.high = set,
            Some(set) => self.low = set,
            None => self.is_whole = false,
        }
        rest.get(length..).unwrap_or_default()
    }

    /// Reads the character that begins here; gives what is behind it.
    fn character<'a>(&mut self, byte: u8, rest: &'a [u8]) -> &'a [u8] {
        let behind = rest.get(1..).unwrap_or_default();
        match byte {
            // A blank is one in every set, and so are line ends; other controls say nothing here.
            b' ' | b'\t' | b'\n' | b'\r' => self.push(' ', false),
            0x8d => self.push('\u{200d}', false),
            0x8e => self.push('\u{200c}', false),
            0x00..=0x1f | 0x7f..=0x9f => {}
            _ => {
                let set = if byte < 0x80 { self.low } else { self.high };
                if set == Set::EastAsian {
                    return self.east_asian(rest);
                }
                self.single(byte, set);
            }
        }
        behind
    }

    fn single(&mut self, byte: u8, set: Set) {
        match set.sign(byte) {
            Some((sign, is_mark)) => self.push(sign, is_mark),
            None => self.unknown(),
        }
    }

    fn east_asian<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let Some(([one, two, three], behind)) = rest.split_first_chunk::<3>() else {
            self.unknown();
            return &[];
        };
        let key = [*one, *two, *three].map(|byte| u32::from(byte & 0x7f));
        let key = key.iter().fold(0, |key, byte| key << 8 | byte);
        let found = get_eacc_character(key);
        match found.and_then(|(code, is_mark)| char::from_u32(code).map(|sign| (sign, is_mark))) {
            Some((sign, is_mark)) => self.push(sign, is_mark),
            None => self.unknown(),
        }
        behind
    }

    fn push(&mut self, sign: char, is_mark: bool) {
        if is_mark {
            self.marks.push(sign);
            return;
        }
        self.text.push(sign);
        self.text.extend(self.marks.drain(..));
    }

    fn unknown(&mut self) {
        self.is_whole = false;
        self.push(UNKNOWN, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_come_before_their_letters_and_go_onto_them() {
        assert_eq!(
            decode(b"Caf\xe2e Mu\xe8uller"),
            ("Café Muüller".into(), true)
        );
        assert_eq!(decode(b"\xe3\xf2a"), ("ậ".into(), true));
    }

    #[test]
    fn escapes_choose_other_scripts_and_lead_back() {
        assert_eq!(
            decode(b"\x1b(NwOJNA\x1b(B ok"),
            ("Война ok".to_owned(), true)
        );
        let (hebrew, whole) = decode(b"\x1b(2ab\x1bs-x");
        assert!(
            whole && hebrew.starts_with('\u{5d1}') && hebrew.ends_with("-x"),
            "{hebrew}"
        );
        assert_eq!(decode(b"\x1bb2\x1bs").0, "₂");
    }

    #[test]
    fn east_asian_characters_take_three_bytes() {
        assert_eq!(decode(b"\x1b$1!0!\x1b(B"), ("一".into(), true));
    }

    #[test]
    fn what_no_set_knows_becomes_a_replacement_and_is_told() {
        assert_eq!(decode(b"a\xffb"), ("a\u{fffd}b".into(), false));
        assert!(!decode(b"\x1b$1!0").1);
        assert!(!decode(b"x\x1b").1);
    }
}
