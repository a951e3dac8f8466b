//! platform/service.
