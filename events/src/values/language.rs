//! A language as a tag (`en`, `pt-BR`, `zh-Hant`), whichever of the library world's code lists named it.
//!
//! Never stores two spellings of one language: the shortest code wins, as BCP 47 asks.

use isolang::Language;

use super::canonical::{canonical_text, excerpt};

/// The longest tag: three letters, a script, a three-digit region.
const LONGEST: usize = 12;

/// A language, with script and region where they were given.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LanguageTag {
    /// ASCII, filled up with zero bytes; short enough to be copied and never allocated.
    ascii: [u8; LONGEST],
}

/// Why a text does not name a language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LanguageTagError {
    /// Nothing was given.
    #[error("the language is empty: expected a code such as `en`, `eng` or `pt-BR`")]
    Empty,
    /// The first part is on none of the code lists.
    #[error(
        "`{text}` does not name a language: `{code}` is no ISO 639 code; expected one such as `en`, `eng` or `pt-BR`"
    )]
    UnknownLanguage {
        /// The start of what was given.
        text: String,
        /// The part that was looked up.
        code: String,
    },
    /// A part after the language is neither script nor region.
    #[error(
        "`{text}` is not a language tag: `{part}` is neither a script of four letters nor a region of two letters or three digits; expected one such as `zh-Hant` or `pt-BR`"
    )]
    BadPart {
        /// The start of what was given.
        text: String,
        /// The part that does not fit.
        part: String,
    },
}

impl LanguageTag {
    /// Reads ISO 639-1, 639-2 (bibliographic and terminological) and 639-3 codes in any case,
    /// with an optional script and region after `-` or `_`.
    pub fn parse(text: &str) -> Result<Self, LanguageTagError> {
        let trimmed = text.trim();
        let mut parts = trimmed.split(['-', '_']);
        let code = parts.next().unwrap_or_default();
        if trimmed.is_empty() {
            return Err(LanguageTagError::Empty);
        }
        let language = shortest_code(code).ok_or_else(|| LanguageTagError::UnknownLanguage {
            text: excerpt(text),
            code: excerpt(code),
        })?;
        let mut tag = Tag::default();
        tag.push(language.bytes());
        let mut seen = Seen::Language;
        for part in parts {
            seen = seen.then(part).ok_or_else(|| LanguageTagError::BadPart {
                text: excerpt(text),
                part: excerpt(part),
            })?;
            tag.push([b'-']);
            tag.push(seen.cased(part));
        }
        Ok(Self { ascii: tag.ascii })
    }

    /// The canonical tag: lowercase language, title-case script, uppercase region.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let end = self
            .ascii
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(LONGEST);
        // Only ASCII is ever stored, so the default is unreachable.
        self.ascii
            .get(..end)
            .and_then(|ascii| std::str::from_utf8(ascii).ok())
            .unwrap_or_default()
    }

    /// The language without script and region.
    #[must_use]
    pub fn language(&self) -> &str {
        self.as_str().split('-').next().unwrap_or_default()
    }
}

canonical_text!(
    LanguageTag,
    LanguageTagError,
    "a language tag as text, such as \"en\" or \"pt-BR\""
);

/// A tag under construction.
#[derive(Default)]
struct Tag {
    ascii: [u8; LONGEST],
    length: usize,
}

impl Tag {
    fn push(&mut self, bytes: impl IntoIterator<Item = u8>) {
        for byte in bytes {
            if let Some(slot) = self.ascii.get_mut(self.length) {
                *slot = byte;
                self.length += 1;
            }
        }
    }
}

/// The last part that was read: parts come in this order, each at most once.
#[derive(Clone, Copy)]
enum Seen {
    Language,
    Script,
    Region,
}

impl Seen {
    fn then(self, part: &str) -> Option<Self> {
        let letters = part.bytes().all(|byte| byte.is_ascii_alphabetic());
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        match (self, part.len()) {
            (Self::Language, 4) if letters => Some(Self::Script),
            (Self::Language | Self::Script, 2) if letters => Some(Self::Region),
            (Self::Language | Self::Script, 3) if digits => Some(Self::Region),
            _ => None,
        }
    }

    fn cased(self, part: &str) -> impl Iterator<Item = u8> {
        part.bytes()
            .enumerate()
            .map(move |(index, byte)| match self {
                Self::Script if index > 0 => byte.to_ascii_lowercase(),
                Self::Language => byte.to_ascii_lowercase(),
                Self::Script | Self::Region => byte.to_ascii_uppercase(),
            })
    }
}

/// The two-letter code of a language if it has one, else its three-letter code.
fn shortest_code(code: &str) -> Option<&'static str> {
    let mut lower = [0u8; 3];
    let lower = lower.get_mut(..code.len())?;
    lower.copy_from_slice(code.as_bytes());
    lower.make_ascii_lowercase();
    let lower = std::str::from_utf8(lower).ok()?;
    if lower.len() == 2 {
        if lower == BIHARI.0 {
            return Some(BIHARI.0);
        }
        let current = renamed(lower).unwrap_or(lower);
        return Language::from_639_1(current)?.to_639_1();
    }
    if lower == BIHARI.1 {
        return Some(BIHARI.0);
    }
    let terminological = bibliographic(lower).unwrap_or(lower);
    if let Some(group) = COLLECTIVE.iter().find(|group| **group == terminological) {
        return Some(group);
    }
    let language = Language::from_639_3(terminological)?;
    Some(language.to_639_1().unwrap_or_else(|| language.to_639_3()))
}

/// The one group of languages that has a two-letter code.
const BIHARI: (&str, &str) = ("bh", "bih");

/// Two-letter codes that were withdrawn but live on in old records.
fn renamed(code: &str) -> Option<&'static str> {
    Some(match code {
        "in" => "id",
        "iw" => "he",
        "ji" => "yi",
        "jw" => "jv",
        "mo" => "ro",
        _ => return None,
    })
}

/// The ISO 639-2 codes whose bibliographic form differs from the terminological one, and three that were withdrawn.
fn bibliographic(code: &str) -> Option<&'static str> {
    Some(match code {
        "alb" => "sqi",
        "arm" => "hye",
        "baq" => "eus",
        "bur" => "mya",
        "chi" => "zho",
        "cze" => "ces",
        "dut" => "nld",
        "fre" => "fra",
        "geo" => "kat",
        "ger" => "deu",
        "gre" => "ell",
        "ice" => "isl",
        "mac" => "mkd",
        "mao" => "mri",
        "may" => "msa",
        "mol" | "rum" => "ron",
        "per" => "fas",
        "scc" => "srp",
        "scr" => "hrv",
        "slo" => "slk",
        "tib" => "bod",
        "wel" => "cym",
        _ => return None,
    })
}

/// ISO 639-2 codes for groups of languages, which ISO 639-3 does not list, and for what is no single language.
const COLLECTIVE: [&str; 69] = [
    "afa", "alg", "apa", "art", "ath", "aus", "bad", "bai", "bat", "ber", "bnt", "btk", "cai",
    "cau", "cel", "cmc", "cpe", "cpf", "cpp", "crp", "cus", "day", "dra", "fiu", "gem", "him",
    "ijo", "inc", "ine", "ira", "iro", "kar", "khi", "kro", "map", "mis", "mkh", "mno", "mul",
    "mun", "myn", "nah", "nai", "nic", "nub", "oto", "paa", "phi", "pra", "roa", "sai", "sal",
    "sem", "sgn", "sio", "sit", "sla", "smi", "son", "ssa", "tai", "tup", "tut", "und", "wak",
    "wen", "ypk", "znd", "zxx",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> String {
        LanguageTag::parse(text).map_or_else(|error| error.to_string(), |tag| tag.to_string())
    }

    #[test]
    fn every_code_list_gives_the_shortest_code() {
        for (code, expected) in [
            ("eng", "en"),
            ("EN", "en"),
            ("fre", "fr"),
            ("fra", "fr"),
            ("ger", "de"),
            ("deu", "de"),
            ("jpn", "ja"),
            ("per", "fa"),
            ("rum", "ro"),
            ("ara", "ar"),
            ("ind", "id"),
            ("spa", "es"),
            ("por", "pt"),
            ("pol", "pl"),
            ("nor", "no"),
            ("dan", "da"),
            ("fil", "fil"),
            ("ita", "it"),
            ("nl", "nl"),
            ("vie", "vi"),
            ("tur", "tr"),
            ("swe", "sv"),
            ("rus", "ru"),
            ("mul", "mul"),
            ("und", "und"),
            ("zxx", "zxx"),
            ("chi", "zh"),
            ("cmn", "cmn"),
            ("grc", "grc"),
            ("sla", "sla"),
            ("iw", "he"),
            ("scr", "hr"),
            ("wel", "cy"),
            ("nob", "nb"),
            ("hbs", "sh"),
        ] {
            assert_eq!(tag(code), expected, "{code}");
        }
    }

    #[test]
    fn script_and_region_get_their_case() {
        for (text, expected) in [
            ("en-us", "en-US"),
            ("EN_gb", "en-GB"),
            ("eng-CA", "en-CA"),
            ("zh-hant", "zh-Hant"),
            ("chi-HANT-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("yue-hant-419", "yue-Hant-419"),
            (" pt-br ", "pt-BR"),
        ] {
            assert_eq!(tag(text), expected, "{text}");
        }
        assert_eq!(LanguageTag::parse("chi-hant-tw").unwrap().language(), "zh");
    }

    #[test]
    fn nonsense_is_refused_with_the_part_that_is_wrong() {
        assert_eq!(LanguageTag::parse(" "), Err(LanguageTagError::Empty));
        for text in [
            "qqq", "xx", "e", "english", "日本", "12", "-en", "--", "en-",
        ] {
            assert!(LanguageTag::parse(text).is_err(), "{text}");
        }
        assert!(
            matches!(LanguageTag::parse("en-USA"), Err(LanguageTagError::BadPart { part, .. }) if part == "USA")
        );
        assert!(
            matches!(LanguageTag::parse("en-US-Latn"), Err(LanguageTagError::BadPart { part, .. }) if part == "Latn")
        );
    }

    #[test]
    fn every_code_there_is_leads_to_one_canonical_code() {
        let letters = || (b'a'..=b'z').map(char::from);
        let twos = letters().flat_map(|one| letters().map(move |two| format!("{one}{two}")));
        let threes = twos
            .clone()
            .flat_map(|two| letters().map(move |three| format!("{two}{three}")));
        let accepted = |codes: Vec<String>| -> Vec<LanguageTag> {
            codes
                .iter()
                .filter_map(|code| LanguageTag::parse(code).ok())
                .collect()
        };
        let (twos, threes) = (accepted(twos.collect()), accepted(threes.collect()));
        for tag in twos.iter().chain(&threes) {
            assert_eq!(LanguageTag::parse(tag.as_str()), Ok(*tag));
        }
        let mut short: Vec<_> = threes
            .iter()
            .filter(|tag| tag.as_str().len() == 2)
            .collect();
        short.sort_unstable();
        short.dedup();
        // Each of the 185 two-letter codes is what some three-letter code becomes; five more are old names.
        assert_eq!((short.len(), twos.len()), (185, 190));
        assert!(
            threes.len() > 7_900 && threes.len() < 8_100,
            "{}",
            threes.len()
        );
    }

    #[test]
    fn every_group_code_is_kept_as_it_is() {
        for group in COLLECTIVE {
            assert_eq!(tag(group), group);
        }
    }

    #[test]
    fn json_is_the_canonical_tag() {
        let tag: LanguageTag = serde_json::from_str("\"ENG-us\"").unwrap();
        assert_eq!(serde_json::to_string(&tag).unwrap(), "\"en-US\"");
        assert!(serde_json::from_str::<LanguageTag>("\"klingonish\"").is_err());
    }
}
