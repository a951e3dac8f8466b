//! Words that say what a title is rather than which: articles, series talk, formats, and kinds of other works.
//!
//! Never a word taken from one row of the labelled pairs; these are the words of the trade.

use crate::text::word_id;

/// A kind of work made from another, or holding several; two titles of different kinds are not one work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Several works in one: boxed sets, omnibuses, collections.
    Collection = 1,
    /// About a work: guides, summaries, workbooks, companions.
    Companion = 2,
    /// A piece beside a work: epilogue, sampler, bonus chapters.
    Piece = 4,
    /// Told anew in another form: graphic novel, screenplay, abridgement.
    Adaptation = 8,
    /// Bound to a season or a date: Christmas specials, calendars.
    Occasion = 16,
}

/// Phrases of each kind, as words between spaces.
const KINDS: [(Kind, &[&str]); 5] = [
    (
        Kind::Collection,
        &[
            "boxed set",
            "box set",
            "boxset",
            "boxed",
            "omnibus",
            "collection",
            "complete series",
            "bundle",
            "complete works",
            "collected works",
            "trilogy set",
            "anthology",
            "3 in 1",
            "2 in 1",
            "complete set",
            "volume set",
            "book set",
            "sammelband",
            "sobranie",
        ],
    ),
    (
        Kind::Companion,
        &[
            "companion",
            "study guide",
            "workbook",
            "summary of",
            "a summary",
            "sparknotes",
            "cliffsnotes",
            "cliffs notes",
            "coloring book",
            "colouring book",
            "solutions manual",
            "teachers edition",
            "instructors",
            "students guide",
            "readers guide",
            "official guide",
            "unofficial",
            "trivia",
            "quiz",
            "parody",
            "analysis of",
            "making of",
            "art of",
            "behind the scenes",
            "lesson plans",
            "test bank",
        ],
    ),
    (
        Kind::Piece,
        &[
            "epilogue",
            "sampler",
            "excerpt",
            "preview",
            "bonus material",
            "bonus",
            "prequel",
            "deleted scenes",
            "first chapters",
            "short story",
            "outtakes",
            "extras",
        ],
    ),
    (
        Kind::Adaptation,
        &[
            "graphic novel",
            "manga",
            "screenplay",
            "playscript",
            "libretto",
            "abridged",
            "junior edition",
            "young readers",
            "for kids",
            "comic",
            "adaptation",
            "retold",
            "picture book",
            "read along",
        ],
    ),
    (
        Kind::Occasion,
        &["christmas", "halloween", "calendar", "holiday special"],
    ),
];

/// The kinds that a title's words name, as one bit each.
pub(crate) fn kinds(words: &[&str]) -> u8 {
    let named = |phrase: &str| {
        let mut wanted = phrase.split(' ');
        let first = wanted.next().unwrap_or_default();
        let rest: Vec<&str> = wanted.collect();
        let starts = words.iter().enumerate().filter(|(_, word)| **word == first);
        starts
            .map(|(at, _)| at)
            .any(|at| words.get(at + 1..).unwrap_or_default().starts_with(&rest))
    };
    let found = KINDS
        .iter()
        .filter(|(_, phrases)| phrases.iter().any(|phrase| named(phrase)));
    found.fold(0, |bits, (kind, _)| bits | *kind as u8)
}

/// Articles at the start of a title, in the languages of most catalogues.
pub(crate) fn is_article(word: &str) -> bool {
    matches!(
        word,
        "the"
            | "a"
            | "an"
            | "le"
            | "la"
            | "les"
            | "el"
            | "los"
            | "las"
            | "il"
            | "lo"
            | "der"
            | "die"
            | "das"
            | "ein"
            | "eine"
            | "un"
            | "une"
            | "una"
            | "de"
            | "het"
            | "een"
            | "os"
            | "as"
            | "o"
    )
}

/// Words that join others and carry little.
fn is_joint(word: &str) -> bool {
    is_article(word)
        || matches!(
            word,
            "of" | "and"
                | "in"
                | "on"
                | "to"
                | "for"
                | "with"
                | "by"
                | "from"
                | "at"
                | "its"
                | "is"
                | "und"
                | "von"
                | "im"
                | "y"
                | "del"
                | "du"
                | "des"
                | "et"
                | "e"
                | "da"
                | "do"
                | "i"
                | "v"
                | "na"
                | "s"
                | "or"
        )
}

/// How much a word says about which title it is: little for joints, more for long words.
pub(crate) fn weight(word: &str) -> f32 {
    match (is_joint(word), word.len()) {
        (true, _) => 0.2,
        (_, 0..=2) => 0.5,
        (_, 3) => 0.8,
        (_, 4 | 5) => 1.0,
        _ => 1.2,
    }
}

/// Whether a segment behind the title only places it in a series or names its format.
pub(crate) fn is_series_talk(words: &[&str]) -> bool {
    words.iter().any(|word| {
        matches!(
            *word,
            "series"
                | "saga"
                | "trilogy"
                | "novel"
                | "novels"
                | "cycle"
                | "chronicles"
                | "duet"
                | "quartet"
                | "mystery"
                | "mysteries"
                | "romance"
                | "thriller"
                | "novella"
                | "paperback"
                | "hardcover"
                | "ebook"
                | "edition"
                | "classics"
                | "serie"
                | "roman"
                | "bestseller"
                | "audiobook"
                | "unabridged"
                | "proceedings"
                | "papers"
                | "poems"
                | "stories"
                | "memoir"
        )
    })
}

/// A word as it is compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Word {
    pub(crate) id: u32,
    pub(crate) weight: f32,
}

/// The distinct words of a text in one order.
pub(crate) fn bag<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<Word> {
    let of = |word| Word {
        id: word_id(word),
        weight: weight(word),
    };
    let mut bag: Vec<Word> = words.into_iter().map(of).collect();
    bag.sort_unstable_by_key(|word| word.id);
    bag.dedup_by_key(|word| word.id);
    bag
}

/// What two bags weigh: what they share, the left one, the right one.
pub(crate) fn overlap(left: &[Word], right: &[Word]) -> (f32, f32, f32) {
    let sum = |words: &[Word]| words.iter().map(|word| word.weight).sum::<f32>();
    let mut shared = 0.0;
    let mut theirs = right.iter().peekable();
    for word in left {
        while theirs.next_if(|other| other.id < word.id).is_some() {}
        if theirs.next_if(|other| other.id == word.id).is_some() {
            shared += word.weight;
        }
    }
    (shared, sum(left), sum(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_from_phrases() {
        let of = |text: &str| kinds(&text.split(' ').collect::<Vec<_>>());
        assert_eq!(
            of("crossfire series 4 volume boxed set"),
            Kind::Collection as u8
        );
        assert_eq!(of("dune the graphic novel"), Kind::Adaptation as u8);
        assert_eq!(of("the making of the president"), Kind::Companion as u8);
        assert_eq!(of("dune"), 0);
    }

    #[test]
    fn overlap_weighs_what_both_have() {
        let (shared, left, right) =
            overlap(&bag(["night", "of", "wolves"]), &bag(["wolves", "night"]));
        assert!((shared - right).abs() < 1e-6);
        assert!((left - right - 0.2).abs() < 1e-6);
    }
}
