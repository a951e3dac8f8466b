//! What only a log in a SQLite file can get wrong: crashes, a second writer, foreign files, a full disk, a clock that
//! goes back. What it shares with other databases is never tried here.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test crate: clippy excuses only the test functions themselves"
)]

mod crash;
mod events;
mod files;
mod steps;
mod trouble;
