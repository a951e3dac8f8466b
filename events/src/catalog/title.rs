//! What can happen to a title: a work that a person can follow.
//!
//! Editions and episodes have streams of their own; a title never lists them.

mod facts;
mod taken;

pub use facts::{ReleaseStatus, TitleFact, TitleField};
pub use taken::TakenTitle;

use serde::{Deserialize, Serialize};

use crate::claims::{ClaimChange, ClaimKey, ClaimKind};
use crate::event::LoggedEvent;
use crate::ids::TitleId;
use crate::values::{FieldStatements, Provenance, ShortText, Slug};

/// What kind of work it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TitleKind {
    /// A book, in any number of editions.
    Book,
    /// A series with episodes.
    Series,
    /// A film; its single part is an episode, too.
    Film,
}

impl TitleKind {
    /// The forms of all of them.
    pub const NAMES: [&str; 3] = [
        Self::Book.as_str(),
        Self::Series.as_str(),
        Self::Film.as_str(),
    ];

    /// The form in JSON, URLs and keys.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Book => "book",
            Self::Series => "series",
            Self::Film => "film",
        }
    }
}

/// What happened to a title.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TitleEvent {
    /// It was entered into the catalog; it is active from now on.
    TitleAdded {
        /// Book, series or film.
        kind: TitleKind,
        /// Its readable address; unique among all slugs, present and past.
        slug: Slug,
        /// Who says so.
        provenance: Provenance,
        /// What they say; among it always a name.
        facts: Vec<TitleFact>,
    },
    /// Somebody said something new about it.
    TitleFactsAsserted {
        /// Who says so.
        provenance: Provenance,
        /// What they say now; fields not named here stand as they said before.
        facts: Vec<TitleFact>,
    },
    /// Somebody no longer says what they said.
    TitleFactsWithdrawn {
        /// Who withdraws.
        provenance: Provenance,
        /// What they no longer speak about.
        fields: Vec<TitleField>,
    },
    /// A curator pinned a field's present value against every later assertion but a curator's.
    TitleFieldLocked {
        /// The field.
        field: TitleField,
    },
    /// A curator let the field follow the order of authority again.
    TitleFieldUnlocked {
        /// The field.
        field: TitleField,
    },
    /// A change was undone: exactly this stands about these fields again.
    TitleFieldsRestored {
        /// What stands, field by field.
        fields: Vec<FieldStatements<TitleFact>>,
    },
    /// It got another slug; the former one keeps leading here.
    TitleSlugChanged {
        /// The slug from now on.
        slug: Slug,
        /// The slug until now.
        former: Slug,
    },
    /// It was found to be of another kind.
    TitleReclassified {
        /// The kind until now.
        from: TitleKind,
        /// The kind from now on.
        to: TitleKind,
    },
    /// It was found to be the same work as another title, which stands for it from now on.
    TitleMergedInto {
        /// The title that stands for it.
        title_id: TitleId,
        /// The source records that describe that title from now on, and no longer this one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        records: Vec<Provenance>,
        /// Why, in the curator's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ShortText>,
    },
    /// It stands for other titles from now on.
    TitleAbsorbed {
        /// The title that was merged into it, and behind it those for which that one stood.
        taken: Vec<TakenTitle>,
    },
    /// What came from other titles is theirs again, or some of its source records now describe another title.
    TitleRelinquished {
        /// The title to which it goes.
        title_id: TitleId,
        /// The titles for which this one stands no longer; none when it was split.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        titles: Vec<TitleId>,
        /// What stands from now on about the fields that this touches.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<FieldStatements<TitleFact>>,
        /// The source records that describe it no longer.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        records: Vec<Provenance>,
    },
    /// It stands for itself again, or for the first time: what its source records said meanwhile is its own.
    TitleSeparated {
        /// The title from which it comes.
        from: TitleId,
        /// What stands from now on about the fields that this touches.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<FieldStatements<TitleFact>>,
        /// The source records that describe it from now on, each as it was last read.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        records: Vec<Provenance>,
    },
    /// It is shown to readers again.
    TitleActivated {},
    /// It is no longer shown to readers.
    TitleDeactivated {
        /// Why, in the curator's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ShortText>,
    },
}

impl LoggedEvent for TitleEvent {
    const AGGREGATE: &'static str = "catalog.title";

    fn name(&self) -> &'static str {
        match self {
            Self::TitleAdded { .. } => "TitleAdded",
            Self::TitleFactsAsserted { .. } => "TitleFactsAsserted",
            Self::TitleFactsWithdrawn { .. } => "TitleFactsWithdrawn",
            Self::TitleFieldLocked { .. } => "TitleFieldLocked",
            Self::TitleFieldUnlocked { .. } => "TitleFieldUnlocked",
            Self::TitleFieldsRestored { .. } => "TitleFieldsRestored",
            Self::TitleSlugChanged { .. } => "TitleSlugChanged",
            Self::TitleReclassified { .. } => "TitleReclassified",
            Self::TitleMergedInto { .. } => "TitleMergedInto",
            Self::TitleAbsorbed { .. } => "TitleAbsorbed",
            Self::TitleRelinquished { .. } => "TitleRelinquished",
            Self::TitleSeparated { .. } => "TitleSeparated",
            Self::TitleActivated {} => "TitleActivated",
            Self::TitleDeactivated { .. } => "TitleDeactivated",
        }
    }

    fn version(&self) -> u16 {
        match self {
            Self::TitleAdded { .. } => 2,
            _ => 1,
        }
    }

    fn claims(&self) -> Vec<ClaimChange> {
        match self {
            Self::TitleAdded {
                slug, provenance, ..
            } => {
                let mut claims = vec![slug_claim(slug)];
                claims.extend(record_claim(provenance));
                claims
            }
            Self::TitleFactsAsserted { provenance, .. } => {
                record_claim(provenance).into_iter().collect()
            }
            Self::TitleSlugChanged { slug, .. } => vec![slug_claim(slug)],
            Self::TitleMergedInto { records, .. } | Self::TitleRelinquished { records, .. } => {
                taken::released(records).collect()
            }
            Self::TitleAbsorbed { taken } => {
                taken::made(taken.iter().flat_map(|taken| &taken.records)).collect()
            }
            Self::TitleSeparated { records, .. } => taken::made(records).collect(),
            _ => Vec::new(),
        }
    }
}

fn slug_claim(slug: &Slug) -> ClaimChange {
    ClaimChange::Make(ClaimKey::new(ClaimKind::TitleSlug, slug.as_str()))
}

fn record_claim(provenance: &Provenance) -> Option<ClaimChange> {
    ClaimKey::of_provenance("title", provenance).map(ClaimChange::Make)
}
