//! Open Library: its monthly dumps (`open-library-dump`) and its answers over HTTP or as files (`open-library`).
//!
//! Open Library gives its records away as public domain (CC0); facts are attributed to `open-library`, whichever way they
//! came, so that a work is one title. Covers are linked, never copied. A work is a title, an edition one of its editions; an
//! edition without a work stands for itself. Authors are names, found by their keys.

mod answers;
mod asked;
mod authors;
mod documents;
mod dump;

pub(super) use answers::SOURCE as ANSWERS;
pub(super) use dump::SOURCE as DUMP;

/// The name in provenance of both.
const PROVENANCE: &str = "open-library";

#[cfg(test)]
mod tests;
