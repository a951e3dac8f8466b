//! One segment of the index with everything that a question looks at, opened once a commit.
//!
//! Never changes after it was opened.

use std::sync::Arc;

use tantivy::columnar::{Column, ColumnValues, StrColumn};
use tantivy::index::{InvertedIndexReader, SegmentId, SegmentReader};
use tantivy::postings::{SegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet as _, TERMINATED};

use crate::columns::Standing;
use crate::error::SearchError;
use crate::schema::Fields;

/// Fields whose words are looked up, with how much a word in them counts.
pub(crate) const PROSE: [(Prose, f32); 3] = [
    (Prose::Title, 1.0),
    (Prose::People, 0.95),
    (Prose::Other, 0.6),
];

/// A field of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Prose {
    /// The bare title.
    Title,
    /// Names of people.
    People,
    /// Everything else.
    Other,
    /// Whatever an edition is found by.
    Edition,
    /// Whatever a copy is found by, with its library in front of each word.
    Copy,
}

/// The fields that a word may stand in, with how much it counts there.
pub(crate) fn fields(within: Option<Prose>) -> Vec<(Prose, f32)> {
    match within {
        Some(apart @ (Prose::Edition | Prose::Copy)) => vec![(apart, 1.0)],
        Some(within) => PROSE
            .into_iter()
            .filter(|(prose, _)| *prose == within)
            .collect(),
        None => PROSE.to_vec(),
    }
}

/// A segment.
pub(crate) struct Room {
    reader: SegmentReader,
    titles: u32,
    pub(crate) name: Arc<InvertedIndexReader>,
    title: Arc<InvertedIndexReader>,
    people: Arc<InvertedIndexReader>,
    other: Arc<InvertedIndexReader>,
    edition: Arc<InvertedIndexReader>,
    copy: Arc<InvertedIndexReader>,
    pub(crate) about: Arc<InvertedIndexReader>,
    pub(crate) edge: Arc<InvertedIndexReader>,
    pub(crate) key: Arc<InvertedIndexReader>,
    pub(crate) alias: Arc<InvertedIndexReader>,
    pub(crate) head: Arc<InvertedIndexReader>,
    pub(crate) tag: Arc<InvertedIndexReader>,
    pub(crate) person: Arc<InvertedIndexReader>,
    pub(crate) shelf: Arc<InvertedIndexReader>,
    standing: Arc<dyn ColumnValues<u64>>,
    pub(crate) added: Arc<dyn ColumnValues<u64>>,
    pub(crate) popularity: Arc<dyn ColumnValues<u64>>,
    id_high: Arc<dyn ColumnValues<u64>>,
    id_low: Arc<dyn ColumnValues<u64>>,
    pub(crate) year: Column<i64>,
    pub(crate) rating: Column<u64>,
    pub(crate) sort_name: Option<StrColumn>,
    pub(crate) sort_author: Option<StrColumn>,
    copy_of: [Arc<dyn ColumnValues<u64>>; 2],
    pub(crate) facets: [Option<StrColumn>; 7],
}

impl Room {
    pub(crate) fn open(reader: &SegmentReader, fields: Fields) -> Result<Self, SearchError> {
        let index = |field: Field| reader.inverted_index(field);
        let columns = reader.fast_fields();
        let tag = index(fields.tag)?;
        let titles = tag.terms().get("what:title")?;
        Ok(Self {
            titles: titles.map_or(0, |info| info.doc_freq),
            name: index(fields.name)?,
            title: index(fields.title)?,
            people: index(fields.people)?,
            other: index(fields.other)?,
            edition: index(fields.edition)?,
            copy: index(fields.copy)?,
            about: index(fields.about)?,
            edge: index(fields.edge)?,
            key: index(fields.key)?,
            alias: index(fields.alias)?,
            head: index(fields.head)?,
            tag,
            person: index(fields.person)?,
            shelf: index(fields.shelf)?,
            standing: columns.column_first_or_default("standing")?,
            added: columns.column_first_or_default("added")?,
            popularity: columns.column_first_or_default("popularity")?,
            id_high: columns.column_first_or_default("id_high")?,
            id_low: columns.column_first_or_default("id_low")?,
            year: columns
                .i64("year")
                .unwrap_or_else(|_| Column::build_empty_column(reader.max_doc())),
            rating: columns
                .u64("rating")
                .unwrap_or_else(|_| Column::build_empty_column(reader.max_doc())),
            sort_name: columns.str("sort_name")?,
            sort_author: columns.str("sort_author")?,
            copy_of: [
                columns.column_first_or_default("copy_of_high")?,
                columns.column_first_or_default("copy_of_low")?,
            ],
            facets: [
                columns.str("kind")?,
                columns.str("genre")?,
                columns.str("language")?,
                columns.str("status")?,
                columns.str("author")?,
                columns.str("availability")?,
                columns.str("label")?,
            ],
            reader: reader.clone(),
        })
    }

    /// The words of a field.
    pub(crate) fn prose(&self, prose: Prose) -> &Arc<InvertedIndexReader> {
        match prose {
            Prose::Title => &self.title,
            Prose::People => &self.people,
            Prose::Other => &self.other,
            Prose::Edition => &self.edition,
            Prose::Copy => &self.copy,
        }
    }

    /// The segment, by which it is known from commit to commit.
    pub(crate) fn segment(&self) -> SegmentId {
        self.reader.segment_id()
    }

    /// One more than the highest number of an entry.
    pub(crate) fn end(&self) -> DocId {
        self.reader.max_doc()
    }

    /// How many titles there are, about: those that were replaced count until they are merged away. Nothing else counts, for
    /// whatever is weighed by it would tell of what only some may see.
    pub(crate) fn titles(&self) -> u32 {
        self.titles
    }

    /// Whether an entry was not replaced or removed.
    pub(crate) fn alive(&self, doc: DocId) -> bool {
        !self.reader.is_deleted(doc)
    }

    /// How many entries have a term, without those that were replaced or removed: nobody is told of these.
    pub(crate) fn count(
        &self,
        index: &InvertedIndexReader,
        info: &TermInfo,
    ) -> Result<u64, SearchError> {
        if !self.reader.has_deletes() {
            return Ok(u64::from(info.doc_freq));
        }
        let mut count = 0;
        each(postings(index, info)?, usize::MAX, |doc| {
            count += u64::from(self.alive(doc));
        });
        Ok(count)
    }

    /// What ranking knows of an entry.
    pub(crate) fn standing(&self, doc: DocId) -> Standing {
        Standing::unpacked(self.standing.get_val(doc))
    }

    /// The id of an entry.
    pub(crate) fn id(&self, doc: DocId) -> u128 {
        u128::from(self.id_high.get_val(doc)) << 64 | u128::from(self.id_low.get_val(doc))
    }
}

impl Room {
    /// The title that a copy is a copy of.
    pub(crate) fn copy_of(&self, doc: DocId) -> u128 {
        let [high, low] = &self.copy_of;
        u128::from(high.get_val(doc)) << 64 | u128::from(low.get_val(doc))
    }
}

/// The postings of a whole term, if there is one.
pub(crate) fn postings_of(
    index: &InvertedIndexReader,
    term: &str,
) -> Result<Option<SegmentPostings>, SearchError> {
    let found = index.terms().get(term.as_bytes())?;
    found.map(|info| postings(index, &info)).transpose()
}

/// The postings of a term that was found.
pub(crate) fn postings(
    index: &InvertedIndexReader,
    info: &TermInfo,
) -> Result<SegmentPostings, SearchError> {
    Ok(index.read_postings_from_terminfo(info, IndexRecordOption::Basic)?)
}

/// Hands out the entries of a term, so many at most.
pub(crate) fn each(mut postings: SegmentPostings, most: usize, mut take: impl FnMut(DocId)) {
    let mut doc = postings.doc();
    let mut left = most;
    while doc != TERMINATED && left > 0 {
        take(doc);
        doc = postings.advance();
        left -= 1;
    }
}
