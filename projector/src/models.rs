//! The list of read models: what the product can show.
//!
//! Nothing is built that is not in it.

use accession_events::values::AuthorityOrder;

use crate::catalog::{
    EditionModel, EpisodeModel, HistoryModel, ProvenanceTrailModel, TitleCardModel, TitlePageModel,
};
use crate::circulation::{AvailabilityModel, LendingPolicyModel, LoanModel, PatronModel};
use crate::holdings::{
    CopyModel, CopyStoryModel, PlacesModel, ShelfModel, StocktakingModel, TallyModel,
};
use crate::identity::{AccountModel, OpenSessionsModel, SecurityAuditModel, StandingModel};
use crate::ingestion::ImportRunModel;
use crate::library::{InvitationModel, LibraryActivityModel, LibraryModel, MemberModel};
use crate::runner::Model;

/// The catalog's read models; effective values follow this order of authority.
#[must_use]
pub fn catalog_models(order: AuthorityOrder) -> Vec<Model> {
    vec![
        Model::of(TitlePageModel { order }),
        Model::of(TitleCardModel { order }),
        Model::of(EpisodeModel { order }),
        Model::of(EditionModel { order }),
        Model::of(ProvenanceTrailModel { order }),
        Model::of(HistoryModel { order }),
    ]
}

/// Ingestion's read models.
#[must_use]
pub fn ingestion_models() -> Vec<Model> {
    vec![Model::of(ImportRunModel)]
}

/// Identity's read models.
#[must_use]
pub fn identity_models() -> Vec<Model> {
    vec![
        Model::of(AccountModel),
        Model::of(StandingModel),
        Model::of(OpenSessionsModel),
        Model::of(SecurityAuditModel),
    ]
}

/// Libraries' read models.
#[must_use]
pub fn library_models() -> Vec<Model> {
    vec![
        Model::of(LibraryModel),
        Model::of(MemberModel),
        Model::of(InvitationModel),
        Model::of(LibraryActivityModel),
    ]
}

/// Holdings' read models.
#[must_use]
pub fn holdings_models() -> Vec<Model> {
    vec![
        Model::of(PlacesModel),
        Model::of(ShelfModel),
        Model::of(CopyModel),
        Model::of(CopyStoryModel),
        Model::of(TallyModel),
        Model::of(StocktakingModel),
    ]
}

/// Circulation's read models.
#[must_use]
pub fn circulation_models() -> Vec<Model> {
    vec![
        Model::of(LoanModel),
        Model::of(AvailabilityModel),
        Model::of(PatronModel),
        Model::of(LendingPolicyModel),
    ]
}

/// All read models.
#[must_use]
pub fn all_models(order: AuthorityOrder) -> Vec<Model> {
    let mut models = catalog_models(order);
    models.extend(ingestion_models());
    models.extend(identity_models());
    models.extend(library_models());
    models.extend(holdings_models());
    models.extend(circulation_models());
    models
}
