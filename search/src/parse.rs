//! What somebody typed, as a question: words, phrases, words that must not be there, and fields.
//!
//! Tolerates what people type (quotes left open, colons in titles) and refuses only what has no answer. There is no
//! language of patterns: a star ends a word, and nothing else is special.

mod pieces;

use crate::analysis::words;
use crate::filter::Filter;
use crate::isbn_form::isbn13;
use crate::room::Prose;

use pieces::{Piece, pieces};

/// Characters that a question may have.
pub const MAX_QUERY_CHARS: usize = 500;
/// Words that are looked at; more are refused.
const MAX_ASKED: usize = 48;

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// Longer than anybody types.
    #[error("the query has {0} characters; at most {MAX_QUERY_CHARS} are read: shorten it")]
    TooLong(usize),
    /// More words than anybody types.
    #[error("the query has {0} words; at most {MAX_ASKED} are read: leave some out")]
    TooManyWords(usize),
    /// A star alone, or a field without a value that means something.
    #[error("`{0}` would match everything; write at least one letter before the star")]
    Everything(String),
    /// Not a year, nor two.
    #[error("`{0}` is no year and no span of years; write year:1984 or year:1980..1990")]
    Year(String),
    /// Not an ISBN.
    #[error("`{0}` is no ISBN; write ten or thirteen digits, hyphens as you like")]
    Isbn(String),
}

/// A word that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    /// Folded.
    pub(crate) text: String,
    /// Whether a word that goes on after it fits, too.
    pub(crate) open: bool,
    /// Where it must stand; anywhere when nothing is said.
    pub(crate) within: Option<Prose>,
    /// What is in front of its terms where words of some are kept apart from those of others.
    pub(crate) scope: String,
    /// Whether typos are not allowed.
    pub(crate) strict: bool,
}

impl Ask {
    /// A whole word, anywhere.
    pub(crate) fn word(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            open: false,
            within: None,
            scope: String::new(),
            strict: true,
        }
    }

    /// As a term of the field that it is looked for in.
    pub(crate) fn term(&self) -> String {
        format!("{}{}", self.scope, self.text)
    }
}

/// Words that must follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phrase {
    pub(crate) words: Vec<String>,
    pub(crate) within: Option<Prose>,
}

/// What somebody typed, understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Question {
    pub(crate) asks: Vec<Ask>,
    pub(crate) phrases: Vec<Phrase>,
    pub(crate) without: Vec<String>,
    /// What fields of the question ask for.
    pub filter: Filter,
    /// The whole text as it would begin a title; empty when fields, phrases or exclusions make it none.
    pub(crate) key: String,
    /// Whether the last word may go on.
    pub(crate) open: bool,
    /// Whether it will not do to have some of the words.
    pub(crate) all: bool,
}

impl Question {
    /// Understands a text.
    pub fn parse(text: &str) -> Result<Self, QuestionError> {
        let length = text.chars().count();
        if length > MAX_QUERY_CHARS {
            return Err(QuestionError::TooLong(length));
        }
        let mut question = Self::default();
        if let Some(isbn) = isbn13(text.trim()) {
            question.filter.isbns.push(isbn);
            return Ok(question);
        }
        let pieces = pieces(text);
        let last = pieces.len();
        for (at, piece) in pieces.into_iter().enumerate() {
            let open = at + 1 == last && !text.ends_with(char::is_whitespace);
            question.take(&piece, open)?;
        }
        if question.asks.len() > MAX_ASKED {
            return Err(QuestionError::TooManyWords(question.asks.len()));
        }
        question.finish();
        Ok(question)
    }

    /// Whether nothing is asked, so that everything would fit.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.asks.is_empty() && self.without.is_empty() && self.filter.is_empty()
    }

    /// Whether it has words only, and nothing that filters or leaves out.
    #[must_use]
    pub fn is_of_words(&self) -> bool {
        self.without.is_empty() && self.filter.is_empty()
    }

    /// The folded words that are asked for, for marking them in answers.
    #[must_use]
    pub fn words(&self) -> Vec<(String, bool)> {
        let shown = self.asks.iter().map(|ask| (ask.text.clone(), ask.open));
        shown.collect()
    }

    /// Asks besides for words of the name, the last one perhaps half typed. No typo is forgiven.
    pub fn and_title(&mut self, text: &str) -> Result<(), QuestionError> {
        self.narrow(text, Prose::Title)
    }

    /// The same for words of an author's name.
    pub fn and_author(&mut self, text: &str) -> Result<(), QuestionError> {
        self.narrow(text, Prose::People)
    }

    fn narrow(&mut self, text: &str, within: Prose) -> Result<(), QuestionError> {
        let length = text.chars().count();
        if length > MAX_QUERY_CHARS {
            return Err(QuestionError::TooLong(length));
        }
        let known = self.asks.len();
        self.text(text, false, true, Some(within))?;
        for ask in self.asks.iter_mut().skip(known) {
            (ask.strict, self.all) = (true, true);
        }
        if self.asks.len() > MAX_ASKED {
            return Err(QuestionError::TooManyWords(self.asks.len()));
        }
        self.key.clear();
        Ok(())
    }

    fn take(&mut self, piece: &Piece, open: bool) -> Result<(), QuestionError> {
        match piece.field.as_deref().and_then(field) {
            Some(Named::Prose(within)) => self.text(&piece.text, piece.quoted, open, Some(within)),
            Some(Named::Filter(name)) => self.filtered(name, &piece.text),
            None => {
                let mut text = piece.text.clone();
                if let Some(field) = &piece.field {
                    text = format!("{field} {text}");
                }
                let bare = !piece.quoted && piece.field.is_none();
                if let Some(isbn) = isbn13(&text).filter(|_| bare) {
                    self.filter.isbns.push(isbn);
                    return Ok(());
                }
                self.text(&text, piece.quoted, open, None)
            }
        }
    }

    fn text(
        &mut self,
        text: &str,
        quoted: bool,
        open: bool,
        within: Option<Prose>,
    ) -> Result<(), QuestionError> {
        if let Some(unwanted) = text
            .strip_prefix('-')
            .filter(|_| !quoted && within.is_none())
        {
            self.without
                .extend(words(unwanted).into_iter().map(|word| word.text));
            return Ok(());
        }
        let star = !quoted && text.ends_with('*');
        let found = words(text);
        if star && found.is_empty() {
            return Err(QuestionError::Everything(text.chars().take(40).collect()));
        }
        let count = found.len();
        for (at, word) in found.iter().enumerate() {
            self.asks.push(Ask {
                text: word.text.clone(),
                open: (star || (open && !quoted)) && at + 1 == count,
                within,
                scope: String::new(),
                strict: quoted,
            });
        }
        if quoted && count > 1 {
            let words = found.into_iter().map(|word| word.text).collect();
            self.phrases.push(Phrase { words, within });
        }
        Ok(())
    }

    fn filtered(&mut self, name: &str, value: &str) -> Result<(), QuestionError> {
        let filter = &mut self.filter;
        match name {
            "year" => {
                filter
                    .years
                    .push(years(value).ok_or_else(|| QuestionError::Year(value.to_owned()))?);
            }
            "isbn" => filter
                .isbns
                .push(isbn13(value).ok_or_else(|| QuestionError::Isbn(value.to_owned()))?),
            "kind" => filter.kinds.push(value.to_owned()),
            "genre" => filter.genres.push(value.to_owned()),
            "status" => filter.statuses.push(value.to_owned()),
            _ => filter.languages.push(value.to_owned()),
        }
        Ok(())
    }

    fn finish(&mut self) {
        self.open = self.asks.last().is_some_and(|ask| ask.open);
        let plain = self
            .asks
            .iter()
            .all(|ask| ask.within.is_none() && !ask.strict);
        if plain && self.without.is_empty() {
            let words: Vec<&str> = self.asks.iter().map(|ask| ask.text.as_str()).collect();
            self.key = words.join(" ");
        }
    }
}

enum Named {
    Prose(Prose),
    Filter(&'static str),
}

/// The fields that a question may name.
fn field(name: &str) -> Option<Named> {
    Some(match name.to_ascii_lowercase().as_str() {
        "title" => Named::Prose(Prose::Title),
        "author" | "by" | "person" => Named::Prose(Prose::People),
        "series" | "publisher" => Named::Prose(Prose::Other),
        "year" => Named::Filter("year"),
        "isbn" => Named::Filter("isbn"),
        "kind" => Named::Filter("kind"),
        "genre" => Named::Filter("genre"),
        "status" => Named::Filter("status"),
        "language" | "lang" => Named::Filter("language"),
        _ => return None,
    })
}

/// A year, or a span of years as in `1980..1990`, open at one end if one is left out; none for anything else.
#[must_use]
pub fn years(value: &str) -> Option<(i16, i16)> {
    let Some((from, to)) = value.split_once("..") else {
        let year = value.parse().ok()?;
        return Some((year, year));
    };
    let bound = |text: &str, open: i16| {
        if text.is_empty() {
            Some(open)
        } else {
            text.parse().ok()
        }
    };
    let span = (bound(from, i16::MIN)?, bound(to, i16::MAX)?);
    (span.0 <= span.1 && (from, to) != ("", "")).then_some(span)
}

#[cfg(test)]
mod tests;
