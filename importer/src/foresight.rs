//! What a dry run came to, for a person and for a program: what would be added, changed field by field, said in vain and
//! rejected.
//!
//! It tells of each record up to a bound, and counts all of them.

use std::collections::BTreeMap;

use accession_events::Position;
use accession_events::ingestion::items::{FieldChange, FieldConflict};
use serde::Serialize;
use serde_json::Value;

use crate::record::Reject;
use crate::report::ExitCode;

/// Things that are told one by one; more are only counted.
const TOLD: usize = 1_000;
/// Lines of them that a person reads.
const LINES: usize = 20;

/// One thing that would become otherwise, or would not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Foreseen {
    /// How a person finds the record.
    pub record: String,
    /// `title`, `edition`, `episode`, `source`; `record` when it cannot even be sent.
    pub kind: &'static str,
    /// `added`, `changed`, `unchanged` or `rejected`.
    pub outcome: &'static str,
    /// What it is about, when it is in the catalog.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What would be shown otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// What it says in vain: another's word counts more, or the field is locked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<FieldConflict>,
    /// Machine-readable reason of a rejection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What is wrong, for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// How many of one kind would become what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Outcomes {
    /// New to the catalog.
    pub added: u64,
    /// There, and told something new.
    pub changed: u64,
    /// There, and told nothing new.
    pub unchanged: u64,
    /// Refused.
    pub rejected: u64,
}

/// The report of a dry run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Foresight {
    /// The source.
    pub source: String,
    /// The input: name and content hash.
    pub input: String,
    /// Always true: nothing was written.
    pub dry_run: bool,
    /// Records read.
    pub records: u64,
    /// What would become of titles, editions, episodes and sources, and of records that cannot be sent.
    pub kinds: BTreeMap<&'static str, Outcomes>,
    /// How often which field would be shown otherwise, as `title.name`.
    pub fields: BTreeMap<String, u64>,
    /// How often which field is said in vain.
    pub in_vain: BTreeMap<String, u64>,
    /// How many would be rejected for each reason.
    pub reasons: BTreeMap<String, u64>,
    /// How many records carry a note of each kind.
    pub notes: BTreeMap<String, u64>,
    /// What would be changed, is said in vain or would be rejected, one by one, the first thousand.
    pub items: Vec<Foreseen>,
    /// How many more there are.
    pub items_left_out: u64,
    /// The log's head that it was decided on.
    pub position: Position,
    /// How long it took.
    pub seconds: f64,
}

impl Foreseen {
    /// A record that cannot be sent.
    pub(crate) fn unreadable(record: String, reject: Reject) -> Self {
        Self {
            record,
            kind: "record",
            outcome: "rejected",
            id: None,
            changes: Vec::new(),
            conflicts: Vec::new(),
            code: Some(reject.code),
            detail: Some(reject.detail),
        }
    }

    fn lines(&self) -> Vec<String> {
        let what = format!("  {} {} (record {})", self.kind, self.outcome, self.record);
        let changes = self.changes.iter().map(|change| {
            let FieldChange { field, from, to } = change;
            format!("{what}: {field} {} → {}", short(from), short(to))
        });
        let conflicts = self.conflicts.iter().map(|conflict| {
            let FieldConflict {
                field,
                says,
                stands,
            } = conflict;
            format!(
                "{what}: {field} {} stays, not {}",
                short(stands),
                short(says)
            )
        });
        let refused = self.code.as_ref().map(|code| {
            let detail = self.detail.as_deref().unwrap_or_default();
            format!("{what}: {code}: {detail}")
        });
        changes.chain(conflicts).chain(refused).collect()
    }
}

/// A value in a line for a person.
fn short(value: &Value) -> String {
    let text = match value {
        Value::Null => return "nothing".to_owned(),
        Value::String(text) => format!("“{text}”"),
        other => other.to_string(),
    };
    if text.chars().count() <= 60 {
        return text;
    }
    let beginning: String = text.chars().take(59).collect();
    format!("{beginning}…")
}

impl Foresight {
    /// Of nothing yet.
    pub(crate) fn new(source: &'static str, input: String) -> Self {
        Self {
            source: source.to_owned(),
            input,
            dry_run: true,
            records: 0,
            kinds: BTreeMap::new(),
            fields: BTreeMap::new(),
            in_vain: BTreeMap::new(),
            reasons: BTreeMap::new(),
            notes: BTreeMap::new(),
            items: Vec::new(),
            items_left_out: 0,
            position: Position::START,
            seconds: 0.0,
        }
    }

    /// Books what would become of one thing.
    pub(crate) fn take(&mut self, told: Foreseen) {
        let of_kind = self.kinds.entry(told.kind).or_default();
        match told.outcome {
            "added" => of_kind.added += 1,
            "changed" => of_kind.changed += 1,
            "unchanged" => of_kind.unchanged += 1,
            _ => of_kind.rejected += 1,
        }
        for change in &told.changes {
            count(&mut self.fields, told.kind, &change.field);
        }
        for conflict in &told.conflicts {
            count(&mut self.in_vain, told.kind, &conflict.field);
        }
        if let Some(code) = &told.code {
            *self.reasons.entry(code.clone()).or_default() += 1;
        }
        let telling = !told.changes.is_empty() || !told.conflicts.is_empty() || told.code.is_some();
        if !telling {
            return;
        }
        if self.items.len() < TOLD {
            self.items.push(told);
        } else {
            self.items_left_out += 1;
        }
    }

    /// The exit code that the import would end with.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        let all = self.kinds.values();
        let (mut taken, mut rejected) = (0, 0);
        for kind in all {
            taken += kind.added + kind.changed + kind.unchanged;
            rejected += kind.rejected;
        }
        match (taken, rejected) {
            (0, _) => ExitCode::NothingImported,
            (_, 0) => ExitCode::AllWell,
            _ => ExitCode::SomeRejected,
        }
    }

    /// The report as lines for a person.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![
            format!(
                "{}, dry run: {} records in {:.1} s; nothing was written",
                self.source, self.records, self.seconds
            ),
            format!(
                "  {:<10}{:>10}{:>10}{:>10}{:>10}",
                "", "added", "changed", "unchanged", "rejected"
            ),
        ];
        lines.extend(self.kinds.iter().map(|(kind, of)| {
            let (added, changed) = (of.added, of.changed);
            let (unchanged, rejected) = (of.unchanged, of.rejected);
            format!("  {kind:<10}{added:>10}{changed:>10}{unchanged:>10}{rejected:>10}")
        }));
        let counted = |what: &str, of: &BTreeMap<String, u64>| {
            let each: Vec<String> = of
                .iter()
                .map(|(name, count)| format!("{name} {count}"))
                .collect();
            (!each.is_empty()).then(|| format!("  {what}: {}", each.join(", ")))
        };
        lines.extend(counted("fields that would change", &self.fields));
        lines.extend(counted("said in vain", &self.in_vain));
        lines.extend(counted("rejected", &self.reasons));
        lines.extend(counted("notes", &self.notes));
        let told: Vec<String> = self.items.iter().flat_map(Foreseen::lines).collect();
        lines.extend(told.iter().take(LINES).cloned());
        let more = told.len().saturating_sub(LINES) as u64 + self.items_left_out;
        if more > 0 {
            lines.push(format!(
                "  … and {more} more; --json tells the first {TOLD}"
            ));
        }
        lines
    }
}

/// Places to watch are counted by what is said of them and not one by one.
fn count(of: &mut BTreeMap<String, u64>, kind: &str, field: &str) {
    let field = field.rsplit_once("].").map_or(field, |(_, field)| field);
    *of.entry(format!("{kind}.{field}")).or_default() += 1;
}
