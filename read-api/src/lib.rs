//! read-api.
