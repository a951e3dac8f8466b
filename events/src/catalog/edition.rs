//! What can happen to an edition: one bibliographic record under a title.
//!
//! An edition is not a copy: it stands on no shelf and has no owner.

mod moved;
mod taken;

pub use moved::MovedEdition;
pub use taken::TakenEdition;

use serde::{Deserialize, Serialize};

use crate::claims::{ClaimChange, ClaimKey, ClaimKind};
use crate::event::LoggedEvent;
use crate::ids::{EditionId, TitleId};
use crate::values::{
    Fact, FieldStatements, Isbn, LanguageTag, Provenance, ShortText, TitleName, WebUrl, Year,
};

/// One thing that somebody says about an edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "field", content = "value", rename_all = "snake_case")]
pub enum EditionFact {
    /// Address of a cover.
    Cover(WebUrl),
    /// Form, in the source's words: hardcover, paperback, e-book.
    Format(ShortText),
    /// Its ISBN.
    Isbn(Isbn),
    /// Its language.
    Language(LanguageTag),
    /// The name on its title page.
    Name(TitleName),
    /// Number of pages.
    PageCount(u32),
    /// The year it was published.
    PublishedYear(Year),
    /// Who published it.
    Publisher(ShortText),
    /// What a source gave as an ISBN and which is not one; kept out of the ISBN index.
    UnverifiedIsbn(ShortText),
}

/// The fields of an edition, one for each fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each is documented at the fact of the same name"
)]
pub enum EditionField {
    Cover,
    Format,
    Isbn,
    Language,
    Name,
    PageCount,
    PublishedYear,
    Publisher,
    UnverifiedIsbn,
}

impl Fact for EditionFact {
    type Field = EditionField;

    fn field(&self) -> EditionField {
        match self {
            Self::Cover(_) => EditionField::Cover,
            Self::Format(_) => EditionField::Format,
            Self::Isbn(_) => EditionField::Isbn,
            Self::Language(_) => EditionField::Language,
            Self::Name(_) => EditionField::Name,
            Self::PageCount(_) => EditionField::PageCount,
            Self::PublishedYear(_) => EditionField::PublishedYear,
            Self::Publisher(_) => EditionField::Publisher,
            Self::UnverifiedIsbn(_) => EditionField::UnverifiedIsbn,
        }
    }
}

/// What happened to an edition. Each variant names the title, so that a title page hears of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum EditionEvent {
    /// It was entered under a title.
    EditionAdded {
        /// The title it is an edition of.
        title_id: TitleId,
        /// Who says so.
        provenance: Provenance,
        /// What they say.
        facts: Vec<EditionFact>,
    },
    /// Somebody said something new about it.
    EditionFactsAsserted {
        /// The title it is an edition of.
        title_id: TitleId,
        /// Who says so.
        provenance: Provenance,
        /// What they say now; fields not named here stand as they said before.
        facts: Vec<EditionFact>,
    },
    /// Somebody no longer says what they said.
    EditionFactsWithdrawn {
        /// The title it is an edition of.
        title_id: TitleId,
        /// Who withdraws.
        provenance: Provenance,
        /// What they no longer speak about.
        fields: Vec<EditionField>,
    },
    /// Nobody says any longer that it has this ISBN: the ISBN is free for another edition.
    EditionIsbnReleased {
        /// The title it is an edition of.
        title_id: TitleId,
        /// The ISBN that is free now.
        isbn: Isbn,
    },
    /// A curator pinned a field's present value.
    EditionFieldLocked {
        /// The title it is an edition of.
        title_id: TitleId,
        /// The field.
        field: EditionField,
    },
    /// A curator let the field follow the order of authority again.
    EditionFieldUnlocked {
        /// The title it is an edition of.
        title_id: TitleId,
        /// The field.
        field: EditionField,
    },
    /// A change was undone: exactly this stands about these fields again.
    EditionFieldsRestored {
        /// The title it is an edition of.
        title_id: TitleId,
        /// What stands, field by field.
        fields: Vec<FieldStatements<EditionFact>>,
    },
    /// It was put under another title, with everything it has.
    EditionMoved {
        /// The title it is an edition of from now on.
        title_id: TitleId,
        /// The title it was an edition of.
        from: TitleId,
        /// What it brings with it.
        edition: MovedEdition,
    },
    /// It was found to be the same as another edition of its title, which stands for it from now on.
    EditionMergedInto {
        /// The title of both.
        title_id: TitleId,
        /// The edition that stands for it.
        edition_id: EditionId,
        /// The source records that describe that edition from now on.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        records: Vec<Provenance>,
        /// The ISBNs that lead to that edition from now on.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        isbns: Vec<Isbn>,
        /// Why, in the curator's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ShortText>,
    },
    /// It stands for other editions from now on.
    EditionAbsorbed {
        /// The title of both.
        title_id: TitleId,
        /// The edition that was merged into it, and behind it those for which that one stood.
        taken: Vec<TakenEdition>,
    },
    /// What came from other editions is theirs again.
    EditionRelinquished {
        /// The title it is an edition of.
        title_id: TitleId,
        /// The edition to which it goes.
        edition_id: EditionId,
        /// The editions for which this one stands no longer.
        editions: Vec<EditionId>,
        /// What stands from now on about the fields that this touches.
        #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
        fields: Vec<FieldStatements<EditionFact>>,
        /// The source records that describe it no longer.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        records: Vec<Provenance>,
        /// The ISBNs that no longer lead to it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        isbns: Vec<Isbn>,
    },
    /// It stands for itself again: what its source records said meanwhile is its own.
    EditionSeparated {
        /// The title it is an edition of.
        title_id: TitleId,
        /// The edition from which it comes.
        from: EditionId,
        /// What stands from now on about the fields that this touches.
        #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
        fields: Vec<FieldStatements<EditionFact>>,
        /// The source records that describe it from now on, each as it was last read.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        records: Vec<Provenance>,
        /// The ISBNs that lead to it from now on.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        isbns: Vec<Isbn>,
    },
    /// It is no longer shown to readers.
    EditionWithdrawn {
        /// The title it is an edition of.
        title_id: TitleId,
        /// Why, in the curator's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ShortText>,
    },
    /// It is shown to readers again.
    EditionReinstated {
        /// The title it is an edition of.
        title_id: TitleId,
    },
}

impl LoggedEvent for EditionEvent {
    const AGGREGATE: &'static str = "catalog.edition";

    fn name(&self) -> &'static str {
        match self {
            Self::EditionAdded { .. } => "EditionAdded",
            Self::EditionFactsAsserted { .. } => "EditionFactsAsserted",
            Self::EditionFactsWithdrawn { .. } => "EditionFactsWithdrawn",
            Self::EditionIsbnReleased { .. } => "EditionIsbnReleased",
            Self::EditionFieldLocked { .. } => "EditionFieldLocked",
            Self::EditionFieldUnlocked { .. } => "EditionFieldUnlocked",
            Self::EditionFieldsRestored { .. } => "EditionFieldsRestored",
            Self::EditionMoved { .. } => "EditionMoved",
            Self::EditionMergedInto { .. } => "EditionMergedInto",
            Self::EditionAbsorbed { .. } => "EditionAbsorbed",
            Self::EditionRelinquished { .. } => "EditionRelinquished",
            Self::EditionSeparated { .. } => "EditionSeparated",
            Self::EditionWithdrawn { .. } => "EditionWithdrawn",
            Self::EditionReinstated { .. } => "EditionReinstated",
        }
    }

    fn claims(&self) -> Vec<ClaimChange> {
        match self {
            Self::EditionAdded {
                provenance, facts, ..
            }
            | Self::EditionFactsAsserted {
                provenance, facts, ..
            } => {
                let record = ClaimKey::of_provenance("edition", provenance).map(ClaimChange::Make);
                record
                    .into_iter()
                    .chain(facts.iter().filter_map(isbn_claim))
                    .collect()
            }
            Self::EditionFieldsRestored { fields, .. } => {
                let statements = fields.iter().flat_map(FieldStatements::statements);
                statements
                    .filter_map(|(_, fact)| isbn_claim(fact))
                    .collect()
            }
            Self::EditionMergedInto { records, isbns, .. }
            | Self::EditionRelinquished { records, isbns, .. } => {
                taken::claims(records, isbns, ClaimChange::Release)
            }
            Self::EditionAbsorbed { taken, .. } => {
                let records = taken.iter().flat_map(|taken| &taken.records);
                let isbns = taken.iter().flat_map(|taken| &taken.isbns);
                taken::claims(records, isbns, ClaimChange::Make)
            }
            Self::EditionSeparated { records, isbns, .. } => {
                taken::claims(records, isbns, ClaimChange::Make)
            }
            Self::EditionIsbnReleased { isbn, .. } => vec![ClaimChange::Release(isbn_key(isbn))],
            _ => Vec::new(),
        }
    }
}

fn isbn_claim(fact: &EditionFact) -> Option<ClaimChange> {
    match fact {
        EditionFact::Isbn(isbn) => Some(ClaimChange::Make(isbn_key(isbn))),
        _ => None,
    }
}

fn isbn_key(isbn: &Isbn) -> ClaimKey {
    ClaimKey::new(ClaimKind::Isbn, isbn.to_string())
}
