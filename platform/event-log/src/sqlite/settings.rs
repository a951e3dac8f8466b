//! What a log in a SQLite file takes from its surroundings: the time, and whoever wants to stop the writer in a test.
//!
//! It never reads the clock itself, but for the default.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

/// What tells the time to the writer.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What a log in a SQLite file takes from its surroundings.
#[derive(Clone)]
pub struct SqliteSettings {
    /// Tells the time that events are recorded at; the log makes sure that it never goes backwards.
    pub clock: Clock,
    /// Called by the writer between its statements: how tests stop it there. It holds up everything that is written.
    pub on_step: Option<Arc<dyn Fn(Step) + Send + Sync>>,
}

/// Where the writer stands between two statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A transaction has begun.
    Begun,
    /// An append was checked, and nothing of it is written.
    Checked,
    /// An append was written, and is not committed.
    Written,
    /// All of the batch was written, and nothing is committed.
    BeforeCommit,
    /// The batch is durable, and its callers do not know yet.
    Committed,
}

impl SqliteSettings {
    /// Tells who listens where the writer stands.
    pub(super) fn at(&self, step: Step) {
        if let Some(on_step) = &self.on_step {
            on_step(step);
        }
    }
}

impl Default for SqliteSettings {
    #[expect(
        clippy::disallowed_methods,
        reason = "the log is the edge that says when an event was recorded"
    )]
    fn default() -> Self {
        Self {
            clock: Arc::new(Timestamp::now),
            on_step: None,
        }
    }
}

impl fmt::Debug for SqliteSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteSettings").finish_non_exhaustive()
    }
}
