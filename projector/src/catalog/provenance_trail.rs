//! Who said what and when about a title, an edition or an episode, and which of it holds now.
//!
//! A title, each edition and each episode (with its video sources) has a trail of its own, under its own id: the
//! trail of a series with thousands of episodes never becomes one document. A title's trail is joined with those
//! of its editions and episodes by the indexes `editions:<title id>` and `episodes:<title id>`.

use std::sync::Arc;

use accession_events::catalog::{EditionEvent, EpisodeEvent};
use accession_events::ids::TitleId;
use accession_events::values::AuthorityOrder;
use accession_events::{Event, LoggedEvent, RecordedEvent, StreamName};
use accession_read_store::IndexEntry;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

use super::known_edition::KnownEdition;
use super::known_episode::KnownEpisode;
use super::known_title::KnownTitle;
use super::trail_entry::{About, TrailEntry};
use super::trail_standing::Standing;
use super::trail_told::Told;
use super::{trail_statements, version_with_order};
use crate::model::{FoldError, ReadModel, Rendered, json};

/// Everything that was said about a title, an edition or an episode, in the order in which it was said.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProvenanceTrailDocument {
    /// What the trail is about.
    pub about: About,
    /// The title itself, or the title of the edition or episode; null while an episode is detached.
    #[schema(value_type = Option<Uuid>)]
    pub title_id: Option<String>,
    /// What was said, the oldest first.
    pub entries: Vec<TrailEntry>,
}

/// Memory of a trail: what was said, and what counts now.
///
/// Only the events themselves are stored, as the log has them: a trail drops nothing, so they say all of it, and
/// they need not be written twice. Whoever reads them back takes them in again.
#[derive(Debug, Clone, Default)]
pub struct ProvenanceTrailState {
    /// The stream that the trail is about; none before the first event.
    stream: Option<StreamName>,
    told: Vec<Told>,
    /// What was said, not yet compared with what counts now.
    entries: Vec<TrailEntry>,
    title: Option<KnownTitle>,
    edition: Option<KnownEdition>,
    episode: Option<KnownEpisode>,
}

/// Provenance trails, by title id, edition id or episode id.
#[derive(Debug, Clone, Default)]
pub struct ProvenanceTrailModel {
    /// Whose word counts more.
    pub order: AuthorityOrder,
}

impl ReadModel for ProvenanceTrailModel {
    type State = ProvenanceTrailState;

    const NAME: &'static str = "provenance_trail";
    const FOLD_VERSION: &'static str = "3";

    fn fold_version(&self) -> String {
        version_with_order(Self::FOLD_VERSION, self.order)
    }

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Title(_) | Event::Edition(_) | Event::Episode(_) => {
                vec![recorded.stream.aggregate_id.to_string()]
            }
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        _key: &str,
        state: &mut ProvenanceTrailState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        if !matches!(
            event,
            Event::Title(_) | Event::Edition(_) | Event::Episode(_)
        ) {
            return Ok(());
        }
        state.take(event, recorded, Told::of(recorded))
    }

    fn render(&self, key: &str, state: &ProvenanceTrailState) -> Rendered {
        let trail = state.trail(key, self.order);
        Rendered {
            body: trail.and_then(|trail| json(&trail).ok()),
            hidden: state.is_hidden(self.order),
            entries: self.entries(key, state),
        }
    }

    fn entries(&self, key: &str, state: &ProvenanceTrailState) -> Vec<IndexEntry> {
        let edition = state
            .edition
            .as_ref()
            .map(|edition| ("editions", edition.title_id));
        let episode = || {
            state
                .episode
                .as_ref()?
                .title_id
                .map(|title_id| ("episodes", title_id))
        };
        let first = state.told.first().map(Told::moment).unwrap_or_default();
        let entry = |(list, title_id): (&str, TitleId)| IndexEntry {
            index: format!("{list}:{title_id}"),
            sort: first.sort(),
            key: key.to_owned(),
        };
        edition.or_else(episode).map(entry).into_iter().collect()
    }
}

/// What of a trail is stored.
#[derive(Serialize, Deserialize)]
struct StoredTrail<T = Vec<Told>> {
    of: Arc<str>,
    id: Arc<str>,
    told: T,
}

impl Serialize for ProvenanceTrailState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stream = self.stream.as_ref();
        let trail = stream.map(|stream| StoredTrail {
            of: Arc::clone(&stream.aggregate_type),
            id: Arc::clone(&stream.aggregate_id),
            told: &self.told,
        });
        trail.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ProvenanceTrailState {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Option::<StoredTrail>::deserialize(deserializer)? {
            Some(stored) => Self::again(stored).map_err(D::Error::custom),
            None => Ok(Self::default()),
        }
    }
}

/// The aggregate in one word, as readers know it.
fn kind_of(stream: &StreamName) -> &'static str {
    match &*stream.aggregate_type {
        EditionEvent::AGGREGATE => "edition",
        EpisodeEvent::AGGREGATE => "episode",
        // A trail is begun by events of three aggregates only.
        _ => "title",
    }
}

impl ProvenanceTrailState {
    /// Takes an event in.
    fn take(
        &mut self,
        event: &Event,
        recorded: &RecordedEvent,
        told: Told,
    ) -> Result<(), FoldError> {
        let id = &recorded.stream.aggregate_id;
        let mut brought = Vec::new();
        let statement = match event {
            Event::Title(event) => {
                KnownTitle::take(&mut self.title, event, recorded)?;
                brought = trail_statements::brought(event, id);
                trail_statements::of_title(event, id)
            }
            Event::Edition(event) => {
                KnownEdition::take(&mut self.edition, event, recorded)?;
                brought = trail_statements::brought_to_edition(event, id);
                trail_statements::of_edition(event, id)
            }
            Event::Episode(event) => {
                KnownEpisode::take(&mut self.episode, event, recorded)?;
                trail_statements::of_episode(event, id)
            }
            _ => {
                return Ok(());
            }
        };
        for statement in std::iter::once(statement).chain(brought) {
            let entry = statement.entry(
                recorded.position,
                recorded.recorded_at,
                told.actor.clone(),
                told.import_run.clone(),
            );
            let entry = entry.undoing(told.undoes.as_deref(), told.reason.as_ref());
            self.entries.push(entry);
        }
        self.stream.get_or_insert_with(|| recorded.stream.clone());
        self.told.push(told);
        Ok(())
    }

    /// Takes the events of a stored trail in again.
    fn again(stored: StoredTrail) -> Result<Self, String> {
        let mut state = Self::default();
        let stream = StreamName::new(&stored.of, stored.id);
        for told in stored.told {
            let recorded = told.recorded(&stream);
            let event = Event::decode(&recorded).map_err(|error| error.to_string())?;
            state
                .take(&event, &recorded, told)
                .map_err(|error| error.reason)?;
        }
        Ok(state)
    }

    /// The trail as readers see it; none before the first event.
    fn trail(&self, key: &str, order: AuthorityOrder) -> Option<ProvenanceTrailDocument> {
        let kind = kind_of(self.stream.as_ref()?);
        let mut entries = self.entries.clone();
        self.mark(key, &mut entries, order);
        Some(ProvenanceTrailDocument {
            about: About {
                kind,
                id: key.into(),
            },
            title_id: self.title_id(key),
            entries,
        })
    }

    fn title_id(&self, key: &str) -> Option<String> {
        let of_episode = || self.episode.as_ref().and_then(|episode| episode.title_id);
        let of_part = self
            .edition
            .as_ref()
            .map(|edition| edition.title_id)
            .or_else(of_episode);
        of_part
            .map(|id| id.to_string())
            .or_else(|| self.title.as_ref().map(|_| key.to_owned()))
    }

    /// Finds out which statements hold, from the latest back.
    fn mark(&self, key: &str, entries: &mut [TrailEntry], order: AuthorityOrder) {
        let mut standing = Standing::default();
        if let Some(title) = &self.title {
            standing.title(key, title, order);
        }
        if let Some(edition) = &self.edition {
            standing.edition(key, edition, order);
        }
        if let Some(episode) = &self.episode {
            standing.episode(key, episode, order);
        }
        for entry in entries.iter_mut().rev() {
            standing.mark(entry);
        }
    }

    fn is_hidden(&self, order: AuthorityOrder) -> bool {
        self.title.as_ref().is_some_and(|title| !title.active)
            || self
                .edition
                .as_ref()
                .is_some_and(|edition| edition.withdrawn)
            || self
                .episode
                .as_ref()
                .is_some_and(|episode| episode.title_id.is_none() || !episode.available(order))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{History, by, curator, given, id};

    fn name(name: &str) -> Value {
        json!([{ "field": "name", "value": name }])
    }

    fn added() -> History {
        let added = json!({ "kind": "book", "slug": "dune", "provenance": by("goodbooks", "1"), "facts": name("Dune") });
        History::new().title(1, json!({ "TitleAdded": added }))
    }

    fn asserted(by: &Value, said: &str) -> Value {
        json!({ "TitleFactsAsserted": { "provenance": by, "facts": name(said) } })
    }

    /// `statement field value` of every fact that holds now.
    fn holding(trail: &Value) -> Vec<String> {
        let entries = trail["entries"].as_array().unwrap();
        let facts = entries.iter().flat_map(|entry| {
            let facts = entry["facts"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|fact| fact["effective"] == true);
            facts.map(|fact| {
                format!("{} {} {}", entry["statement"], fact["field"], fact["value"])
                    .replace('"', "")
            })
        });
        facts.collect()
    }

    #[test]
    fn a_trail_tells_who_said_what_and_when() {
        let trail = given(ProvenanceTrailModel::default(), &added()).then(&id(1));
        let about = json!({ "kind": "title", "id": id(1) });
        assert_eq!(
            trail.body,
            json!({
                "about": about, "title_id": id(1),
                "entries": [{
                    "position": 1, "at": "2026-11-21T08:00:01Z", "actor": "service:importer", "source": "goodbooks",
                    "authority": "primary_provider", "record": "1", "import_run": null, "statement": "added",
                    "about": about,
                    "facts": [
                        { "field": "name", "value": "Dune", "effective": true },
                        { "field": "kind", "value": "book", "effective": true },
                        { "field": "slug", "value": "dune", "effective": true },
                    ],
                    "reason": null,
                }],
            })
        );
    }

    #[test]
    fn only_the_statement_that_counts_holds() {
        let history = added()
            .title(1, asserted(&curator(), "Dune (novel)"))
            .title(1, asserted(&by("goodbooks", "1"), "Dune #1"))
            .title(
                1,
                json!({ "TitleSlugChanged": { "slug": "dune-novel", "former": "dune" } }),
            );
        let trail = given(ProvenanceTrailModel::default(), &history).then(&id(1));
        assert_eq!(
            holding(&trail.body),
            [
                "added kind book",
                "asserted name Dune (novel)",
                "slug_changed slug dune-novel"
            ]
        );
    }

    #[test]
    fn a_withdrawn_statement_gives_way_to_the_one_before() {
        let history = added()
            .title(1, asserted(&curator(), "Dune (novel)"))
            .title(
                1,
                json!({ "TitleFactsWithdrawn": { "provenance": curator(), "fields": ["name"] } }),
            );
        let trail = given(ProvenanceTrailModel::default(), &history).then(&id(1));
        assert_eq!(
            holding(&trail.body),
            ["added name Dune", "added kind book", "added slug dune"]
        );
    }

    #[test]
    fn a_lock_holds_until_it_is_opened() {
        let history = added().title(1, json!({ "TitleFieldLocked": { "field": "name" } }));
        let trail = given(ProvenanceTrailModel::default(), &history).then(&id(1));
        assert!(holding(&trail.body).contains(&"locked name null".to_owned()));
        let history = history.title(1, json!({ "TitleFieldUnlocked": { "field": "name" } }));
        let trail = given(ProvenanceTrailModel::default(), &history).then(&id(1));
        assert!(!holding(&trail.body).contains(&"locked name null".to_owned()));
    }

    #[test]
    fn of_equal_statements_the_latest_holds() {
        let history = added()
            .title(1, asserted(&by("goodbooks", "1"), "Dune #1"))
            .title(1, asserted(&by("goodbooks", "1"), "Dune"));
        let trail = given(ProvenanceTrailModel::default(), &history).then(&id(1));
        assert_eq!(
            holding(&trail.body),
            ["added kind book", "added slug dune", "asserted name Dune"]
        );
    }

    #[test]
    fn editions_and_episodes_have_trails_of_their_own_that_the_title_leads_to() {
        let edition =
            json!({ "title_id": id(1), "provenance": by("goodbooks", "7"), "facts": name("Dune") });
        let episode = json!({ "title_id": id(1), "number": 1, "provenance": by("anime", "9:1"), "facts": [] });
        let source = json!({ "title_id": id(1), "source_id": id(9), "url": "https://v.example/9", "name": "Mirror",
            "provenance": by("anime", "9:1"), "facts": [{ "field": "priority", "value": 3 }] });
        let history = added()
            .edition(2, json!({ "EditionAdded": edition }))
            .episode(3, json!({ "EpisodeAdded": episode }))
            .episode(3, json!({ "VideoSourceAdded": source }));
        let model = given(ProvenanceTrailModel::default(), &history);
        assert_eq!(
            model.then(&id(1)).body["entries"].as_array().unwrap().len(),
            1
        );
        assert_eq!(
            model.then(&id(2)).entries,
            [format!(
                "editions:{} 00000000000000000002 → {}",
                id(1),
                id(2)
            )]
        );
        let of_episode = model.then(&id(3));
        assert_eq!(
            of_episode.entries,
            [format!(
                "episodes:{} 00000000000000000003 → {}",
                id(1),
                id(3)
            )]
        );
        assert_eq!(
            of_episode.body["entries"][1]["about"],
            json!({ "kind": "video_source", "id": id(9) })
        );
        assert!(holding(&of_episode.body).contains(&"added priority 3".to_owned()));
    }
}
