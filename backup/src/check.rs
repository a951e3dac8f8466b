//! Whether what the lines of a file say goes together: each refers to lines before it, and nothing is there twice.
//!
//! Never needs a server: what can be known without one is known before anything is written there.

mod catalogue;
mod counter;
mod shelves;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use accession_events::ids::{CopyId, LoanId};
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, MOST_FAULTS};
use crate::line::{LibraryLine, Line};
use crate::read::{lines, unsealed};
use catalogue::Catalogue;
use counter::Counter;
use shelves::Shelves;

/// How many lines of which kind there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Places.
    pub places: u64,
    /// Titles.
    pub titles: u64,
    /// Editions.
    pub editions: u64,
    /// Members.
    pub members: u64,
    /// Borrowers.
    pub borrowers: u64,
    /// Copies.
    pub copies: u64,
    /// Loans.
    pub loans: u64,
    /// Holds.
    pub holds: u64,
}

/// A file in which everything goes together.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked<'a> {
    /// Its lines without the last.
    pub body: &'a [u8],
    /// Its first line.
    pub library: LibraryLine,
    /// How many there are of each kind.
    pub counts: Counts,
    /// Of each copy that is in and waited for, its last loan: they began to wait while that was open.
    pub waited_for_since: HashMap<CopyId, LoanId>,
}

/// Checks a whole file.
///
/// # Errors
/// What is wrong with it, line by line, [`MOST_FAULTS`] at most; never nothing.
pub fn check(file: &[u8]) -> Result<Checked<'_>, Vec<Fault>> {
    let body = unsealed(file).map_err(|fault| vec![fault])?;
    let mut going = Going::default();
    let mut faults = Vec::new();
    for line in lines(body) {
        let taken = line.and_then(|(number, line)| going.take(number, line));
        if let Err(fault) = taken {
            faults.push(fault);
            if faults.len() == MOST_FAULTS {
                return Err(faults);
            }
        }
    }
    match going.library {
        Some(library) if faults.is_empty() => Ok(Checked {
            body,
            library,
            counts: going.counts,
            waited_for_since: going.counter.waited_for_since(),
        }),
        _ => Err(faults),
    }
}

#[derive(Default)]
struct Going {
    library: Option<LibraryLine>,
    counts: Counts,
    shelves: Shelves,
    catalogue: Catalogue,
    counter: Counter,
}

impl Going {
    fn take(&mut self, number: u64, line: Line) -> Result<(), Fault> {
        let at = At(number);
        let counts = &mut self.counts;
        let Some(library) = &self.library else {
            let Line::Library(library) = line else {
                return Err(at.fault("out_of_order", "the first line has to be the library's"));
            };
            let terms = counter::terms(at, &library.terms);
            self.library = Some(library);
            return terms;
        };
        match line {
            Line::Library(_) | Line::End(_) => {
                return Err(at.fault("out_of_order", "such a line is there once, first or last"));
            }
            Line::Place(place) => {
                counts.places += 1;
                self.shelves.place(at, &place)?;
            }
            Line::Title(title) => {
                counts.titles += 1;
                self.catalogue.title(at, &title)?;
            }
            Line::Edition(edition) => {
                counts.editions += 1;
                self.catalogue.edition(at, &edition)?;
            }
            Line::Copy(copy) => {
                counts.copies += 1;
                self.catalogue.copy(at, &copy)?;
                self.shelves.copy(at, &copy)?;
                self.counter.copy(at, &copy)?;
            }
            Line::Member(member) => {
                counts.members += 1;
                self.counter.member(at, &member)?;
            }
            Line::Borrower(borrower) => {
                counts.borrowers += 1;
                self.counter.borrower(at, &borrower)?;
            }
            Line::Loan(loan) => {
                counts.loans += 1;
                self.counter.loan(at, &loan, library.made_at)?;
            }
            Line::Hold(hold) => {
                counts.holds += 1;
                self.counter.hold(at, &hold, library.made_at)?;
            }
        }
        Ok(())
    }
}

/// The number of a line.
#[derive(Debug, Clone, Copy)]
struct At(u64);

impl At {
    fn fault(self, code: &'static str, message: impl Into<String>) -> Fault {
        Fault::new(self.0, code, message)
    }

    fn twice(self, what: &str, id: impl std::fmt::Display) -> Fault {
        self.fault("there_twice", format!("the {what} {id} is there twice"))
    }

    fn unknown(self, what: &str, id: impl std::fmt::Display) -> Fault {
        let message = format!("no line before this one is of the {what} {id}");
        self.fault("unknown_id", message)
    }
}
