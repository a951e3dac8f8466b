//! Set and remove the picture: the event names its bytes, a private table holds them.
//!
//! Never says anything when nothing changes.

use accession_events::identity::AccountEvent;
use accession_events::values::ContentHash;

use super::LiveAccount;

/// A picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetAvatar {
    /// Of its bytes as they are served.
    pub sha256: ContentHash,
}

impl SetAvatar {
    pub(super) fn decide(&self, account: &LiveAccount) -> Vec<AccountEvent> {
        if account.avatar == Some(self.sha256) {
            return Vec::new();
        }
        vec![AccountEvent::AvatarSet {
            sha256: self.sha256,
        }]
    }
}

pub(super) fn remove(account: &LiveAccount) -> Vec<AccountEvent> {
    account
        .avatar
        .map(|_| AccountEvent::AvatarRemoved {})
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::account::AccountCommand;
    use crate::identity::account::examples::{after, names, registered};

    #[test]
    fn a_picture_is_set_once_and_removed_once() {
        let set = AccountCommand::SetAvatar(SetAvatar {
            sha256: ContentHash::of(b"a"),
        });
        let mut given = registered();
        assert_eq!(after(&given, &AccountCommand::RemoveAvatar).unwrap(), []);
        given.extend(after(&given, &set).unwrap());
        assert_eq!(after(&given, &set).unwrap(), []);
        let removed = after(&given, &AccountCommand::RemoveAvatar).unwrap();
        assert_eq!(names(&removed), ["AvatarRemoved"]);
    }
}
