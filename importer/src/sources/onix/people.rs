//! Who wrote a product. Translators, illustrators and editors are not authors.

use super::super::book::{forename_first, squeezed};
use crate::xml::Node;

/// By, with, created by, from an idea by, as told by.
const AUTHORS: [&str; 6] = ["A01", "A02", "A09", "A10", "A13", "A38"];

/// Authors in the order of their sequence numbers.
pub(super) fn authors(detail: &Node) -> Vec<String> {
    let mut contributors: Vec<(u32, String)> = detail
        .all("contributor")
        .filter(|person| {
            person
                .all("contributorrole")
                .any(|role| AUTHORS.contains(&role.text().trim()))
        })
        .filter_map(|person| {
            let place = person
                .text_in("sequencenumber")
                .and_then(|place| place.parse().ok());
            Some((place.unwrap_or(u32::MAX), person_name(person)?))
        })
        .collect();
    contributors.sort_by_key(|(place, _)| *place);
    let mut names: Vec<String> = Vec::new();
    for (_, name) in contributors {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn person_name(person: &Node) -> Option<String> {
    let whole = person.text_in("personname").map(|name| squeezed(&name));
    let parts = || {
        let key = person.text_in("keynames")?;
        let before = person.text_in("namesbeforekey").unwrap_or_default();
        Some(squeezed(&format!("{before} {key}")))
    };
    let inverted = || {
        person
            .text_in("personnameinverted")
            .map(|name| forename_first(&name))
    };
    whole
        .or_else(inverted)
        .or_else(parts)
        .or_else(|| person.text_in("corporatename"))
}
