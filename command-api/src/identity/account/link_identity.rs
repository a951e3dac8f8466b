//! Link and unlink a sign-in: another provider vouches for the person.
//!
//! Never to an account whose address is not proven: whoever registered it first may not be the address's owner.

use accession_events::identity::{AccountEvent, ExternalIdentity};
use accession_events::values::Personal;

use super::{AccountError, LiveAccount};

/// A provider vouches for the person.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkIdentity {
    /// By what it is found.
    pub identity: ExternalIdentity,
    /// The provider's id of the person, sealed.
    pub subject: Personal<String>,
}

impl LinkIdentity {
    pub(super) fn decide(&self, account: &LiveAccount) -> Result<Vec<AccountEvent>, AccountError> {
        if !account.verified {
            return Err(AccountError::NotVerified);
        }
        if account.identities.contains(&self.identity) {
            return Ok(Vec::new());
        }
        Ok(vec![AccountEvent::ExternalIdentityLinked {
            identity: self.identity.clone(),
            subject: self.subject.clone(),
        }])
    }
}

/// Not any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlinkIdentity {
    /// By what it was found.
    pub identity: ExternalIdentity,
}

impl UnlinkIdentity {
    pub(super) fn decide(&self, account: &LiveAccount) -> Result<Vec<AccountEvent>, AccountError> {
        if !account.identities.contains(&self.identity) {
            return Err(AccountError::NotLinked);
        }
        if account.password.is_none() && account.identities.len() == 1 {
            return Err(AccountError::OnlyWayIn);
        }
        Ok(vec![AccountEvent::ExternalIdentityUnlinked {
            identity: self.identity.clone(),
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::account::AccountCommand;
    use crate::identity::account::examples::{after, identity, names, registered, sealed};

    fn link() -> AccountCommand {
        AccountCommand::LinkIdentity(LinkIdentity {
            identity: identity(),
            subject: sealed(),
        })
    }

    fn unlink() -> AccountCommand {
        AccountCommand::UnlinkIdentity(UnlinkIdentity {
            identity: identity(),
        })
    }

    fn verified() -> Vec<AccountEvent> {
        let mut given = registered();
        given.push(AccountEvent::EmailVerified { challenge: None });
        given
    }

    #[test]
    fn an_identity_is_linked_once_to_a_proven_address() {
        let mut given = verified();
        given.extend(after(&given, &link()).unwrap());
        assert_eq!(after(&given, &link()).unwrap(), []);
        assert_eq!(
            names(&after(&given, &unlink()).unwrap()),
            ["ExternalIdentityUnlinked"]
        );
        assert_eq!(
            after(&registered(), &link()),
            Err(AccountError::NotVerified)
        );
    }

    #[test]
    fn the_only_way_in_stays() {
        let mut given: Vec<AccountEvent> = verified()
            .into_iter()
            .filter(|event| !matches!(event, AccountEvent::PasswordSet { .. }))
            .collect();
        assert_eq!(after(&given, &unlink()), Err(AccountError::NotLinked));
        given.extend(after(&given, &link()).unwrap());
        assert_eq!(after(&given, &unlink()), Err(AccountError::OnlyWayIn));
    }
}
