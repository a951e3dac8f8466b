//! The log is append-only even for its owner; no statement may change what was written.

use crate::stories::*;
use crate::subject::Subject;

pub(crate) async fn nobody_can_change_or_remove_an_event(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, append(vec![write("a", 0, 2)])).await;
    let before = whole_feed(&*log).await;
    for statement in subject.vandalism() {
        let refused = subject.run_as_owner(statement).await;
        let words = refused.expect_err(statement);
        assert!(
            words.contains("the event log is append-only"),
            "{statement}: {words}"
        );
        assert_eq!(whole_feed(&*log).await, before, "{statement}");
    }
    assert_eq!(must_append(&*log, one("a", 2)).await, 3);
}
