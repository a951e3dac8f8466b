//! Ten thousand real books, and any number of made ones of their words.
//!
//! Everything here is decided by the data and a seed.

use std::io::Read as _;
use std::path::Path;

use accession_search::{Entry, bare_title, fold};
use anyhow::{Context as _, Result};

/// A book of the test data.
#[derive(Debug, Clone)]
pub(crate) struct Book {
    pub(crate) id: u128,
    pub(crate) title: String,
    pub(crate) authors: Vec<String>,
    pub(crate) isbn: String,
    pub(crate) year: Option<i16>,
    pub(crate) language: Option<String>,
    pub(crate) ratings: u64,
}

impl Book {
    /// The title without its series suffix.
    pub(crate) fn bare(&self) -> &str {
        bare_title(&self.title)
    }

    /// What makes two books the same to a reader: normalised title and first author.
    pub(crate) fn same(&self) -> (String, String) {
        let author = self.authors.first().map(|author| fold(author));
        (fold(self.bare()), author.unwrap_or_default())
    }

    pub(crate) fn entry(&self) -> Entry {
        Entry {
            people: self.authors.clone(),
            isbns: vec![self.isbn.clone()],
            year: self.year,
            language: self.language.clone(),
            popularity: self.ratings,
            added: u64::try_from(self.id).unwrap_or_default(),
            genres: usize::try_from(self.id % 7)
                .ok()
                .and_then(|at| GENRES.get(at))
                .map(|genre| (*genre).to_owned())
                .into_iter()
                .collect(),
            ..Entry::title(self.id, self.title.clone())
        }
    }
}

/// Genres are dealt out: the data has none that are clean.
const GENRES: [&str; 7] = [
    "Fantasy", "Romance", "Crime", "History", "Science", "Children", "Poetry",
];

/// Reads `goodbooks/books.csv.gz`.
pub(crate) fn read(shared: &Path) -> Result<Vec<Book>> {
    let path = shared.join("data/goodbooks/books.csv.gz");
    let file =
        std::fs::File::open(&path).with_context(|| format!("no books in {}", path.display()))?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text)?;
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let names = rows.headers()?.clone();
    let mut books = Vec::with_capacity(10_000);
    for row in rows.records() {
        let row = row?;
        let cell = |name: &str| {
            let at = names.iter().position(|known| known == name);
            at.and_then(|at| row.get(at)).unwrap_or_default().to_owned()
        };
        let authors = cell("authors");
        books.push(Book {
            id: cell("book_id").parse()?,
            title: cell("title"),
            authors: authors
                .split(',')
                .map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "))
                .collect(),
            isbn: cell("isbn"),
            #[expect(clippy::cast_possible_truncation, reason = "years")]
            year: cell("original_publication_year")
                .parse::<f64>()
                .ok()
                .map(|year| year as i16),
            language: Some(cell("language_code")).filter(|code| !code.is_empty()),
            ratings: cell("ratings_count").parse()?,
        });
    }
    Ok(books)
}

/// Numbers that look random and are not (`SplitMix64`).
#[derive(Debug, Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below a bound.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(bound.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}

/// Makes books of the words, lengths, authors and years of others. They are less known than the real ones, as the long
/// tail of a catalogue is: ratings are spread evenly by magnitude between none and two thousand.
pub(crate) struct Maker {
    words: Vec<String>,
    shapes: Vec<usize>,
    given: Vec<String>,
    surnames: Vec<String>,
    languages: Vec<Option<String>>,
    dice: Dice,
    next: u128,
}

impl Maker {
    pub(crate) fn new(books: &[Book], seed: u64) -> Self {
        let titles = books.iter().map(|book| book.bare().split_whitespace());
        let mut maker = Self {
            words: Vec::new(),
            shapes: Vec::new(),
            given: Vec::new(),
            surnames: Vec::new(),
            languages: books.iter().map(|book| book.language.clone()).collect(),
            dice: Dice(seed),
            next: 1_000_000,
        };
        for title in titles {
            let before = maker.words.len();
            maker.words.extend(title.map(str::to_owned));
            maker.shapes.push(maker.words.len() - before);
        }
        for name in books.iter().flat_map(|book| &book.authors) {
            if let Some((given, surname)) = name.rsplit_once(' ') {
                maker.given.push(given.to_owned());
                maker.surnames.push(surname.to_owned());
            }
        }
        maker
    }

    /// The next book.
    pub(crate) fn make(&mut self) -> Book {
        let length = self.dice.pick(&self.shapes).copied().unwrap_or(3);
        let mut title = Vec::with_capacity(length);
        for _ in 0..length {
            title.extend(self.dice.pick(&self.words).cloned());
        }
        let given = self.dice.pick(&self.given).cloned().unwrap_or_default();
        let surname = self.dice.pick(&self.surnames).cloned().unwrap_or_default();
        let magnitude = 1u64 << self.dice.below(12);
        self.next += 1;
        Book {
            id: self.next,
            title: title.join(" "),
            authors: vec![format!("{given} {surname}")],
            isbn: String::new(),
            year: i16::try_from(1900 + self.dice.below(125)).ok(),
            language: self.dice.pick(&self.languages).cloned().flatten(),
            ratings: self.dice.roll() % magnitude,
        }
    }
}
