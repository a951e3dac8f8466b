//! What is known of one video source: all statements, and the values that count.
//!
//! Never moves by itself: a source lives in its episode's stream.

use accession_events::catalog::{AttachedSource, PlayerKind, SourceFact, SourceField};
use accession_events::ids::VideoSourceId;
use accession_events::values::{AuthorityOrder, Ledger, Said, ShortText, WebUrl};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asserter;

/// A video source as its episode's stream tells it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KnownSource {
    #[serde(rename = "u")]
    pub(crate) url: WebUrl,
    #[serde(rename = "n")]
    pub(crate) name: ShortText,
    #[serde(rename = "l")]
    pub(crate) ledger: Ledger<SourceFact>,
}

/// A place to watch an episode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VideoSourceView {
    /// The source's id.
    #[schema(value_type = Uuid)]
    pub id: VideoSourceId,
    /// How it is played: `iframe`, `embed`, `m3u8` or `mp4`; null when nobody says.
    #[schema(value_type = Option<String>, example = "m3u8")]
    pub kind: Option<PlayerKind>,
    /// Its address.
    #[schema(value_type = String)]
    pub url: WebUrl,
    /// Its name, for example a translation or a mirror.
    #[schema(value_type = String)]
    pub name: ShortText,
    /// Rank: the highest comes first.
    pub priority: i32,
}

impl KnownSource {
    /// A source as it comes along with its episode, or comes back.
    pub(crate) fn brought(source: &AttachedSource) -> Self {
        let mut ledger = Ledger::default();
        for (by, fact) in &source.said {
            ledger.assert(&asserter(by), std::slice::from_ref(fact));
        }
        Self {
            url: source.url.clone(),
            name: source.name.clone(),
            ledger,
        }
    }

    fn counting(&self, field: SourceField, order: AuthorityOrder) -> Option<&SourceFact> {
        self.ledger.effective(field, &order).map(Said::fact)
    }

    /// True while nobody says anything about it.
    pub(crate) fn is_active(&self, order: AuthorityOrder) -> bool {
        !matches!(
            self.counting(SourceField::Active, order),
            Some(SourceFact::Active(false))
        )
    }

    pub(crate) fn view(&self, id: VideoSourceId, order: AuthorityOrder) -> VideoSourceView {
        let kind = match self.counting(SourceField::Kind, order) {
            Some(SourceFact::Kind(kind)) => Some(*kind),
            _ => None,
        };
        let priority = match self.counting(SourceField::Priority, order) {
            Some(SourceFact::Priority(priority)) => *priority,
            _ => 0,
        };
        VideoSourceView {
            id,
            kind,
            url: self.url.clone(),
            name: self.name.clone(),
            priority,
        }
    }
}
