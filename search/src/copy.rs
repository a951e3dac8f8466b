//! What a copy of a library is found, filtered, sorted and counted by.
//!
//! Never a word or a filter without the library and the role in front that may see it.

use tantivy::TantivyDocument;
use tantivy::tokenizer::Token;

use crate::document::{add_tokens, halves, people_of, tokens, tokens_apart};
use crate::domain::scope;
use crate::entry::Entry;
use crate::room::Prose;
use crate::schema::Fields;

/// Parts what a word is of from where it is.
const PART: char = '\u{1f}';

/// What only a copy says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CopyFacts {
    /// The title that it is a copy of.
    pub title: u128,
    /// Whether it can be had, in one word.
    pub availability: String,
    /// Its library's words for it, as they are shown.
    pub tags: Vec<String>,
    /// What it is sorted under by author.
    pub sort_author: String,
    /// What filters may ask of it besides, as name and value; compared as they are.
    pub asked: Vec<(String, String)>,
    /// What it was made of, by names of whoever makes it: it is found again by them when one of these changes.
    pub made_of: Vec<String>,
}

/// What stands in front of the words of one field of a copy; nothing in front of those of all.
pub(crate) fn mark(within: Option<Prose>) -> String {
    match within {
        Some(Prose::Title) => format!("t{PART}"),
        Some(Prose::People) => format!("p{PART}"),
        _ => String::new(),
    }
}

/// The term by which what was made of something is found.
pub(crate) fn made_of(name: &str) -> String {
    format!("made/{name}")
}

/// Adds what copies have in other ways than titles.
pub(crate) fn add(document: &mut TantivyDocument, fields: Fields, entry: &Entry) {
    let names = std::iter::once(&entry.name).chain(&entry.other_names);
    let people = people_of(entry);
    let parts = [
        (None, tokens_apart(entry)),
        (Some(Prose::Title), tokens(&mut names.map(String::as_str))),
        (
            Some(Prose::People),
            tokens(&mut people.iter().map(String::as_str)),
        ),
    ];
    for place in &entry.reach {
        for (within, found) in &parts {
            let front = mark(*within) + &scope(place);
            add_tokens(document, fields.copy, in_front(&front, found));
        }
    }
    if let Some(facts) = &entry.copy {
        add_facts(document, fields, facts);
    }
}

fn in_front(front: &str, found: &[Token]) -> Vec<Token> {
    let mut found = found.to_vec();
    for token in &mut found {
        token.text.insert_str(0, front);
    }
    found
}

fn add_facts(document: &mut TantivyDocument, fields: Fields, facts: &CopyFacts) {
    let [high, low] = halves(facts.title);
    document.add_u64(fields.copy_of_high, high);
    document.add_u64(fields.copy_of_low, low);
    document.add_text(fields.sort_author, &facts.sort_author);
    document.add_text(fields.availability, &facts.availability);
    for tag in &facts.tags {
        document.add_text(fields.label, tag);
    }
    for name in &facts.made_of {
        document.add_text(fields.name, made_of(name));
    }
}
