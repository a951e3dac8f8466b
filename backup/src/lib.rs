//! The file in which a library is kept outside of a server: what its lines say, how they are sealed, and whether a file is one.
//!
//! Never reads or writes anything but bytes in memory, and never holds a secret: no address, no password, no token.

mod check;
mod fault;
mod line;
mod people;
mod read;
mod seal;

pub use check::{Checked, Counts, check};
pub use fault::{Fault, MOST_FAULTS};
pub use line::{CopyLine, EditionLine, EndLine, LibraryLine, Line, PlaceLine, TitleLine};
pub use people::{BorrowerLine, HoldLine, LoanLine, LoanOutcome, MemberLine};
pub use read::{lines, unsealed};
pub use seal::Sealing;

/// What such a file calls itself.
pub const SCHEMA: &str = "accession.library-backup";
/// The version of its shape that is written, and the newest that is read.
pub const VERSION: u32 = 1;
/// The most bytes that a file may have.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;
/// The most bytes that a line may have.
pub const LONGEST_LINE: usize = 256 * 1024;
/// The most places that a library has.
pub const MOST_PLACES: usize = 5_000;
