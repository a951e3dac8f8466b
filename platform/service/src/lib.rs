//! What every role of the product needs to run as a service: configuration, telemetry, access, problems, health, serving.
//!
//! It holds no word of the domain.

pub mod access;
pub mod client;
pub mod config;
pub mod describing;
pub mod health;
pub mod instant;
pub mod keys;
pub mod problem;
pub mod requests;
pub mod server;
pub mod shutdown;
pub mod telemetry;
pub mod traces;
pub mod views;
