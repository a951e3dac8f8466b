//! What no committed text may hold: paths of one machine and hosts of package registries.
//! Never looks into lock files, which other tools write.

use crate::violation::{Rule, Violation};

/// Written in halves, so that this file passes its own rule.
const PLACES: [&str; 5] = [
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!("/tmp/", "wt/"),
];
const REGISTRIES: [&str; 4] = [
    concat!("crates", ".io"),
    concat!("pypi", ".org"),
    concat!("npmjs", ".org"),
    concat!("npmjs", ".com"),
];

/// Checks any text file.
#[must_use]
pub fn check_text(path: &str, text: &str) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut report = |line, message| {
        found.push(Violation {
            file: path.to_owned(),
            line,
            rule: Rule::MachinePath,
            message,
        });
    };
    for (index, line) in text.lines().enumerate() {
        if let Some(place) = PLACES.iter().find(|place| starts_a_path(line, place)) {
            report(
                index + 1,
                format!(
                    "`{place}…` exists on one machine: use a relative path, a temporary directory or a setting"
                ),
            );
        }
        if let Some(host) = REGISTRIES.iter().find(|host| line.contains(**host)) {
            report(
                index + 1,
                format!(
                    "`{host}` is a registry's host: leave the choice of registry to the tool's settings"
                ),
            );
        }
    }
    found
}

/// Whether `place` begins an absolute path in the line, and is not the middle of a longer one.
fn starts_a_path(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        before
            .is_none_or(|character| !character.is_alphanumeric() && !"/.-_}$~".contains(character))
    })
}
