//! A credential was issued.
//!
//! Never carries its secret.

use accession_events::identity::ServiceCredentialEvent;
use accession_events::ids::ServiceCredentialId;
use accession_events::values::{HandleName, ShortText};

use super::{ServiceCredential, ServiceCredentialError};

/// It was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// What an operator calls it.
    pub name: ShortText,
    /// What it may be used for.
    pub scopes: Vec<HandleName>,
    /// The credential that it takes the place of.
    pub replaces: Option<ServiceCredentialId>,
}

impl Issue {
    pub(super) fn decide(
        &self,
        credential: ServiceCredential,
    ) -> Result<Vec<ServiceCredentialEvent>, ServiceCredentialError> {
        match credential {
            ServiceCredential::Untold => {
                Ok(vec![ServiceCredentialEvent::ServiceCredentialIssued {
                    name: self.name.clone(),
                    scopes: self.scopes.clone(),
                    replaces: self.replaces,
                }])
            }
            _ => Err(ServiceCredentialError::AlreadyIssued),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use cqrs_es::test::TestFramework;

    use super::super::ServiceCredentialCommand;
    use super::*;

    fn issue() -> Issue {
        Issue {
            name: ShortText::parse("importer").unwrap(),
            scopes: vec![HandleName::parse("import").unwrap()],
            replaces: None,
        }
    }

    pub(in super::super) fn issued() -> ServiceCredentialEvent {
        let Issue {
            name,
            scopes,
            replaces,
        } = issue();
        ServiceCredentialEvent::ServiceCredentialIssued {
            name,
            scopes,
            replaces,
        }
    }

    #[test]
    fn a_credential_is_issued_once() {
        TestFramework::<ServiceCredential>::with(())
            .given_no_previous_events()
            .when(ServiceCredentialCommand::Issue(issue()))
            .then_expect_events(vec![issued()]);
        TestFramework::<ServiceCredential>::with(())
            .given(vec![issued()])
            .when(ServiceCredentialCommand::Issue(issue()))
            .then_expect_error(ServiceCredentialError::AlreadyIssued);
    }
}
