//! `/api/read`.
//!
//! Never more than one test module a question.

mod anime;
mod browse;
mod copies;
mod duplicates;
mod editions;
mod encodings;
mod episodes;
mod finds;
mod history;
mod imports;
mod isbn;
mod merged;
mod names;
mod positions;
mod provenance;
mod rosters;
mod search;
mod similar;
mod surface;
mod title;
mod titles;
mod views;
