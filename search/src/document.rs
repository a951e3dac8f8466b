//! An entry as the fields of the index say it: words, whole titles, what filters ask, columns.
//!
//! Never decides how much anything counts.

use std::collections::BTreeSet;

use tantivy::TantivyDocument;
use tantivy::schema::Field;
use tantivy::tokenizer::{PreTokenizedString, Token};

use crate::analysis::{fold, words};
use crate::columns::Standing;
use crate::copy;
use crate::domain::{Domain, scope};
use crate::entry::{Entry, EntryKind};
use crate::isbn_form::isbn13;
use crate::names::{self, turns};
use crate::schema::{EDGE, Fields, HEAD};
use crate::similar::telling;
use crate::title_key::{aliases, bare_title, main_keys, parted};
use crate::writer::{name_of, parts_of};

/// Positions between two values of a field, so that no phrase runs from one into the next.
const GAP: usize = 8;

/// The document of an entry.
pub(crate) fn document(fields: Fields, entry: &Entry) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    let standing = Standing::of(entry);
    document.add_text(fields.name, name_of(entry.what, entry.id));
    if let Some(title) = entry.part_of {
        document.add_text(fields.name, parts_of(title));
    }
    match entry.what {
        EntryKind::Edition => {
            let tokens = tokens_apart(entry);
            add_tokens(&mut document, fields.edition, tokens);
        }
        EntryKind::Copy => copy::add(&mut document, fields, entry),
        EntryKind::Title | EntryKind::Person => {
            add_words(&mut document, fields, entry);
            add_keys(&mut document, fields, entry, standing);
        }
    }
    add_tags(&mut document, fields, entry);
    add_facets(&mut document, fields, entry);
    add_names(&mut document, fields, entry);
    let told = entry
        .about
        .iter()
        .filter(|_| entry.what == EntryKind::Title);
    for word in told.flat_map(|about| telling(about)) {
        document.add_text(fields.about, word);
    }
    let [high, low] = halves(entry.id);
    document.add_u64(fields.id_high, high);
    document.add_u64(fields.id_low, low);
    document.add_u64(fields.standing, standing.packed());
    document.add_u64(fields.added, entry.added);
    document.add_u64(fields.popularity, entry.popularity);
    if let Some(rating) = entry.rating {
        document.add_u64(fields.rating, u64::from(rating));
    }
    document.add_text(fields.sort_name, &entry.sort_name);
    if let Some(year) = entry.year {
        document.add_i64(fields.year, i64::from(year));
    }
    document
}

/// Upper and lower half of an id.
#[expect(clippy::cast_possible_truncation, reason = "each half of 128 bits")]
pub(crate) fn halves(id: u128) -> [u64; 2] {
    [(id >> 64) as u64, id as u64]
}

/// Words of what is found apart from titles, so that it crowds none of them out.
pub(crate) fn tokens_apart(entry: &Entry) -> Vec<Token> {
    let people = people_of(entry);
    let names = std::iter::once(&entry.name).chain(&entry.other_names);
    let texts = names.chain(&entry.more).chain(&people);
    tokens(&mut texts.map(String::as_str))
}

/// Names of people as they are looked for.
pub(crate) fn people_of(entry: &Entry) -> Vec<String> {
    let people = entry.people.iter();
    people.map(|name| with_initials(name)).collect()
}

/// Puts words into a field.
pub(crate) fn add_tokens(document: &mut TantivyDocument, field: Field, tokens: Vec<Token>) {
    if !tokens.is_empty() {
        let text = String::new();
        document.add_pre_tokenized_text(field, PreTokenizedString { text, tokens });
    }
}

fn add_words(document: &mut TantivyDocument, fields: Fields, entry: &Entry) {
    let bare = bare_title(&entry.name);
    let suffix = entry.name.get(bare.len()..).unwrap_or_default();
    let other = std::iter::once(suffix)
        .chain(entry.other_names.iter().map(String::as_str))
        .chain(entry.more.iter().map(String::as_str));
    let people = people_of(entry);
    let mut edges = BTreeSet::new();
    let mut add = |field, texts: &mut dyn Iterator<Item = &str>| {
        let tokens = tokens(texts);
        for token in &tokens {
            for (count, (at, letter)) in token.text.char_indices().enumerate().take(EDGE) {
                debug_assert!(count < EDGE);
                edges.extend(token.text.get(..at + letter.len_utf8()).map(str::to_owned));
            }
        }
        add_tokens(document, field, tokens);
    };
    add(fields.title, &mut std::iter::once(bare));
    add(fields.people, &mut people.iter().map(String::as_str));
    add(fields.other, &mut other.into_iter());
    for edge in edges {
        document.add_text(fields.edge, edge);
    }
}

/// Initials are also written in one word: `J.R.R. Tolkien` is found by `jrr tolkien`.
fn with_initials(name: &str) -> String {
    let found = words(name);
    let initials: String = found
        .iter()
        .take_while(|word| word.text.chars().count() == 1)
        .map(|word| word.text.as_str())
        .collect();
    if initials.chars().count() < 2 {
        return name.to_owned();
    }
    format!("{name} {initials}")
}

pub(crate) fn tokens(texts: &mut dyn Iterator<Item = &str>) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut position = 0;
    for text in texts {
        for word in words(text) {
            let written = text.get(word.range.clone()).unwrap_or_default();
            let parts = words(&parted(written));
            // `Ender's` is one word, and found by its parts as well.
            let parts = parts.into_iter().map(|part| part.text);
            let parts = parts.filter(|part| *part != word.text);
            for text in std::iter::once(word.text.clone()).chain(parts) {
                tokens.push(Token {
                    offset_from: word.range.start,
                    offset_to: word.range.end,
                    position,
                    text,
                    position_length: 1,
                });
            }
            position += 1;
        }
        position += GAP;
    }
    tokens
}

fn add_keys(document: &mut TantivyDocument, fields: Fields, entry: &Entry, standing: Standing) {
    let keys = main_keys(bare_title(&entry.name));
    let aliases = aliases(&entry.name, entry.other_names.iter().map(String::as_str));
    let mut heads = BTreeSet::new();
    for known in keys.iter().chain(&aliases) {
        for (at, letter) in known.char_indices().take(HEAD) {
            let head = known.get(..at + letter.len_utf8()).unwrap_or_default();
            heads.insert(format!("{}{head}", standing.drawer()));
        }
    }
    for key in &keys {
        document.add_text(fields.key, key);
    }
    for alias in &aliases {
        document.add_text(fields.alias, alias);
    }
    for head in heads {
        document.add_text(fields.head, head);
    }
}

/// What filters ask. That of editions and copies has in front where it is asked, so that it counts for nothing elsewhere.
fn add_tags(document: &mut TantivyDocument, fields: Fields, entry: &Entry) {
    let mut tag = |tag: String| document.add_text(fields.tag, tag);
    tag(format!("what:{}", entry.what.as_str()));
    if entry.reach.is_empty() {
        tag("reach:all".to_owned());
    }
    for place in &entry.reach {
        tag(format!("reach:{place}"));
    }
    let scopes: Vec<String> = match entry.what {
        EntryKind::Copy => entry.reach.iter().map(|place| scope(place)).collect(),
        what => vec![Domain::of_kind(what).tags()],
    };
    for scope in &scopes {
        for asked in asked_of(entry) {
            tag(format!("{scope}{asked}"));
        }
    }
}

fn asked_of(entry: &Entry) -> Vec<String> {
    let mut asked = vec![format!("kind:{}", fold(&entry.kind))];
    let mut add = |name: &str, value: &str| asked.push(format!("{name}:{value}"));
    for genre in &entry.genres {
        add("genre", &fold(genre));
    }
    for author in &entry.people {
        add("author", &fold(author));
    }
    for isbn in entry.isbns.iter().filter_map(|isbn| isbn13(isbn)) {
        add("isbn", &isbn);
    }
    if let Some(language) = entry.language.as_deref().map(str::to_lowercase) {
        add("language", &language);
        // `en` finds `en-gb`, too.
        if let Some((primary, _)) = language.split_once('-') {
            add("language", primary);
        }
    }
    if let Some(status) = &entry.status {
        add("status", &fold(status));
    }
    for (name, value) in entry.copy.iter().flat_map(|copy| &copy.asked) {
        add(name, value);
    }
    asked
}

/// Facets, as they are shown.
fn add_facets(document: &mut TantivyDocument, fields: Fields, entry: &Entry) {
    document.add_text(fields.kind, &entry.kind);
    for genre in &entry.genres {
        document.add_text(fields.genre, genre);
    }
    for author in &entry.people {
        document.add_text(fields.author, author);
    }
    if let Some(language) = &entry.language {
        document.add_text(fields.language, language.to_lowercase());
    }
    if let Some(status) = &entry.status {
        document.add_text(fields.status, status);
    }
}

/// Names that lists and suggestions tell: what only some may see must not be told to others by its genre or author.
fn add_names(document: &mut TantivyDocument, fields: Fields, entry: &Entry) {
    if entry.what != EntryKind::Title || !entry.reach.is_empty() {
        return;
    }
    for term in names::terms(entry) {
        document.add_text(fields.shelf, term);
    }
    for author in &entry.people {
        for turned in turns(author) {
            document.add_text(fields.person, format!("{turned}\u{1f}{author}"));
        }
    }
}
