//! Judges the comparison on pairs that people have labelled, next to simpler ways, and fits its weights.
//!
//! Never part of the product, and never fits on a half that is kept for checking: those are only ever named on the command line.

mod baselines;
mod columns;
mod fields;
mod fit;
mod pairs;
mod plain;
mod protocol;
mod report;
mod score;
mod tables;
mod whole;

pub use baselines::{Cuts, Simple, exact, lead_exact};
pub use fit::{Example, fit};
pub use pairs::{Pair, PairSet, labelled};
pub use plain::token_set;
pub use protocol::{
    Fold, Judged, Options, cross_validated, examples, fitted, judge, training, transferred,
};
pub use report::{Line, compared, nanoseconds, report};
pub use score::Score;
pub use tables::{Table, table};
pub use whole::{Whole, WholeScore, whole_sets};
