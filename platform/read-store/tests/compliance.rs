//! The promises of the read store's port, each kept by a test that runs over every store that implements it.
//! Never asks a store for more than the port offers.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test crate: a surprise must stop the test and say where"
)]

#[path = "compliance/against_a_model.rs"]
mod against_a_model;
#[path = "compliance/changes.rs"]
mod changes;
#[path = "compliance/commits.rs"]
mod commits;
#[path = "compliance/documents.rs"]
mod documents;
#[path = "compliance/generations.rs"]
mod generations;
#[path = "compliance/given.rs"]
mod given;
#[path = "compliance/indexes.rs"]
mod indexes;
#[path = "compliance/subject.rs"]
mod subject;
#[path = "compliance/walks.rs"]
mod walks;
#[path = "compliance/whole_generations.rs"]
mod whole_generations;
