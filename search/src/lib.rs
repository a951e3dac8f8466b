//! The search index: one room for tantivy, so that it rarely rebuilds and nobody else depends on it.
//!
//! Holds no truth: it answers with ids, and whoever asks fetches the documents by them. Never reads a clock or a network.

mod analysis;
mod browse;
mod columns;
mod document;
mod domain;
mod entry;
mod error;
mod expand;
mod facet;
mod filter;
mod gather;
mod hit;
mod index;
mod isbn_form;
mod mark;
mod meant;
mod names;
mod page;
mod parse;
mod people;
mod phrase;
mod queue;
mod room;
mod schema;
mod search;
mod similar;
mod slots;
mod suggest;
mod title_key;
mod top;
mod typo;
mod unsynced;
mod weights;
mod writer;

pub use analysis::{Word, fold, words};
pub use browse::Sort;
pub use entry::{Entry, EntryKind};
pub use error::SearchError;
pub use facet::{FacetCount, FacetName, Facets};
pub use filter::{Both, Filter, Reach};
pub use hit::{Found, Hit, Place};
pub use index::SearchIndex;
pub use mark::marks;
pub use names::{NameCount, NameList, NameOrder, NamePlace, NameSearch, Names};
pub use parse::{MAX_QUERY_CHARS, Question, QuestionError, years};
pub use people::{People, PeopleSearch};
pub use schema::SCHEMA_VERSION;
pub use search::Search;
pub use similar::Likeness;
pub use suggest::{Suggestion, Suggestions};
pub use title_key::{bare_title, title_key};
pub use writer::IndexWriter;
