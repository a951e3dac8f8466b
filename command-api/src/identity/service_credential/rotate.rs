//! Another credential takes the place of this one, which stays good for a while.
//!
//! Never says how long that is: whoever asks decides.

use accession_events::identity::ServiceCredentialEvent;
use accession_events::ids::ServiceCredentialId;
use jiff::Timestamp;

use super::{ServiceCredential, ServiceCredentialError};

/// Another takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotate {
    /// The new one.
    pub successor: ServiceCredentialId,
    /// Until then this one is good, too.
    pub good_until: Timestamp,
}

impl Rotate {
    pub(super) fn decide(
        self,
        credential: ServiceCredential,
    ) -> Result<Vec<ServiceCredentialEvent>, ServiceCredentialError> {
        match credential {
            ServiceCredential::Untold | ServiceCredential::Issued => {
                Ok(vec![ServiceCredentialEvent::ServiceCredentialRotated {
                    successor: self.successor,
                    good_until: self.good_until,
                }])
            }
            ServiceCredential::Replaced(by) => Err(ServiceCredentialError::Replaced(by)),
            ServiceCredential::Revoked => Err(ServiceCredentialError::Revoked),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use super::super::ServiceCredentialCommand;
    use super::super::issue::tests::issued;
    use super::*;

    fn rotate() -> Rotate {
        Rotate {
            successor: ServiceCredentialId::new(Uuid::from_u128(2)),
            good_until: Timestamp::from_second(2000).unwrap(),
        }
    }

    pub(in super::super) fn rotated() -> ServiceCredentialEvent {
        let Rotate {
            successor,
            good_until,
        } = rotate();
        ServiceCredentialEvent::ServiceCredentialRotated {
            successor,
            good_until,
        }
    }

    #[test]
    fn a_credential_is_replaced_once_and_not_after_it_was_revoked() {
        let given = |events| TestFramework::<ServiceCredential>::with(()).given(events);
        let command = || ServiceCredentialCommand::Rotate(rotate());
        given(vec![issued()])
            .when(command())
            .then_expect_events(vec![rotated()]);
        given(vec![issued(), rotated()])
            .when(command())
            .then_expect_error(ServiceCredentialError::Replaced(rotate().successor));
        given(vec![
            issued(),
            ServiceCredentialEvent::ServiceCredentialRevoked {},
        ])
        .when(command())
        .then_expect_error(ServiceCredentialError::Revoked);
    }
}
