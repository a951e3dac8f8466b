//! platform/event-log.
