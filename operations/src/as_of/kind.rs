//! The kinds of documents whose past can be asked for.
//!
//! Never a second list of read models: each kind names the one whose fold it runs.

use std::fmt;
use std::str::FromStr;

use accession_events::LoggedEvent as _;
use accession_events::catalog::{EditionEvent, EpisodeEvent, TitleEvent};
use accession_events::circulation::{LendingEvent, PatronEvent, PolicyEvent};
use accession_events::holdings::{CopyEvent, PlacesEvent, ShelfEvent, StocktakingEvent};
use accession_events::identity::{AccountEvent, SubjectEvent};
use accession_events::ingestion::ImportRunEvent;
use accession_events::library::LibraryEvent;
use accession_events::values::AuthorityOrder;
use accession_projector::Model;
use accession_projector::catalog::{
    EditionModel, EpisodeModel, HistoryModel, ProvenanceTrailModel, TitleCardModel, TitlePageModel,
};
use accession_projector::circulation::{
    AvailabilityModel, LendingPolicyModel, LoanModel, PatronModel,
};
use accession_projector::holdings::{
    CopyModel, CopyStoryModel, PlacesModel, ShelfModel, StocktakingModel, TallyModel,
};
use accession_projector::identity::{
    AccountModel, OpenSessionsModel, SecurityAuditModel, StandingModel,
};
use accession_projector::ingestion::ImportRunModel;
use accession_projector::library::{
    InvitationModel, LibraryActivityModel, LibraryModel, MemberModel,
};

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A title's page, with its editions and episodes.
    Title,
    /// What lists show of a title.
    Card,
    /// An edition.
    Edition,
    /// An episode with its video sources.
    Episode,
    /// Who said what of a title, an edition or an episode.
    Provenance,
    /// The changes of a title with its parts, of an edition or of an episode.
    History,
    /// The report of an import run.
    ImportRun,
    /// An account, as its owner sees it.
    Account,
    /// How an account stands.
    Standing,
    /// Where a person is signed in.
    Sessions,
    /// How many acts of security a stream holds.
    SecurityAudit,
    /// A library's page.
    Library,
    /// A person and the libraries they belong to.
    Member,
    /// Open invitations of a person.
    Invitation,
    /// What went on among the members of a library.
    LibraryActivity,
    /// The places of a library.
    Places,
    /// The order of the copies at a place.
    Shelf,
    /// A copy: what is said of it and where it stands.
    Copy,
    /// What happened to a copy.
    CopyStory,
    /// How many copies a library has.
    HoldingsTally,
    /// What was scanned along the shelves, and what was missing.
    Stocktaking,
    /// A loan.
    Loan,
    /// Who has a copy and who waits for it.
    Availability,
    /// Somebody who borrows from a library.
    Patron,
    /// On which terms a library lends.
    LendingPolicy,
}

/// A text that names no kind of document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no kind of document; expected title, card, edition, episode, provenance, history, import-run, account, standing, sessions, security-audit, library, member, invitation, library-activity, places, shelf, copy, copy-story, holdings-tally, stocktaking, loan, availability, patron or lending-policy"
)]
pub struct UnknownKind(String);

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 25] = [
        Self::Title,
        Self::Card,
        Self::Edition,
        Self::Episode,
        Self::Provenance,
        Self::History,
        Self::ImportRun,
        Self::Account,
        Self::Standing,
        Self::Sessions,
        Self::SecurityAudit,
        Self::Library,
        Self::Member,
        Self::Invitation,
        Self::LibraryActivity,
        Self::Places,
        Self::Shelf,
        Self::Copy,
        Self::CopyStory,
        Self::HoldingsTally,
        Self::Stocktaking,
        Self::Loan,
        Self::Availability,
        Self::Patron,
        Self::LendingPolicy,
    ];

    /// The form in commands and addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Card => "card",
            Self::Edition => "edition",
            Self::Episode => "episode",
            Self::Provenance => "provenance",
            Self::History => "history",
            Self::ImportRun => "import-run",
            Self::Account => "account",
            Self::Standing => "standing",
            Self::Sessions => "sessions",
            Self::SecurityAudit => "security-audit",
            Self::Library => "library",
            Self::Member => "member",
            Self::Invitation => "invitation",
            Self::LibraryActivity => "library-activity",
            Self::Places => "places",
            Self::Shelf => "shelf",
            Self::Copy => "copy",
            Self::CopyStory => "copy-story",
            Self::HoldingsTally => "holdings-tally",
            Self::Stocktaking => "stocktaking",
            Self::Loan => "loan",
            Self::Availability => "availability",
            Self::Patron => "patron",
            Self::LendingPolicy => "lending-policy",
        }
    }

    /// Whether a title's slug names such a document, too.
    pub(super) const fn has_slugs(self) -> bool {
        matches!(
            self,
            Self::Title | Self::Card | Self::Provenance | Self::History
        )
    }

    /// The read model whose documents they are.
    pub(super) fn model(self, order: AuthorityOrder) -> Model {
        match self {
            Self::Title => Model::of(TitlePageModel { order }),
            Self::Card => Model::of(TitleCardModel { order }),
            Self::Edition => Model::of(EditionModel { order }),
            Self::Episode => Model::of(EpisodeModel { order }),
            Self::Provenance => Model::of(ProvenanceTrailModel { order }),
            Self::History => Model::of(HistoryModel { order }),
            Self::ImportRun => Model::of(ImportRunModel),
            Self::Account => Model::of(AccountModel),
            Self::Standing => Model::of(StandingModel),
            Self::Sessions => Model::of(OpenSessionsModel),
            Self::SecurityAudit => Model::of(SecurityAuditModel),
            Self::Library => Model::of(LibraryModel),
            Self::Member => Model::of(MemberModel),
            Self::Invitation => Model::of(InvitationModel),
            Self::LibraryActivity => Model::of(LibraryActivityModel),
            Self::Places => Model::of(PlacesModel),
            Self::Shelf => Model::of(ShelfModel),
            Self::Copy => Model::of(CopyModel),
            Self::CopyStory => Model::of(CopyStoryModel),
            Self::HoldingsTally => Model::of(TallyModel),
            Self::Stocktaking => Model::of(StocktakingModel),
            Self::Loan => Model::of(LoanModel),
            Self::Availability => Model::of(AvailabilityModel),
            Self::Patron => Model::of(PatronModel),
            Self::LendingPolicy => Model::of(LendingPolicyModel),
        }
    }

    /// The types of the streams that such a document can be the own document of.
    pub(super) const fn streams(self) -> &'static [&'static str] {
        match self {
            Self::Title | Self::Card => &[TitleEvent::AGGREGATE],
            Self::Edition => &[EditionEvent::AGGREGATE],
            Self::Episode => &[EpisodeEvent::AGGREGATE],
            Self::Provenance | Self::History => &[
                TitleEvent::AGGREGATE,
                EditionEvent::AGGREGATE,
                EpisodeEvent::AGGREGATE,
            ],
            Self::ImportRun => &[ImportRunEvent::AGGREGATE],
            Self::Account | Self::Standing | Self::Sessions | Self::Member => {
                &[AccountEvent::AGGREGATE]
            }
            Self::SecurityAudit => &SecurityAuditModel::STREAMS,
            // A tally is made of the streams of the library's copies, which name it.
            Self::Library | Self::LibraryActivity | Self::HoldingsTally => {
                &[LibraryEvent::AGGREGATE]
            }
            Self::Invitation => &[SubjectEvent::AGGREGATE],
            Self::Places => &[PlacesEvent::AGGREGATE],
            Self::Shelf => &[ShelfEvent::AGGREGATE],
            Self::Stocktaking => &[StocktakingEvent::AGGREGATE],
            Self::Copy | Self::CopyStory => &[CopyEvent::AGGREGATE],
            // A loan has no stream of its own: it is found by what mentions it.
            Self::Loan => &[],
            Self::Availability => &[LendingEvent::AGGREGATE],
            Self::Patron => &[PatronEvent::AGGREGATE],
            Self::LendingPolicy => &[PolicyEvent::AGGREGATE],
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| UnknownKind(text.chars().take(80).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_read_model_has_a_kind_and_every_kind_its_name() {
        let order = AuthorityOrder::default();
        let mut asked: Vec<&str> = Kind::ALL
            .iter()
            .map(|kind| kind.model(order).name())
            .collect();
        let models = accession_projector::all_models(order);
        let mut built: Vec<&str> = models.iter().map(Model::name).collect();
        asked.sort_unstable();
        built.sort_unstable();
        assert_eq!(asked, built, "a read model whose past nobody can ask for");
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        let refused = "book".parse::<Kind>().unwrap_err().to_string();
        assert!(refused.contains("expected title, card"), "{refused}");
    }
}
