//! Give consent: agree to other versions of the texts.
//!
//! Never takes an agreement back: both texts are what an account rests on, so without them it is deleted.

use accession_events::identity::{AccountEvent, Consents};

use super::LiveAccount;

/// What the person agrees to.
#[derive(Debug, Clone, PartialEq)]
pub struct GiveConsent {
    /// The versions of both texts.
    pub consents: Consents,
}

impl GiveConsent {
    pub(super) fn decide(&self, account: &LiveAccount) -> Vec<AccountEvent> {
        if account.consents == self.consents {
            return Vec::new();
        }
        vec![AccountEvent::ConsentGiven {
            consents: self.consents.clone(),
        }]
    }
}

#[cfg(test)]
mod tests {
    use accession_events::values::ShortText;

    use super::*;
    use crate::identity::account::AccountCommand;
    use crate::identity::account::examples::{after, names, registered};

    #[test]
    fn agreeing_again_to_what_was_agreed_to_is_no_event() {
        let version = ShortText::parse("2027-01").unwrap();
        let command = AccountCommand::GiveConsent(GiveConsent {
            consents: Consents {
                privacy: version.clone(),
                terms: version,
            },
        });
        let mut given = registered();
        let decided = after(&given, &command).unwrap();
        assert_eq!(names(&decided), ["ConsentGiven"]);
        given.extend(decided);
        assert_eq!(after(&given, &command).unwrap(), []);
    }
}
