//! What lists of any context ask the search index for: which things fit filters, in which order, and what is like what.
//!
//! Never knows which lists these are; how the index answers is the business of search alone.

pub(crate) use crate::search::{
    Browse, CopyQuestion, FILTERS, Part, away, behind, copy_sort, part,
};
