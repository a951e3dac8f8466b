//! The page of a title: effective values, who says them, its editions and its episodes with their active sources.
//!
//! Never shows what is withdrawn, detached or unavailable; the state remembers it, so that it can come back.

mod document;

pub use document::{TitlePageDocument, TitlePageEdition, TitlePageEpisode};

use std::collections::BTreeMap;

use accession_events::catalog::{EditionEvent, EpisodeEvent};
use accession_events::ids::{EditionId, EpisodeId, TitleId};
use accession_events::values::{AuthorityOrder, TitleName};
use accession_events::{Event, RecordedEvent};
use accession_read_store::IndexEntry;
use serde::{Deserialize, Serialize};

use super::known_edition::{self, KnownEdition};
use super::known_episode::{self, KnownEpisode};
use super::known_title::KnownTitle;
use super::{locked_fields, sources_of, version_with_order};
use crate::model::{FoldError, ReadModel, Rendered, json, own_id};
use crate::moment::Moment;

/// Memory of a title page.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TitlePageState {
    title: Option<KnownTitle>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    editions: BTreeMap<EditionId, KnownEdition>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    episodes: BTreeMap<EpisodeId, KnownEpisode>,
    last: Moment,
}

/// Title pages, by title id; found by every slug that a title ever had.
#[derive(Debug, Clone, Default)]
pub struct TitlePageModel {
    /// Whose word counts more.
    pub order: AuthorityOrder,
}

impl ReadModel for TitlePageModel {
    type State = TitlePageState;

    const NAME: &'static str = "title_page";
    const FOLD_VERSION: &'static str = "2";

    fn fold_version(&self) -> String {
        version_with_order(Self::FOLD_VERSION, self.order)
    }

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Title(_) => vec![recorded.stream.aggregate_id.to_string()],
            Event::Edition(event) => known_edition::titles_of(event)
                .map(|title| title.to_string())
                .collect(),
            Event::Episode(event) => known_episode::title_of(event)
                .iter()
                .map(TitleId::to_string)
                .collect(),
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        key: &str,
        state: &mut TitlePageState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        match event {
            Event::Title(event) => KnownTitle::take(&mut state.title, event, recorded)?,
            Event::Edition(event) => state.take_edition(key, event, recorded)?,
            Event::Episode(event) => state.take_episode(event, recorded)?,
            _ => {}
        }
        state.last.advance(recorded);
        Ok(())
    }

    fn render(&self, key: &str, state: &TitlePageState) -> Rendered {
        let Some((title, id)) = state.title.as_ref().zip(key.parse().ok()) else {
            return Rendered::default();
        };
        let body = json(&self.document(id, title, state)).ok();
        Rendered {
            body,
            hidden: !title.shown(),
            entries: self.entries(key, state),
        }
    }

    fn entries(&self, key: &str, state: &TitlePageState) -> Vec<IndexEntry> {
        let slugs = state.title.iter().flat_map(|title| &title.slugs);
        slugs
            .map(|slug| IndexEntry {
                index: "slug".into(),
                sort: format!("{slug}/"),
                key: key.into(),
            })
            .collect()
    }
}

impl TitlePageState {
    fn take_edition(
        &mut self,
        key: &str,
        event: &EditionEvent,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let id = own_id::<EditionId>(recorded)?;
        let mut known = self.editions.remove(&id);
        if let EditionEvent::EditionMoved { title_id, .. } = event {
            // It brings everything with it, so nothing of it is kept where it was.
            if title_id.to_string() == key {
                self.editions
                    .extend(KnownEdition::moved(event, recorded).map(|known| (id, known)));
            }
            return Ok(());
        }
        let taken = KnownEdition::take(&mut known, event, recorded);
        self.editions.extend(known.map(|known| (id, known)));
        taken
    }

    fn take_episode(
        &mut self,
        event: &EpisodeEvent,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let id = own_id::<EpisodeId>(recorded)?;
        let mut known = self.episodes.remove(&id);
        // A detached episode brings everything with it when it is attached again, so nothing of it is kept.
        if matches!(event, EpisodeEvent::EpisodeDetached { .. }) {
            return Ok(());
        }
        let taken = KnownEpisode::take(&mut known, event, recorded);
        self.episodes.extend(known.map(|known| (id, known)));
        taken
    }
}

impl TitlePageModel {
    fn document(
        &self,
        id: TitleId,
        title: &KnownTitle,
        state: &TitlePageState,
    ) -> TitlePageDocument {
        let values = title.values(self.order);
        TitlePageDocument {
            id,
            kind: title.kind,
            slug: title.slug().to_owned(),
            slugs: title.slugs.clone(),
            active: title.active,
            version: title.version,
            name: values
                .name
                .as_ref()
                .map_or(title.slug(), TitleName::as_str)
                .to_owned(),
            original_name: values.original_name,
            alternative_names: values.alternative_names,
            authors: values.authors,
            genres: values.genres,
            description: values.description,
            year: values.year,
            status: values.status,
            language: values.language,
            poster: values.poster,
            episode_count: values.episode_count,
            rating: values.rating,
            sources_of: sources_of(&title.ledger, self.order),
            locked: locked_fields(&title.ledger),
            merged_into: title.merged_into,
            stands_for: title.stands_for.clone(),
            editions: self.editions(state),
            episodes: self.episodes(state),
            added_at: title.added.at,
            updated_at: state.last.at,
            position: state.last.position,
        }
    }

    fn editions(&self, state: &TitlePageState) -> Vec<TitlePageEdition> {
        let mut shown: Vec<_> = state
            .editions
            .iter()
            .filter(|(_, edition)| edition.shown())
            .collect();
        shown.sort_by_key(|(_, edition)| edition.added.position);
        shown
            .into_iter()
            .map(|(id, edition)| self.edition(*id, edition))
            .collect()
    }

    fn edition(&self, id: EditionId, edition: &KnownEdition) -> TitlePageEdition {
        let values = edition.values(self.order);
        TitlePageEdition {
            id,
            isbn13: values.isbn,
            isbn10: values.isbn.and_then(|isbn| isbn.to_isbn10()),
            name: values.name,
            publisher: values.publisher,
            published_year: values.published_year,
            language: values.language,
            page_count: values.page_count,
            format: values.format,
            cover: values.cover,
        }
    }

    fn episodes(&self, state: &TitlePageState) -> Vec<TitlePageEpisode> {
        let mut shown: Vec<_> = state
            .episodes
            .iter()
            .filter(|(_, episode)| episode.available(self.order))
            .collect();
        shown.sort_by_key(|(id, episode)| (episode.number, **id));
        let page_of = |(id, episode): (&EpisodeId, &KnownEpisode)| TitlePageEpisode {
            id: *id,
            number: episode.number,
            name: episode.name(self.order),
            available: true,
            video_sources: episode.active_sources(self.order),
        };
        shown.into_iter().map(page_of).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{History, by, curator, given, id};

    fn dune() -> History {
        let facts = json!([
            { "field": "name", "value": "Dune" },
            { "field": "authors", "value": ["Frank Herbert"] },
            { "field": "release_year", "value": 1965 },
            { "field": "audience_rating", "value": { "hundredths": 425, "votes": 1200 } },
        ]);
        let added = json!({ "kind": "book", "slug": "dune", "provenance": by("goodbooks", "1"), "facts": facts });
        History::new().title(1, json!({ "TitleAdded": added }))
    }

    fn series() -> History {
        let facts = json!([{ "field": "name", "value": "Mushishi" }]);
        let added = json!({ "kind": "series", "slug": "mushishi", "provenance": by("anime", "9"), "facts": facts });
        History::new().title(1, json!({ "TitleAdded": added }))
    }

    fn episode(number: u64) -> Value {
        let facts = json!([{ "field": "name", "value": format!("Part {number}") }]);
        json!({ "EpisodeAdded": { "title_id": id(1), "number": number, "provenance": by("anime", "9:1"), "facts": facts } })
    }

    fn source(number: u64, priority: i32) -> Value {
        let facts = json!([{ "field": "kind", "value": "m3u8" }, { "field": "priority", "value": priority }]);
        json!({ "VideoSourceAdded": {
            "title_id": id(1), "source_id": id(number), "url": format!("https://v.example/{number}"),
            "name": format!("Mirror {number}"), "provenance": by("anime", "9:1"), "facts": facts,
        } })
    }

    #[test]
    fn a_new_title_is_shown_with_its_values_and_who_says_them() {
        let page = given(TitlePageModel::default(), &dune()).then(&id(1));
        let said = json!({ "source": "goodbooks", "authority": "primary_provider" });
        assert_eq!(
            page.body,
            json!({
                "id": id(1), "kind": "book", "slug": "dune", "slugs": ["dune"], "active": true, "version": 1,
                "name": "Dune", "original_name": null, "alternative_names": [], "authors": ["Frank Herbert"],
                "genres": [], "description": null, "year": 1965, "status": null, "language": null, "poster": null,
                "episode_count": null, "rating": { "average": 4.25, "votes": 1200 },
                "sources_of": { "audience_rating": said, "authors": said, "name": said, "release_year": said },
                "locked": [], "editions": [], "episodes": [],
                "added_at": "2026-11-21T08:00:01Z", "updated_at": "2026-11-21T08:00:01Z", "position": 1,
            })
        );
        assert_eq!(page.entries, [format!("slug dune/ → {}", id(1))]);
        assert!(!page.hidden);
    }

    #[test]
    fn a_curators_word_outlives_a_later_import() {
        let history = dune()
            .title(1, json!({ "TitleFactsAsserted": { "provenance": curator(), "facts": [{ "field": "name", "value": "Dune (novel)" }] } }))
            .title(1, json!({ "TitleFactsAsserted": { "provenance": by("goodbooks", "1"), "facts": [{ "field": "name", "value": "Dune #1" }] } }));
        let page = given(TitlePageModel::default(), &history).then(&id(1));
        assert_eq!(page.body["name"], "Dune (novel)");
        assert_eq!(page.body["sources_of"]["name"]["source"], "curator:ada");
        assert_eq!(page.body["version"], 3);
    }

    #[test]
    fn a_locked_field_keeps_its_value() {
        let history = dune().title(1, json!({ "TitleFieldLocked": { "field": "release_year" } })).title(
            1,
            json!({ "TitleFactsAsserted": { "provenance": by("goodbooks", "1"), "facts": [{ "field": "release_year", "value": 1990 }] } }),
        );
        let page = given(TitlePageModel::default(), &history).then(&id(1));
        assert_eq!(
            (&page.body["year"], &page.body["locked"]),
            (&json!(1965), &json!(["release_year"]))
        );
    }

    #[test]
    fn every_slug_that_a_title_ever_had_leads_to_it() {
        let history = dune()
            .title(
                1,
                json!({ "TitleSlugChanged": { "slug": "dune-1", "former": "dune" } }),
            )
            .title(
                1,
                json!({ "TitleSlugChanged": { "slug": "dune-novel", "former": "dune-1" } }),
            )
            .title(
                1,
                json!({ "TitleSlugChanged": { "slug": "dune", "former": "dune-novel" } }),
            );
        let page = given(TitlePageModel::default(), &history).then(&id(1));
        assert_eq!(page.body["slugs"], json!(["dune", "dune-novel", "dune-1"]));
        assert_eq!(page.body["slug"], "dune");
        assert_eq!(page.entries.len(), 3);
    }

    #[test]
    fn a_deactivated_title_is_hidden_but_still_found() {
        let history = dune().title(1, json!({ "TitleDeactivated": {} }));
        let page = given(TitlePageModel::default(), &history).then(&id(1));
        assert!(page.hidden);
        assert_eq!(
            (&page.body["active"], page.entries.len()),
            (&json!(false), 1)
        );
        let again = given(
            TitlePageModel::default(),
            &history.title(1, json!({ "TitleActivated": {} })),
        )
        .then(&id(1));
        assert!(!again.hidden);
    }

    #[test]
    fn an_edition_is_listed_until_it_is_withdrawn() {
        let facts = json!([{ "field": "isbn", "value": "0-439-02348-3" }, { "field": "page_count", "value": 374 }]);
        let added = json!({ "EditionAdded": { "title_id": id(1), "provenance": by("goodbooks", "7"), "facts": facts } });
        let history = dune().edition(2, added);
        let page = given(TitlePageModel::default(), &history).then(&id(1));
        let edition = &page.body["editions"][0];
        assert_eq!(
            (&edition["isbn13"], &edition["isbn10"]),
            (&json!("9780439023481"), &json!("0439023483"))
        );
        assert_eq!(
            (&edition["page_count"], &edition["publisher"]),
            (&json!(374), &Value::Null)
        );
        assert_eq!(
            (&page.body["version"], &page.body["position"]),
            (&json!(1), &json!(2))
        );

        let history = history.edition(2, json!({ "EditionWithdrawn": { "title_id": id(1) } }));
        let page = given(TitlePageModel::default(), &history).then(&id(1));
        assert_eq!(page.body["editions"], json!([]));
    }

    #[test]
    fn episodes_stand_by_number_with_active_sources_by_priority() {
        let off = json!({ "VideoSourceFactsAsserted": {
            "title_id": id(1), "source_id": id(12), "provenance": curator(), "facts": [{ "field": "active", "value": false }],
        } });
        let history = series()
            .episode(3, episode(2))
            .episode(2, episode(1))
            .episode(3, source(11, 1))
            .episode(3, source(12, 9))
            .episode(3, source(13, 5))
            .episode(3, off);
        let page = given(TitlePageModel::default(), &history).then(&id(1));
        let episodes = page.body["episodes"].as_array().unwrap();
        assert_eq!(
            episodes
                .iter()
                .map(|episode| episode["number"].as_u64().unwrap())
                .collect::<Vec<_>>(),
            [1, 2]
        );
        let ids: Vec<_> = episodes[1]["video_sources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|source| &source["id"])
            .collect();
        assert_eq!(ids, [&json!(id(13)), &json!(id(11))]);
    }

    #[test]
    fn an_unavailable_or_detached_episode_is_left_out() {
        let unavailable = json!({ "EpisodeFactsAsserted": {
            "title_id": id(1), "provenance": curator(), "facts": [{ "field": "available", "value": false }],
        } });
        let history = series()
            .episode(2, episode(1))
            .episode(3, episode(2))
            .episode(2, unavailable)
            .episode(
                3,
                json!({ "EpisodeDetached": { "title_id": id(1), "number": 2 } }),
            );
        let page = given(TitlePageModel::default(), &history).then(&id(1));
        assert_eq!(page.body["episodes"], json!([]));
    }

    #[test]
    fn an_attached_episode_brings_everything_to_its_new_title() {
        let brought = json!({
            "said": [[by("anime", "9:1"), { "field": "name", "value": "Green Seat" }]],
            "sources": [{ "source_id": id(11), "url": "https://v.example/11", "name": "Mirror",
                "said": [[by("anime", "9:1"), { "field": "priority", "value": 4 }]] }],
        });
        let history = series().episode(
            2,
            json!({ "EpisodeAttached": { "title_id": id(1), "number": 7, "episode": brought } }),
        );
        let page = given(TitlePageModel::default(), &history).then(&id(1));
        let shown = &page.body["episodes"][0];
        assert_eq!(
            (&shown["number"], &shown["name"]),
            (&json!(7), &json!("Green Seat"))
        );
        assert_eq!(shown["video_sources"][0]["priority"], 4);
    }

    #[test]
    fn a_title_that_nobody_names_any_longer_is_shown_by_its_slug() {
        let history = dune().title(1, json!({ "TitleFactsWithdrawn": { "provenance": by("goodbooks", "1"), "fields": ["name"] } }));
        assert_eq!(
            given(TitlePageModel::default(), &history).then(&id(1)).body["name"],
            "dune"
        );
    }

    #[test]
    fn an_event_of_a_title_that_was_never_added_is_refused() {
        let history = History::new().title(1, json!({ "TitleActivated": {} }));
        let error = given(TitlePageModel::default(), &history).then_error(&id(1));
        assert!(error.contains("never added"), "{error}");
    }

    #[test]
    fn the_order_of_authority_is_part_of_the_fold_version() {
        let order =
            AuthorityOrder::parse(["user", "curator", "primary_provider", "secondary_provider"])
                .unwrap();
        assert_ne!(
            TitlePageModel { order }.fold_version(),
            TitlePageModel::default().fold_version()
        );
    }
}
