//! The door: how often somebody may knock, from where, how large and how long a request may be.
//!
//! Never knows what a request is about; the limits are the caller's.
