//! The routes of accounts.
//!
//! Mails are not sent here: their tokens are derived as the sender derives them.

mod administering;
mod avatars;
mod consents;
mod looking_after;
mod proving;
mod registering;
mod sessions;
