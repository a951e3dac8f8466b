//! From what was sent to facts: each field is read once, here, and every field at fault is named.
//!
//! Never stops at the first fault, and never repairs a value.

pub mod edition;
pub mod episode;
pub mod title;

use accession_events::ids::IdError;
use accession_events::values::{
    Fact, IsbnError, LanguageTagError, SlugError, SourceNameError, TextError, TextFault,
    WebUrlError, YearError,
};

/// The most entries that a list such as authors may hold.
pub const LONGEST_LIST: usize = 100;

/// A field that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field.
    pub field: &'static str,
    /// Machine-readable reason.
    pub code: &'static str,
    /// What was found and what is expected.
    pub message: String,
}

/// Why a value cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    code: &'static str,
    message: String,
}

impl Unreadable {
    /// A reason with a code and an explanation.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// The fault of a field.
    #[must_use]
    pub fn of(self, field: &'static str) -> Fault {
        Fault {
            field,
            code: self.code,
            message: self.message,
        }
    }
}

/// What a change says, and in which fields it takes a word back.
pub type Changes<F> = (Vec<F>, Vec<<F as Fact>::Field>);

/// Facts in the making, from one item or body.
#[derive(Debug)]
pub struct Reading<F: Fact> {
    facts: Vec<F>,
    withdrawn: Vec<F::Field>,
    faults: Vec<Fault>,
}

impl<F: Fact> Default for Reading<F> {
    fn default() -> Self {
        Self {
            facts: Vec::new(),
            withdrawn: Vec::new(),
            faults: Vec::new(),
        }
    }
}

impl<F: Fact> Reading<F> {
    /// Reads a field that says something or is left out.
    pub fn said<T: ?Sized>(
        &mut self,
        field: &'static str,
        value: Option<&T>,
        read: impl FnOnce(&T) -> Result<F, Unreadable>,
    ) {
        match value.map(read) {
            None => {}
            Some(Ok(fact)) => self.facts.push(fact),
            Some(Err(unreadable)) => self.faults.push(unreadable.of(field)),
        }
    }

    /// Reads a field that says something, is taken back (null) or is left out.
    pub fn change<T>(
        &mut self,
        field: &'static str,
        name: F::Field,
        value: Option<&Option<T>>,
        read: impl FnOnce(&T) -> Result<F, Unreadable>,
    ) {
        match value {
            None => {}
            Some(None) => self.withdrawn.push(name),
            Some(Some(value)) => self.said(field, Some(value), read),
        }
    }

    /// Reads a value that is no fact.
    pub fn value<T>(
        &mut self,
        field: &'static str,
        value: Result<T, impl Into<Unreadable>>,
    ) -> Option<T> {
        value
            .map_err(|error| self.faults.push(error.into().of(field)))
            .ok()
    }

    /// The facts, together with a value that is no fact, unless a field is at fault.
    pub fn with<T>(self, value: Option<T>) -> Result<(T, Vec<F>), Vec<Fault>> {
        match value {
            Some(value) if self.faults.is_empty() => Ok((value, self.facts)),
            _ => Err(self.faults),
        }
    }

    /// The facts and the fields taken back, unless a field is at fault.
    pub fn done(self) -> Result<Changes<F>, Vec<Fault>> {
        if self.faults.is_empty() {
            Ok((self.facts, self.withdrawn))
        } else {
            Err(self.faults)
        }
    }
}

/// Reads a list of texts, naming the entry that cannot be read.
fn list<T>(
    texts: &[String],
    parse: impl Fn(&str) -> Result<T, TextError>,
) -> Result<Vec<T>, Unreadable> {
    if texts.len() > LONGEST_LIST {
        let message = format!(
            "there are {} entries; expected at most {LONGEST_LIST}",
            texts.len()
        );
        return Err(Unreadable::new("too_many", message));
    }
    let entry = |(index, text): (usize, &String)| {
        parse(text).map_err(|error| {
            let Unreadable { code, message } = error.into();
            Unreadable::new(code, format!("entry {}: {message}", index + 1))
        })
    };
    texts.iter().enumerate().map(entry).collect()
}

impl From<TextError> for Unreadable {
    fn from(error: TextError) -> Self {
        let code = match error.fault {
            TextFault::Empty => "empty",
            TextFault::TooLong { .. } => "too_long",
            TextFault::ControlCharacter { .. } => "bad_character",
        };
        Self::new(code, error.to_string())
    }
}

/// Declares the code of errors that need only one: data, no control flow.
macro_rules! one_code {
    ($($error:ty => $code:literal),*) => {$(
        impl From<$error> for Unreadable {
            fn from(error: $error) -> Self {
                Self::new($code, error.to_string())
            }
        }
    )*};
}

one_code!(
    IdError => "bad_id", IsbnError => "bad_isbn", LanguageTagError => "bad_language", SlugError => "bad_slug",
    SourceNameError => "bad_source", WebUrlError => "bad_url", YearError => "bad_year"
);
