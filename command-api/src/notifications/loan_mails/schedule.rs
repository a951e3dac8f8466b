//! On which days somebody is reminded of a loan: the day before it is due, that day, and each week after.
//!
//! Pure: the same due date has the same days, whoever asks and when.

use jiff::{SignedDuration, Timestamp};

/// How long before the end of its day somebody is reminded: at noon, as loans are due at the end of a day.
const BEFORE: SignedDuration = SignedDuration::from_hours(12);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// For so many weeks somebody is reminded of what should be back.
const WEEKS: i32 = 52;

/// One of the days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The day before it is due.
    DayBefore,
    /// The day on which it is due.
    LastDay,
    /// So many weeks after.
    Weeks(i32),
}

impl Step {
    fn all() -> impl Iterator<Item = Self> {
        [Self::DayBefore, Self::LastDay]
            .into_iter()
            .chain((1..=WEEKS).map(Self::Weeks))
    }

    /// When it comes for a loan that is due then.
    pub(super) fn time(self, due_at: Timestamp) -> Timestamp {
        let days = match self {
            Self::DayBefore => -1,
            Self::LastDay => 0,
            Self::Weeks(weeks) => 7 * weeks,
        };
        let offset = DAY.saturating_mul(days).saturating_sub(BEFORE);
        due_at.saturating_add(offset).unwrap_or(Timestamp::MAX)
    }

    /// Its name in ids of messages.
    pub(super) fn name(self) -> String {
        match self {
            Self::DayBefore => "day_before".to_owned(),
            Self::LastDay => "last_day".to_owned(),
            Self::Weeks(weeks) => format!("week_{weeks}"),
        }
    }

    /// The newest whose time has come.
    pub(super) fn at(due_at: Timestamp, now: Timestamp) -> Option<Self> {
        Self::all()
            .take_while(|step| step.time(due_at) <= now)
            .last()
    }

    /// The first whose time comes after this moment.
    pub(super) fn after(due_at: Timestamp, moment: Timestamp) -> Option<Self> {
        Self::all().find(|step| step.time(due_at) > moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn somebody_is_reminded_the_day_before_on_the_day_and_weekly_after() {
        let due = at("2026-12-05T23:59:59Z");
        let mut moment = at("2026-11-21T10:00:00Z");
        let mut days = Vec::new();
        for _ in 0..4 {
            let step = Step::after(due, moment).unwrap();
            moment = step.time(due);
            days.push(moment.strftime("%m-%d %H").to_string());
        }
        assert_eq!(days, ["12-04 11", "12-05 11", "12-12 11", "12-19 11"]);
    }

    #[test]
    fn a_timer_that_comes_late_reminds_of_the_newest_day_only() {
        let due = at("2026-12-05T23:59:59Z");
        assert_eq!(Step::at(due, at("2026-12-04T11:00:00Z")), None);
        assert_eq!(
            Step::at(due, at("2026-12-20T00:00:00Z")),
            Some(Step::Weeks(2))
        );
    }

    #[test]
    fn after_a_year_nobody_is_reminded_any_more() {
        let due = at("2026-12-05T23:59:59Z");
        assert_eq!(Step::after(due, at("2027-12-05T23:59:59Z")), None);
    }
}
