//! Delete: there is no such account any more; its address and its sign-ins are free for others.
//!
//! Never erases: destroying the person's key is another step, which this makes safe to repeat.

use accession_events::identity::{AccountEvent, Farewell, RevocationReason};

use super::LiveAccount;

pub(super) fn delete(account: &LiveAccount, farewell: Option<&Farewell>) -> Vec<AccountEvent> {
    vec![
        AccountEvent::SessionsRevoked {
            why: RevocationReason::AccountDeleted,
            except: None,
        },
        AccountEvent::AccountDeleted {
            email_index: account.email_index,
            identities: account.identities.clone(),
            farewell: farewell.cloned(),
        },
    ]
}

#[cfg(test)]
mod tests {
    use crate::identity::account::examples::{after, at, names, registered, verify};
    use crate::identity::account::{AccountCommand, AccountError};
    use accession_events::LoggedEvent as _;

    #[test]
    fn a_deleted_account_releases_what_it_claimed_and_answers_nothing_any_more() {
        let mut given = registered();
        let decided = after(&given, &AccountCommand::Delete(None)).unwrap();
        assert_eq!(names(&decided), ["SessionsRevoked", "AccountDeleted"]);
        assert_eq!(decided[1].claims().len(), 1);
        given.extend(decided);
        for command in [AccountCommand::Delete(None), verify(1, at(1))] {
            assert_eq!(after(&given, &command), Err(AccountError::Unknown));
        }
    }
}
