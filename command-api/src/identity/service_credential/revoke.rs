//! A credential opens nothing any longer; also one that the log was never told of.
//!
//! Never refuses: whoever wants a credential to be gone is right.

use accession_events::identity::ServiceCredentialEvent;

use super::ServiceCredential;

/// It opens nothing any longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revoke;

impl Revoke {
    pub(super) fn decide(credential: ServiceCredential) -> Vec<ServiceCredentialEvent> {
        match credential {
            ServiceCredential::Revoked => Vec::new(),
            _ => vec![ServiceCredentialEvent::ServiceCredentialRevoked {}],
        }
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use super::super::ServiceCredentialCommand;
    use super::super::issue::tests::issued;
    use super::super::rotate::tests::rotated;
    use super::*;

    #[test]
    fn a_credential_is_revoked_once_whatever_became_of_it() {
        let revoked = || ServiceCredentialEvent::ServiceCredentialRevoked {};
        for given in [vec![], vec![issued()], vec![issued(), rotated()]] {
            TestFramework::<ServiceCredential>::with(())
                .given(given.clone())
                .when(ServiceCredentialCommand::Revoke(Revoke))
                .then_expect_events(vec![revoked()]);
            TestFramework::<ServiceCredential>::with(())
                .given(given.into_iter().chain([revoked()]).collect())
                .when(ServiceCredentialCommand::Revoke(Revoke))
                .then_expect_events(vec![]);
        }
    }
}
