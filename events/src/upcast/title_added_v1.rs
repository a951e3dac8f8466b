//! `TitleAdded` v1 → v2: the first shape knew a title's name and year, but not who said so.
//!
//! What v1 recorded becomes facts of its source with the authority of a primary provider: the only writer
//! of v1 was the first importer. Nothing is invented beyond that.

use serde_json::{Map, Value, json};

use super::Upcaster;

/// The step.
pub(super) const UPCASTER: Upcaster = Upcaster {
    aggregate: "catalog.title",
    event_type: "TitleAdded",
    from_version: 1,
    step,
};

fn step(payload: Value) -> Result<Value, String> {
    let Value::Object(mut outer) = payload else {
        return Err("payload is not an object".into());
    };
    let Some(Value::Object(old)) = outer.remove("TitleAdded") else {
        return Err("no `TitleAdded` in it".into());
    };
    let kind = old.get("kind").cloned().unwrap_or_else(|| json!("book"));
    let slug = old.get("slug").cloned().ok_or("`slug` is missing")?;
    let name = old.get("name").cloned().ok_or("`name` is missing")?;
    let mut facts = vec![json!({ "field": "name", "value": name })];
    if let Some(year) = old.get("year").filter(|year| !year.is_null()) {
        facts.push(json!({ "field": "release_year", "value": year }));
    }
    Ok(
        json!({ "TitleAdded": { "kind": kind, "slug": slug, "provenance": provenance(&old), "facts": facts } }),
    )
}

fn provenance(old: &Map<String, Value>) -> Value {
    let source = old
        .get("source_name")
        .cloned()
        .unwrap_or_else(|| json!("unknown"));
    let mut provenance = json!({ "source": source, "authority": "primary_provider" });
    if let (Some(record), Some(object)) = (old.get("source_id"), provenance.as_object_mut()) {
        object.insert("record".into(), record.clone());
    }
    provenance
}
