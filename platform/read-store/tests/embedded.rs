//! What only the embedded store promises: one process, one directory, and a consistent prefix after kill -9.
//! Never repeats what the compliance suite asks of every store.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test crate: a surprise must stop the test and say where"
)]

#[path = "embedded/crash.rs"]
mod crash;
#[path = "embedded/directory.rs"]
mod directory;
#[path = "compliance/given.rs"]
mod given;
