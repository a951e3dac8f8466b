//! platform/feed.
