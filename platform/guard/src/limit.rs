//! A limit, and what it says of one call.
//!
//! Never remembers anything: that is a limiter's.

use std::num::NonZeroU32;
use std::time::Duration;

/// Whose calls are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Those from one place: an IPv4 address or an IPv6 /64.
    Address,
    /// Those of one account; of one place, while nobody has signed in.
    Account,
}

/// Where calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// In all processes together, when they share a Redis.
    Shared,
    /// In each process for itself: where a look into Redis would cost more than the answer.
    Process,
}

/// So many calls in such a time. GCRA: the calls come back one by one, evenly over the time, and a blocked call costs
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Its name in header fields, settings and metrics: lower case and `_`.
    pub name: &'static str,
    /// Calls that may come at once, and that come back over the time.
    pub calls: NonZeroU32,
    /// The time over which all calls come back.
    pub over: Duration,
    /// Whose calls are counted together.
    pub by: By,
    /// Where they are counted.
    pub reach: Reach,
}

/// The text of a limit cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a limit; expected calls per seconds, for example `login=5/900`")]
pub struct BadLimit {
    /// What was found.
    pub text: String,
}

impl Limit {
    /// The time after which one call comes back.
    #[must_use]
    pub fn step(&self) -> Duration {
        self.over / self.calls.get()
    }

    /// Takes calls and seconds from a text like `5/900`.
    pub fn set(&mut self, text: &str) -> Result<(), BadLimit> {
        let bad = || BadLimit {
            text: format!("{}={text}", self.name),
        };
        let (calls, seconds) = text.split_once('/').ok_or_else(bad)?;
        let seconds: u64 = seconds.trim().parse().map_err(|_| bad())?;
        if seconds == 0 || seconds > 86_400 {
            return Err(bad());
        }
        self.calls = calls.trim().parse().map_err(|_| bad())?;
        self.over = Duration::from_secs(seconds);
        Ok(())
    }
}

/// One question to a limiter: a limit, and who it is about.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The limit.
    pub limit: &'a Limit,
    /// Who: a digest, so that no address and no account stands in a limiter's memory.
    pub who: u128,
}

/// What a limiter says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Calls that may follow at once.
    pub remaining: u32,
    /// When the call would have been let in; none when it is.
    pub wait: Option<Duration>,
}

impl Verdict {
    /// How long until all calls have come back.
    #[must_use]
    pub fn restored_in(&self, limit: &Limit) -> Duration {
        let missing = limit.calls.get().saturating_sub(self.remaining);
        limit.step().saturating_mul(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_set_by_calls_and_seconds() {
        let mut limit = Limit {
            name: "login",
            calls: NonZeroU32::MIN,
            over: Duration::from_secs(1),
            by: By::Address,
            reach: Reach::Shared,
        };
        limit.set("5/900").unwrap();
        assert_eq!(
            (limit.calls.get(), limit.step()),
            (5, Duration::from_mins(3))
        );
        for bad in ["", "5", "0/60", "5/0", "-1/60", "5/99999999", "5/60/1"] {
            let error = limit.set(bad).unwrap_err().to_string();
            assert!(error.contains("login="), "{error}");
        }
        assert_eq!(limit.calls.get(), 5);
    }
}
