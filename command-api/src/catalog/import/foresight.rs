//! What an item would change, field by field, as a reader would see it: told by a preview, and by a dry run.
//!
//! It compares what is shown before and after; what the log keeps beside that (who said so) is not a change here.

use std::collections::BTreeMap;

use accession_events::ingestion::items::{FieldChange, FieldConflict};
use accession_events::values::{AuthorityOrder, Fact, Ledger};
use serde::Serialize;
use serde_json::Value;

use crate::catalog::edition::Edition;
use crate::catalog::episode::Episode;
use crate::catalog::title::Title;

/// Fields with their values, as they are shown.
pub type Fields = BTreeMap<String, Value>;

/// What of an item would come about.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Foreseen {
    /// Whether nothing of it was there before.
    pub new: bool,
    /// What would be shown otherwise.
    pub changes: Vec<FieldChange>,
    /// What it says and would not be shown, because another's word counts more or the field is locked.
    pub conflicts: Vec<FieldConflict>,
}

/// Something that is shown to readers by fields.
pub trait Shown {
    /// The fields that are shown, by whose word counts.
    fn shown(&self, order: &AuthorityOrder) -> Fields;
}

impl Foreseen {
    /// What becomes of the fields under a prefix when an item says this much.
    #[must_use]
    pub fn of(before: &Fields, after: &Fields, says: Fields, prefix: &str) -> Self {
        let new = !before.keys().any(|field| field.starts_with(prefix));
        let conflicts = says.into_iter().filter_map(|(field, says)| {
            let stands = after.get(&field).cloned().unwrap_or_default();
            (stands != says).then_some(FieldConflict {
                field,
                says,
                stands,
            })
        });
        Self {
            new,
            changes: if new {
                Vec::new()
            } else {
                changes(before, after)
            },
            conflicts: conflicts.collect(),
        }
    }
}

fn changes(before: &Fields, after: &Fields) -> Vec<FieldChange> {
    let mut fields: Vec<&String> = before.keys().chain(after.keys()).collect();
    fields.sort_unstable();
    fields.dedup();
    let changed = fields.into_iter().filter_map(|field| {
        let (from, to) = (before.get(field), after.get(field));
        (from != to).then(|| FieldChange {
            field: field.clone(),
            from: from.cloned().unwrap_or_default(),
            to: to.cloned().unwrap_or_default(),
        })
    });
    changed.collect()
}

/// Facts as fields, each under this prefix.
pub(super) fn said<'a, F: Serialize + 'a>(
    facts: impl IntoIterator<Item = &'a F>,
    prefix: &str,
) -> Fields {
    let fields = facts.into_iter().filter_map(|fact| {
        let mut fact = serde_json::to_value(fact).ok()?;
        let field = fact.get("field")?.as_str()?;
        let named = format!("{prefix}{field}");
        Some((named, fact.get_mut("value")?.take()))
    });
    fields.collect()
}

/// What counts of a ledger.
fn counting<F: Fact + Serialize>(
    ledger: &Ledger<F>,
    order: AuthorityOrder,
    prefix: &str,
) -> Fields {
    let fields = ledger.fields();
    let count = fields
        .iter()
        .filter_map(|field| ledger.effective(*field, &order));
    said(count.map(accession_events::values::Said::fact), prefix)
}

/// The fields of a place where an episode can be watched.
pub(super) fn of_source(name: impl std::fmt::Display, url: impl std::fmt::Display) -> String {
    format!("sources[{name} {url}].")
}

fn text(value: impl std::fmt::Display) -> Value {
    Value::String(value.to_string())
}

impl Shown for Title {
    fn shown(&self, order: &AuthorityOrder) -> Fields {
        let Self::Known(title) = self else {
            return Fields::new();
        };
        let mut fields = counting(&title.ledger, *order, "");
        fields.insert("slug".into(), text(&title.slug));
        fields
    }
}

impl Shown for Edition {
    fn shown(&self, order: &AuthorityOrder) -> Fields {
        let Ok(edition) = self.known() else {
            return Fields::new();
        };
        let mut fields = counting(&edition.ledger, *order, "");
        fields.insert("title_id".into(), text(edition.title_id));
        fields
    }
}

impl Shown for Episode {
    fn shown(&self, order: &AuthorityOrder) -> Fields {
        let Ok(episode) = self.known() else {
            return Fields::new();
        };
        let mut fields = counting(&episode.ledger, *order, "");
        fields.insert("number".into(), episode.number.into());
        if let Some(title) = episode.title_id {
            fields.insert("title_id".into(), text(title));
        }
        for source in &episode.sources {
            let prefix = of_source(&source.name, &source.url);
            fields.extend(counting(&source.ledger, *order, &prefix));
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Fields {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_is_shown_otherwise_is_a_change_and_what_is_said_in_vain_a_conflict() {
        let before = fields(json!({ "name": "Emma", "year": 1815 }));
        let after = fields(json!({ "name": "Emma", "year": 1816, "genres": ["novel"] }));
        let says = fields(json!({ "name": "EMMA", "year": 1816 }));
        let told = Foreseen::of(&before, &after, says, "");
        assert!(!told.new);
        let changed: Vec<_> = told
            .changes
            .iter()
            .map(|change| (&*change.field, &change.from))
            .collect();
        assert_eq!(changed, [("genres", &Value::Null), ("year", &json!(1815))]);
        assert_eq!(
            told.conflicts,
            [FieldConflict {
                field: "name".into(),
                says: json!("EMMA"),
                stands: json!("Emma")
            }]
        );
    }

    #[test]
    fn what_was_not_there_is_new_and_its_fields_are_no_changes() {
        let after = fields(json!({ "sources[a b].kind": "iframe", "number": 1 }));
        let before = fields(json!({ "number": 1 }));
        assert!(Foreseen::of(&before, &after, Fields::new(), "sources[a b].").new);
        let told = Foreseen::of(&Fields::new(), &after, Fields::new(), "");
        assert!(told.new && told.changes.is_empty());
    }
}
