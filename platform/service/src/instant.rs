//! The time as the edge tells it: to the microsecond, which is as fine as the databases keep it, so that a time reads the same
//! wherever it is asked for.
//!
//! Never asked for below the edge: from here on it travels as an argument.

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

/// The time now.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "whatever enters the system is told the time here: this is the edge"
)]
pub fn now() -> Timestamp {
    to_microsecond(Timestamp::now())
}

/// The last whole microsecond up to then.
#[must_use]
pub fn to_microsecond(at: Timestamp) -> Timestamp {
    let whole = TimestampRound::new()
        .smallest(Unit::Microsecond)
        .mode(RoundMode::Floor);
    at.round(whole).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_cut_to_the_microsecond_and_never_moved_ahead() {
        for (fine, kept) in [
            (
                "2026-03-01T10:00:00.123456789Z",
                "2026-03-01T10:00:00.123456Z",
            ),
            (
                "1969-12-31T23:59:59.999999999Z",
                "1969-12-31T23:59:59.999999Z",
            ),
            ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z"),
        ] {
            let cut = to_microsecond(fine.parse().unwrap());
            assert_eq!(cut.to_string(), kept);
        }
        assert_eq!(to_microsecond(Timestamp::MIN), Timestamp::MIN);
        let now = now();
        assert_eq!(now, to_microsecond(now));
    }
}
