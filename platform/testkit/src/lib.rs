//! platform/testkit.
