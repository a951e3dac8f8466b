//! Change the password: by somebody who has just proven to know the present one.
//!
//! Never leaves other sessions alive: whoever had the old password may have been somebody else.

use accession_events::identity::{AccountEvent, RevocationReason};
use accession_events::ids::{PasswordId, SessionId};

use super::LiveAccount;

/// Another password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangePassword {
    /// Names its hash.
    pub password: PasswordId,
    /// The session in which it was asked for, which goes on.
    pub session: Option<SessionId>,
}

impl ChangePassword {
    pub(super) fn decide(&self, account: &LiveAccount) -> Vec<AccountEvent> {
        let password = self.password;
        let set = if account.password.is_some() {
            AccountEvent::PasswordChanged { password }
        } else {
            AccountEvent::PasswordSet { password }
        };
        let revoked = AccountEvent::SessionsRevoked {
            why: RevocationReason::PasswordChanged,
            except: self.session,
        };
        vec![set, revoked]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::account::examples::{after, names, password, registered};
    use crate::identity::account::{AccountCommand, AccountError};
    use uuid::Uuid;

    fn change() -> AccountCommand {
        AccountCommand::ChangePassword(ChangePassword {
            password: password(2),
            session: Some(SessionId::new(Uuid::from_u128(1))),
        })
    }

    #[test]
    fn a_new_password_ends_every_session_but_the_one_it_was_set_in() {
        let decided = after(&registered(), &change()).unwrap();
        assert_eq!(names(&decided), ["PasswordChanged", "SessionsRevoked"]);
    }

    #[test]
    fn who_had_none_gets_a_first_one() {
        let given: Vec<AccountEvent> = registered()
            .into_iter()
            .filter(|event| !matches!(event, AccountEvent::PasswordSet { .. }))
            .collect();
        assert_eq!(
            names(&after(&given, &change()).unwrap()),
            ["PasswordSet", "SessionsRevoked"]
        );
    }

    #[test]
    fn who_is_shut_out_changes_nothing() {
        let mut given = registered();
        given.push(crate::identity::account::examples::disabled());
        assert_eq!(after(&given, &change()), Err(AccountError::Disabled));
    }
}
