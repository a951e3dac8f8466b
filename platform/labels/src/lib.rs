//! Labels to print: a sheet of them as PDF, or one as SVG, each with a QR code or a barcode and a few lines of text.
//!
//! Knows no library and no copy, and draws the same bytes of the same labels. Text is drawn as outlines, so that no reader needs the font.

mod drawing;
mod layout;
mod pdf;
mod sheet;
mod svg;
mod symbol;
mod text;

pub use pdf::pdf;
pub use sheet::{Sheet, UnknownSheet};
pub use svg::svg;
pub use symbol::Symbol;

/// One label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The small line on top: whose it is.
    pub owner: String,
    /// The large line, which may take two.
    pub title: String,
    /// The line below it.
    pub detail: String,
    /// What a scanner reads.
    pub content: String,
    /// What people read instead.
    pub readable: String,
    /// How it is written for the scanner. A barcode that would not fit becomes a QR code.
    pub symbol: Symbol,
}

/// Why labels cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// No code holds so much.
    #[error("`{0}` is too long for a code on a label")]
    TooLong(String),
    /// There is no such label on the sheet.
    #[error("the sheet has the labels 1 to {most}, and no label {start}")]
    NoSuchLabel {
        /// Where to begin.
        start: usize,
        /// How many there are on a sheet.
        most: usize,
    },
    /// The font that is built in cannot be read.
    #[error("the font of the labels cannot be read")]
    Font,
}
