//! The ids of what is restored: each follows from the file, from who restores it, and from the id that the file has for it.
//!
//! Never an id of the file itself: whatever a file says, it means nothing that is here already.

use accession_events::ids::{
    AccountId, CopyId, EditionId, HoldId, LibraryId, LoanId, PatronId, PlaceId, TitleId,
};
use accession_events::values::ShortText;
use jiff::Timestamp;
use uuid::{Builder, Uuid};

/// The root of the ids of restored libraries; drawn once, never changed.
const RESTORED: Uuid = Uuid::from_u128(0x6f1d_0b7e_93c4_4d52_a8e6_2b90_5c3f_e714);

/// Ids for one restored library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ids {
    library: Uuid,
}

impl Ids {
    /// Those for this file, restored by this person under this name.
    pub(super) fn of(account: AccountId, digest: &str, name: Option<&ShortText>) -> Self {
        let name = name.map_or("", ShortText::as_str);
        let all = [&*account.to_string(), digest, name].join("\u{0}");
        Self {
            library: Uuid::new_v5(&RESTORED, all.as_bytes()),
        }
    }

    fn derived(self, what: &str, id: Uuid) -> Uuid {
        Uuid::new_v5(&self.library, format!("{what}\u{0}{id}").as_bytes())
    }

    pub(super) const fn library(self) -> LibraryId {
        LibraryId::new(self.library)
    }

    pub(super) fn place(self, id: PlaceId) -> PlaceId {
        PlaceId::new(self.derived("place", id.as_uuid()))
    }

    pub(super) fn title(self, id: TitleId) -> TitleId {
        TitleId::new(self.derived("title", id.as_uuid()))
    }

    pub(super) fn edition(self, id: EditionId) -> EditionId {
        EditionId::new(self.derived("edition", id.as_uuid()))
    }

    /// A copy's id also follows from its line: copies that are taken in by one step come in the order of their ids, as those
    /// that are taken in one by one.
    pub(super) fn copy(self, id: CopyId, made_at: Timestamp, line: u64) -> CopyId {
        let [_, _, _, _, _, _, random @ ..] = self.derived("copy", id.as_uuid()).into_bytes();
        let base = u64::try_from(made_at.as_millisecond()).unwrap_or_default();
        let id = Builder::from_unix_timestamp_millis(base + line, &random);
        CopyId::new(id.into_uuid())
    }

    pub(super) fn patron(self, id: PatronId) -> PatronId {
        PatronId::new(self.derived("patron", id.as_uuid()))
    }

    pub(super) fn loan(self, id: LoanId) -> LoanId {
        LoanId::new(self.derived("loan", id.as_uuid()))
    }

    pub(super) fn hold(self, id: HoldId) -> HoldId {
        HoldId::new(self.derived("hold", id.as_uuid()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_file_is_the_same_library_and_another_person_or_name_makes_another() {
        let account = |number| AccountId::new(Uuid::from_u128(number));
        let name = ShortText::parse("Longbourn II").ok();
        let first = Ids::of(account(1), "ab", None);
        assert_eq!(first, Ids::of(account(1), "ab", None));
        for other in [
            Ids::of(account(2), "ab", None),
            Ids::of(account(1), "ac", None),
            Ids::of(account(1), "ab", name.as_ref()),
        ] {
            assert_ne!(first.library(), other.library());
        }
        let same = Uuid::from_u128(9);
        assert_ne!(
            first.loan(LoanId::new(same)).as_uuid(),
            first.title(TitleId::new(same)).as_uuid()
        );
        assert_ne!(first.title(TitleId::new(same)).as_uuid(), same);
    }

    #[test]
    fn copies_stand_in_the_order_of_their_lines() {
        let ids = Ids::of(AccountId::new(Uuid::from_u128(1)), "ab", None);
        let made_at = Timestamp::from_second(1_800_000_000).unwrap();
        let copy = |line| ids.copy(CopyId::new(Uuid::from_u128(9)), made_at, line);
        assert_eq!(copy(1), copy(1));
        let lines = [1, 2, 255, 256, 100_000];
        let in_order: Vec<String> = lines.iter().map(|line| copy(*line).to_string()).collect();
        assert!(in_order.is_sorted(), "{in_order:?}");
    }
}
