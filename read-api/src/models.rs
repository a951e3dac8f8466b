//! The read models that questions are answered from, numbered so that each has its place in an array.
//!
//! Never names a model by a text of its own: the projector's constants decide.

use accession_projector::ReadModel;
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

/// A read model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Model {
    TitlePage,
    TitleCard,
    Episode,
    Edition,
    ProvenanceTrail,
    ImportRun,
    History,
    Standing,
    OpenSessions,
    SecurityAudit,
    Account,
    Library,
    Member,
    Invitation,
    LibraryActivity,
    Places,
    Shelf,
    Copy,
    CopyStory,
    HoldingsTally,
    Stocktaking,
    Loan,
    Availability,
    Patron,
    LendingPolicy,
}

impl Model {
    /// How many there are.
    pub(crate) const COUNT: usize = 25;

    /// All of them, in the order of their places.
    pub(crate) const ALL: [Self; Self::COUNT] = [
        Self::TitlePage,
        Self::TitleCard,
        Self::Episode,
        Self::Edition,
        Self::ProvenanceTrail,
        Self::ImportRun,
        Self::History,
        Self::Standing,
        Self::OpenSessions,
        Self::SecurityAudit,
        Self::Account,
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

    /// Its place in an array of all models.
    pub(crate) const fn place(self) -> usize {
        self as usize
    }

    /// Its name in the read store.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::TitlePage => TitlePageModel::NAME,
            Self::TitleCard => TitleCardModel::NAME,
            Self::Episode => EpisodeModel::NAME,
            Self::Edition => EditionModel::NAME,
            Self::ProvenanceTrail => ProvenanceTrailModel::NAME,
            Self::ImportRun => ImportRunModel::NAME,
            Self::History => HistoryModel::NAME,
            Self::Standing => StandingModel::NAME,
            Self::OpenSessions => OpenSessionsModel::NAME,
            Self::SecurityAudit => SecurityAuditModel::NAME,
            Self::Account => AccountModel::NAME,
            Self::Library => LibraryModel::NAME,
            Self::Member => MemberModel::NAME,
            Self::Invitation => InvitationModel::NAME,
            Self::LibraryActivity => LibraryActivityModel::NAME,
            Self::Places => PlacesModel::NAME,
            Self::Shelf => ShelfModel::NAME,
            Self::Copy => CopyModel::NAME,
            Self::CopyStory => CopyStoryModel::NAME,
            Self::HoldingsTally => TallyModel::NAME,
            Self::Stocktaking => StocktakingModel::NAME,
            Self::Loan => LoanModel::NAME,
            Self::Availability => AvailabilityModel::NAME,
            Self::Patron => PatronModel::NAME,
            Self::LendingPolicy => LendingPolicyModel::NAME,
        }
    }

    /// The model with this name, if it is one that we answer from.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_stands_at_its_own_place_and_is_found_by_its_name() {
        for (place, model) in Model::ALL.into_iter().enumerate() {
            assert_eq!(model.place(), place);
            assert_eq!(Model::named(model.name()), Some(model));
        }
        assert_eq!(Model::named("nothing"), None);
    }
}
