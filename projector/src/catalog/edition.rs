//! An edition by itself: effective values, who says them, and the ISBN by which it is found.
//!
//! Never knows whether its title is shown: who answers a reader looks at the title, too.

use std::collections::BTreeMap;

use accession_events::catalog::EditionField;
use accession_events::ids::{EditionId, TitleId};
use accession_events::values::{
    AuthorityOrder, Isbn, LanguageTag, ShortText, TitleName, WebUrl, Year,
};
use accession_events::{Event, Position, RecordedEvent};
use accession_read_store::IndexEntry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::known_edition::KnownEdition;
use super::{SourceOf, locked_fields, sources_of, version_with_order};
use crate::model::{FoldError, ReadModel, Rendered, json};
use crate::moment::Moment;

/// An edition. Fields are named in `sources_of` and `locked` as events, locks and the trail name them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EditionDocument {
    /// The edition's id.
    #[schema(value_type = Uuid)]
    pub id: EditionId,
    /// The title it is an edition of.
    #[schema(value_type = Uuid)]
    pub title_id: TitleId,
    /// Whether a curator took it away from readers.
    pub withdrawn: bool,
    /// Version of the edition's stream, for `If-Match`.
    pub version: u64,
    /// ISBN in thirteen digits.
    #[schema(value_type = Option<String>, example = "9780439023481")]
    pub isbn13: Option<Isbn>,
    /// The same ISBN in ten digits, where it has that form.
    #[schema(example = "0439023483")]
    pub isbn10: Option<String>,
    /// What a source gave as an ISBN and which is not one.
    #[schema(value_type = Option<String>)]
    pub unverified_isbn: Option<ShortText>,
    /// The name on its title page.
    #[schema(value_type = Option<String>)]
    pub name: Option<TitleName>,
    /// Publisher.
    #[schema(value_type = Option<String>)]
    pub publisher: Option<ShortText>,
    /// Year of publication.
    #[schema(value_type = Option<i16>)]
    pub published_year: Option<Year>,
    /// Language.
    #[schema(value_type = Option<String>)]
    pub language: Option<LanguageTag>,
    /// Pages.
    pub page_count: Option<u32>,
    /// Form: hardcover, paperback, e-book.
    #[schema(value_type = Option<String>)]
    pub format: Option<ShortText>,
    /// Address of a cover.
    #[schema(value_type = Option<String>)]
    pub cover: Option<WebUrl>,
    /// Who says the value that counts, by field.
    #[schema(value_type = BTreeMap<String, SourceOf>)]
    pub sources_of: BTreeMap<EditionField, SourceOf>,
    /// Fields that a curator pinned.
    #[schema(value_type = Vec<String>)]
    pub locked: Vec<EditionField>,
    /// The edition that stands for it, while it is merged; left out for all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub merged_into: Option<EditionId>,
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

/// Memory of an edition.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct EditionState {
    edition: Option<KnownEdition>,
    last: Moment,
}

/// Editions, by edition id; found in index `isbn` by the ISBN that counts, while they are not withdrawn; a merged one
/// by its own, too, so that it leads on.
#[derive(Debug, Clone, Default)]
pub struct EditionModel {
    /// Whose word counts more.
    pub order: AuthorityOrder,
}

impl ReadModel for EditionModel {
    type State = EditionState;

    const NAME: &'static str = "edition";
    const FOLD_VERSION: &'static str = "2";

    fn fold_version(&self) -> String {
        version_with_order(Self::FOLD_VERSION, self.order)
    }

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Edition(_) => vec![recorded.stream.aggregate_id.to_string()],
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        _key: &str,
        state: &mut EditionState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        if let Event::Edition(event) = event {
            KnownEdition::take(&mut state.edition, event, recorded)?;
            state.last.advance(recorded);
        }
        Ok(())
    }

    fn render(&self, key: &str, state: &EditionState) -> Rendered {
        let Some((edition, id)) = state.edition.as_ref().zip(key.parse().ok()) else {
            return Rendered::default();
        };
        let body = json(&self.document(id, edition, state.last)).ok();
        Rendered {
            body,
            hidden: !edition.shown(),
            entries: self.entries(key, state),
        }
    }

    fn entries(&self, key: &str, state: &EditionState) -> Vec<IndexEntry> {
        let shown = state.edition.as_ref().filter(|edition| !edition.withdrawn);
        let isbn = shown.and_then(|edition| edition.values(self.order).isbn);
        isbn.iter()
            .map(|isbn| IndexEntry {
                index: "isbn".into(),
                sort: format!("{isbn}/"),
                key: key.into(),
            })
            .collect()
    }
}

impl EditionModel {
    fn document(&self, id: EditionId, edition: &KnownEdition, last: Moment) -> EditionDocument {
        let values = edition.values(self.order);
        EditionDocument {
            id,
            title_id: edition.title_id,
            withdrawn: edition.withdrawn,
            version: edition.version,
            isbn13: values.isbn,
            isbn10: values.isbn.and_then(|isbn| isbn.to_isbn10()),
            unverified_isbn: values.unverified_isbn,
            name: values.name,
            publisher: values.publisher,
            published_year: values.published_year,
            language: values.language,
            page_count: values.page_count,
            format: values.format,
            cover: values.cover,
            sources_of: sources_of(&edition.ledger, self.order),
            locked: locked_fields(&edition.ledger),
            merged_into: edition.merged_into,
            added_at: edition.added.at,
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
        let facts = json!([
            { "field": "isbn", "value": "9780439023481" },
            { "field": "publisher", "value": "Scholastic" },
        ]);
        let added =
            json!({ "title_id": id(1), "provenance": by("goodbooks", "7"), "facts": facts });
        History::new().edition(2, json!({ "EditionAdded": added }))
    }

    fn change(event: &str, more: Value) -> Value {
        let mut body = more;
        body["title_id"] = json!(id(1));
        json!({ event: body })
    }

    #[test]
    fn an_edition_is_found_by_its_isbn() {
        let edition = given(EditionModel::default(), &added()).then(&id(2));
        assert_eq!(
            edition.entries,
            [format!("isbn 9780439023481/ → {}", id(2))]
        );
        assert_eq!(edition.body["isbn10"], "0439023483");
        assert_eq!(
            (&edition.body["title_id"], &edition.body["publisher"]),
            (&json!(id(1)), &json!("Scholastic"))
        );
        assert_eq!(edition.body["sources_of"]["isbn"]["source"], "goodbooks");
    }

    #[test]
    fn a_corrected_isbn_replaces_the_wrong_one() {
        let facts = json!([{ "field": "isbn", "value": "9780441013593" }]);
        let history = added().edition(
            2,
            change(
                "EditionFactsAsserted",
                json!({ "provenance": curator(), "facts": facts }),
            ),
        );
        let edition = given(EditionModel::default(), &history).then(&id(2));
        assert_eq!(
            edition.entries,
            [format!("isbn 9780441013593/ → {}", id(2))]
        );
    }

    #[test]
    fn a_released_isbn_leads_nowhere() {
        let withdrawn = json!({ "provenance": by("goodbooks", "7"), "fields": ["isbn"] });
        let history = added()
            .edition(2, change("EditionFactsWithdrawn", withdrawn))
            .edition(
                2,
                change("EditionIsbnReleased", json!({ "isbn": "9780439023481" })),
            );
        let edition = given(EditionModel::default(), &history).then(&id(2));
        assert_eq!(edition.entries, Vec::<String>::new());
        assert_eq!(
            (&edition.body["isbn13"], &edition.body["version"]),
            (&Value::Null, &json!(3))
        );
    }

    #[test]
    fn a_withdrawn_edition_is_hidden_and_not_found_until_it_is_reinstated() {
        let history = added().edition(2, change("EditionWithdrawn", json!({})));
        let edition = given(EditionModel::default(), &history).then(&id(2));
        assert!(edition.hidden && edition.entries.is_empty());
        let history = history.edition(2, change("EditionReinstated", json!({})));
        let edition = given(EditionModel::default(), &history).then(&id(2));
        assert!(!edition.hidden && edition.entries.len() == 1);
    }

    #[test]
    fn what_is_no_isbn_is_shown_but_not_indexed() {
        let facts = json!([{ "field": "unverified_isbn", "value": "978043902348" }]);
        let added =
            json!({ "title_id": id(1), "provenance": by("goodbooks", "7"), "facts": facts });
        let history = History::new().edition(2, json!({ "EditionAdded": added }));
        let edition = given(EditionModel::default(), &history).then(&id(2));
        assert_eq!(edition.body["unverified_isbn"], "978043902348");
        assert!(edition.entries.is_empty());
    }
}
