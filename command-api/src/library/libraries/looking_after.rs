//! Looking after a child's account: who may, and a password that was forgotten.
//!
//! Never opens a grown-up's account to another: only who belongs to the library as a child is looked after here.

use accession_event_log::Given;
use accession_events::ids::{AccountId, LibraryId, PasswordId};
use accession_events::library::MemberRole;
use jiff::Timestamp;

use super::{Libraries, LibrariesError};
use crate::front_desk::{Noted, Password};
use crate::library::library::LibraryError;

impl Libraries {
    /// Makes sure that somebody may act for a child of this library, being who answers for it or an admin, and that they
    /// know their own password. When who answered for it is gone, there is always an admin.
    pub async fn looks_after(
        &self,
        library: LibraryId,
        child: AccountId,
        by: AccountId,
        own: Password,
    ) -> Result<(), LibrariesError> {
        let known = self.find(library).await?;
        let role = known.role_of(by).ok_or(LibraryError::NotAMember)?;
        let member = known.member(child);
        if member.is_none_or(|member| member.role != MemberRole::Child) {
            return Err(LibraryError::NoSuchMember.into());
        }
        if role != MemberRole::Admin && self.desk.guardian_of(child).await? != Some(by) {
            return Err(LibraryError::NotTheGrownUp.into());
        }
        self.desk.reauthenticate(by, own).await?;
        Ok(())
    }

    /// Gives a child another password, for somebody who [looks after](Self::looks_after) it. Ends its sessions.
    pub async fn choose_childs_password(
        &self,
        child: AccountId,
        new: (PasswordId, Password),
        now: Timestamp,
        given: &Given,
    ) -> Result<Noted, LibrariesError> {
        Ok(self
            .desk
            .choose_childs_password(child, new, now, given)
            .await?)
    }
}
