//! A provider that lies: every forged, stale or misdirected answer is refused, and none brings us down.
//!
//! Never reaches a real provider; those are in `real_provider.rs`.
#![cfg(test)]

mod answers;
mod forging;
mod tokens;
