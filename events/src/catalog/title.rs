//! What can happen to a title: a work that a person can follow.
//!
//! Editions and episodes have streams of their own; a title never lists them.

use serde::{Deserialize, Serialize};

use crate::claims::{ClaimChange, ClaimKey, ClaimKind};
use crate::event::LoggedEvent;
use crate::values::{
    Fact, FieldStatements, LanguageTag, LongText, PersonName, Provenance, ShortText, Slug,
    TitleName, WebUrl, Year,
};

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

/// Where the work stands in its release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReleaseStatus {
    /// Still coming out.
    Ongoing,
    /// All of it is out.
    Completed,
    /// Announced.
    Upcoming,
}

/// One thing that somebody says about a title.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "field", content = "value", rename_all = "snake_case")]
pub enum TitleFact {
    /// Other names it is known by, in the source's order.
    AlternativeNames(Vec<TitleName>),
    /// How an audience rates it: mean in hundredths of a five-star scale, and how many voted.
    AudienceRating {
        /// Mean, 0..=500.
        hundredths: u16,
        /// Number of votes.
        votes: u64,
    },
    /// Who wrote it, in the source's order.
    Authors(Vec<PersonName>),
    /// What it is about.
    Description(LongText),
    /// How many episodes it has in all.
    EpisodeCount(u32),
    /// Genres, in the source's words and order.
    Genres(Vec<ShortText>),
    /// The language it was made in.
    Language(LanguageTag),
    /// The name to show.
    Name(TitleName),
    /// The name in its original language.
    OriginalName(TitleName),
    /// Address of a cover or poster.
    Poster(WebUrl),
    /// The year of its first release; negative before our era.
    ReleaseYear(Year),
    /// Where it stands in its release.
    Status(ReleaseStatus),
}

/// The fields of a title, one for each fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each is documented at the fact of the same name"
)]
pub enum TitleField {
    AlternativeNames,
    AudienceRating,
    Authors,
    Description,
    EpisodeCount,
    Genres,
    Language,
    Name,
    OriginalName,
    Poster,
    ReleaseYear,
    Status,
}

impl Fact for TitleFact {
    type Field = TitleField;

    fn field(&self) -> TitleField {
        match self {
            Self::AlternativeNames(_) => TitleField::AlternativeNames,
            Self::AudienceRating { .. } => TitleField::AudienceRating,
            Self::Authors(_) => TitleField::Authors,
            Self::Description(_) => TitleField::Description,
            Self::EpisodeCount(_) => TitleField::EpisodeCount,
            Self::Genres(_) => TitleField::Genres,
            Self::Language(_) => TitleField::Language,
            Self::Name(_) => TitleField::Name,
            Self::OriginalName(_) => TitleField::OriginalName,
            Self::Poster(_) => TitleField::Poster,
            Self::ReleaseYear(_) => TitleField::ReleaseYear,
            Self::Status(_) => TitleField::Status,
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
