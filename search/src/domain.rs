//! Where the words of a question may stand: in titles, in editions, or in the copies that one role of one library sees.
//!
//! Copies have a dictionary for each role of each library. Words of others are never looked through, so that no typo, no
//! beginning and no weight can tell of them.

use crate::copy::mark;
use crate::entry::EntryKind;
use crate::filter::Filter;
use crate::parse::{Ask, Question};
use crate::room::Prose;

/// Parts the library and the role from the word.
const PART: char = '\u{1f}';

/// Where words are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Domain {
    /// In titles, their people and whatever else they are found by.
    Titles,
    /// In editions.
    Editions,
    /// In the copies that are for this place: a library and a role.
    Copies(String),
}

/// What stands in front of everything that copies for this place are found by.
pub(crate) fn scope(place: &str) -> String {
    format!("{place}{PART}")
}

impl Domain {
    /// Where a filter wants words to be looked for; none where the one who asks may see nothing of it.
    pub(crate) fn of(filter: &Filter) -> Option<Self> {
        match filter.whats.as_slice() {
            [EntryKind::Edition] => Some(Self::Editions),
            [EntryKind::Copy] => filter
                .reach
                .own()
                .map(|place| Self::Copies(place.to_owned())),
            _ => Some(Self::Titles),
        }
    }

    /// Where what is of a kind and for everybody is looked for.
    pub(crate) const fn of_kind(what: EntryKind) -> Self {
        match what {
            EntryKind::Edition => Self::Editions,
            _ => Self::Titles,
        }
    }

    /// What stands in front of what filters ask here.
    pub(crate) fn tags(&self) -> String {
        match self {
            Self::Titles => String::new(),
            Self::Editions => scope(EntryKind::Edition.as_str()),
            Self::Copies(place) => scope(place),
        }
    }

    /// The field, if it is not for each question to say.
    pub(crate) fn within(&self) -> Option<Prose> {
        match self {
            Self::Titles => None,
            Self::Editions => Some(Prose::Edition),
            Self::Copies(_) => Some(Prose::Copy),
        }
    }

    /// The question as it is asked here.
    pub(crate) fn asked(&self, mut question: Question) -> Question {
        let Some(within) = self.within() else {
            return question;
        };
        // Whole titles, their beginnings and their people are kept of titles only.
        question.key.clear();
        for ask in &mut question.asks {
            ask.scope = self.scope(ask.within);
            ask.within = Some(within);
        }
        for phrase in &mut question.phrases {
            let scope = self.scope(phrase.within);
            phrase.within = Some(within);
            for word in &mut phrase.words {
                word.insert_str(0, &scope);
            }
        }
        let scope = self.scope(None);
        for word in &mut question.without {
            word.insert_str(0, &scope);
        }
        question
    }

    /// A whole word, anywhere here.
    pub(crate) fn word(&self, text: &str) -> Ask {
        Ask {
            within: self.within(),
            scope: self.scope(None),
            ..Ask::word(text)
        }
    }

    /// What stands in front of words of a field here.
    fn scope(&self, field: Option<Prose>) -> String {
        match self {
            Self::Copies(place) => mark(field) + &scope(place),
            _ => String::new(),
        }
    }
}
