//! People who are found: authors, with how many titles are theirs.
//!
//! Never a person whom no title that everyone may see names.

use accession_search::{PeopleSearch, Question, Suggestion};
use accession_service::problem::Problem;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::filters::about;
use super::find::{FoundItem, FoundPage};
use super::hits::{away, parts};
use super::names::{cursor, kinds, place};
use super::wishes::question;
use crate::answering::Answer;
use crate::asking::{Asked, bad};
use crate::models::Model;
use crate::reads::Reads;

/// An author who was found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FoundPerson {
    /// Who it is.
    person: Person,
    /// The parts of the name that fit what was typed.
    highlights: PersonHighlights,
}

/// An author.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Person {
    /// The name: as the filter `author`, in double quotes, it leads to the titles.
    name: String,
    /// How many titles are theirs.
    titles: u64,
}

/// Parts of a name, as pairs of begin and end in characters.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PersonHighlights {
    name: Vec<[usize; 2]>,
}

/// A page of people.
pub(super) async fn people(reads: &Reads, asked: &Asked) -> Result<Response, Problem> {
    asked.only_or_many(&["q", "what", "cursor", "limit"], &["kind"])?;
    let about = about("people", asked, &["q", "kind"]);
    let typed = question(asked)?;
    if !typed.is_of_words() {
        let message = "people are found by words of their name; leave out fields and -words, or search for titles";
        return Err(bad("q", message.to_owned()));
    }
    let search = PeopleSearch {
        question: typed.clone(),
        kinds: kinds(asked)?,
        most: asked.limit()?,
        after: place(asked, &about)?,
    };
    let standing = reads.standing(Model::TitleCard, asked).await?;
    let (index, reach) = reads.index(asked).await?;
    let found = away(move || index.people(&search)).await?;
    let items: Vec<FoundItem> = (found.people.into_iter())
        .map(|person| FoundItem::Person(found_person(person, &typed)))
        .collect();
    let page = FoundPage {
        total: items.len() as u64,
        total_is_exact: found.next.is_none() && asked.one("cursor").is_none(),
        next_cursor: found.next.map(|place| cursor(&about, &place)),
        did_you_mean: found.correction,
        facets: std::collections::BTreeMap::new(),
        items,
    };
    let answer = Answer::made(&page, &standing)?;
    Ok(answer.not_after(reach.position).respond(asked))
}

fn found_person(person: Suggestion, question: &Question) -> FoundPerson {
    FoundPerson {
        highlights: PersonHighlights {
            name: parts(&person.name, question),
        },
        person: Person {
            name: person.name,
            titles: person.titles,
        },
    }
}
