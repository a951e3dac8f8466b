//! What follows by itself for copies from what happens elsewhere.
//!
//! Everything is decided anew from the copy as it is: a second time, or after a crash half-way, nothing happens twice.

mod departed_owners;

pub use departed_owners::DepartedOwners;
