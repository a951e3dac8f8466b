//! What a person asks of a source beside the file: columns, a name of its own, a second file.
//!
//! Holds texts; each source says what it makes of them.

use std::path::PathBuf;

use accession_events::values::SourceName;

use super::UnreadableInput;

/// What was asked for on the command line. Everything is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Fields of the catalog and the columns that hold them, for a CSV file.
    pub columns: Vec<(String, String)>,
    /// A name for where the records come from, so that the ids of two libraries are kept apart.
    pub named: Option<String>,
    /// The dump of authors that goes with a dump of works.
    pub authors: Option<PathBuf>,
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
