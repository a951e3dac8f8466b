//! What each catalog event says, in the words of a provenance trail.
//!
//! Every variant is named, so that a new event cannot be left out of the trail by oversight.

use accession_events::catalog::{EditionEvent, EpisodeEvent, TitleEvent};
use accession_events::ids::VideoSourceId;
use accession_events::values::{Fact, FieldStatements, Provenance};

use serde::Serialize;

use super::trail_entry::{About, Statement, StatementKind as Kind};

/// What a title's event says.
pub(crate) fn of_title(event: &TitleEvent, id: &str) -> Statement {
    let say = |kind| Statement::new(kind, about("title", id));
    match event {
        TitleEvent::TitleAdded {
            kind,
            slug,
            provenance,
            facts,
        } => say(Kind::Added)
            .by(provenance)
            .facts(facts)
            .with("kind", kind)
            .with("slug", slug),
        TitleEvent::TitleFactsAsserted { provenance, facts } => {
            say(Kind::Asserted).by(provenance).facts(facts)
        }
        TitleEvent::TitleFactsWithdrawn { provenance, fields } => {
            say(Kind::Withdrawn).by(provenance).fields(fields)
        }
        TitleEvent::TitleFieldLocked { field } => say(Kind::Locked).fields(&[field]),
        TitleEvent::TitleFieldUnlocked { field } => say(Kind::Unlocked).fields(&[field]),
        TitleEvent::TitleFieldsRestored { fields } => say(Kind::Restored).fields(&named(fields)),
        TitleEvent::TitleSlugChanged { slug, .. } => say(Kind::SlugChanged).with("slug", slug),
        TitleEvent::TitleReclassified { to, .. } => say(Kind::Reclassified).with("kind", to),
        TitleEvent::TitleMergedInto {
            title_id, reason, ..
        } => say(Kind::MergedInto)
            .with("merged_into", title_id)
            .because(reason.as_ref()),
        TitleEvent::TitleAbsorbed { taken } => {
            let titles: Vec<_> = taken.iter().map(|taken| taken.title_id).collect();
            say(Kind::Absorbed).with("stands_for", &titles)
        }
        TitleEvent::TitleRelinquished {
            title_id, fields, ..
        } => say(Kind::Relinquished)
            .fields(&named(fields))
            .with("to", title_id),
        TitleEvent::TitleSeparated { from, fields, .. } => say(Kind::Separated)
            .fields(&named(fields))
            .with("from", from),
        TitleEvent::TitleActivated {} => say(Kind::Activated),
        TitleEvent::TitleDeactivated { reason } => say(Kind::Deactivated).because(reason.as_ref()),
    }
}

/// What came to a title with an event of a merge or of its undo, in the words of those who had said it of another title:
/// one statement a speaker.
pub(crate) fn brought(event: &TitleEvent, id: &str) -> Vec<Statement> {
    match event {
        TitleEvent::TitleAbsorbed { taken } => {
            let said = taken.iter().flat_map(|taken| taken.said.iter());
            spoken(said, &Statement::new(Kind::Absorbed, about("title", id)))
        }
        TitleEvent::TitleSeparated {
            fields, records, ..
        } => {
            let said = of_records(fields, records);
            spoken(said, &Statement::new(Kind::Separated, about("title", id)))
        }
        _ => Vec::new(),
    }
}

/// The same for an edition.
pub(crate) fn brought_to_edition(event: &EditionEvent, id: &str) -> Vec<Statement> {
    match event {
        EditionEvent::EditionAbsorbed { taken, .. } => {
            let said = taken.iter().flat_map(|taken| taken.said.iter());
            spoken(said, &Statement::new(Kind::Absorbed, about("edition", id)))
        }
        EditionEvent::EditionSeparated {
            fields, records, ..
        } => {
            let said = of_records(fields, records);
            spoken(said, &Statement::new(Kind::Separated, about("edition", id)))
        }
        _ => Vec::new(),
    }
}

/// What these records say in these fields.
fn of_records<'a, F: Fact>(
    fields: &'a [FieldStatements<F>],
    records: &'a [Provenance],
) -> impl Iterator<Item = &'a (Provenance, F)> {
    let said = fields.iter().flat_map(|field| field.said.iter());
    said.filter(|(by, _)| records.iter().any(|record| record.same_asserter(by)))
}

/// One statement a speaker.
fn spoken<'a, F: Fact + Serialize + 'a>(
    said: impl Iterator<Item = &'a (Provenance, F)>,
    bare: &Statement,
) -> Vec<Statement> {
    let mut statements: Vec<Statement> = Vec::new();
    for (by, fact) in said {
        let same = |known: &&mut Statement| {
            let spoken = known.by.as_ref();
            spoken.is_some_and(|known| known.same_asserter(by))
        };
        let Some(known) = statements.iter_mut().find(same) else {
            let new = bare.clone().by(by);
            statements.push(new.facts(std::slice::from_ref(fact)));
            continue;
        };
        *known = known.clone().facts(std::slice::from_ref(fact));
    }
    statements
}

/// What an edition's event says.
pub(crate) fn of_edition(event: &EditionEvent, id: &str) -> Statement {
    let say = |kind| Statement::new(kind, about("edition", id));
    match event {
        EditionEvent::EditionAdded {
            title_id,
            provenance,
            facts,
        } => say(Kind::Added)
            .by(provenance)
            .facts(facts)
            .with("title_id", title_id),
        EditionEvent::EditionFactsAsserted {
            provenance, facts, ..
        } => say(Kind::Asserted).by(provenance).facts(facts),
        EditionEvent::EditionFactsWithdrawn {
            provenance, fields, ..
        } => say(Kind::Withdrawn).by(provenance).fields(fields),
        EditionEvent::EditionIsbnReleased { isbn, .. } => {
            say(Kind::IsbnReleased).with("isbn", isbn)
        }
        EditionEvent::EditionFieldLocked { field, .. } => say(Kind::Locked).fields(&[field]),
        EditionEvent::EditionFieldUnlocked { field, .. } => say(Kind::Unlocked).fields(&[field]),
        EditionEvent::EditionFieldsRestored { fields, .. } => {
            say(Kind::Restored).fields(&named(fields))
        }
        EditionEvent::EditionMoved { title_id, .. } => say(Kind::Moved).with("title_id", title_id),
        EditionEvent::EditionMergedInto {
            edition_id, reason, ..
        } => say(Kind::MergedInto)
            .with("merged_into", edition_id)
            .because(reason.as_ref()),
        EditionEvent::EditionAbsorbed { taken, .. } => {
            let editions: Vec<_> = taken.iter().map(|taken| taken.edition_id).collect();
            say(Kind::Absorbed).with("stands_for", &editions)
        }
        EditionEvent::EditionRelinquished {
            edition_id, fields, ..
        } => say(Kind::Relinquished)
            .fields(&named(fields))
            .with("to", edition_id),
        EditionEvent::EditionSeparated { from, fields, .. } => say(Kind::Separated)
            .fields(&named(fields))
            .with("from", from),
        EditionEvent::EditionWithdrawn { reason, .. } => {
            say(Kind::Withdrawn).because(reason.as_ref())
        }
        EditionEvent::EditionReinstated { .. } => say(Kind::Reinstated),
    }
}

/// What an episode's event says, of itself or of one of its sources.
pub(crate) fn of_episode(event: &EpisodeEvent, id: &str) -> Statement {
    let say = |kind| Statement::new(kind, about("episode", id));
    match event {
        EpisodeEvent::EpisodeAdded {
            title_id,
            number,
            provenance,
            facts,
        } => say(Kind::Added)
            .by(provenance)
            .facts(facts)
            .with("title_id", title_id)
            .with("number", number),
        EpisodeEvent::EpisodeFactsAsserted {
            provenance, facts, ..
        } => say(Kind::Asserted).by(provenance).facts(facts),
        EpisodeEvent::EpisodeFactsWithdrawn {
            provenance, fields, ..
        } => say(Kind::Withdrawn).by(provenance).fields(fields),
        EpisodeEvent::EpisodeFieldLocked { field, .. } => say(Kind::Locked).fields(&[field]),
        EpisodeEvent::EpisodeFieldUnlocked { field, .. } => say(Kind::Unlocked).fields(&[field]),
        EpisodeEvent::EpisodeFieldsRestored { fields, .. } => {
            say(Kind::Restored).fields(&named(fields))
        }
        EpisodeEvent::EpisodeRenumbered { to, .. } => say(Kind::Renumbered).with("number", to),
        EpisodeEvent::EpisodeDetached { reason, .. } => {
            say(Kind::Detached).because(reason.as_ref())
        }
        EpisodeEvent::EpisodeAttached {
            title_id, number, ..
        } => say(Kind::Attached)
            .with("title_id", title_id)
            .with("number", number),
        EpisodeEvent::VideoSourceAdded { .. }
        | EpisodeEvent::VideoSourceFactsAsserted { .. }
        | EpisodeEvent::VideoSourceFieldsRestored { .. }
        | EpisodeEvent::VideoSourceRestored { .. }
        | EpisodeEvent::VideoSourceRemoved { .. } => of_episodes_source(event, id),
    }
}

/// What an event says of a source.
fn of_episodes_source(event: &EpisodeEvent, id: &str) -> Statement {
    match event {
        EpisodeEvent::VideoSourceAdded {
            source_id,
            url,
            name,
            provenance,
            facts,
            ..
        } => of_source(Kind::Added, *source_id)
            .by(provenance)
            .facts(facts)
            .with("url", url)
            .with("name", name),
        EpisodeEvent::VideoSourceFactsAsserted {
            source_id,
            provenance,
            facts,
            ..
        } => of_source(Kind::Asserted, *source_id)
            .by(provenance)
            .facts(facts),
        EpisodeEvent::VideoSourceFieldsRestored {
            source_id, fields, ..
        } => of_source(Kind::Restored, *source_id).fields(&named(fields)),
        EpisodeEvent::VideoSourceRestored { source, .. } => {
            of_source(Kind::Restored, source.source_id)
                .with("url", &source.url)
                .with("name", &source.name)
        }
        EpisodeEvent::VideoSourceRemoved {
            source_id, reason, ..
        } => of_source(Kind::Removed, *source_id).because(reason.as_ref()),
        // `of_episode` sends only events of sources here.
        _ => Statement::new(Kind::Asserted, about("episode", id)),
    }
}

/// The fields that stand as they did before; what stands about them was said by earlier entries.
fn named<F: Fact>(fields: &[FieldStatements<F>]) -> Vec<F::Field> {
    fields.iter().map(|field| field.field).collect()
}

fn of_source(kind: Kind, id: VideoSourceId) -> Statement {
    Statement::new(kind, about("video_source", &id.to_string()))
}

fn about(kind: &'static str, id: &str) -> About {
    About {
        kind,
        id: id.into(),
    }
}
