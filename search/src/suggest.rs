//! What a search box offers while somebody types: titles and people.
//!
//! People are taken from titles that everybody may see, so a name cannot tell what stands in somebody's library.

use std::collections::BTreeMap;

use crate::error::SearchError;
use crate::filter::Filter;
use crate::hit::Hit;
use crate::index::SearchIndex;
use crate::parse::Question;
use crate::search::Search;

/// Names that are looked at for one beginning.
const MOST_NAMES: usize = 2_000;

/// A person that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The name, as it is shown.
    pub name: String,
    /// How many titles are theirs.
    pub titles: u64,
}

/// What is offered.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Suggestions {
    /// Titles, likeliest first.
    pub titles: Vec<Hit>,
    /// People, with most titles first.
    pub people: Vec<Suggestion>,
    /// What was meant, if what was typed has typos.
    pub correction: Option<String>,
}

impl SearchIndex {
    /// Offers so many titles and so many people.
    pub fn suggest(
        &self,
        question: &Question,
        filter: &Filter,
        most: usize,
    ) -> Result<Suggestions, SearchError> {
        if question.is_empty() {
            return Ok(Suggestions::default());
        }
        let found = self.search(&Search {
            question: question.clone(),
            filter: filter.clone(),
            most,
            ..Search::default()
        })?;
        Ok(Suggestions {
            titles: found.hits,
            people: self.begun(&question.key, most)?,
            correction: found.correction,
        })
    }

    /// People one of whose names begins with what was typed.
    fn begun(&self, key: &str, most: usize) -> Result<Vec<Suggestion>, SearchError> {
        let mut names = BTreeMap::<String, u64>::new();
        if key.is_empty() {
            return Ok(Vec::new());
        }
        for room in &self.snapshot().rooms {
            let mut stream = room
                .person
                .terms()
                .range()
                .ge(key.as_bytes())
                .into_stream()?;
            let mut left = MOST_NAMES;
            while left > 0 && stream.advance() && stream.key().starts_with(key.as_bytes()) {
                left -= 1;
                let text = std::str::from_utf8(stream.key()).unwrap_or_default();
                if let Some((_, name)) = text.split_once('\u{1f}') {
                    let titles = room.count(&room.person, stream.value())?;
                    if titles > 0 {
                        *names.entry(name.to_owned()).or_default() += titles;
                    }
                }
            }
        }
        let mut people: Vec<Suggestion> = names
            .into_iter()
            .map(|(name, titles)| Suggestion { name, titles })
            .collect();
        people.sort_by(|a, b| b.titles.cmp(&a.titles).then_with(|| a.name.cmp(&b.name)));
        people.truncate(most);
        Ok(people)
    }
}
