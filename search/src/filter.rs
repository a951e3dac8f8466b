//! What must hold of an entry whatever its words are: kind, genre, year, and who may see it.
//!
//! Works inside of the question: what a filter takes out is never counted, suggested, corrected to or marked.

use tantivy::postings::SegmentPostings;
use tantivy::{DocId, DocSet as _, TERMINATED};

use crate::analysis::fold;
use crate::domain::Domain;
use crate::entry::EntryKind;
use crate::error::SearchError;
use crate::holding::Held;
use crate::room::{Room, postings_of};

/// Who asks, as the places of an entry's reach that he may see besides what everybody sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach(Vec<String>);

impl Reach {
    /// Somebody without a library: sees what everybody sees.
    #[must_use]
    pub const fn everybody() -> Self {
        Self(Vec::new())
    }

    /// A member: sees also what says `library/role` of its reach. Both come from his token, never from his request.
    #[must_use]
    pub fn member(library: u128, role: &str) -> Self {
        Self(vec![Self::place(library, role)])
    }

    /// The place of the member who asks.
    pub(crate) fn own(&self) -> Option<&str> {
        self.0.first().map(String::as_str)
    }

    /// How an entry names a library and a role that may see it.
    #[must_use]
    pub fn place(library: u128, role: &str) -> String {
        format!("{library:032x}/{role}")
    }
}

/// What must hold. Values of one list are alternatives, lists must all hold, an empty list asks nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Kinds of entries; titles when nothing is said.
    pub whats: Vec<EntryKind>,
    /// `book`, `series`, `film`.
    pub kinds: Vec<String>,
    /// Genres, case and accents as you like.
    pub genres: Vec<String>,
    /// Language tags; `en` finds `en-GB`, too.
    pub languages: Vec<String>,
    /// Release states.
    pub statuses: Vec<String>,
    /// Authors by their whole name, case and accents as you like.
    pub authors: Vec<String>,
    /// ISBNs, thirteen digits.
    pub isbns: Vec<String>,
    /// Spans of years, each as its first and last one.
    pub years: Vec<(i16, i16)>,
    /// What copies say of themselves besides, as names and values; compared as they are.
    pub asked: Vec<(String, Vec<String>)>,
    /// What is asked of the copies that a library has of titles.
    pub held: Option<Held>,
    /// Who asks. Always holds, also when it is empty.
    pub reach: Reach,
}

impl Filter {
    /// Whether nothing is asked besides who asks.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let asks = self.whats.is_empty() && self.groups("").is_empty() && self.years.is_empty();
        asks && self.held.is_none()
    }

    /// Both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Both {
        let scope = Domain::of(self).map_or_else(String::new, |domain| domain.tags());
        let mut groups = vec![self.whats()];
        groups.extend(self.groups(&scope));
        groups.extend(other.groups(&scope));
        Both {
            groups,
            years: [self.years.clone(), other.years.clone()],
            held: self.held.clone(),
            reach: reach_group(&self.reach),
        }
    }

    fn whats(&self) -> Vec<String> {
        let titles = [EntryKind::Title];
        let whats = if self.whats.is_empty() {
            &titles[..]
        } else {
            &self.whats
        };
        whats
            .iter()
            .map(|what| format!("what:{}", what.as_str()))
            .collect()
    }

    /// What must hold besides the kind, as terms: those of copies have their scope in front.
    fn groups(&self, scope: &str) -> Vec<Vec<String>> {
        let tags = |name: &str, values: &[String], form: fn(&str) -> String| -> Vec<String> {
            let tag = |value: &String| format!("{scope}{name}:{}", form(value));
            values.iter().map(tag).collect()
        };
        let mut groups = vec![
            tags("kind", &self.kinds, fold),
            tags("genre", &self.genres, fold),
            tags("language", &self.languages, str::to_lowercase),
            tags("status", &self.statuses, fold),
            tags("author", &self.authors, fold),
            tags("isbn", &self.isbns, str::to_owned),
        ];
        let asked = self.asked.iter();
        groups.extend(asked.map(|(name, values)| tags(name, values, str::to_owned)));
        groups.retain(|group: &Vec<String>| !group.is_empty());
        groups
    }
}

/// The term of what is for a place.
pub(crate) fn reach_of(place: &str) -> String {
    format!("reach:{place}")
}

fn reach_group(reach: &Reach) -> Vec<String> {
    let own = reach.0.iter().map(|place| reach_of(place));
    std::iter::once("reach:all".to_owned()).chain(own).collect()
}

/// Filters that must all hold.
#[derive(Debug, Clone)]
pub struct Both {
    groups: Vec<Vec<String>>,
    years: [Vec<(i16, i16)>; 2],
    held: Option<Held>,
    reach: Vec<String>,
}

impl Both {
    /// What remains of entries that are in order.
    pub(crate) fn keep(
        &self,
        room: &Room,
        fits: &mut Vec<(DocId, f32)>,
    ) -> Result<(), SearchError> {
        for group in self.gates(room)? {
            pass(group, fits);
        }
        self.rest(room, fits);
        Ok(())
    }

    /// Everything for which the filters hold, in order.
    pub(crate) fn all(&self, room: &Room) -> Result<Vec<(DocId, f32)>, SearchError> {
        let mut gates = self.gates(room)?;
        gates.sort_by_key(|group| {
            group
                .iter()
                .map(|term| u64::from(term.doc_freq()))
                .sum::<u64>()
        });
        let mut gates = gates.into_iter();
        let mut fits: Vec<(DocId, f32)> = match gates.next() {
            None => (0..room.end()).map(|doc| (doc, 0.0)).collect(),
            Some(first) => {
                let mut docs = Vec::new();
                let several = first.len() > 1;
                for term in first {
                    crate::room::each(term, usize::MAX, |doc| docs.push((doc, 0.0)));
                }
                if several {
                    docs.sort_unstable_by_key(|(doc, _)| *doc);
                    docs.dedup_by_key(|(doc, _)| *doc);
                }
                docs
            }
        };
        for group in gates {
            pass(group, &mut fits);
        }
        self.rest(room, &mut fits);
        Ok(fits)
    }

    fn rest(&self, room: &Room, fits: &mut Vec<(DocId, f32)>) {
        for spans in self.years.iter().filter(|spans| !spans.is_empty()) {
            let within = |year: i64| {
                let mut spans = spans.iter();
                spans.any(|(first, last)| (i64::from(*first)..=i64::from(*last)).contains(&year))
            };
            fits.retain(|(doc, _)| room.year.first(*doc).is_some_and(within));
        }
        fits.retain(|(doc, _)| room.alive(*doc));
        if let Some(held) = &self.held {
            held.keep(room, fits);
        }
    }

    fn gates(&self, room: &Room) -> Result<Vec<Vec<SegmentPostings>>, SearchError> {
        let mut gates = Vec::with_capacity(self.groups.len() + 1);
        for group in self.groups.iter().chain(std::iter::once(&self.reach)) {
            let mut terms = Vec::with_capacity(group.len());
            for term in group {
                terms.extend(postings_of(&room.tag, term)?);
            }
            // What everybody may see needs no look at each entry.
            let every = terms
                .iter()
                .any(|term: &SegmentPostings| term.doc_freq() == room.end());
            if !every {
                gates.push(terms);
            }
        }
        Ok(gates)
    }
}

/// Keeps what one of the terms names.
fn pass(group: Vec<SegmentPostings>, fits: &mut Vec<(DocId, f32)>) {
    let mut kept = vec![false; fits.len()];
    for mut term in group {
        for ((doc, _), kept) in fits.iter().zip(&mut kept) {
            let at = if term.doc() < *doc {
                term.seek(*doc)
            } else {
                term.doc()
            };
            if at == TERMINATED {
                break;
            }
            *kept |= at == *doc;
        }
    }
    let mut kept = kept.into_iter();
    fits.retain(|_| kept.next().unwrap_or(false));
}
