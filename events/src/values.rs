//! The values that cross contexts: each is parsed once, at the edge, and is right from then on.
//!
//! Nothing in this room does I/O, reads a clock or draws a random number, and nothing outside it checks a value again.
//! Rules here may be loosened but never tightened: what the log has stored must always decode.

mod canonical;

pub mod authority;
pub mod barcode;
pub mod blind_index;
pub mod email;
pub mod handle;
pub mod isbn;
pub mod language;
pub mod ledger;
pub mod money;
pub mod personal;
pub mod provenance;
pub mod slug;
pub mod text;
pub mod year;

pub use authority::{Authority, AuthorityError, AuthorityOrder, AuthorityOrderError};
pub use barcode::{Barcode, BarcodeError};
pub use blind_index::{BlindIndexError, EmailIndex, ExternalIndex};
pub use email::{EmailAddress, EmailError};
pub use handle::{HandleName, HandleNameError};
pub use isbn::{FloatIsbnError, Isbn, IsbnError, Recovered};
pub use language::{LanguageTag, LanguageTagError};
pub use ledger::{Diff, Fact, FieldStatements, Ledger, PinnedStatements, Said};
pub use money::{Currency, CurrencyError, Money};
pub use personal::{Personal, SealedBox};
pub use provenance::{ContentHash, ContentHashError, Provenance};
pub use slug::{Slug, SlugError};
pub use text::{
    LongText, PersonName, ShortText, SourceName, SourceNameError, SourceRecordId, TextError,
    TextFault, TitleName, WebUrl, WebUrlError, decode_entities,
};
pub use year::{Year, YearError};
