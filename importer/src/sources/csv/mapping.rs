//! Which column of a CSV file holds what: as a person says, otherwise by the names that such columns usually have.
//!
//! A column that a person names must exist; one that is only usual need not.

use crate::sources::columns::Row;

/// What a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Id,
    Title,
    OriginalTitle,
    Authors,
    Isbn,
    Publisher,
    Year,
    Language,
    Pages,
    Format,
    Description,
    Genres,
    Cover,
}

/// Every field with its name in `--map` and the usual names of its columns.
const FIELDS: [(Field, &str, &[&str]); 13] = [
    (Field::Id, "id", &["id", "book id", "record id", "uuid"]),
    (
        Field::Title,
        "title",
        &[
            "title",
            "name",
            "book title",
            "titel",
            "titre",
            "titolo",
            "título",
        ],
    ),
    (
        Field::OriginalTitle,
        "original_title",
        &["original title", "original name"],
    ),
    (
        Field::Authors,
        "authors",
        &[
            "authors",
            "author",
            "author text",
            "writer",
            "creator",
            "autor",
            "auteur",
            "autore",
        ],
    ),
    (
        Field::Isbn,
        "isbn",
        &["isbn13", "isbn 13", "isbn", "isbn10", "isbn 10", "ean"],
    ),
    (
        Field::Publisher,
        "publisher",
        &["publisher", "verlag", "éditeur", "editore", "editorial"],
    ),
    (
        Field::Year,
        "year",
        &[
            "year",
            "publication year",
            "published",
            "pubdate",
            "publish date",
            "publication date",
            "date",
        ],
    ),
    (
        Field::Language,
        "language",
        &["language", "languages", "lang"],
    ),
    (
        Field::Pages,
        "pages",
        &["pages", "page count", "number of pages"],
    ),
    (Field::Format, "format", &["format", "binding"]),
    (
        Field::Description,
        "description",
        &["description", "comments", "summary", "synopsis"],
    ),
    (
        Field::Genres,
        "genres",
        &["genres", "genre", "subjects", "categories"],
    ),
    (
        Field::Cover,
        "cover",
        &["cover", "cover url", "image url", "image"],
    ),
];

/// Columns by field; several columns may hold an ISBN.
#[derive(Debug, Clone, Default)]
pub(super) struct Mapping {
    columns: Vec<(Field, String)>,
}

impl Mapping {
    /// Finds the columns in a header.
    pub(super) fn of(header: &[String], wanted: &[(String, String)]) -> Result<Self, String> {
        let mut mapping = Self::default();
        for (field, column) in wanted {
            let known = FIELDS.iter().find(|(_, name, _)| name == field);
            let (field, _, _) = known.ok_or_else(|| unknown_field(field))?;
            let found = header.iter().find(|name| name.trim() == column);
            let found = found.ok_or_else(|| unknown_column(column, header))?;
            mapping.columns.push((*field, found.trim().to_owned()));
        }
        for (field, _, usual) in FIELDS {
            if mapping.columns.iter().any(|(known, _)| *known == field) {
                continue;
            }
            let found = usual
                .iter()
                .filter_map(|name| header.iter().find(|column| plain(column) == *name));
            let found = found.map(|column| (field, column.trim().to_owned()));
            // Only ISBNs come in two columns.
            let most = if field == Field::Isbn { 4 } else { 1 };
            mapping.columns.extend(found.take(most).collect::<Vec<_>>());
        }
        if mapping
            .columns
            .iter()
            .all(|(field, _)| *field != Field::Title)
        {
            return Err(format!(
                "no column holds the title; found {}; say which one with --map title=COLUMN",
                header
                    .iter()
                    .take(12)
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(", ")
            ));
        }
        Ok(mapping)
    }

    /// The first filled column of a field.
    pub(super) fn value<'a>(&'a self, row: &'a Row, field: Field) -> Option<&'a str> {
        self.values(row, field).next()
    }

    /// All filled columns of a field.
    pub(super) fn values<'a>(
        &'a self,
        row: &'a Row,
        field: Field,
    ) -> impl Iterator<Item = &'a str> {
        let columns = self
            .columns
            .iter()
            .filter(move |(known, _)| *known == field);
        columns.filter_map(|(_, column)| row.filled(column))
    }

    /// Columns that nothing is made of.
    pub(super) fn unused(&self, header: &[String]) -> Vec<String> {
        let is_used = |name: &&String| self.columns.iter().any(|(_, column)| column == name.trim());
        header
            .iter()
            .filter(|name| !is_used(name))
            .cloned()
            .collect()
    }
}

/// `ISBN_13`, `isbn-13` and `Isbn 13` are one name.
fn plain(column: &str) -> String {
    column.trim().replace(['_', '-'], " ").to_lowercase()
}

fn unknown_field(field: &str) -> String {
    let known: Vec<&str> = FIELDS.iter().map(|(_, name, _)| *name).collect();
    format!(
        "`{field}` is not a field that can be mapped; expected one of {}",
        known.join(", ")
    )
}

fn unknown_column(column: &str, header: &[String]) -> String {
    let found: Vec<String> = header.iter().take(12).cloned().collect();
    format!(
        "the file has no column `{column}`; found {}",
        found.join(", ")
    )
}
