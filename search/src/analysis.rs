//! Text as words that compare: accents and case folded, every script, CJK as pairs of characters.
//!
//! Never stems and never drops a word: titles are made of small words ("It", "We", "The Who").

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Words that one text gives at most; the rest is not looked at.
pub(crate) const MAX_WORDS: usize = 256;

/// Characters that one word keeps at most.
const MAX_WORD_CHARS: usize = 40;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The folded word, as it is indexed.
    pub text: String,
    /// Where it stands in the original, in bytes.
    pub range: Range<usize>,
}

/// The words of a text, folded, in order.
#[must_use]
pub fn words(text: &str) -> Vec<Word> {
    let mut reader = Reader::default();
    for (at, letter) in text.char_indices() {
        if reader.out.len() >= MAX_WORDS {
            break;
        }
        reader.take(at, letter);
    }
    reader.end();
    reader.out.truncate(MAX_WORDS);
    reader.out
}

/// The words of a text, joined by single spaces.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in words(text) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(&word.text);
    }
    folded
}

#[derive(Default)]
struct Reader {
    out: Vec<Word>,
    word: String,
    length: usize,
    start: usize,
    end: usize,
    run: Vec<(char, usize, usize)>,
}

impl Reader {
    fn take(&mut self, at: usize, letter: char) {
        let end = at + letter.len_utf8();
        // The usual letters need no tables.
        if letter.is_ascii() {
            match letter {
                'a'..='z' | '0'..='9' => self.letter(letter, at, end),
                'A'..='Z' => self.letter(letter.to_ascii_lowercase(), at, end),
                '\'' => self.joint(end),
                _ => self.end(),
            }
            return;
        }
        if matches!(
            letter,
            '\u{2019}' | '\u{2018}' | '\u{02bc}' | '\u{05f3}' | '\u{05f4}'
        ) {
            self.joint(end);
            return;
        }
        for part in std::iter::once(letter).nfkd() {
            if is_combining_mark(part) {
                self.joint(end);
            } else if pairs_up(part) {
                self.end_word();
                self.run.push((part, at, end));
            } else if part.is_alphanumeric() {
                for low in part.to_lowercase() {
                    for plain in spelled(low).chars() {
                        self.letter(plain, at, end);
                    }
                }
            } else {
                self.end();
            }
        }
    }

    fn letter(&mut self, letter: char, at: usize, end: usize) {
        self.end_run();
        if self.word.is_empty() {
            self.start = at;
        }
        self.end = end;
        if self.length < MAX_WORD_CHARS {
            self.word.push(letter);
            self.length += 1;
        }
    }

    /// An accent or an apostrophe: belongs to the word before it, if there is one.
    fn joint(&mut self, end: usize) {
        if !self.word.is_empty() {
            self.end = end;
        }
    }

    fn end(&mut self) {
        self.end_word();
        self.end_run();
    }

    fn end_word(&mut self) {
        if !self.word.is_empty() {
            self.out.push(Word {
                text: std::mem::take(&mut self.word),
                range: self.start..self.end,
            });
            self.length = 0;
        }
    }

    /// A run of characters without spaces between words: every two neighbours are a word.
    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        if let [(only, start, end)] = run.as_slice() {
            self.out.push(Word {
                text: only.to_string(),
                range: *start..*end,
            });
        }
        for pair in run.windows(2) {
            if let [(first, start, _), (second, _, end)] = pair {
                self.out.push(Word {
                    text: [*first, *second].iter().collect(),
                    range: *start..*end,
                });
            }
        }
    }
}

/// Han, kana and hangul: scripts that are written without spaces, or (hangul) found better by pairs.
pub(crate) fn pairs_up(letter: char) -> bool {
    matches!(u32::from(letter),
        0x1100..=0x11ff | 0x2e80..=0x2fdf | 0x3005..=0x3007 | 0x3040..=0x30ff | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff | 0xac00..=0xd7af | 0xf900..=0xfaff | 0x20000..=0x323af)
}

/// Letters that decomposition leaves alone and people type otherwise.
fn spelled(letter: char) -> Spelled {
    let text = match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'ħ' => "h",
        'ς' => "σ",
        _ => return Spelled::Same(letter),
    };
    Spelled::As(text)
}

enum Spelled {
    Same(char),
    As(&'static str),
}

impl Spelled {
    fn chars(self) -> impl Iterator<Item = char> {
        let (same, text) = match self {
            Self::Same(letter) => (Some(letter), ""),
            Self::As(text) => (None, text),
        };
        same.into_iter().chain(text.chars())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_are_folded() {
        assert_eq!(
            fold("Les Misérables, ÉMILE Çelik"),
            "les miserables emile celik"
        );
        assert_eq!(fold("Straße Ærø Łódź Þór"), "strasse aero lodz thor");
    }

    #[test]
    fn an_apostrophe_joins_and_other_punctuation_parts() {
        assert_eq!(
            fold("Ender's Game: Rikki-Tikki’s"),
            "enders game rikki tikkis"
        );
    }

    #[test]
    fn cyrillic_greek_and_hebrew_lose_case_and_marks() {
        assert_eq!(fold("Война́ и Мир Ёлка"), "воина и мир елка");
        assert_eq!(fold("Ὀδύσσεια Ὅμηρος"), "οδυσσεια ομηροσ");
        assert_eq!(fold("שָׁלוֹם עולם"), "שלום עולם");
    }

    #[test]
    fn cjk_text_becomes_pairs_of_characters() {
        assert_eq!(fold("進撃の巨人 漫"), "進撃 撃の の巨 巨人 漫");
        assert_eq!(fold("ガンダム"), fold("ガンダム"));
    }

    #[test]
    fn a_word_knows_where_it_stood() {
        let text = "Les Misérables";
        let found = words(text);
        assert_eq!(&text[found[1].range.clone()], "Misérables");
    }

    #[test]
    fn an_endless_text_gives_a_bounded_number_of_bounded_words() {
        assert_eq!(words(&"a ".repeat(10_000)).len(), MAX_WORDS);
        assert_eq!(words(&"x".repeat(10_000))[0].text.len(), MAX_WORD_CHARS);
    }

    proptest::proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "[a-zA-ZäÖß' éñЖж0-9-]{0,60}") {
            let once = fold(&text);
            proptest::prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn every_range_lies_on_letters_of_the_text(text in ".{0,40}") {
            for word in words(&text) {
                proptest::prop_assert!(text.get(word.range).is_some());
            }
        }
    }
}
