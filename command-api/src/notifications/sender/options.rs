//! Settings of the sender.
//!
//! Never where letters go to: that is the transport's.

use std::time::Duration;

/// Settings of the sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderOptions {
    /// Where people reach the product: links begin with it. No slash at the end.
    pub public_url: String,
    /// Pause after the first failure of a message; each further one triples it.
    pub shortest_pause: Duration,
    /// Longest pause.
    pub longest_pause: Duration,
    /// A message is given up after so many attempts.
    pub attempts: u32,
    /// How long a sender has a message for itself. It gives a letter up after half of that, so the transport should
    /// have done so before.
    pub lease: Duration,
    /// How often the queue is looked at.
    pub poll: Duration,
    /// How long rows of messages that were sent are kept.
    pub kept_for: Duration,
}

impl Default for SenderOptions {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080".into(),
            shortest_pause: Duration::from_secs(5),
            longest_pause: Duration::from_hours(1),
            attempts: 12,
            lease: Duration::from_mins(3),
            poll: Duration::from_secs(1),
            kept_for: Duration::from_hours(30 * 24),
        }
    }
}
