//! The lines of a file about people: who belongs to the library, who borrows, what they have and wait for.
//!
//! Never an address, and never more of a person than what they are called.

use accession_events::circulation::LentHow;
use accession_events::ids::{AccountId, CopyId, HoldId, LoanId, PatronId};
use accession_events::library::MemberRole;
use accession_events::values::PersonName;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody who belongs to the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberLine {
    /// Their account on the server that the file comes from.
    pub account: AccountId,
    /// What they are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// What they are in the library.
    pub role: MemberRole,
}

/// Somebody who borrows or has borrowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BorrowerLine {
    /// Which.
    pub id: PatronId,
    /// What they are called.
    pub name: PersonName,
    /// Their account on the server that the file comes from, when they are a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
}

/// What has become of a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoanOutcome {
    /// The copy is out.
    Open,
    /// It came back.
    Returned,
    /// It was reported lost.
    Lost,
}

/// A loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoanLine {
    /// Which.
    pub id: LoanId,
    /// Of which copy.
    pub copy: CopyId,
    /// To whom.
    pub borrower: PatronId,
    /// When it began.
    pub lent_at: Timestamp,
    /// Until when the copy has, or had, to be back.
    pub due_at: Timestamp,
    /// How it began.
    pub how: LentHow,
    /// How often it was renewed.
    #[serde(default)]
    pub renewals: u16,
    /// What has become of it.
    pub outcome: LoanOutcome,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// Somebody who waits for a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldLine {
    /// Which.
    pub id: HoldId,
    /// For which copy.
    pub copy: CopyId,
    /// Who.
    pub borrower: PatronId,
    /// Since when.
    pub placed_at: Timestamp,
    /// Until when the copy is kept for them, once it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_until: Option<Timestamp>,
}
