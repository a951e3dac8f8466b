//! An episode by itself, with its active sources, and its place in its title's list.
//!
//! Never knows whether its title is shown: who answers a reader looks at the title, too.

use std::collections::BTreeMap;

use accession_events::catalog::EpisodeField;
use accession_events::ids::{EpisodeId, TitleId};
use accession_events::values::{AuthorityOrder, TitleName};
use accession_events::{Event, Position, RecordedEvent};
use accession_read_store::IndexEntry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::known_episode::KnownEpisode;
use super::{SourceOf, VideoSourceView, locked_fields, sources_of, version_with_order};
use crate::model::{FoldError, ReadModel, Rendered, json};
use crate::moment::Moment;

/// An episode. Fields are named in `sources_of` and `locked` as events, locks and the trail name them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EpisodeDocument {
    /// The episode's id.
    #[schema(value_type = Uuid)]
    pub id: EpisodeId,
    /// The title it belongs to; null while it is detached.
    #[schema(value_type = Option<Uuid>)]
    pub title_id: Option<TitleId>,
    /// Its number under this title, or under the last one while it is detached.
    pub number: u32,
    /// Its own name.
    #[schema(value_type = Option<String>)]
    pub name: Option<TitleName>,
    /// Whether it can be watched.
    pub available: bool,
    /// Version of the episode's stream, for `If-Match`.
    pub version: u64,
    /// Where it can be watched, the highest priority first.
    pub video_sources: Vec<VideoSourceView>,
    /// Who says the value that counts, by field.
    #[schema(value_type = BTreeMap<String, SourceOf>)]
    pub sources_of: BTreeMap<EpisodeField, SourceOf>,
    /// Fields that a curator pinned.
    #[schema(value_type = Vec<String>)]
    pub locked: Vec<EpisodeField>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub added_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Position of the last event on this page.
    #[schema(value_type = u64)]
    pub position: Position,
}

/// Memory of an episode.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct EpisodeState {
    episode: Option<KnownEpisode>,
    last: Moment,
}

/// Episodes, by episode id; listed in `by_title:<title id>` by number while they are attached and available.
#[derive(Debug, Clone, Default)]
pub struct EpisodeModel {
    /// Whose word counts more.
    pub order: AuthorityOrder,
}

impl ReadModel for EpisodeModel {
    type State = EpisodeState;

    const NAME: &'static str = "episode";
    const FOLD_VERSION: &'static str = "1";

    fn fold_version(&self) -> String {
        version_with_order(Self::FOLD_VERSION, self.order)
    }

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Episode(_) => vec![recorded.stream.aggregate_id.to_string()],
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        _key: &str,
        state: &mut EpisodeState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        if let Event::Episode(event) = event {
            KnownEpisode::take(&mut state.episode, event, recorded)?;
            state.last.advance(recorded);
        }
        Ok(())
    }

    fn render(&self, key: &str, state: &EpisodeState) -> Rendered {
        let Some((episode, id)) = state.episode.as_ref().zip(key.parse().ok()) else {
            return Rendered::default();
        };
        let body = json(&self.document(id, episode, state.last)).ok();
        Rendered {
            body,
            hidden: self.listed_under(episode).is_none(),
            entries: self.entries(key, state),
        }
    }

    fn entries(&self, key: &str, state: &EpisodeState) -> Vec<IndexEntry> {
        let Some(episode) = &state.episode else {
            return Vec::new();
        };
        let entry = |title_id: TitleId| IndexEntry {
            index: format!("by_title:{title_id}"),
            sort: format!("{:010}", episode.number),
            key: key.into(),
        };
        self.listed_under(episode).map(entry).into_iter().collect()
    }
}

impl EpisodeModel {
    fn listed_under(&self, episode: &KnownEpisode) -> Option<TitleId> {
        episode.title_id.filter(|_| episode.available(self.order))
    }

    fn document(&self, id: EpisodeId, episode: &KnownEpisode, last: Moment) -> EpisodeDocument {
        EpisodeDocument {
            id,
            title_id: episode.title_id,
            number: episode.number,
            name: episode.name(self.order),
            available: episode.available(self.order),
            version: episode.version,
            video_sources: episode.active_sources(self.order),
            sources_of: sources_of(&episode.ledger, self.order),
            locked: locked_fields(&episode.ledger),
            added_at: episode.added.at,
            updated_at: last.at,
            position: last.position,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{History, by, curator, given, id};

    fn added() -> History {
        let facts = json!([{ "field": "name", "value": "The Green Seat" }]);
        let added = json!({ "title_id": id(1), "number": 1, "provenance": by("anime", "9:1"), "facts": facts });
        History::new().episode(2, json!({ "EpisodeAdded": added }))
    }

    #[test]
    fn an_episode_stands_in_its_titles_list_by_number() {
        let history = added().episode(
            2,
            json!({ "EpisodeRenumbered": { "title_id": id(1), "from": 1, "to": 12 } }),
        );
        let episode = given(EpisodeModel::default(), &history).then(&id(2));
        assert_eq!(
            episode.entries,
            [format!("by_title:{} 0000000012 → {}", id(1), id(2))]
        );
        assert_eq!(
            (&episode.body["number"], &episode.body["version"]),
            (&json!(12), &json!(2))
        );
    }

    #[test]
    fn a_removed_source_is_gone() {
        let source = json!({ "title_id": id(1), "source_id": id(9), "url": "https://v.example/9", "name": "Mirror",
            "provenance": by("anime", "9:1"), "facts": [{ "field": "kind", "value": "mp4" }] });
        let history = added().episode(2, json!({ "VideoSourceAdded": source }));
        let episode = given(EpisodeModel::default(), &history).then(&id(2));
        let shown = json!([{ "id": id(9), "kind": "mp4", "url": "https://v.example/9", "name": "Mirror", "priority": 0 }]);
        assert_eq!(episode.body["video_sources"], shown);
        let removed = json!({ "VideoSourceRemoved": { "title_id": id(1), "source_id": id(9) } });
        let episode = given(EpisodeModel::default(), &history.episode(2, removed)).then(&id(2));
        assert_eq!(episode.body["video_sources"], json!([]));
    }

    #[test]
    fn a_detached_episode_is_hidden_and_comes_back_elsewhere_with_what_it_had() {
        let history = added().episode(
            2,
            json!({ "EpisodeDetached": { "title_id": id(1), "number": 1 } }),
        );
        let episode = given(EpisodeModel::default(), &history).then(&id(2));
        assert!(episode.hidden && episode.entries.is_empty());
        assert_eq!(episode.body["title_id"], Value::Null);

        let attached =
            json!({ "title_id": id(5), "number": 3, "episode": { "said": [], "sources": [] } });
        let history = history.episode(2, json!({ "EpisodeAttached": attached }));
        let episode = given(EpisodeModel::default(), &history).then(&id(2));
        assert_eq!(
            episode.entries,
            [format!("by_title:{} 0000000003 → {}", id(5), id(2))]
        );
        assert_eq!(episode.body["name"], "The Green Seat");
    }

    #[test]
    fn an_unavailable_episode_is_not_listed() {
        let facts = json!([{ "field": "available", "value": false }]);
        let history = added().episode(
            2,
            json!({ "EpisodeFactsAsserted": { "title_id": id(1), "provenance": curator(), "facts": facts } }),
        );
        let episode = given(EpisodeModel::default(), &history).then(&id(2));
        assert!(episode.hidden && episode.entries.is_empty());
        assert_eq!(episode.body["available"], false);
    }

    #[test]
    fn a_statement_about_an_unknown_source_is_refused() {
        let history = added().episode(
            2,
            json!({ "VideoSourceFactsAsserted": { "title_id": id(1), "source_id": id(9), "provenance": curator(), "facts": [] } }),
        );
        assert!(
            given(EpisodeModel::default(), &history)
                .then_error(&id(2))
                .contains("never added")
        );
    }
}
