//! Passwords: what one must be like, and how one is turned into a hash and compared with it.
//!
//! Never keeps one, and never prints one: [`Password`] has no readable form.

mod argon;
mod pool;
mod strength;

pub use argon::{Cost, HashError};
pub use pool::{Hashing, HashingBusy, HashingOptions, Match};
pub use strength::{Weakness, weakness};

pub use crate::front_desk::{Password, PasswordFault};
