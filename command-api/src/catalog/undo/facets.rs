//! A state taken apart into what a change can touch: plain values, statements by field and speaker, locks, sources.
//!
//! Never used to change anything; only to tell what differs between two states, and what depends on it.

use std::collections::{BTreeMap, BTreeSet};

use accession_events::values::{Fact, Ledger, Provenance};
use serde::Serialize;
use serde_json::Value;

/// What kind of thing a facet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A value that nobody in particular says: a slug, a number.
    Plain,
    /// A video source is there.
    Source,
    /// A field is locked.
    Locked,
    /// What somebody says about a field.
    Said,
    /// What a lock pins of it.
    Frozen,
    /// What a curator has said of it since it was locked.
    Since,
}

/// One thing that a change can touch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Facet {
    /// The video source it belongs to; empty for the aggregate itself.
    about: String,
    field: String,
    part: Part,
    /// The speaker.
    by: String,
}

/// The facets of a state, each with its value; what is not there is not in it.
pub type Facets = BTreeMap<Facet, Value>;

impl Facet {
    /// A facet.
    #[must_use]
    pub fn new(about: &str, part: Part, field: &str, by: &str) -> Self {
        Self {
            about: about.to_owned(),
            field: field.to_owned(),
            part,
            by: by.to_owned(),
        }
    }

    /// What it is, for a person.
    #[must_use]
    pub fn words(&self) -> String {
        let what = match self.part {
            Part::Source => "the video source".to_owned(),
            Part::Locked | Part::Frozen | Part::Since => format!("the lock of {}", self.field),
            Part::Plain | Part::Said => self.field.clone(),
        };
        if self.about.is_empty() {
            what
        } else {
            format!("{what} of source {}", self.about)
        }
    }

    fn same_thing(&self, other: &Self, part: Part) -> bool {
        other.part == part && other.about == self.about && other.field == self.field
    }
}

/// Adds the facets of a ledger; `about` is the video source that it belongs to, empty for the aggregate itself.
pub fn of_ledger<F: Fact + Serialize>(facets: &mut Facets, about: &str, ledger: &Ledger<F>) {
    for field in ledger.fields() {
        let name = serde_json::to_value(field).unwrap_or_default();
        let name = name.as_str().unwrap_or_default().to_owned();
        let mut add = |part, statements: &[(Provenance, F)]| {
            for (by, fact) in statements {
                let record = by.record.as_ref().map_or("", |record| record.as_str());
                let speaker = format!("{}\0{record}", by.source);
                let value = serde_json::to_value((by, fact)).unwrap_or_default();
                facets.insert(Facet::new(about, part, &name, &speaker), value);
            }
        };
        let standing = ledger.standing(field);
        add(Part::Said, &standing.said);
        if let Some(lock) = &standing.lock {
            add(Part::Frozen, &lock.frozen);
            add(Part::Since, &lock.since);
            facets.insert(
                Facet::new(about, Part::Locked, &name, ""),
                Value::Bool(true),
            );
        }
    }
}

/// What differs between two states.
#[must_use]
pub fn differing(one: &Facets, other: &Facets) -> BTreeSet<Facet> {
    let differs = |facet: &&Facet| one.get(*facet) != other.get(*facet);
    one.keys()
        .chain(other.keys())
        .filter(differs)
        .cloned()
        .collect()
}

/// What has changed since the change left it, of all that hangs on what it touched, unless it is back as it was before.
#[must_use]
pub fn depending(
    touched: &BTreeSet<Facet>,
    before: &Facets,
    after: &Facets,
    now: &Facets,
) -> BTreeSet<Facet> {
    let creation = before.is_empty();
    let since = differing(after, now);
    since
        .into_iter()
        .filter(|facet| creation || touched.iter().any(|base| hangs_on(facet, base, after)))
        .filter(|facet| !touched.contains(facet) || now.get(facet) != before.get(facet))
        .collect()
}

/// Whether a facet that changed later hangs on one that the change touched.
fn hangs_on(facet: &Facet, touched: &Facet, after: &Facets) -> bool {
    if facet == touched {
        return true;
    }
    match touched.part {
        // What was said about a source hangs on its being there.
        Part::Source => facet.about == touched.about,
        // A lock that was set later pins what was said; what a lock holds of it hangs on it.
        Part::Said => {
            facet.by == touched.by
                && (touched.same_thing(facet, Part::Frozen)
                    || touched.same_thing(facet, Part::Since))
        }
        // After an unlocking, what is said counts: locking again would keep it out.
        Part::Locked => !after.contains_key(touched) && touched.same_thing(facet, Part::Said),
        // A number is a number under a title.
        Part::Plain => {
            let place = |facet: &Facet| matches!(facet.field.as_str(), "title_id" | "number");
            facet.part == Part::Plain && place(touched) && place(facet)
        }
        Part::Frozen | Part::Since => false,
    }
}
