//! Which copies are asked for: read from the parameters, and answered from the narrowest index that there is.
//!
//! Never reads more than a bounded number of copies for one page: a rare wish may be answered by a page that is shorter.

use std::collections::BTreeSet;

use accession_events::holdings::{CopyState, CopyTag};
use accession_events::ids::{AccountId, LibraryId, PlaceId, TitleId};
use accession_events::values::{Barcode, ShortText};
use accession_projector::catalog::TitleCardDocument;
use accession_projector::holdings::{CopyDocument, PlacesDocument};
use accession_projector::sort_name::sort_name;
use accession_service::access::MemberRole;
use accession_service::problem::Problem;

use crate::asking::{Asked, bad, excerpt};
use crate::visiting::Visit;

/// The parameters of the question, beside those of every list.
pub(super) const NAMES: [&str; 11] = [
    "author", "barcode", "cursor", "lent", "limit", "owner", "place", "sort", "status", "tag",
    "title",
];

/// What a copy has to be like.
#[derive(Debug, Default)]
pub(super) struct Filter {
    place: Option<Wherever>,
    title_id: Option<TitleId>,
    /// The other titles that are the same work: copies of them were entered before a merge.
    same_work: BTreeSet<TitleId>,
    /// A part of the title's name, as names are sorted.
    title: Option<String>,
    /// A part of an author's name, as names are sorted.
    author: Option<String>,
    state: Option<CopyState>,
    tag: Option<CopyTag>,
    owner: Option<AccountId>,
    barcode: Option<Barcode>,
    lent: Option<bool>,
    /// The newest first.
    pub(super) descending: bool,
}

/// At a place or in it, or nowhere.
#[derive(Debug)]
enum Wherever {
    Nowhere,
    At(PlaceId),
}

impl Filter {
    pub(super) fn of(asked: &Asked, visit: &Visit) -> Result<Self, Problem> {
        let title = asked.one("title");
        let title_id = title.and_then(|text| text.parse().ok());
        let filter = Self {
            place: match asked.one("place") {
                None => None,
                Some("none") => Some(Wherever::Nowhere),
                Some(text) => Some(Wherever::At(parsed("place", text)?)),
            },
            title: title.filter(|_| title_id.is_none()).map(sort_name),
            title_id,
            same_work: BTreeSet::new(),
            author: asked.one("author").map(sort_name),
            state: asked.one("status").map(state).transpose()?,
            tag: asked.one("tag").map(tag).transpose()?,
            owner: asked
                .one("owner")
                .map(|text| parsed("owner", text))
                .transpose()?,
            barcode: asked
                .one("barcode")
                .map(|text| parsed("barcode", text))
                .transpose()?,
            lent: asked.one("lent").map(yes_or_no).transpose()?,
            descending: match asked.one("sort") {
                None | Some("newest") => true,
                Some("oldest") => false,
                Some(other) => {
                    return Err(bad(
                        "sort",
                        format!("`sort` is {}; expected newest or oldest", excerpt(other)),
                    ));
                }
            },
        };
        if filter.owner.is_some() {
            visit.membership.of_rank(MemberRole::Viewer)?;
        }
        Ok(filter)
    }

    /// The title that is asked for, if it is asked for by its id.
    pub(super) const fn title_id(&self) -> Option<TitleId> {
        self.title_id
    }

    /// The same question about all titles for which this one stands.
    #[must_use]
    pub(super) fn of_one_work(mut self, card: Option<&TitleCardDocument>) -> Self {
        if let Some(card) = card {
            self.same_work.extend(&card.stands_for);
            self.same_work.insert(card.id);
            self.same_work.retain(|title| Some(*title) != self.title_id);
        }
        self
    }

    /// The narrowest index that holds everything asked for, and which part of it.
    pub(super) fn index(
        &self,
        library: LibraryId,
        tree: Option<&PlacesDocument>,
    ) -> (String, String) {
        let library = format!("library:{library}");
        if let Some(barcode) = &self.barcode {
            return (format!("{library}:barcode"), barcode.to_string());
        }
        let part = if let Some(title) = self.title_id.filter(|_| self.same_work.is_empty()) {
            format!(":title:{title}")
        } else if let Some(owner) = self.owner {
            format!(":owner:{owner}")
        } else if let Some(tag) = &self.tag {
            format!(":tag:{tag}")
        } else if self.lent == Some(true) {
            ":lent".to_owned()
        } else if let Some(place) = self.only_place(tree) {
            format!(":place:{place}")
        } else if let Some(state) = self.state {
            format!(":state:{}", state.as_str())
        } else {
            String::new()
        };
        (library + &part, String::new())
    }

    fn only_place(&self, tree: Option<&PlacesDocument>) -> Option<String> {
        match self.place.as_ref()? {
            Wherever::Nowhere => Some("none".to_owned()),
            Wherever::At(place) => {
                let inner = tree.and_then(|tree| tree.places.get(place));
                inner
                    .is_none_or(|place| place.inner.is_empty())
                    .then(|| place.to_string())
            }
        }
    }

    /// The places that are meant, when it is one with others in it.
    pub(super) fn places(&self, tree: Option<&PlacesDocument>) -> BTreeSet<PlaceId> {
        match (&self.place, tree) {
            (Some(Wherever::At(place)), Some(tree)) => {
                tree.with_all_in_it(*place).into_iter().collect()
            }
            (Some(Wherever::At(place)), None) => BTreeSet::from([*place]),
            _ => BTreeSet::new(),
        }
    }

    /// Whether a copy is one of those asked for.
    pub(super) fn takes(&self, copy: &CopyDocument, places: &BTreeSet<PlaceId>) -> bool {
        let stands_there = match &self.place {
            None => true,
            Some(Wherever::Nowhere) => copy.place_id.is_none(),
            Some(Wherever::At(_)) => copy.place_id.is_some_and(|place| places.contains(&place)),
        };
        stands_there
            && self.title_id.is_none_or(|title| {
                title == copy.title_id || self.same_work.contains(&copy.title_id)
            })
            && self.state.is_none_or(|state| state == copy.state)
            && self.tag.as_ref().is_none_or(|tag| copy.tags.contains(tag))
            && self.owner.is_none_or(|owner| copy.owner == Some(owner))
            && self
                .barcode
                .as_ref()
                .is_none_or(|barcode| copy.barcode.as_ref() == Some(barcode))
            && self.lent.is_none_or(|lent| lent == copy.loan_id.is_some())
    }

    /// Whether something is asked of the title by name.
    pub(super) const fn asks_of_titles(&self) -> bool {
        self.title.is_some() || self.author.is_some()
    }

    /// Whether a copy of this title is one of those asked for.
    pub(super) fn takes_title(&self, card: Option<&TitleCardDocument>) -> bool {
        let Some(card) = card else {
            return !self.asks_of_titles();
        };
        let named = |part: &String| sort_name(&card.name).contains(part.as_str());
        let by = |part: &String| {
            let mut authors = card.authors.iter();
            authors.any(|author| sort_name(author.as_str()).contains(part.as_str()))
        };
        self.title.as_ref().is_none_or(named) && self.author.as_ref().is_none_or(by)
    }
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
    name: &str,
    text: &str,
) -> Result<T, Problem> {
    text.parse()
        .map_err(|error: T::Err| bad(name, error.to_string()))
}

fn state(text: &str) -> Result<CopyState, Problem> {
    let mut known = CopyState::ALL.into_iter();
    known.find(|state| state.as_str() == text).ok_or_else(|| {
        bad(
            "status",
            format!(
                "`status` is {}; expected present, lost, damaged or withdrawn",
                excerpt(text)
            ),
        )
    })
}

fn tag(text: &str) -> Result<CopyTag, Problem> {
    ShortText::parse(text).map_err(|error| bad("tag", error.to_string()))
}

fn yes_or_no(text: &str) -> Result<bool, Problem> {
    text.parse().map_err(|_| {
        bad(
            "lent",
            format!("`lent` is {}; expected true or false", excerpt(text)),
        )
    })
}
