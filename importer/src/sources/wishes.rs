//! What a person asks of a source beside the file: columns, a name of its own, a second file.
//!
//! Holds texts; each source says what it makes of them.

use std::path::PathBuf;

use accession_events::values::SourceName;
use sha2::{Digest as _, Sha256};

use super::{Source, UnreadableInput};

/// What was asked for on the command line. Everything is optional.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Fields of the catalog and the columns that hold them, for a CSV file.
    pub columns: Vec<(String, String)>,
    /// A name for where the records come from, so that the ids of two libraries are kept apart.
    pub named: Option<String>,
    /// The dump of authors that goes with a dump of works.
    pub authors: Option<PathBuf>,
    /// What to ask a provider for: ISBNs, or ids as the provider has them.
    pub ids: Vec<String>,
    /// Words to ask a provider for.
    pub query: Option<String>,
    /// Who asks: an address for the User-Agent. A provider is not asked without it.
    pub contact: Option<String>,
    /// The provider's token. Never in a message or a log.
    pub token: Option<String>,
    /// Where to ask, instead of the provider's own address.
    pub base: Option<String>,
    /// Whether that address may lie in a private network.
    pub allow_private: bool,
    /// Only what has changed since then, in UTC, as `2026-03-01T00:00:00`.
    pub since: Option<String>,
}

impl std::fmt::Debug for Wishes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wishes")
            .field("columns", &self.columns)
            .field("named", &self.named)
            .field("ids", &self.ids)
            .field("query", &self.query)
            .field("base", &self.base)
            .field("since", &self.since)
            .finish_non_exhaustive()
    }
}

impl Source {
    /// Whether its records tell when they changed, so that it can be read from a time on.
    #[must_use]
    pub fn knows_changes(self) -> bool {
        ["open-library-dump", "kodik"].contains(&self.name())
    }
}

impl Wishes {
    /// Reads `title=Name,authors=Writers`.
    pub fn columns_of(text: &str) -> Result<Vec<(String, String)>, String> {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        parts
            .map(|part| {
                let (field, column) = part.split_once('=').ok_or_else(|| {
                    format!("`{part}` maps nothing; expected FIELD=COLUMN, such as title=Name")
                })?;
                Ok((field.trim().to_owned(), column.trim().to_owned()))
            })
            .collect()
    }

    /// Whether something that changed at this time, as its source writes it, changed before what is asked for. What does not
    /// tell when it changed never did.
    pub(crate) fn is_older(&self, changed: Option<&str>) -> bool {
        // To the second all of them are written alike: `2026-03-01T10:00:00`, and what may follow says no more.
        let second = |text: &'_ str| text.get(..19).map(|text| text.replace(' ', "T"));
        match (&self.since, changed.and_then(second)) {
            (Some(since), Some(changed)) => changed < *since,
            _ => false,
        }
    }

    /// What a provider is asked for, in short: the input's name in the run.
    pub(crate) fn asked_for(&self) -> String {
        let words = self.query.iter().chain(&self.ids);
        let words: Vec<&str> = words.map(String::as_str).collect();
        if words.is_empty() {
            return match &self.since {
                Some(since) => format!("everything since {since}"),
                None => "everything".into(),
            };
        }
        let digest = hex::encode(Sha256::digest(words.join("\n").as_bytes()));
        format!(
            "{} asked for#{}",
            words.len(),
            digest.get(..16).unwrap_or_default()
        )
    }

    /// The name in provenance: the source's own, and behind a colon the one that was asked for.
    pub(crate) fn provenance(&self, source: &str) -> Result<String, UnreadableInput> {
        let Some(named) = &self.named else {
            return Ok(source.to_owned());
        };
        let full = format!("{source}:{named}");
        SourceName::parse(&full).map_err(|error| UnreadableInput::new(error.to_string()))?;
        Ok(full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_names_fields_and_columns() {
        let mapping = Wishes::columns_of("title=Full name, authors = By").unwrap();
        assert_eq!(
            mapping,
            [
                ("title".to_owned(), "Full name".to_owned()),
                ("authors".to_owned(), "By".to_owned())
            ]
        );
        assert!(Wishes::columns_of("title").unwrap_err().contains("`title`"));
    }

    #[test]
    fn what_changed_before_a_time_is_older_however_its_source_writes_the_time() {
        let wishes = Wishes {
            since: Some("2026-03-01T10:00:00".into()),
            ..Wishes::default()
        };
        for (changed, older) in [
            (Some("2026-03-01T09:59:59.999999"), true),
            (Some("2026-03-01T10:00:00Z"), false),
            (Some("2008-04-01 03:28:50"), true),
            (Some("yesterday"), false),
            (None, false),
        ] {
            assert_eq!(wishes.is_older(changed), older, "{changed:?}");
        }
        assert!(!Wishes::default().is_older(Some("2008-04-01T03:28:50")));
    }

    #[test]
    fn a_name_of_its_own_keeps_two_libraries_apart() {
        let wishes = Wishes {
            named: Some("school".into()),
            ..Wishes::default()
        };
        assert_eq!(wishes.provenance("marc").unwrap(), "marc:school");
        let odd = Wishes {
            named: Some("Our School".into()),
            ..Wishes::default()
        };
        assert!(odd.provenance("marc").is_err());
    }
}
