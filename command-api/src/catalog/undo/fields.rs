//! Puts fields of a ledger back as they were before a change, leaving alone what others have said since.
//!
//! Never reorders what was not touched: a statement that comes back stands where it stood, so that among equals the
//! latest is the same one as before.

use accession_events::values::{Fact, FieldStatements, Ledger, PinnedStatements, Provenance};

/// How fields are put back.
#[derive(Debug, Clone, PartialEq)]
pub struct PutBack<F: Fact> {
    /// Fields that only have to be locked.
    pub lock: Vec<F::Field>,
    /// Fields that only have to be unlocked.
    pub unlock: Vec<F::Field>,
    /// What has to stand about the others.
    pub restore: Vec<FieldStatements<F>>,
}

/// How the fields that differ between `before` and `after` are put back in the ledger as it is now.
#[must_use]
pub fn put_back<F: Fact>(before: &Ledger<F>, after: &Ledger<F>, now: &Ledger<F>) -> PutBack<F> {
    let mut fields = before.fields();
    fields.extend(after.fields());
    fields.sort_unstable();
    fields.dedup();
    let mut put_back = PutBack {
        lock: Vec::new(),
        unlock: Vec::new(),
        restore: Vec::new(),
    };
    for field in fields {
        let (was, left, is) = (
            before.standing(field),
            after.standing(field),
            now.standing(field),
        );
        if was == left {
            continue;
        }
        let wanted = as_before(&was, &left, &is);
        if wanted == is {
            continue;
        }
        if wanted == after_one(now, field, Ledger::unlock) {
            put_back.unlock.push(field);
        } else if wanted == after_one(now, field, Ledger::lock) {
            put_back.lock.push(field);
        } else {
            put_back.restore.push(wanted);
        }
    }
    put_back
}

fn after_one<F: Fact>(
    now: &Ledger<F>,
    field: F::Field,
    step: impl Fn(&mut Ledger<F>, F::Field),
) -> FieldStatements<F> {
    let mut ledger = now.clone();
    step(&mut ledger, field);
    ledger.standing(field)
}

/// The field as it is now without what the change did to it.
fn as_before<F: Fact>(
    was: &FieldStatements<F>,
    left: &FieldStatements<F>,
    is: &FieldStatements<F>,
) -> FieldStatements<F> {
    let lock = match (&was.lock, &left.lock, &is.lock) {
        (Some(was), Some(left), Some(is)) => Some(PinnedStatements {
            frozen: merged(&was.frozen, &left.frozen, &is.frozen),
            since: merged(&was.since, &left.since, &is.since),
        }),
        // It was locked or unlocked later, by somebody else: that stays.
        (Some(_), Some(_), None) | (None, None, _) => is.lock.clone(),
        // It was locked or unlocked by this change.
        (Some(_), None, _) | (None, Some(_), _) => was.lock.clone(),
    };
    FieldStatements {
        field: is.field,
        said: merged(&was.said, &left.said, &is.said),
        lock,
    }
}

/// What is said now, without what the change made of it. Statements that nobody has touched since stand in front of
/// newer ones, in their old order: so a statement that comes back stands behind those that it stood behind.
fn merged<F: Fact>(
    was: &[(Provenance, F)],
    left: &[(Provenance, F)],
    is: &[(Provenance, F)],
) -> Vec<(Provenance, F)> {
    let of = |list: &[(Provenance, F)], by: &Provenance| {
        list.iter().position(|(other, _)| other.same_asserter(by))
    };
    let touched = |by: &Provenance| {
        let in_list =
            |list: &'_ [(Provenance, F)]| of(list, by).and_then(|place| list.get(place).cloned());
        in_list(was) != in_list(left)
    };
    let mut merged: Vec<_> = is.iter().filter(|(by, _)| !touched(by)).cloned().collect();
    for (place, statement) in was.iter().enumerate() {
        if !touched(&statement.0) {
            continue;
        }
        let earlier = was.get(..place).unwrap_or_default();
        let behind = merged.iter().rposition(|known| earlier.contains(known));
        merged.insert(behind.map_or(0, |place| place + 1), statement.clone());
    }
    merged
}

#[cfg(test)]
mod tests {
    use accession_events::catalog::{TitleFact, TitleField};
    use accession_events::values::{Authority, AuthorityOrder, SourceName, TitleName};

    use super::*;

    fn by(source: &str, authority: Authority) -> Provenance {
        Provenance::of(SourceName::parse(source).unwrap(), authority)
    }

    fn provider(source: &str) -> Provenance {
        by(source, Authority::SecondaryProvider)
    }

    fn name(text: &str) -> TitleFact {
        TitleFact::Name(TitleName::parse(text).unwrap())
    }

    fn shown(ledger: &Ledger<TitleFact>) -> Option<TitleFact> {
        let said = ledger.effective(TitleField::Name, &AuthorityOrder::default());
        said.map(|said| said.fact().clone())
    }

    fn apply(now: &mut Ledger<TitleFact>, put_back: PutBack<TitleFact>) {
        for field in put_back.lock {
            now.lock(field);
        }
        for field in put_back.unlock {
            now.unlock(field);
        }
        for fields in put_back.restore {
            now.restore(&fields);
        }
    }

    #[test]
    fn among_equals_the_latest_is_the_same_one_as_before() {
        let mut before = Ledger::default();
        before.assert(&provider("a"), &[name("A")]);
        before.assert(&provider("b"), &[name("B")]);
        let mut after = before.clone();
        after.assert(&provider("a"), &[name("A, again")]);
        let mut now = after.clone();
        let back = put_back(&before, &after, &now);
        apply(&mut now, back);
        assert_eq!(now, before);
        assert_eq!(shown(&now), Some(name("B")));
    }

    #[test]
    fn what_others_have_said_since_stays_and_stays_the_latest() {
        let mut before = Ledger::default();
        before.assert(&provider("a"), &[name("A")]);
        let mut after = before.clone();
        after.assert(&provider("a"), &[name("A, again")]);
        let mut now = after.clone();
        now.assert(&provider("c"), &[name("C")]);
        let back = put_back(&before, &after, &now);
        apply(&mut now, back);
        let said = now.said(TitleField::Name).iter();
        let said: Vec<_> = said.map(|said| said.fact().clone()).collect();
        assert_eq!(said, [name("A"), name("C")]);
    }

    #[test]
    fn a_lock_is_taken_off_and_put_on_by_its_own_events_where_that_is_all() {
        let mut open = Ledger::default();
        open.assert(&provider("a"), &[name("A")]);
        let mut locked = open.clone();
        locked.lock(TitleField::Name);
        let unlock = put_back(&open, &locked, &locked);
        assert_eq!(
            (unlock.unlock, unlock.restore),
            (vec![TitleField::Name], vec![])
        );
        let lock = put_back(&locked, &open, &open);
        assert_eq!((lock.lock, lock.restore), (vec![TitleField::Name], vec![]));
    }

    #[test]
    fn a_lock_that_kept_something_out_comes_back_with_what_it_pinned() {
        let mut locked = Ledger::default();
        locked.assert(&provider("a"), &[name("A")]);
        locked.lock(TitleField::Name);
        locked.assert(&provider("a"), &[name("kept out")]);
        let mut now = locked.clone();
        now.unlock(TitleField::Name);
        assert_eq!(shown(&now), Some(name("kept out")));
        let back = put_back(&locked, &now, &now);
        apply(&mut now, back);
        assert_eq!(now, locked);
        assert_eq!(shown(&now), Some(name("A")));
    }
}
