//! People as title pages and catalogues name them: *Eco, Umberto*, *U. Eco*, *edited by A. Eco and B. Eco*.
//!
//! Never says that two people are one; it says how well two names could be one person's.

use crate::edit::similarity;
use crate::text::{fold, hash, spaced, words};

/// One name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) surname: String,
    surname_key: u64,
    /// Given names and initials in order.
    given: Vec<String>,
    initials: String,
}

/// At most so many people of a record are compared.
const MOST: usize = 8;

/// The people of all statements of responsibility; several may stand in one.
pub(crate) fn people<'a>(statements: impl IntoIterator<Item = &'a str>) -> Vec<Person> {
    let mut found: Vec<Person> = Vec::new();
    for statement in statements {
        for name in names(&fold(statement)) {
            let Some(person) = Person::read(&name) else {
                continue;
            };
            if found.len() < MOST && !found.contains(&person) {
                found.push(person);
            }
        }
    }
    found
}

/// Cuts a statement into names, inverted ones still with their comma.
fn names(folded: &str) -> Vec<String> {
    let mut plain = without_brackets(folded);
    let listed = plain.contains('|');
    if !listed {
        plain = plain.replace(" and ", ";").replace(" & ", ";");
    }
    let mut found = Vec::new();
    for chunk in plain.split(['|', ';', ':', '/', '\n']) {
        let chunk = chunk.trim().trim_matches('"').trim();
        let pieces: Vec<&str> = chunk
            .split(',')
            .map(str::trim)
            .filter(|piece| is_name(piece))
            .collect();
        found.extend(joined(&pieces, listed));
    }
    found
}

/// What no name holds: nothing but digits (years of life), nothing at all.
fn is_name(piece: &str) -> bool {
    piece.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !matches!(
            piece,
            "jr" | "jr." | "sr" | "phd" | "md" | "et al." | "nan" | "none"
        )
}

/// Pairs surnames with given names where the comma stands between them.
fn joined(pieces: &[&str], listed: bool) -> Vec<String> {
    let alone = |piece: &str| words(&spaced(piece)).count() == 1;
    match pieces {
        [surname, given, ..] if listed => vec![format!("{surname}, {given}")],
        [surname, given] if alone(surname) || is_initials(given) => {
            vec![format!("{surname}, {given}")]
        }
        [_, _, _, _, ..]
            if pieces.len().is_multiple_of(2)
                && pieces.iter().step_by(2).all(|piece| alone(piece)) =>
        {
            let pairs = pieces.chunks(2).map(|pair| pair.join(", "));
            pairs.collect()
        }
        several => several.iter().map(|name| (*name).to_owned()).collect(),
    }
}

fn is_initials(given: &str) -> bool {
    words(&spaced(given)).all(|word| word.len() == 1)
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let keep = |character: char| {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                return ' ';
            }
            _ => {}
        }
        if depth > 0 { ' ' } else { character }
    };
    text.chars().map(keep).collect()
}

/// Words of a statement that are nobody's name.
fn is_role(word: &str) -> bool {
    matches!(
        word,
        "edited"
            | "by"
            | "editors"
            | "editor"
            | "eds"
            | "ed"
            | "edition"
            | "author"
            | "authors"
            | "translated"
            | "translator"
            | "illustrated"
            | "illustrator"
            | "with"
            | "lead"
            | "technical"
            | "editorial"
            | "written"
            | "dr"
            | "prof"
            | "sir"
            | "mr"
            | "mrs"
            | "others"
            | "et"
            | "al"
            | "introduction"
            | "foreword"
            | "narrator"
            | "contributor"
            | "from"
            | "the"
            | "of"
            | "compiled"
    )
}

impl Person {
    fn read(name: &str) -> Option<Self> {
        let (last, first) = name.split_once(',').unwrap_or(("", name));
        let parts = |text: &str| -> Vec<String> {
            let text = spaced(text);
            words(&text)
                .filter(|word| {
                    !is_role(word) && word.bytes().all(|byte| byte.is_ascii_alphabetic())
                })
                .map(str::to_owned)
                .collect()
        };
        let (mut given, mut family) = (parts(first), parts(last));
        if family.is_empty() {
            drop_suffixes(&mut given);
            family.extend(given.pop());
        }
        let surname = family.pop()?;
        given.extend(family);
        let initials = initials(&given);
        let surname_key = hash(surname.bytes());
        Some(Self {
            surname,
            surname_key,
            given,
            initials,
        })
    }

    /// How well the two names could be one person's: 1 the same, 0 nothing in common.
    pub(crate) fn alike(&self, other: &Self) -> f32 {
        if self.surname_key == other.surname_key {
            return self.given_alike(other);
        }
        if self.turned(other) || other.turned(self) {
            return 0.95;
        }
        let near = self.surname.len().min(other.surname.len()) >= 4;
        let spelling = if near {
            similarity(&self.surname, &other.surname)
        } else {
            0.0
        };
        if spelling >= 0.75 {
            self.given_alike(other) * spelling
        } else {
            0.0
        }
    }

    fn given_alike(&self, other: &Self) -> f32 {
        let (Some(mine), Some(theirs)) = (self.given.first(), other.given.first()) else {
            return 0.85;
        };
        if mine == theirs {
            return 1.0;
        }
        let prefix = self.initials.starts_with(&other.initials)
            || other.initials.starts_with(&self.initials);
        let short = |name: &String| name.len() == 1 || is_cluster(name);
        if short(mine) || short(theirs) {
            let same = self.initials.bytes().next() == other.initials.bytes().next();
            return if prefix {
                0.97
            } else if same {
                0.8
            } else {
                0.2
            };
        }
        let nickname = mine.starts_with(theirs.as_str()) || theirs.starts_with(mine.as_str());
        let spelling = similarity(mine, theirs);
        if nickname || spelling >= 0.7 {
            0.9
        } else {
            0.25
        }
    }

    /// Whether the other's surname stands among the given names here, and the other way round.
    fn turned(&self, other: &Self) -> bool {
        let here = self.given.contains(&other.surname);
        here && (other.given.contains(&self.surname) || other.given.is_empty())
    }

    /// Stable over spellings of the given names; for finding candidates.
    pub(crate) fn key(&self) -> u64 {
        self.surname_key
    }
}

fn drop_suffixes(given: &mut Vec<String>) {
    while given.len() > 1
        && given.last().is_some_and(|word| {
            matches!(
                word.as_str(),
                "jr" | "sr" | "ii" | "iii" | "iv" | "phd" | "md"
            )
        })
    {
        given.pop();
    }
}

/// `JR` and `cj`: initials without full stops.
fn is_cluster(name: &str) -> bool {
    name.len() <= 3 && !name.bytes().any(|byte| b"aeiouy".contains(&byte))
}

fn initials(given: &[String]) -> String {
    let of = |name: &String| {
        let all = is_cluster(name);
        name.chars()
            .take(if all { 3 } else { 1 })
            .collect::<String>()
    };
    given.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(left: &str, right: &str) -> f32 {
        let (left, right) = (people([left]), people([right]));
        left.iter()
            .flat_map(|one| right.iter().map(|two| one.alike(two)))
            .fold(0.0, f32::max)
    }

    #[test]
    fn forms_of_one_name_are_alike() {
        for (left, right) in [
            ("Eco, Umberto", "Umberto Eco"),
            ("U. Eco", "Umberto Eco"),
            ("JR Ward", "J.R. Ward"),
            ("Cj Roberts", "C.J. Roberts"),
            ("Böhme, Hans, 1947-", "Hans BÃ¶hme"),
            ("Liu Cixin", "Cixin Liu"),
            (
                "edited by Chen, Hsinchun.",
                "Hsinchun Chen ... [and others] (eds.)",
            ),
        ] {
            assert!(
                alike(left, right) > 0.9,
                "{left} / {right}: {}",
                alike(left, right)
            );
        }
        assert!(alike("Eloise James", "Eloisa James") > 0.85);
    }

    #[test]
    fn namesakes_and_strangers_are_not() {
        assert!(alike("Anna Scott", "Walter Scott") < 0.5);
        assert!(alike("Nora Roberts", "Maya Banks") < 0.1);
        assert!(alike("A. Scott", "W. Scott") < 0.5);
    }

    #[test]
    fn statements_fall_apart_into_people() {
        let surnames = |text: &str| {
            people([text])
                .into_iter()
                .map(|person| person.surname)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            surnames("Michael Johnson, Dusko Pavlovic (eds.)"),
            ["johnson", "pavlovic"]
        );
        assert_eq!(
            surnames("Leong, Hong Va. | Li, Bo, 1970- | Tan, C. J."),
            ["leong", "li", "tan"]
        );
        assert_eq!(
            surnames("Abell, A., Bell, B., Cell, C., Dell, D."),
            ["abell", "bell", "cell", "dell"]
        );
        assert_eq!(
            surnames("Burrough and Rachael A. McDonnell"),
            ["burrough", "mcdonnell"]
        );
        assert_eq!(surnames("Julia Lane:Victoria Stodden"), ["lane", "stodden"]);
        assert!(surnames("nan").is_empty());
    }
}
