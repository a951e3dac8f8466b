//! Finds the columns of a table by what their names say, so that a set that was never seen can be read.
//!
//! Never guesses by position, except the label, which is named in every set.

use accession_matching::Record;

use crate::fields::{clean, pages, publisher_of, year};

/// Where the fields of one side stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    titles: Vec<usize>,
    creators: Vec<usize>,
    dates: Vec<usize>,
    extents: Vec<usize>,
    publishers: Vec<usize>,
    publications: Vec<usize>,
    languages: Vec<usize>,
    isbns: Vec<usize>,
    series: Vec<usize>,
    editions: Vec<usize>,
    pub(crate) id: Option<usize>,
}

const PREFIXES: [(&str, &str); 7] = [
    ("ltable", "rtable"),
    ("left", "right"),
    ("l", "r"),
    ("a", "b"),
    ("table1", "table2"),
    ("1", "2"),
    ("source", "target"),
];

/// A column's name without case and marks; of an address only what stands behind the last slash.
fn plain(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

impl Columns {
    /// The columns of a table of records.
    pub(crate) fn of_table<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut columns = Self::default();
        for (index, name) in names.into_iter().enumerate() {
            columns.put(&plain(name), index);
        }
        columns
    }

    /// The columns of both sides of a table of pairs.
    pub(crate) fn of_pairs(names: &[String]) -> Option<(Self, Self)> {
        let names: Vec<String> = names.iter().map(|name| plain(name)).collect();
        let sides = PREFIXES
            .iter()
            .map(|(left, right)| (Self::side(&names, left), Self::side(&names, right)));
        sides
            .into_iter()
            .find(|(left, right)| !left.titles.is_empty() && !right.titles.is_empty())
    }

    fn side(names: &[String], prefix: &str) -> Self {
        let mut columns = Self::default();
        for (index, name) in names.iter().enumerate() {
            if let Some(rest) = name.strip_prefix(prefix) {
                columns.put(rest, index);
            }
        }
        columns
    }

    fn put(&mut self, name: &str, index: usize) {
        let field = match name {
            "title" | "name" | "booktitle" | "originaltitle" => &mut self.titles,
            "author" | "authors" | "creator" | "creators" | "authorname" | "artist" | "artists"
            | "editor" => &mut self.creators,
            "year" | "date" | "publishingdate" | "publicationdate" | "pubdate" | "pubyear"
            | "publicationyear" | "releaseyear" | "startyear" | "releasedate" | "publishdate" => {
                &mut self.dates
            }
            "pages" | "numpages" | "pagecount" | "physicaldetails" | "numberofpages"
            | "runtime" | "runtimeminutes" => &mut self.extents,
            "publisher" | "publishers" | "label" => &mut self.publishers,
            "publication" => &mut self.publications,
            "language" | "languages" => &mut self.languages,
            "isbn" | "isbn10" | "isbn13" => &mut self.isbns,
            "series" => &mut self.series,
            "edition" => &mut self.editions,
            "id" => {
                self.id = Some(index);
                return;
            }
            _ => return,
        };
        field.push(index);
    }

    /// The record that a line holds.
    pub(crate) fn record(&self, line: &csv::StringRecord) -> Record {
        let all = |columns: &[usize]| {
            let cells = columns.iter().filter_map(|index| clean(line.get(*index)?));
            cells.map(str::to_owned).collect::<Vec<_>>()
        };
        let first = |columns: &[usize]| all(columns).into_iter().next();
        let publication = first(&self.publications);
        let dated = first(&self.dates).or_else(|| publication.clone());
        let issued_by = publication
            .as_deref()
            .and_then(publisher_of)
            .map(str::to_owned);
        Record {
            titles: all(&self.titles),
            creators: all(&self.creators),
            year: dated.as_deref().and_then(year),
            extent: first(&self.extents).as_deref().and_then(pages),
            publisher: first(&self.publishers).or(issued_by),
            language: first(&self.languages),
            isbns: all(&self.isbns),
            identifiers: Vec::new(),
            series: all(&self.series),
            edition: first(&self.editions).or(publication),
        }
    }
}

/// Where the label stands.
pub(crate) fn label(names: &[String]) -> Option<usize> {
    const LABELS: [&str; 7] = [
        "match",
        "label",
        "gold",
        "goldlabel",
        "ismatch",
        "duplicate",
        "labels",
    ];
    LABELS
        .iter()
        .find_map(|label| names.iter().position(|name| plain(name) == *label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_on_both_sides() {
        let names: Vec<String> = [
            "_id",
            "ltable_ID",
            "rtable_ID",
            "ltable.Title",
            "rtable_Title",
            "rtable_Author",
            "label",
        ]
        .map(str::to_owned)
        .to_vec();
        let (left, right) = Columns::of_pairs(&names).unwrap();
        assert_eq!((left.id, right.id), (Some(1), Some(2)));
        assert_eq!((left.titles, right.creators), (vec![3], vec![5]));
        assert_eq!(label(&names), Some(6));
    }

    #[test]
    fn a_line_becomes_a_record() {
        let columns =
            Columns::of_table(["Title", "Author", "Publication", "ISBN", "Physical Details"]);
        let line = csv::StringRecord::from(vec![
            "\"Old Maps\"",
            "\"nan\"",
            "\"Bern : Lang, 1994.\"",
            "9783540583257",
            "12 p.",
        ]);
        let record = columns.record(&line);
        assert_eq!((record.year, record.extent), (Some(1994), Some(12)));
        assert_eq!(record.publisher.as_deref(), Some("Lang"));
        assert!(record.creators.is_empty());
    }
}
