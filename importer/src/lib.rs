//! The importer: reads what others know about titles and sends it, record by record, to the internal endpoints.
//!
//! It is a client like any other: it never opens the log, a table or a document, and prints nothing itself.

mod client;
mod encodings;
mod fit;
mod foresight;
mod input;
mod leash;
mod lines;
mod looks;
mod marc;
mod pipeline;
mod record;
mod report;
mod run;
mod sources;
mod web;
mod xml;

pub use client::{ClientError, Server};
pub use foresight::{Foreseen, Foresight, Outcomes};
pub use record::{Items, Note, Record, Reject};
pub use report::{ExitCode, Progress, Report};
pub use run::{ImportError, ImportOptions, Observer, foresee, run};
pub use sources::{Source, Wishes};
