//! The card of a title: what a list shows of it, and the lists that it stands in.
//!
//! Never hears of editions and episodes, so that a long series changes its card only when the title itself changes.

use accession_events::catalog::{ReleaseStatus, TitleKind};
use accession_events::ids::TitleId;
use accession_events::values::{
    AuthorityOrder, LanguageTag, PersonName, ShortText, TitleName, WebUrl, Year,
};
use accession_events::{Event, Position, RecordedEvent};
use accession_read_store::IndexEntry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::known_title::KnownTitle;
use super::{Rating, version_with_order};
use crate::model::{FoldError, ReadModel, Rendered, json};
use crate::moment::Moment;
use crate::sort_name::sort_name;

/// What a list shows of a title.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TitleCardDocument {
    /// The title's id.
    #[schema(value_type = Uuid)]
    pub id: TitleId,
    /// `book`, `series` or `film`.
    #[schema(value_type = String, example = "series")]
    pub kind: TitleKind,
    /// The present slug.
    pub slug: String,
    /// Whether readers see it.
    pub active: bool,
    /// Version of the title's stream, for `If-Match`.
    pub version: u64,
    /// The name to show; the slug when nobody says a name.
    pub name: String,
    /// Other names.
    #[schema(value_type = Vec<String>)]
    pub alternative_names: Vec<TitleName>,
    /// Authors, in order.
    #[schema(value_type = Vec<String>)]
    pub authors: Vec<PersonName>,
    /// Genres, in order.
    #[schema(value_type = Vec<String>)]
    pub genres: Vec<ShortText>,
    /// Year of first release.
    #[schema(value_type = Option<i16>)]
    pub year: Option<Year>,
    /// `ongoing`, `completed` or `upcoming`.
    #[schema(value_type = Option<String>)]
    pub status: Option<ReleaseStatus>,
    /// Original language.
    #[schema(value_type = Option<String>)]
    pub language: Option<LanguageTag>,
    /// Address of a cover or poster.
    #[schema(value_type = Option<String>)]
    pub poster: Option<WebUrl>,
    /// How many episodes it has in all.
    pub episode_count: Option<u32>,
    /// How an audience rates it.
    pub rating: Option<Rating>,
    /// The title that stands for it, while it is merged; left out for all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub merged_into: Option<TitleId>,
    /// The titles for which it stands: their ids and slugs lead here. Left out when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Uuid>)]
    pub stands_for: Vec<TitleId>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub added_at: Timestamp,
    /// When the title itself last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Position of the last event on this card.
    #[schema(value_type = u64)]
    pub position: Position,
}

/// Memory of a title card.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TitleCardState {
    title: Option<KnownTitle>,
    last: Moment,
}

/// Title cards, by title id.
///
/// Lists: `<kind>`, `all` and `video` (series and films), each as `:newest` (sorted by position of addition: scan
/// it descending) and as `:title` (by name). A deactivated or merged title stands in none.
#[derive(Debug, Clone, Default)]
pub struct TitleCardModel {
    /// Whose word counts more.
    pub order: AuthorityOrder,
}

impl ReadModel for TitleCardModel {
    type State = TitleCardState;

    const NAME: &'static str = "title_card";
    const FOLD_VERSION: &'static str = "2";

    fn fold_version(&self) -> String {
        version_with_order(Self::FOLD_VERSION, self.order)
    }

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Title(_) => vec![recorded.stream.aggregate_id.to_string()],
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        _key: &str,
        state: &mut TitleCardState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        if let Event::Title(event) = event {
            KnownTitle::take(&mut state.title, event, recorded)?;
            state.last.advance(recorded);
        }
        Ok(())
    }

    fn render(&self, key: &str, state: &TitleCardState) -> Rendered {
        let Some((title, id)) = state.title.as_ref().zip(key.parse().ok()) else {
            return Rendered::default();
        };
        let body = json(&self.document(id, title, state.last)).ok();
        Rendered {
            body,
            hidden: !title.shown(),
            entries: self.entries(key, state),
        }
    }

    fn entries(&self, key: &str, state: &TitleCardState) -> Vec<IndexEntry> {
        let Some(title) = state.title.as_ref().filter(|title| title.shown()) else {
            return Vec::new();
        };
        let (added, name) = (title.added.sort(), sort_name(&title.name(self.order)));
        let entry = |index: String, sort: &str| IndexEntry {
            index,
            sort: sort.into(),
            key: key.into(),
        };
        lists_of(title.kind)
            .flat_map(|list| {
                [
                    entry(format!("{list}:newest"), &added),
                    entry(format!("{list}:title"), &name),
                ]
            })
            .collect()
    }
}

/// The lists that a title of this kind stands in.
fn lists_of(kind: TitleKind) -> impl Iterator<Item = &'static str> {
    let video = match kind {
        TitleKind::Book => None,
        TitleKind::Series | TitleKind::Film => Some("video"),
    };
    ["all", kind.as_str()].into_iter().chain(video)
}

impl TitleCardModel {
    fn document(&self, id: TitleId, title: &KnownTitle, last: Moment) -> TitleCardDocument {
        let values = title.values(self.order);
        TitleCardDocument {
            id,
            kind: title.kind,
            slug: title.slug().to_owned(),
            active: title.active,
            version: title.version,
            name: values
                .name
                .as_ref()
                .map_or(title.slug(), TitleName::as_str)
                .to_owned(),
            alternative_names: values.alternative_names,
            authors: values.authors,
            genres: values.genres,
            year: values.year,
            status: values.status,
            language: values.language,
            poster: values.poster,
            episode_count: values.episode_count,
            rating: values.rating,
            merged_into: title.merged_into,
            stands_for: title.stands_for.clone(),
            added_at: title.added.at,
            updated_at: last.at,
            position: last.position,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{History, by, given, id};

    fn added(kind: &str) -> History {
        let facts = json!([{ "field": "name", "value": "Les Misérables" }, { "field": "episode_count", "value": 52 }]);
        let added = json!({ "kind": kind, "slug": "les-miserables", "provenance": by("a", "1"), "facts": facts });
        History::new().title(1, json!({ "TitleAdded": added }))
    }

    #[test]
    fn a_card_shows_what_a_list_needs() {
        let card = given(TitleCardModel::default(), &added("series")).then(&id(1));
        assert_eq!(
            card.body,
            json!({
                "id": id(1), "kind": "series", "slug": "les-miserables", "active": true, "version": 1,
                "name": "Les Misérables", "alternative_names": [], "authors": [], "genres": [], "year": null,
                "status": null, "language": null, "poster": null, "episode_count": 52, "rating": null,
                "added_at": "2026-11-21T08:00:01Z", "updated_at": "2026-11-21T08:00:01Z", "position": 1,
            })
        );
    }

    #[test]
    fn a_series_stands_in_its_own_lists_in_those_of_video_and_in_those_of_all() {
        let card = given(TitleCardModel::default(), &added("series")).then(&id(1));
        let (newest, name) = ("00000000000000000001", "les miserables");
        let expected = ["all", "series", "video"].into_iter().flat_map(|list| {
            [
                format!("{list}:newest {newest} → {}", id(1)),
                format!("{list}:title {name} → {}", id(1)),
            ]
        });
        assert_eq!(card.entries, expected.collect::<Vec<_>>());
    }

    #[test]
    fn a_book_is_no_video() {
        let card = given(TitleCardModel::default(), &added("book")).then(&id(1));
        assert!(
            card.entries.iter().all(|entry| !entry.starts_with("video")),
            "{:?}",
            card.entries
        );
    }

    #[test]
    fn a_reclassified_title_changes_its_lists() {
        let history = added("book").title(
            1,
            json!({ "TitleReclassified": { "from": "book", "to": "film" } }),
        );
        let card = given(TitleCardModel::default(), &history).then(&id(1));
        assert!(
            card.entries
                .iter()
                .any(|entry| entry.starts_with("film:newest"))
        );
        assert!(card.entries.iter().all(|entry| !entry.starts_with("book")));
    }

    #[test]
    fn a_deactivated_title_stands_in_no_list() {
        let history = added("book").title(1, json!({ "TitleDeactivated": {} }));
        let card = given(TitleCardModel::default(), &history).then(&id(1));
        assert!(card.hidden && card.entries.is_empty());
    }
}
