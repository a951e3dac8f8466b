//! The operators' routes through their router, over a real SQLite log and an embedded read store.
//!
//! Nothing here looks inside: what a test knows, an operator knows.
#![cfg(test)]

mod app;
mod as_of;
mod authorisation;
mod comparing;
mod fragile;
mod parked;
mod read_models;
mod rebuilding;
mod register;
mod site;
mod together;
