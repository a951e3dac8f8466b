//! Which parts of a text an answer marks because they fit what was typed.
//!
//! Works on the text that is shown, so marks can never tell of text that is not.

use std::ops::Range;

use crate::analysis::words;
use crate::expand::allowed;
use crate::parse::Question;
use crate::typo::Typo;

/// The parts that fit, in bytes, in order and apart from each other.
#[must_use]
pub fn marks(text: &str, question: &Question) -> Vec<Range<usize>> {
    let wanted: Vec<(&str, bool, Option<Typo>)> = question
        .asks
        .iter()
        .map(|ask| {
            let most = if ask.strict {
                0
            } else {
                allowed(ask.text.chars().count())
            };
            (
                ask.text.as_str(),
                ask.open,
                Typo::new(&ask.text, most, false).filter(|_| most > 0),
            )
        })
        .collect();
    let mut out: Vec<Range<usize>> = Vec::new();
    let found = words(text);
    // Typos are marked only where nothing fits as it was typed.
    for loose in [false, true] {
        for word in &found {
            let fits = wanted.iter().any(|(text, open, typo)| {
                let typed = word.text == *text || (*open && word.text.starts_with(text));
                typed
                    || (loose
                        && typo
                            .as_ref()
                            .is_some_and(|typo| typo.typos(word.text.as_bytes()).is_some()))
            });
            if fits {
                add(&mut out, word.range.clone());
            }
        }
        if !out.is_empty() {
            break;
        }
    }
    out
}

/// Pairs of characters overlap; their marks become one.
fn add(out: &mut Vec<Range<usize>>, range: Range<usize>) {
    match out.last_mut() {
        Some(last) if range.start < last.end => last.end = last.end.max(range.end),
        _ => out.push(range),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, query: &str) -> Vec<String> {
        let question = Question::parse(query).unwrap();
        marks(text, &question)
            .into_iter()
            .map(|range| text[range].to_owned())
            .collect()
    }

    #[test]
    fn words_are_marked_in_their_own_spelling() {
        assert_eq!(
            marked("Les Misérables", "miserables les "),
            ["Les", "Misérables"]
        );
        assert_eq!(marked("The Hunger Games", "hunger ga"), ["Hunger", "Games"]);
    }

    #[test]
    fn a_typo_is_marked_only_when_nothing_else_fits() {
        assert_eq!(marked("The Hunger Games", "hungr"), ["Hunger"]);
        assert_eq!(marked("Hunger and Hanger", "hunger "), ["Hunger"]);
    }

    #[test]
    fn neighbouring_pairs_are_one_mark() {
        assert_eq!(marked("進撃の巨人", "撃の巨 "), ["撃の巨"]);
    }
}
