//! Texts that people wrote, within bounds: names of titles, people and sources, descriptions, addresses.
//!
//! Never decodes, translates or repairs: an importer that knows its source does that first (`entities`).

mod bounded;
mod entities;
mod source;
mod web_url;

pub use bounded::{LongText, PersonName, ShortText, TextError, TextFault, TitleName};
pub use entities::decode_entities;
pub use source::{SourceName, SourceNameError, SourceRecordId};
pub use web_url::{WebUrl, WebUrlError};
