//! The sets of MARC-8 with one byte a character, as the Library of Congress publishes them, each in its lower half.
//!
//! Facts in a compact form: runs of characters from a byte on. Bytes between the runs stand for nothing. Never holds the
//! East Asian set, which is the crate's.

use unicode_normalization::char::is_combining_mark;

/// Where a run begins, and its characters.
type Runs = &'static [(u8, &'static str)];

/// A set of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    Ascii,
    Ansel,
    Hebrew,
    Arabic,
    MoreArabic,
    Cyrillic,
    MoreCyrillic,
    Greek,
    GreekSymbols,
    Subscript,
    Superscript,
    EastAsian,
}

impl Set {
    /// The set that the last byte of an escape sequence names.
    pub(super) const fn named(byte: u8) -> Option<Self> {
        Some(match byte {
            b'B' => Self::Ascii,
            b'E' => Self::Ansel,
            b'2' => Self::Hebrew,
            b'3' => Self::Arabic,
            b'4' => Self::MoreArabic,
            b'N' => Self::Cyrillic,
            b'Q' => Self::MoreCyrillic,
            b'S' => Self::Greek,
            b'g' => Self::GreekSymbols,
            b'b' => Self::Subscript,
            b'p' => Self::Superscript,
            b'1' => Self::EastAsian,
            _ => return None,
        })
    }

    /// The character of a byte, in either half, and whether it is a mark on the letter that follows.
    pub(super) fn sign(self, byte: u8) -> Option<(char, bool)> {
        let byte = byte & 0x7f;
        let runs = match self {
            Self::Ascii => return byte.is_ascii_graphic().then(|| (char::from(byte), false)),
            Self::Ansel => ANSEL,
            Self::Hebrew => HEBREW,
            Self::Arabic => ARABIC,
            Self::MoreArabic => MORE_ARABIC,
            Self::Cyrillic => CYRILLIC,
            Self::MoreCyrillic => MORE_CYRILLIC,
            Self::Greek => GREEK,
            Self::GreekSymbols => GREEK_SYMBOLS,
            Self::Subscript => SUBSCRIPT,
            Self::Superscript => SUPERSCRIPT,
            Self::EastAsian => return None,
        };
        let (first, signs) = runs.iter().rev().find(|(first, _)| *first <= byte)?;
        let sign = signs.chars().nth(usize::from(byte - first))?;
        Some((sign, is_combining_mark(sign)))
    }
}

/// Extended Latin.
const ANSEL: Runs = &[
    (0x21, "ŁØĐÞÆŒʹ·♭®\u{b1}ƠƯʼ"),
    (0x30, "ʻłøđþæœʺı\u{a3}ð"),
    (0x3c, "ơư"),
    (0x40, "\u{b0}ℓ℗©♯¿¡ß\u{20ac}"),
    (
        0x60,
        "\u{309}\u{300}\u{301}\u{302}\u{303}\u{304}\u{306}\u{307}\u{308}\u{30c}\u{30a}\u{fe20}\u{fe21}\u{315}\u{30b}\u{310}\u{327}\u{328}\u{323}\u{324}\u{325}\u{333}\u{332}\u{326}\u{31c}\u{32e}\u{fe22}\u{fe23}",
    ),
    (0x7e, "\u{313}"),
];

/// Basic Hebrew.
const HEBREW: Runs = &[
    (
        0x21,
        "!\u{5f4}#$%&\u{5f3}()*+,\u{5be}./0123456789:;<=>?\u{5b7}\u{5b8}\u{5b6}\u{5b5}\u{5b4}\u{5b9}\u{5bb}\u{5b0}\u{5b2}\u{5b3}\u{5b1}\u{5bc}\u{5bf}\u{5c1}\u{fb1e}",
    ),
    (0x5b, "["),
    (0x5d, "]"),
    (
        0x60,
        "\u{5d0}\u{5d1}\u{5d2}\u{5d3}\u{5d4}\u{5d5}\u{5d6}\u{5d7}\u{5d8}\u{5d9}\u{5da}\u{5db}\u{5dc}\u{5dd}\u{5de}\u{5df}\u{5e0}\u{5e1}\u{5e2}\u{5e3}\u{5e4}\u{5e5}\u{5e6}\u{5e7}\u{5e8}\u{5e9}\u{5ea}\u{5f0}\u{5f1}\u{5f2}",
    ),
];

/// Basic Arabic.
const ARABIC: Runs = &[
    (
        0x21,
        "!\"#$\u{66a}&'()\u{66d}+،-./\u{660}\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}\u{667}\u{668}\u{669}:\u{61b}<=>\u{61f}",
    ),
    (
        0x41,
        "\u{621}\u{622}\u{623}\u{624}\u{625}\u{626}\u{627}\u{628}\u{629}\u{62a}\u{62b}\u{62c}\u{62d}\u{62e}\u{62f}\u{630}\u{631}\u{632}\u{633}\u{634}\u{635}\u{636}\u{637}\u{638}\u{639}\u{63a}[",
    ),
    (0x5d, "]"),
    (
        0x60,
        "\u{640}\u{641}\u{642}\u{643}\u{644}\u{645}\u{646}\u{647}\u{648}\u{649}\u{64a}\u{64b}\u{64c}\u{64d}\u{64e}\u{64f}\u{650}\u{651}\u{652}\u{671}\u{670}",
    ),
    (0x78, "\u{66c}”“"),
];

/// Extended Arabic.
const MORE_ARABIC: Runs = &[
    (
        0x21,
        "\u{6fd}\u{672}\u{673}\u{679}\u{67a}\u{67b}\u{67c}\u{67d}\u{67e}\u{67f}\u{680}\u{681}\u{682}\u{683}\u{684}\u{685}\u{686}\u{6bf}\u{687}\u{688}\u{689}\u{68a}\u{68b}\u{68c}\u{68d}\u{68e}\u{68f}\u{690}\u{691}\u{692}\u{693}\u{694}\u{695}\u{696}\u{697}\u{698}\u{699}\u{69a}\u{69b}\u{69c}\u{6fa}\u{69d}\u{69e}\u{6fb}\u{69f}\u{6a0}\u{6fc}\u{6a1}\u{6a2}\u{6a3}\u{6a4}\u{6a5}\u{6a6}\u{6a7}\u{6a8}\u{6a9}\u{6aa}\u{6ab}\u{6ac}\u{6ad}\u{6ae}\u{6af}\u{6b0}\u{6b1}\u{6b2}\u{6b3}\u{6b4}\u{6b5}\u{6b6}\u{6b7}\u{6b8}\u{6ba}\u{6bb}\u{6bc}\u{6bd}\u{6b9}\u{6be}\u{6c0}\u{6c4}\u{6c5}\u{6c6}\u{6ca}\u{6cb}\u{6cd}\u{6ce}\u{6d0}\u{6d2}\u{6d3}",
    ),
    (0x7d, "\u{306}\u{30c}"),
];

/// Basic Cyrillic.
const CYRILLIC: Runs = &[(
    0x21,
    "!\"#$%&'()*+,-./0123456789:;<=>?юабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧ",
)];

/// Extended Cyrillic.
const MORE_CYRILLIC: Runs = &[
    (0x40, "ґђѓєёѕіїјљњћќўџ"),
    (0x50, "ѣѳѵѫ"),
    (0x5b, "["),
    (0x5d, "]"),
    (0x5f, "_ҐЂЃЄЁЅІЇЈЉЊЋЌЎЏЪѢѲѴѪ"),
];

/// Basic Greek.
const GREEK: Runs = &[
    (0x21, "\u{300}\u{301}\u{308}\u{342}\u{313}\u{314}\u{345}"),
    (0x30, "«»“”\u{374}\u{375}"),
    (0x3b, "\u{387}"),
    (0x3f, "\u{37e}"),
    (0x41, "ΑΒ"),
    (0x44, "ΓΔΕϚϜΖΗΘΙΚΛΜΝΞΟΠϞΡΣ"),
    (0x58, "ΤΥΦΧΨΩϠ"),
    (0x61, "αβϐγδεϛϝζηθικλμνξοπϟρσςτυφχψωϡ"),
];

/// Subscripts.
const SUBSCRIPT: Runs = &[(0x28, "₍₎"), (0x2b, "₊"), (0x2d, "₋"), (0x30, "₀₁₂₃₄₅₆₇₈₉")];

/// Superscripts.
const SUPERSCRIPT: Runs = &[(0x28, "⁽⁾"), (0x2b, "⁺"), (0x2d, "⁻"), (0x30, "⁰¹²³⁴⁵⁶⁷⁸⁹")];

/// Three Greek letters.
const GREEK_SYMBOLS: Runs = &[(0x61, "αβγ")];
