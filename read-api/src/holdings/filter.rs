//! Which copies are asked for: read from the parameters, and answered from the narrowest index that there is.
//!
//! Never reads more than a bounded number of copies for one page: a rare wish may be answered by a page that is shorter.

use std::collections::BTreeSet;

use accession_events::holdings::{CopyState, CopyTag};
use accession_events::ids::{AccountId, LibraryId, PlaceId, TitleId};
use accession_events::values::{Barcode, ShortText};
use accession_projector::catalog::TitleCardDocument;
use accession_projector::holdings::{CopyDocument, PlacesDocument};
use accession_search::Sort;
use accession_service::access::MemberRole;
use accession_service::problem::Problem;

use crate::asking::{Asked, bad, excerpt};
use crate::browsing::{CopyQuestion, copy_sort};
use crate::visiting::Visit;

/// The parameters that decide on the list.
pub(super) const NAMES: [&str; 10] = [
    "author", "barcode", "lent", "owner", "place", "q", "sort", "status", "tag", "title",
];

/// What a copy has to be like.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// What was typed.
    words: Option<String>,
    place: Option<Wherever>,
    title_id: Option<TitleId>,
    /// The other titles that are the same work: copies of them were entered before a merge.
    same_work: BTreeSet<TitleId>,
    /// Words of the title's name.
    title: Option<String>,
    /// Words of an author's name.
    author: Option<String>,
    state: Option<CopyState>,
    tag: Option<CopyTag>,
    owner: Option<AccountId>,
    barcode: Option<Barcode>,
    lent: Option<bool>,
    /// The order.
    sort: Sort,
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
        let words = asked.one("q").filter(|words| !words.trim().is_empty());
        let usual = if words.is_some() {
            Sort::Relevance
        } else {
            Sort::Newest
        };
        let filter = Self {
            words: words.map(str::to_owned),
            place: match asked.one("place") {
                None => None,
                Some("none") => Some(Wherever::Nowhere),
                Some(text) => Some(Wherever::At(parsed("place", text)?)),
            },
            title: title.filter(|_| title_id.is_none()).map(str::to_owned),
            title_id,
            same_work: BTreeSet::new(),
            author: asked.one("author").map(str::to_owned),
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
            sort: copy_sort(asked, usual)?,
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

    /// Whether the read store can list these copies, if perhaps not without looking at others.
    pub(super) const fn is_of_documents(&self) -> bool {
        let words = self.words.is_some() || self.title.is_some() || self.author.is_some();
        !words && matches!(self.sort, Sort::Newest | Sort::Oldest)
    }

    /// Whether one of the store's lists is just these copies.
    pub(super) fn is_a_list(&self, tree: Option<&PlacesDocument>) -> bool {
        let asked = [
            self.title_id.is_some(),
            self.owner.is_some(),
            self.tag.is_some(),
            self.lent.is_some(),
            self.place.is_some(),
            self.state.is_some(),
            self.barcode.is_some(),
        ];
        let listed =
            self.lent != Some(false) && (self.place.is_none() || self.only_place(tree).is_some());
        let asked = asked.into_iter().filter(|asked| *asked).count();
        self.is_of_documents() && (asked == 0 || (asked == 1 && listed))
    }

    /// From the highest to the lowest.
    pub(super) const fn is_descending(&self) -> bool {
        matches!(self.sort, Sort::Newest)
    }

    /// The same as the search index is asked.
    pub(super) fn question(&self) -> CopyQuestion {
        let place = self.place.as_ref().map(|place| match place {
            Wherever::Nowhere => "none".to_owned(),
            Wherever::At(place) => place.to_string(),
        });
        let state = self.state.map(|state| state.as_str().to_owned());
        let titles = self.title_id.iter().chain(&self.same_work);
        let titles: Vec<String> = titles.map(ToString::to_string).collect();
        let like = [
            ("place", place),
            ("state", state),
            ("tag", self.tag.as_ref().map(ToString::to_string)),
            ("owner", self.owner.map(|owner| owner.to_string())),
            ("barcode", self.barcode.as_ref().map(ToString::to_string)),
            ("lent", self.lent.map(|lent| lent.to_string())),
        ];
        let like = like.into_iter();
        let like = like.filter_map(|(name, value)| Some((name, vec![value?])));
        let like = like.chain([("title", titles)]);
        CopyQuestion {
            words: self.words.clone(),
            title: self.title.clone(),
            author: self.author.clone(),
            like: like.collect(),
            sort: self.sort,
        }
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
