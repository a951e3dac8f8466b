//! What a change did, in a few words for a person.
//!
//! Never says what the fields beside it do not say.

use accession_events::Position;

use crate::catalog::trail_entry::{Statement, StatementKind as Kind};

/// The words of a statement.
pub(super) fn of(statement: &Statement, undoes: &[Position]) -> String {
    let done = done(statement);
    if undoes.is_empty() {
        return done;
    }
    let positions: Vec<String> = undoes.iter().map(ToString::to_string).collect();
    format!("undid the change at {}: {done}", positions.join(", "))
}

fn done(statement: &Statement) -> String {
    let fields = || {
        let names: Vec<&str> = statement
            .facts
            .iter()
            .map(|fact| fact.field.as_str())
            .collect();
        names.join(", ")
    };
    let value = || {
        statement
            .facts
            .last()
            .map_or_else(String::new, |fact| fact.value.plain())
    };
    match statement.kind {
        Kind::Absorbed => "let it stand for another title".into(),
        Kind::Activated => "showed it to readers again".into(),
        Kind::Added if statement.about.kind == "video_source" => "added a video source".into(),
        Kind::Added => format!("entered the {}", statement.about.kind),
        Kind::Asserted if statement.facts.is_empty() => "said nothing new".into(),
        Kind::Asserted => format!("said {}", fields()),
        Kind::Attached => format!("put it under a title as number {}", value()),
        Kind::Deactivated => "hid it from readers".into(),
        Kind::Detached => "took it off its title".into(),
        Kind::IsbnReleased => format!("freed the ISBN {}", value()),
        Kind::Locked => format!("locked {}", fields()),
        Kind::MergedInto => format!("merged it into {}", value()),
        Kind::Moved => format!("put the edition under the title {}", value()),
        Kind::Reclassified => format!("said that it is a {}", value()),
        Kind::Reinstated => "showed the edition to readers again".into(),
        Kind::Relinquished => format!("gave back what came from {}", value()),
        Kind::Removed => "removed the video source".into(),
        Kind::Renumbered => format!("gave it the number {}", value()),
        Kind::Restored if statement.facts.iter().any(|fact| fact.field == "url") => {
            "put the video source back".into()
        }
        Kind::Restored => format!("put {} back as it was", fields()),
        Kind::Separated => "let it stand for itself".into(),
        Kind::SlugChanged => format!("changed the slug to {}", value()),
        Kind::Unlocked => format!("unlocked {}", fields()),
        Kind::Withdrawn if statement.facts.is_empty() => "hid the edition from readers".into(),
        Kind::Withdrawn => format!("took back {}", fields()),
    }
}
