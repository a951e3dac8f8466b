//! What can happen to an episode and to the video sources where it can be watched.
//!
//! Sources live in their episode's stream, because "one source per address and name" and their order are
//! invariants of the episode. Events carry the title, so that a title page hears of them; attaching to another
//! title carries the whole episode, because the new title's page has never heard of it.

mod facts;

pub use facts::{EpisodeFact, EpisodeField, PlayerKind, SourceFact, SourceField};

use serde::{Deserialize, Serialize};

use crate::claims::{ClaimChange, ClaimKey, ClaimKind};
use crate::event::LoggedEvent;
use crate::ids::{TitleId, VideoSourceId};
use crate::values::{FieldStatements, Provenance, ShortText, WebUrl};

/// An episode as it is when it comes to another title.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttachedEpisode {
    /// Everything that has been said about it, each statement with its speaker, in the order it was said.
    pub said: Vec<(Provenance, EpisodeFact)>,
    /// Fields that a curator pinned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locked: Vec<EpisodeField>,
    /// Pinned fields with all that stands about them, also what their locks keep out. Events from before it was kept
    /// have `locked` instead, and of such a field only the statement that counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pinned: Vec<FieldStatements<EpisodeFact>>,
    /// Its sources.
    pub sources: Vec<AttachedSource>,
}

/// A video source as it is when its episode comes to another title.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttachedSource {
    /// Which one.
    pub source_id: VideoSourceId,
    /// Its address.
    pub url: WebUrl,
    /// Its name, for example a translation or a mirror.
    pub name: ShortText,
    /// Everything that has been said about it, in the order it was said.
    pub said: Vec<(Provenance, SourceFact)>,
}

/// What happened to an episode or to one of its sources.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum EpisodeEvent {
    /// It was entered under a title.
    EpisodeAdded {
        /// The title it belongs to.
        title_id: TitleId,
        /// Its number within the title; 0 for a prologue.
        number: u32,
        /// Who says so.
        provenance: Provenance,
        /// What they say.
        facts: Vec<EpisodeFact>,
    },
    /// Somebody said something new about it.
    EpisodeFactsAsserted {
        /// The title it belongs to; none while it is detached.
        title_id: Option<TitleId>,
        /// Who says so.
        provenance: Provenance,
        /// What they say now.
        facts: Vec<EpisodeFact>,
    },
    /// Somebody no longer says what they said.
    EpisodeFactsWithdrawn {
        /// The title it belongs to; none while it is detached.
        title_id: Option<TitleId>,
        /// Who withdraws.
        provenance: Provenance,
        /// What they no longer speak about.
        fields: Vec<EpisodeField>,
    },
    /// A curator pinned a field's present value.
    EpisodeFieldLocked {
        /// The title it belongs to; none while it is detached.
        title_id: Option<TitleId>,
        /// The field.
        field: EpisodeField,
    },
    /// A curator let the field follow the order of authority again.
    EpisodeFieldUnlocked {
        /// The title it belongs to; none while it is detached.
        title_id: Option<TitleId>,
        /// The field.
        field: EpisodeField,
    },
    /// A change was undone: exactly this stands about these fields again.
    EpisodeFieldsRestored {
        /// The title it belongs to; none while it is detached.
        title_id: Option<TitleId>,
        /// What stands, field by field.
        fields: Vec<FieldStatements<EpisodeFact>>,
    },
    /// It got another number.
    EpisodeRenumbered {
        /// The title it belongs to.
        title_id: TitleId,
        /// The number until now.
        from: u32,
        /// The number from now on.
        to: u32,
    },
    /// It was taken off its title; it keeps everything and can be attached again.
    EpisodeDetached {
        /// The title it belonged to.
        title_id: TitleId,
        /// Its number there, free from now on.
        number: u32,
        /// Why, in the curator's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ShortText>,
    },
    /// It was put under a title, with everything it has.
    EpisodeAttached {
        /// The title it belongs to from now on.
        title_id: TitleId,
        /// Its number there.
        number: u32,
        /// What it brings with it.
        episode: AttachedEpisode,
    },
    /// A place to watch it was added.
    VideoSourceAdded {
        /// The title of the episode; none while it is detached.
        title_id: Option<TitleId>,
        /// The source's own id.
        source_id: VideoSourceId,
        /// Its address.
        url: WebUrl,
        /// Its name, for example a translation or a mirror.
        name: ShortText,
        /// Who says so.
        provenance: Provenance,
        /// What they say.
        facts: Vec<SourceFact>,
    },
    /// Somebody said something new about a source.
    VideoSourceFactsAsserted {
        /// The title of the episode; none while it is detached.
        title_id: Option<TitleId>,
        /// Which source.
        source_id: VideoSourceId,
        /// Who says so.
        provenance: Provenance,
        /// What they say now.
        facts: Vec<SourceFact>,
    },
    /// A change of a source was undone: exactly this stands about these of its fields again.
    VideoSourceFieldsRestored {
        /// The title of the episode; none while it is detached.
        title_id: Option<TitleId>,
        /// Which source.
        source_id: VideoSourceId,
        /// What stands, field by field.
        fields: Vec<FieldStatements<SourceFact>>,
    },
    /// The removal of a source was undone: it is back with all that was said about it.
    VideoSourceRestored {
        /// The title of the episode; none while it is detached.
        title_id: Option<TitleId>,
        /// The source as it was.
        source: AttachedSource,
    },
    /// A source was taken away for good.
    VideoSourceRemoved {
        /// The title of the episode; none while it is detached.
        title_id: Option<TitleId>,
        /// Which source.
        source_id: VideoSourceId,
        /// Why, in the curator's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ShortText>,
    },
}

impl LoggedEvent for EpisodeEvent {
    const AGGREGATE: &'static str = "catalog.episode";

    fn name(&self) -> &'static str {
        match self {
            Self::EpisodeAdded { .. } => "EpisodeAdded",
            Self::EpisodeFactsAsserted { .. } => "EpisodeFactsAsserted",
            Self::EpisodeFactsWithdrawn { .. } => "EpisodeFactsWithdrawn",
            Self::EpisodeFieldLocked { .. } => "EpisodeFieldLocked",
            Self::EpisodeFieldUnlocked { .. } => "EpisodeFieldUnlocked",
            Self::EpisodeFieldsRestored { .. } => "EpisodeFieldsRestored",
            Self::EpisodeRenumbered { .. } => "EpisodeRenumbered",
            Self::EpisodeDetached { .. } => "EpisodeDetached",
            Self::EpisodeAttached { .. } => "EpisodeAttached",
            Self::VideoSourceAdded { .. } => "VideoSourceAdded",
            Self::VideoSourceFactsAsserted { .. } => "VideoSourceFactsAsserted",
            Self::VideoSourceFieldsRestored { .. } => "VideoSourceFieldsRestored",
            Self::VideoSourceRestored { .. } => "VideoSourceRestored",
            Self::VideoSourceRemoved { .. } => "VideoSourceRemoved",
        }
    }

    fn claims(&self) -> Vec<ClaimChange> {
        match self {
            Self::EpisodeAdded {
                title_id,
                number,
                provenance,
                ..
            } => {
                let mut claims = vec![ClaimChange::Make(number_key(*title_id, *number))];
                claims
                    .extend(ClaimKey::of_provenance("episode", provenance).map(ClaimChange::Make));
                claims
            }
            Self::EpisodeFactsAsserted { provenance, .. } => {
                ClaimKey::of_provenance("episode", provenance)
                    .map(ClaimChange::Make)
                    .into_iter()
                    .collect()
            }
            Self::EpisodeRenumbered { title_id, from, to } => vec![
                ClaimChange::Release(number_key(*title_id, *from)),
                ClaimChange::Make(number_key(*title_id, *to)),
            ],
            Self::EpisodeDetached {
                title_id, number, ..
            } => {
                vec![ClaimChange::Release(number_key(*title_id, *number))]
            }
            Self::EpisodeAttached {
                title_id, number, ..
            } => vec![ClaimChange::Make(number_key(*title_id, *number))],
            Self::VideoSourceAdded { source_id, .. }
            | Self::VideoSourceRestored {
                source: AttachedSource { source_id, .. },
                ..
            } => {
                vec![ClaimChange::Make(ClaimKey::new(
                    ClaimKind::VideoSource,
                    source_id.to_string(),
                ))]
            }
            _ => Vec::new(),
        }
    }
}

fn number_key(title_id: TitleId, number: u32) -> ClaimKey {
    ClaimKey::new(ClaimKind::EpisodeNumber, format!("{title_id}:{number}"))
}
