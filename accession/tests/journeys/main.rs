//! Whole journeys through the real program: its processes, its command line, its HTTP surfaces, its stores.
//!
//! Everything here goes through what a user can reach; nothing looks inside.
#![cfg(test)]

mod absent_stores;
mod accounts;
mod answers;
mod api_description;
mod audiences;
mod bad_tokens;
mod browsers;
mod command_line;
mod documents;
mod faults;
mod first_run;
mod forgetting;
mod goings;
mod held;
mod holdings;
mod imports;
mod labels;
mod lending;
mod libraries;
mod merging;
mod metrics;
mod premises;
mod rebuilds;
mod redaction;
mod register;
mod runs;
mod searching;
mod sign_in;
mod standing;
mod stocktaking;
mod system;
mod tailing;
mod three_stores;
mod time_travel;
mod traces;
mod vault;
mod walk;
