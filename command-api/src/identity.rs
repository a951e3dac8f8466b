//! Identity: accounts, what they are proven by, and how a person looks after their own.
//!
//! No readable personal data is in an aggregate: use cases seal before they give a command and open where they must look.

pub mod account;
pub mod accounts;
mod administrators;
pub mod entrance;
pub mod erasure;
pub mod http;
pub mod passwords;
pub mod picture;
pub mod service_credential;
pub mod session;
pub mod sessions;
pub mod sign_in;
pub mod viewers;
