//! People who are searched for: by the beginning of their name, by some words of it in any order, or with typos.
//!
//! People are what titles that everybody may see say of their authors: nothing else is kept of them, so nothing else is told.

use std::collections::BTreeMap;

use tantivy_fst::Automaton;

use crate::analysis::{fold, words};
use crate::error::SearchError;
use crate::expand::allowed;
use crate::index::{SearchIndex, Snapshot};
use crate::names::{NameList, NameOrder, NamePlace, NameSearch, Names, turns};
use crate::parse::Question;
use crate::suggest::Suggestion;
use crate::typo::Typo;

/// Names that are looked at in one segment, and of those that fit how many are counted.
const MOST_LOOKED_AT: usize = 2_000;
const MOST_COUNTED: usize = 200;

/// A question for people.
#[derive(Debug, Clone, Default)]
pub struct PeopleSearch {
    /// What was typed.
    pub question: Question,
    /// Kinds of titles that count.
    pub kinds: Vec<String>,
    /// How many at most.
    pub most: usize,
    /// Go on after this place.
    pub after: Option<NamePlace>,
}

/// People who were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// Those of most titles first.
    pub people: Vec<Suggestion>,
    /// Where the list goes on.
    pub next: Option<NamePlace>,
    /// What was meant, if what was typed has typos.
    pub correction: Option<String>,
}

impl SearchIndex {
    /// People who were meant by a text.
    pub fn people(&self, search: &PeopleSearch) -> Result<People, SearchError> {
        let asks = &search.question.asks;
        let typed: Vec<&str> = asks.iter().map(|ask| ask.text.as_str()).collect();
        let begun = self.names(&NameSearch {
            list: NameList::Authors,
            kinds: search.kinds.clone(),
            beginning: typed.join(" "),
            order: NameOrder::Titles,
            after: search.after.clone(),
            most: search.most,
        })?;
        // Only names that begin so are paged: of the others as many are told as fit on one page.
        if !begun.names.is_empty() || search.after.is_some() || asks.is_empty() {
            return Ok(told(begun));
        }
        for typos in [false, true] {
            let people = self.loosely(search, &typed, typos)?;
            if !people.is_empty() {
                let best = people.first().filter(|_| typos);
                return Ok(People {
                    correction: best.map(|best| fold(&best.name)),
                    next: None,
                    people,
                });
            }
        }
        Ok(People::default())
    }

    /// People with all the words somewhere in their name, each as it was typed or with typos, the last one perhaps only begun.
    fn loosely(
        &self,
        search: &PeopleSearch,
        typed: &[&str],
        typos: bool,
    ) -> Result<Vec<Suggestion>, SearchError> {
        let wanted: Vec<Wanted> = typed
            .iter()
            .filter_map(|word| Wanted::new(word, typos))
            .collect();
        let longest = wanted.iter().max_by_key(|wanted| wanted.letters);
        let Some(longest) = longest.filter(|_| wanted.len() == typed.len()) else {
            return Ok(Vec::new());
        };
        let snapshot = self.snapshot();
        let names = named(&snapshot, &longest.typo)?;
        let fitting = names.into_values().filter(|name| {
            let known: Vec<String> = words(name).into_iter().map(|word| word.text).collect();
            let fits = |wanted: &Wanted| known.iter().any(|word| wanted.fits(word));
            wanted.iter().all(fits)
        });
        let mut people = Vec::new();
        for name in fitting.take(MOST_COUNTED) {
            let mut counted = self.names(&NameSearch {
                list: NameList::Authors,
                kinds: search.kinds.clone(),
                beginning: name,
                order: NameOrder::Name,
                after: None,
                most: 1,
            })?;
            people.extend(counted.names.pop().map(|name| Suggestion {
                name: name.name,
                titles: name.titles,
            }));
        }
        people.sort_by(|a, b| b.titles.cmp(&a.titles).then_with(|| a.name.cmp(&b.name)));
        people.dedup();
        people.truncate(search.most.max(1));
        Ok(people)
    }
}

fn told(begun: Names) -> People {
    let next = begun.names.last().filter(|_| begun.more);
    let next = next.map(|last| last.place.clone());
    let people = begun.names.into_iter().map(|name| Suggestion {
        name: name.name,
        titles: name.titles,
    });
    People {
        people: people.collect(),
        next,
        correction: None,
    }
}

/// A word that a name must have.
struct Wanted {
    letters: usize,
    typo: Typo,
}

impl Wanted {
    fn new(word: &str, typos: bool) -> Option<Self> {
        let letters = word.chars().count();
        let most = if typos { allowed(letters) } else { 0 };
        let typo = Typo::new(word, most, true)?;
        Some(Self { letters, typo })
    }

    fn fits(&self, word: &str) -> bool {
        let start = self.typo.start();
        let end = word
            .bytes()
            .fold(start, |state, byte| self.typo.accept(&state, byte));
        self.typo.is_match(&end)
    }
}

/// Names one of whose words begins so, by how they fold; so many at most.
fn named(snapshot: &Snapshot, begins: &Typo) -> Result<BTreeMap<String, String>, SearchError> {
    let mut names = BTreeMap::new();
    for room in &snapshot.rooms {
        let mut stream = room.person.terms().search(begins.clone()).into_stream()?;
        let mut left = MOST_LOOKED_AT;
        while left > 0 && stream.advance() {
            left -= 1;
            let text = String::from_utf8_lossy(stream.key()).into_owned();
            if let Some((_, name)) = text.split_once('\u{1f}') {
                let key = turns(name).into_iter().next().unwrap_or_default();
                names.entry(key).or_insert_with(|| name.to_owned());
            }
        }
    }
    Ok(names)
}
