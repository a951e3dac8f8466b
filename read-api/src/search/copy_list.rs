//! Lists of a library's copies that filter or sort: the index says which and in which order.
//!
//! Never what a copy is: whoever asks reads that from the documents.

use accession_events::Position;
use accession_events::ids::LibraryId;
use accession_search::{Question, QuestionError, Search, Sort, fold};
use accession_service::problem::Problem;

use super::copy_entries::reach;
use super::copy_wishes::of_library;
use super::filters::about;
use super::hits::{away, keys_of};
use super::wishes::{cursor, place};
use crate::asking::{Asked, bad};
use crate::reads::Reads;

/// What a list of copies is asked for.
#[derive(Debug, Default)]
pub(crate) struct CopyQuestion {
    /// Words of whatever a copy is found by.
    pub(crate) words: Option<String>,
    /// Words of its title's name, the last one perhaps half typed.
    pub(crate) title: Option<String>,
    /// The same of an author's name.
    pub(crate) author: Option<String>,
    /// What it has to be like, as it was entered into the index: one of these values.
    pub(crate) like: Vec<(&'static str, Vec<String>)>,
    /// The order.
    pub(crate) sort: Sort,
}

/// A part of such a list.
pub(crate) struct ListedCopies {
    /// The keys of the copies, in order.
    pub(crate) keys: Vec<String>,
    /// Where the list goes on.
    pub(crate) next: Option<String>,
    /// How far the index reached.
    pub(crate) position: Position,
}

impl CopyQuestion {
    fn search(self, library: LibraryId) -> Result<Search, Problem> {
        let refused = |name: &'static str| move |error: QuestionError| bad(name, error.to_string());
        let words = self.words.unwrap_or_default();
        let mut question = Question::parse(&words).map_err(refused("q"))?;
        if let Some(title) = &self.title {
            question.and_title(title).map_err(refused("title"))?;
        }
        if let Some(author) = &self.author {
            question.and_author(author).map_err(refused("author"))?;
        }
        let mut filter = of_library(reach(library));
        for (name, mut values) in self.like {
            if name == "tag" {
                for tag in &mut values {
                    *tag = fold(tag);
                }
            }
            filter.asked.push((name.to_owned(), values));
        }
        Ok(Search {
            question,
            filter,
            sort: self.sort,
            ..Search::default()
        })
    }
}

impl Reads {
    /// The part of a list of a library's copies that was asked for; `parameters` are those that decide on the list.
    pub(crate) async fn listed_copies(
        &self,
        asked: &Asked,
        library: LibraryId,
        wanted: CopyQuestion,
        parameters: &[&str],
    ) -> Result<ListedCopies, Problem> {
        let about = about(&format!("copies of/{library}"), asked, parameters);
        let search = Search {
            most: asked.limit()?,
            after: place(asked, &about)?,
            ..wanted.search(library)?
        };
        let (index, reached) = self.copies_index(asked).await?;
        let found = away(move || index.search(&search)).await?;
        let last = found.hits.last().filter(|_| found.more);
        Ok(ListedCopies {
            next: last.map(|last| cursor(&about, &last.place).text()),
            keys: keys_of(&found.hits),
            position: reached.position,
        })
    }
}
