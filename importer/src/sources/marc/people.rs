//! Who wrote it, from the headings of a MARC record. Translators, illustrators and editors are not authors.

use super::super::book::{forename_first, squeezed};
use super::words;
use crate::marc::{Field, MarcRecord};

/// What a heading may call somebody who wrote it, as a code or as a word.
const AUTHORS: [&str; 12] = [
    "aut",
    "author",
    "joint author",
    "co-author",
    "jt. auth",
    "joint author.",
    "cre",
    "creator",
    "verfasser",
    "verfasserin",
    "auteur",
    "drm",
];

/// Authors in order: the main heading, then further headings that name authors or nothing in particular.
pub(super) fn authors(record: &MarcRecord) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let main = record.all(&["100", "110", "111"]);
    let more = record
        .all(&["700", "710", "711"])
        .filter(|field| is_author(field));
    for name in main.chain(more).filter_map(name_of) {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// A further heading names another work when it has a title; a body is an author only when it is called one.
fn is_author(field: &Field) -> bool {
    if field.first('t').is_some() {
        return false;
    }
    let mut roles = field.each('4').chain(field.each('e')).peekable();
    if roles.peek().is_none() {
        return field.tag == "700";
    }
    roles.any(|role| {
        let role = role.trim_end_matches(['.', ',']).trim().to_lowercase();
        let role = role.rsplit('/').next().unwrap_or_default();
        AUTHORS.contains(&role)
    })
}

fn name_of(field: &Field) -> Option<String> {
    let name = words::name(field.first('a')?);
    let name = if field.tag.ends_with("00") {
        let number = field.first('b').map(words::name);
        // The first indicator says whether the family name comes first.
        let turned = if field.indicators.first() == Some(&'0') {
            squeezed(name)
        } else {
            forename_first(name)
        };
        number.map_or(turned.clone(), |number| format!("{turned} {number}"))
    } else {
        let parts = std::iter::once(name).chain(field.each('b').map(words::name));
        squeezed(&parts.collect::<Vec<_>>().join(", "))
    };
    Some(name).filter(|name| !name.is_empty())
}
