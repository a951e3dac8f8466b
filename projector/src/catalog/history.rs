//! The history of a title with its editions and episodes: one document for each change, with before and after.
//!
//! Never one document for a whole history: a change is laid down once as a leaf and found by index, so that the
//! thousandth change costs what the first one did. A provenance trail tells which statements hold now and is written
//! anew with each of them; a history tells what each change did then, and nothing that is in it ever changes.

mod change;
mod effective;
mod words;

pub use change::{ChangeDocument, FieldChange};

use accession_events::ids::TitleId;
use accession_events::values::AuthorityOrder;
use accession_events::{Event, Position, RecordedEvent};
use serde::{Deserialize, Serialize};

use super::known_edition::{self, KnownEdition};
use super::known_episode::{self, KnownEpisode};
use super::known_title::KnownTitle;
use super::trail_entry::{About, Statement};
use super::{trail_statements, version_with_order};
use crate::model::{FoldError, Leaf, ReadModel, Rendered, json, own_id};
use effective::Effective;

/// Memory of a history: what counts now, and the change that was folded last.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct HistoryState {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<KnownTitle>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    edition: Option<KnownEdition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    episode: Option<KnownEpisode>,
    #[serde(skip)]
    last: Option<ChangeDocument>,
}

/// Histories. What a key (title id, edition id, episode id) holds is only memory; its changes lie beside it, found in
/// `title:<title id>` and, of editions and episodes, in `part:<id>`, by position. The first change of a part is not in
/// `part:<id>`: its key is known, nothing is older, and most parts have no other, so that an import makes no index a part.
#[derive(Debug, Clone, Default)]
pub struct HistoryModel {
    /// Whose word counts more.
    pub order: AuthorityOrder,
}

/// The sequence of the first event of a stream.
const FIRST: u64 = 1;

impl HistoryModel {
    /// The index of all changes of a title, its editions and its episodes.
    #[must_use]
    pub fn of_title(title_id: &str) -> String {
        format!("title:{title_id}")
    }

    /// The index of the changes of one edition or episode.
    #[must_use]
    pub fn of_part(id: &str) -> String {
        format!("part:{id}")
    }

    /// The key of the first change of an edition or episode; it is found by that alone.
    #[must_use]
    pub fn first_change(id: &str) -> String {
        format!("{id}#{FIRST}")
    }

    /// The place of a change in its indexes: of a `title`, an `edition` or an `episode`.
    #[must_use]
    pub fn sort(position: Position, kind: &str) -> String {
        format!("{:020}/{kind}", position.get())
    }

    /// Whose change an entry of an index leads to: kind (`title`, `edition`, `episode`) and id.
    #[must_use]
    pub fn subject<'a>(sort: &'a str, key: &'a str) -> Option<(&'a str, &'a str)> {
        Some((sort.split_once('/')?.1, key.split_once('#')?.0))
    }
}

impl ReadModel for HistoryModel {
    type State = HistoryState;

    const NAME: &'static str = "history";
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
        key: &str,
        state: &mut HistoryState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let (statement, title_id) = match event {
            Event::Title(event) => (
                trail_statements::of_title(event, key),
                Some(own_id(recorded)?),
            ),
            Event::Edition(event) => (
                trail_statements::of_edition(event, key),
                Some(known_edition::title_of(event)),
            ),
            Event::Episode(event) => (
                trail_statements::of_episode(event, key),
                known_episode::title_of(event),
            ),
            _ => {
                return Ok(());
            }
        };
        let before = state.effective(&statement.about, self.order);
        state.take(event, recorded)?;
        let after = state.effective(&statement.about, self.order);
        state.last = Some(change(recorded, title_id, statement, &before, &after));
        Ok(())
    }

    fn leaf(&self, key: &str, state: &HistoryState, recorded: &RecordedEvent) -> Option<Leaf> {
        let change = state.last.as_ref()?;
        let kind = kind_of(recorded);
        let sort = Self::sort(recorded.position, kind);
        let of_title = change
            .title_id
            .map(|title_id| (Self::of_title(&title_id.to_string()), sort.clone()));
        // One that no title knows of would be in no index at all.
        let is_known = recorded.sequence == FIRST && of_title.is_some();
        let of_part = (kind != "title" && !is_known).then(|| (Self::of_part(key), sort.clone()));
        Some(Leaf {
            place: recorded.sequence.to_string(),
            body: json(change).ok()?,
            found_in: of_title.into_iter().chain(of_part).collect(),
        })
    }

    fn render(&self, _key: &str, _state: &HistoryState) -> Rendered {
        Rendered::default()
    }
}

impl HistoryState {
    fn take(&mut self, event: &Event, recorded: &RecordedEvent) -> Result<(), FoldError> {
        match event {
            Event::Title(event) => KnownTitle::take(&mut self.title, event, recorded),
            Event::Edition(event) => KnownEdition::take(&mut self.edition, event, recorded),
            Event::Episode(event) => KnownEpisode::take(&mut self.episode, event, recorded),
            _ => Ok(()),
        }
    }

    /// What counts of the thing that a statement is about.
    fn effective(&self, about: &About, order: AuthorityOrder) -> Effective {
        if let Some(title) = &self.title {
            return Effective::of_title(title, order);
        }
        if let Some(edition) = &self.edition {
            return Effective::of_edition(edition, order);
        }
        let Some(episode) = &self.episode else {
            return Effective::default();
        };
        if about.kind != "video_source" {
            return Effective::of_episode(episode, order);
        }
        let source = about
            .id
            .parse()
            .ok()
            .and_then(|id| episode.sources.get(&id));
        source.map_or_else(Effective::default, |source| {
            Effective::of_source(source, order)
        })
    }
}

/// `title`, `edition` or `episode`.
fn kind_of(recorded: &RecordedEvent) -> &str {
    recorded
        .stream
        .aggregate_type
        .split_once('.')
        .map_or("", |(_, aggregate)| aggregate)
}

fn change(
    recorded: &RecordedEvent,
    title_id: Option<TitleId>,
    statement: Statement,
    before: &Effective,
    after: &Effective,
) -> ChangeDocument {
    let metadata = recorded.parsed_metadata();
    let undoes = metadata.undone_positions();
    let what = words::of(&statement, &undoes);
    let fields = before.compared(after, &statement.facts);
    let run = statement.by.as_ref().and_then(|by| by.import_run);
    let (source, authority, record) = match statement.by {
        Some(by) => (Some(by.source), Some(by.authority), by.record),
        None => (None, None, None),
    };
    ChangeDocument {
        position: recorded.position,
        event_id: recorded.event_id,
        recorded_at: recorded.recorded_at,
        actor: metadata.actor,
        source,
        authority,
        record,
        import_run: run.map(|run| run.to_string()).or(metadata.import_run),
        correlation: metadata.correlation,
        event_type: recorded.event_type.to_string(),
        what,
        about: statement.about,
        title_id,
        fields,
        reason: statement.reason.or(metadata.reason),
        undoes,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::alone::Alone;
    use crate::runner::Model;
    use crate::testing::{History, by, curator, id};

    fn emma() -> History {
        let facts = json!([{ "field": "name", "value": "Emma" }]);
        let added = json!({ "kind": "book", "slug": "emma", "provenance": by("goodbooks", "1"), "facts": facts });
        History::new().title(1, json!({ "TitleAdded": added }))
    }

    fn said(who: &Value, name: &str) -> Value {
        json!({ "TitleFactsAsserted": { "provenance": who, "facts": [{ "field": "name", "value": name }] } })
    }

    /// The changes laid down beside a key, and where each is found.
    fn changes(history: &History, key: &str) -> Vec<(Value, Vec<String>)> {
        let mut alone = Alone::new(&Model::of(HistoryModel::default()), key);
        for event in history.events() {
            alone.take(&event).unwrap();
        }
        let leaves = alone.take_leaves().unwrap();
        let found = |leaf: &Leaf| {
            let entry = |entry: accession_read_store::IndexEntry| {
                format!("{} {} → {}", entry.index, entry.sort, entry.key)
            };
            leaf.entries(key).into_iter().map(entry).collect()
        };
        leaves
            .iter()
            .map(|leaf| (serde_json::from_slice(&leaf.body).unwrap(), found(leaf)))
            .collect()
    }

    fn fields(change: &Value) -> Vec<(String, Value, Value, Value)> {
        let part = |field: &Value, name: &str| field[name].clone();
        change["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| {
                (
                    field["field"].as_str().unwrap().to_owned(),
                    part(field, "before"),
                    part(field, "after"),
                    part(field, "said"),
                )
            })
            .collect()
    }

    #[test]
    fn a_change_tells_who_did_it_and_what_counted_before_and_after() {
        let changes = changes(&emma().title(1, said(&curator(), "Emma (novel)")), &id(1));
        let (change, found) = &changes[1];
        assert_eq!(
            (&change["position"], &change["actor"], &change["source"]),
            (&json!(2), &json!("service:importer"), &json!("curator:ada"))
        );
        assert_eq!(change["what"], "said name");
        assert_eq!(change["recorded_at"], "2026-11-21T08:00:02Z");
        assert_eq!(
            fields(change),
            [(
                "name".to_owned(),
                json!("Emma"),
                json!("Emma (novel)"),
                json!("Emma (novel)")
            )]
        );
        assert_eq!(
            found,
            &[format!(
                "title:{} 00000000000000000002/title → {}#2",
                id(1),
                id(1)
            )]
        );
    }

    #[test]
    fn a_weaker_word_changes_nothing_that_counts_and_is_told_all_the_same() {
        let history = emma()
            .title(1, said(&curator(), "Emma (novel)"))
            .title(1, said(&by("goodbooks", "1"), "EMMA"));
        let changes = changes(&history, &id(1));
        assert_eq!(
            fields(&changes[2].0),
            [(
                "name".to_owned(),
                json!("Emma (novel)"),
                json!("Emma (novel)"),
                json!("EMMA")
            )]
        );
    }

    #[test]
    fn taking_a_word_back_shows_the_value_that_counts_again() {
        let withdrawn =
            json!({ "TitleFactsWithdrawn": { "provenance": curator(), "fields": ["name"] } });
        let history = emma()
            .title(1, said(&curator(), "Emma (novel)"))
            .title(1, withdrawn);
        let changes = changes(&history, &id(1));
        assert_eq!(changes[2].0["what"], "took back name");
        assert_eq!(
            fields(&changes[2].0),
            [(
                "name".to_owned(),
                json!("Emma (novel)"),
                json!("Emma"),
                Value::Null
            )]
        );
    }

    #[test]
    fn slug_kind_and_lock_have_a_before_and_an_after_too() {
        let history = emma()
            .title(
                1,
                json!({ "TitleSlugChanged": { "slug": "emma-1815", "former": "emma" } }),
            )
            .title(1, json!({ "TitleFieldLocked": { "field": "name" } }))
            .title(1, json!({ "TitleDeactivated": { "reason": "twice here" } }));
        let changes = changes(&history, &id(1));
        assert_eq!(
            fields(&changes[1].0),
            [(
                "slug".to_owned(),
                json!("emma"),
                json!("emma-1815"),
                json!("emma-1815")
            )]
        );
        let locked = (
            "locked".to_owned(),
            Value::Null,
            json!(["name"]),
            Value::Null,
        );
        assert!(fields(&changes[2].0).contains(&locked));
        assert_eq!(
            fields(&changes[3].0),
            [("active".to_owned(), json!(true), json!(false), Value::Null)]
        );
        assert_eq!(changes[3].0["reason"], "twice here");
    }

    #[test]
    fn changes_of_an_edition_stand_in_its_own_history_and_in_its_titles() {
        let facts = json!([{ "field": "page_count", "value": 474 }]);
        let added =
            json!({ "title_id": id(1), "provenance": by("goodbooks", "1"), "facts": facts });
        let facts = json!([{ "field": "page_count", "value": 475 }]);
        let said = json!({ "title_id": id(1), "provenance": curator(), "facts": facts });
        let history = emma()
            .edition(7, json!({ "EditionAdded": added }))
            .edition(7, json!({ "EditionFactsAsserted": said }));
        let changes = changes(&history, &id(7));
        let sort = "00000000000000000002/edition";
        // The first one is known by its key.
        assert_eq!(
            changes[0].1,
            [format!("title:{} {sort} → {}#1", id(1), id(7))]
        );
        assert_eq!(HistoryModel::first_change(&id(7)), format!("{}#1", id(7)));
        let later = HistoryModel::sort(Position::new(3), "edition");
        assert_eq!(
            changes[1].1,
            [
                format!("title:{} {later} → {}#2", id(1), id(7)),
                format!("part:{} {later} → {}#2", id(7), id(7))
            ]
        );
        assert_eq!(
            HistoryModel::subject(sort, &format!("{}#1", id(7))),
            Some(("edition", id(7).as_str()))
        );
    }

    #[test]
    fn a_video_source_has_values_of_its_own() {
        let added =
            json!({ "title_id": id(1), "number": 1, "provenance": by("anime", "9"), "facts": [] });
        let source = json!({
            "title_id": id(1), "source_id": id(9), "url": "https://v.example/9", "name": "Mirror",
            "provenance": by("anime", "9"), "facts": [{ "field": "priority", "value": 5 }],
        });
        let off = json!({ "title_id": id(1), "source_id": id(9), "provenance": curator(), "facts": [{ "field": "active", "value": false }] });
        let history = emma()
            .episode(3, json!({ "EpisodeAdded": added }))
            .episode(3, json!({ "VideoSourceAdded": source }))
            .episode(3, json!({ "VideoSourceFactsAsserted": off }));
        let changes = changes(&history, &id(3));
        assert_eq!(
            changes[2].0["about"],
            json!({ "kind": "video_source", "id": id(9) })
        );
        assert_eq!(
            fields(&changes[2].0),
            [("active".to_owned(), Value::Null, json!(false), json!(false))]
        );
    }

    #[test]
    fn the_memory_of_a_history_does_not_grow_with_its_changes() {
        let model = Model::of(HistoryModel::default());
        let mut history = emma();
        for round in 0..300 {
            history = history.title(1, said(&curator(), &format!("Emma {}", round % 10)));
        }
        let mut alone = Alone::new(&model, &id(1));
        let (mut sizes, mut left) = (Vec::new(), 0);
        for event in history.events() {
            alone.take(&event).unwrap();
            left += alone.take_leaves().unwrap().len();
            sizes.push(alone.state_bytes());
        }
        assert!(
            sizes[300] < sizes[10] + 100,
            "{} → {}",
            sizes[10],
            sizes[300]
        );
        assert_eq!(left, 301);
    }
}
