//! A title taken apart: what it is called, what stands behind it, its numbers, its kind, and the other names it answers to.
//!
//! Never decides whether a part is noise for good: a tail is kept and weighed, so that two different tails can speak.

use crate::numbers::{Counted, Numbers, take};
use crate::text::{fold, hash, spaced, words};
use crate::vocabulary::{Word, bag, is_article, is_series_talk, kinds};

/// Where a name of a title comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Before the colon, without article and numbers.
    Lead,
    /// The whole, without what stands in brackets.
    Whole,
    /// Another title of the same record.
    Other,
    /// Between slashes, or behind the colon: may be a name of its own, or a part of an omnibus.
    Part,
}

/// One name of a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Face {
    /// Of the letters without spaces.
    pub(crate) key: u64,
    pub(crate) text: String,
    pub(crate) role: Role,
}

/// A title, ready to be compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Title {
    /// The lead first.
    pub(crate) faces: Vec<Face>,
    pub(crate) all: Vec<Word>,
    pub(crate) lead: Vec<Word>,
    /// What stands behind the lead and is not talk of series and formats.
    pub(crate) tail: Vec<Word>,
    pub(crate) numbers: Numbers,
    pub(crate) kinds: u8,
    /// Letters and digits of the lead.
    pub(crate) letters: usize,
    /// Ends in dots: the source cut it off.
    pub(crate) cut: bool,
}

/// At most so many names a record: comparing is quadratic in them.
const FACES: usize = 6;

impl Title {
    /// Takes the main title apart and adds the others as further names.
    pub(crate) fn read<'a>(titles: impl IntoIterator<Item = &'a str>) -> Self {
        let mut titles = titles.into_iter();
        let mut title = Self::main(titles.next().unwrap_or_default());
        for other in titles {
            let mut numbers = Numbers::default();
            let other = Split::of(other);
            let text = lead_words(&spaced(&other.main()), &mut numbers);
            title.add(text, Role::Other);
        }
        title
    }

    fn main(text: &str) -> Self {
        let split = Split::of(text);
        let mut title = Self {
            cut: split.cut,
            ..Self::default()
        };
        let everything = spaced(&split.everything);
        title.all = bag(words(&everything));
        title.kinds = split.kinds();
        let mut segments = split.segments.iter();
        let lead = spaced(segments.next().map_or("", String::as_str));
        let lead = lead_words(&lead, &mut title.numbers);
        title.lead = bag(words(&lead));
        title.letters = lead.bytes().filter(u8::is_ascii_alphanumeric).count();
        let mut whole = lead.clone();
        title.add(lead, Role::Lead);
        let mut tail = Vec::new();
        // Behind the place in a series stands the name of the book: *Night Guild #6: Song of a King*.
        let role = if title.numbers.of(Counted::Volume).next().is_some() {
            Role::Other
        } else {
            Role::Part
        };
        for segment in segments {
            title.behind(segment, role, &mut whole, &mut tail);
        }
        for bracket in &split.brackets {
            let spaced = spaced(bracket);
            let found: Vec<&str> = words(&spaced).collect();
            take(&found, false, false, &mut title.numbers);
        }
        title.add(whole, Role::Whole);
        title.tail = bag(tail.iter().map(String::as_str));
        title
    }

    /// A segment behind the lead: its numbers, and its words when they say more than the series.
    fn behind(&mut self, segment: &str, role: Role, whole: &mut String, tail: &mut Vec<String>) {
        let spaced = spaced(segment);
        let found: Vec<&str> = words(&spaced).collect();
        let talk = is_series_talk(&found);
        let left = take(&found, !talk, false, &mut self.numbers);
        let numbered = left.len() < found.len();
        let joined = without_article(&left).join(" ");
        whole.push(' ');
        whole.push_str(&joined);
        let placed = numbered && left.len() < 3 && role == Role::Part;
        if !talk && !placed {
            tail.extend(left.iter().map(|word| (*word).to_owned()));
            self.add(joined, role);
        }
    }

    fn add(&mut self, text: String, role: Role) {
        let key = hash(text.bytes().filter(|byte| *byte != b' '));
        let known = self.faces.iter().any(|face| face.key == key);
        if !text.is_empty() && !known && self.faces.len() < FACES {
            self.faces.push(Face { key, text, role });
        }
    }
}

fn without_article<'a, 'b>(words: &'b [&'a str]) -> &'b [&'a str] {
    match words {
        [first, rest @ ..] if !rest.is_empty() && is_article(first) => rest,
        all => all,
    }
}

/// The lead without article and numbers; as it stands when nothing else would be left.
fn lead_words(spaced: &str, numbers: &mut Numbers) -> String {
    let found: Vec<&str> = words(spaced).collect();
    let found = without_article(&found);
    let left = take(found, true, true, numbers);
    if left.is_empty() {
        found.join(" ")
    } else {
        left.join(" ")
    }
}

/// A folded title cut at its punctuation.
struct Split {
    everything: String,
    segments: Vec<String>,
    brackets: Vec<String>,
    cut: bool,
}

impl Split {
    fn of(text: &str) -> Self {
        let folded = fold(text);
        let folded = folded.trim().trim_matches('"').trim();
        let cut = folded.ends_with("...");
        let (outside, brackets) = unbracketed(folded);
        let mut segments = segments(&outside);
        if let Some(lead) = segments.first_mut() {
            turn_round(lead);
        }
        Self {
            everything: folded.to_owned(),
            segments,
            brackets,
            cut,
        }
    }

    fn main(&self) -> String {
        self.segments.join(" ")
    }

    /// Kinds of the title itself, and those of the brackets that a series' name would not have.
    fn kinds(&self) -> u8 {
        let main = spaced(&self.main());
        let outside = kinds(&words(&main).collect::<Vec<_>>());
        let brackets = spaced(&self.brackets.join(" "));
        let inside = kinds(&words(&brackets).collect::<Vec<_>>());
        let parts = self.segments.len();
        let omnibus = u8::from(parts > 3 && self.everything.matches('/').count() > 1);
        outside | (inside & !1) | omnibus
    }
}

/// The text outside of brackets, and each bracket's.
fn unbracketed(text: &str) -> (String, Vec<String>) {
    let (mut outside, mut brackets) = (String::with_capacity(text.len()), Vec::new());
    let (mut inside, mut depth) = (String::new(), 0_usize);
    for character in text.chars() {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    brackets.push(std::mem::take(&mut inside));
                }
            }
            other if depth > 0 => inside.push(other),
            other => outside.push(other),
        }
    }
    if !inside.is_empty() {
        brackets.push(inside);
    }
    if outside.trim().is_empty() && !brackets.is_empty() {
        outside = brackets.remove(0);
    }
    (outside, brackets)
}

/// Cut at colons, slashes, equals signs, dashes between spaces, and full stops that end a sentence.
fn segments(text: &str) -> Vec<String> {
    let marked = text
        .replace(" - ", "\n")
        .replace("--", "\n")
        .replace("...", " ");
    let mut cut = String::with_capacity(marked.len());
    let mut letters = 0;
    let mut rest = marked.chars().peekable();
    while let Some(character) = rest.next() {
        let sentence = character == '.' && letters > 3 && rest.peek() == Some(&' ');
        let separator = sentence || matches!(character, ':' | '/' | '\\' | '=' | '|');
        cut.push(if separator { '\n' } else { character });
        letters = if character.is_ascii_alphanumeric() {
            letters + 1
        } else {
            0
        };
    }
    let parts = cut
        .split('\n')
        .map(str::trim)
        .filter(|part| part.bytes().any(|byte| byte.is_ascii_alphanumeric()));
    parts.map(str::to_owned).collect()
}

/// `lord of the rings, the` reads `the lord of the rings`.
fn turn_round(lead: &mut String) {
    let Some((before, article)) = lead.rsplit_once(", ") else {
        return;
    };
    if is_article(article.trim()) && article.trim() != "de" {
        *lead = format!("{} {before}", article.trim());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        Title::read([text])
            .faces
            .into_iter()
            .map(|face| face.text)
            .collect()
    }

    #[test]
    fn articles_brackets_series_and_numbers_leave_the_lead() {
        assert_eq!(
            names("The Hunger Games(Hunger Games (Quality))"),
            ["hunger games"]
        );
        assert_eq!(names("Lord of the Rings, The"), ["lord of the rings"]);
        assert_eq!(names("Kiss of Snow : Book 10")[0], "kiss of snow");
        assert_eq!(names("Th1rteen R3asons Why"), ["th1rteen r3asons why"]);
        assert_eq!(names("The 100"), ["100"]);
    }

    #[test]
    fn a_series_in_front_leaves_the_real_title_as_a_part() {
        let role = |text: &str| {
            let faces = Title::read([text]).faces;
            let face = faces
                .into_iter()
                .find(|face| face.text == "song of a demon king");
            face.map(|face| face.role)
        };
        let placed = role("Guild of Night #6: Song of a Demon King");
        assert_eq!(placed, Some(Role::Other));
        let plain = role("Guild of Night: Song of a Demon King");
        assert_eq!(plain, Some(Role::Part));
    }

    #[test]
    fn a_tail_of_series_talk_says_nothing_and_another_does() {
        assert!(
            Title::read(["Storm : A Night Prince Novel"])
                .tail
                .is_empty()
        );
        assert!(Title::read(["Storm : Number 4 in series"]).tail.is_empty());
        assert_eq!(Title::read(["Storm : sailing alone"]).tail.len(), 2);
        assert!(Title::read(["Some long title..."]).cut);
    }

    #[test]
    fn several_works_in_one_are_a_collection() {
        assert_eq!(Title::read(["A/B b/C c/D d"]).kinds, 1);
        assert_eq!(Title::read(["Pretties(Uglies Boxed Set)"]).kinds, 0);
    }
}
