//! platform/read-store.
