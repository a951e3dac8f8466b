//! The fields of the index. Whoever changes what is in them raises the version: an index of another version is built anew.

use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};

/// Version of the index's form and of what is put into it.
pub const SCHEMA_VERSION: u32 = 4;

/// Characters of a word's beginning that have entries of their own.
pub(crate) const EDGE: usize = 3;
/// Characters of a title's beginning that have entries of their own.
pub(crate) const HEAD: usize = 6;

/// The fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// `title/<id>`: by which an entry is replaced; and `of/<id>` by which it goes with its title.
    pub(crate) name: Field,
    /// Words of the bare title, with positions.
    pub(crate) title: Field,
    /// Words of names of people, with positions.
    pub(crate) people: Field,
    /// Words of other names, series, publishers, with positions.
    pub(crate) other: Field,
    /// Words of editions, with positions.
    pub(crate) edition: Field,
    /// Words of copies with their library in front, with positions.
    pub(crate) copy: Field,
    /// Words of what it is about, for telling what it is like.
    pub(crate) about: Field,
    /// Beginnings of words of the three fields above.
    pub(crate) edge: Field,
    /// The whole bare title as one term.
    pub(crate) key: Field,
    /// Other whole titles.
    pub(crate) alias: Field,
    /// Beginnings of whole titles, by how well known the title is.
    pub(crate) head: Field,
    /// What filters ask: `kind:book`, `genre:fantasy`, `reach:…`, `isbn:…`.
    pub(crate) tag: Field,
    /// People as `folded name, each word in front once` + U+001F + the name as it is shown.
    pub(crate) person: Field,
    /// Genres and authors with the kind of their title: see `names`.
    pub(crate) shelf: Field,
    /// Upper and lower half of the id.
    pub(crate) id_high: Field,
    pub(crate) id_low: Field,
    /// Kind of entry, length of the bare title, popularity, completeness: see `columns`.
    pub(crate) standing: Field,
    pub(crate) year: Field,
    pub(crate) added: Field,
    /// How many know it, to the last one: `standing` has only about how many.
    pub(crate) popularity: Field,
    pub(crate) rating: Field,
    pub(crate) sort_name: Field,
    /// What a copy is sorted under by author.
    pub(crate) sort_author: Field,
    /// Upper and lower half of the id of a copy's title.
    pub(crate) copy_of_high: Field,
    pub(crate) copy_of_low: Field,
    /// Facets, as they are shown.
    pub(crate) kind: Field,
    pub(crate) genre: Field,
    pub(crate) language: Field,
    pub(crate) status: Field,
    pub(crate) author: Field,
    /// Whether a copy can be had, and its library's words for it.
    pub(crate) availability: Field,
    pub(crate) label: Field,
}

impl Fields {
    /// The schema and its fields.
    pub(crate) fn new() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let mut text = |name: &str, options: TextOptions| schema.add_text_field(name, options);
        let (prose, term, shown) = (prose(), term(), TextOptions::default().set_fast("raw"));
        let name = text("name", term.clone());
        let [title, people, other, edition, copy] =
            ["title", "people", "other", "edition", "copy"].map(|name| text(name, prose.clone()));
        let [edge, key, alias, head, tag, person, shelf, about] = [
            "edge", "key", "alias", "head", "tag", "person", "shelf", "about",
        ]
        .map(|name| text(name, term.clone()));
        let [sort_name, kind, genre, language, status, author] =
            ["sort_name", "kind", "genre", "language", "status", "author"]
                .map(|name| text(name, shown.clone()));
        let [sort_author, availability, label] =
            ["sort_author", "availability", "label"].map(|name| text(name, shown.clone()));
        let number = NumericOptions::default().set_fast();
        let fields = Self {
            name,
            title,
            people,
            other,
            edition,
            copy,
            about,
            edge,
            key,
            alias,
            head,
            tag,
            person,
            shelf,
            id_high: schema.add_u64_field("id_high", number.clone()),
            id_low: schema.add_u64_field("id_low", number.clone()),
            standing: schema.add_u64_field("standing", number.clone()),
            year: schema.add_i64_field("year", number.clone()),
            added: schema.add_u64_field("added", number.clone()),
            popularity: schema.add_u64_field("popularity", number.clone()),
            rating: schema.add_u64_field("rating", number.clone()),
            copy_of_high: schema.add_u64_field("copy_of_high", number.clone()),
            copy_of_low: schema.add_u64_field("copy_of_low", number),
            sort_name,
            sort_author,
            kind,
            genre,
            language,
            status,
            author,
            availability,
            label,
        };
        (schema.build(), fields)
    }
}

/// Words with positions, so that phrases can be checked; nothing here is ranked by frequency.
fn prose() -> TextOptions {
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions),
    )
}

/// Whole values.
fn term() -> TextOptions {
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic),
    )
}
