//! One suite over both limiters: the one in the process and the one in Redis decide alike, to the microsecond.
//!
//! Never waits: time is given.

#![cfg(test)]

mod faults;
mod subject;

use std::time::Duration;

use accession_guard::Verdict;

use subject::{Subject, limit, over_both};

const SECOND: Duration = Duration::from_secs(1);

over_both!(
    calls_are_let_in_until_none_is_left_and_the_next_one_is_told_when,
    a_blocked_call_costs_nothing_however_often_it_is_made,
    calls_come_back_one_by_one_and_never_more_than_there_were,
    others_and_other_limits_are_counted_by_themselves,
    the_first_limit_that_blocks_ends_the_questions,
    of_many_calls_at_once_exactly_as_many_get_in_as_there_are_left,
);

async fn calls_are_let_in_until_none_is_left_and_the_next_one_is_told_when(subject: Subject) {
    let limit = limit("login", 3, 30);
    for remaining in [2, 1, 0] {
        let expected = Verdict {
            remaining,
            wait: None,
        };
        assert_eq!(subject.ask(&limit, 1).await, expected);
    }
    let blocked = Verdict {
        remaining: 0,
        wait: Some(10 * SECOND),
    };
    assert_eq!(subject.ask(&limit, 1).await, blocked);
    assert_eq!(blocked.restored_in(&limit), 30 * SECOND);
}

async fn a_blocked_call_costs_nothing_however_often_it_is_made(subject: Subject) {
    let limit = limit("login", 2, 20);
    subject.ask(&limit, 1).await;
    subject.ask(&limit, 1).await;
    subject.advance(4 * SECOND);
    for _ in 0..50 {
        assert_eq!(subject.ask(&limit, 1).await.wait, Some(6 * SECOND));
    }
    subject.advance(6 * SECOND);
    assert_eq!(subject.ask(&limit, 1).await.wait, None);
}

async fn calls_come_back_one_by_one_and_never_more_than_there_were(subject: Subject) {
    let limit = limit("login", 4, 40);
    for _ in 0..4 {
        subject.ask(&limit, 1).await;
    }
    subject.advance(10 * SECOND);
    assert_eq!(subject.ask(&limit, 1).await.wait, None);
    assert_eq!(subject.ask(&limit, 1).await.wait, Some(10 * SECOND));
    subject.advance(1000 * SECOND);
    let remaining: Vec<u32> = [
        subject.ask(&limit, 1).await,
        subject.ask(&limit, 1).await,
        subject.ask(&limit, 1).await,
        subject.ask(&limit, 1).await,
    ]
    .map(|verdict| verdict.remaining)
    .to_vec();
    assert_eq!(remaining, [3, 2, 1, 0]);
    assert!(subject.ask(&limit, 1).await.wait.is_some());
}

async fn others_and_other_limits_are_counted_by_themselves(subject: Subject) {
    let (login, register) = (limit("login", 1, 10), limit("register", 1, 10));
    assert_eq!(subject.ask(&login, 1).await.wait, None);
    assert!(subject.ask(&login, 1).await.wait.is_some());
    assert_eq!(subject.ask(&login, 2).await.wait, None);
    assert_eq!(subject.ask(&register, 1).await.wait, None);
}

async fn the_first_limit_that_blocks_ends_the_questions(subject: Subject) {
    let (login, register) = (limit("login", 1, 10), limit("register", 2, 20));
    let both = [(&login, 1), (&register, 1)];
    assert_eq!(subject.ask_all(&both).await.len(), 2);
    let blocked = subject.ask_all(&both).await;
    assert!(blocked.len() == 1 && blocked[0].wait.is_some());
    // What was not asked was not counted.
    assert_eq!(subject.ask(&register, 1).await.wait, None);
}

async fn of_many_calls_at_once_exactly_as_many_get_in_as_there_are_left(subject: Subject) {
    let limit = limit("refresh", 5, 60);
    let calls = (0..100).map(|_| subject.ask(&limit, 1));
    let verdicts = futures_util::future::join_all(calls).await;
    let let_in = verdicts.iter().filter(|verdict| verdict.wait.is_none());
    assert_eq!(let_in.count(), 5);
}

#[tokio::test]
async fn both_say_the_same_of_any_course_of_calls() {
    let (process, redis) = (Subject::in_process(), Subject::in_redis());
    let limits = [limit("login", 5, 60), limit("refresh", 3, 7)];
    let mut dice = accession_testkit::Dice::new(4711);
    for step in 0..400 {
        let limit = &limits[usize::try_from(dice.below(2)).unwrap()];
        let who = u128::from(dice.below(3));
        let (one, other) = (process.ask(limit, who).await, redis.ask(limit, who).await);
        assert_eq!(one.remaining, other.remaining, "{step}");
        assert_eq!(one.wait.is_some(), other.wait.is_some(), "{step}");
        // A step of 7 s in three parts has no end in microseconds.
        let apart = one
            .wait
            .unwrap_or_default()
            .abs_diff(other.wait.unwrap_or_default());
        assert!(apart < Duration::from_micros(50), "{step} {apart:?}");
        let pause = Duration::from_millis(dice.below(4000));
        process.advance(pause);
        redis.advance(pause);
    }
}
