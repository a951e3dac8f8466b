//! projector.
