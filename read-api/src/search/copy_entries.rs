//! What of a copy can be found, and how: what its library says of it, what its title is called, where it stands, whether it can
//! be had.
//!
//! Never what only some members are told (notes, how it came), and never who has it or waits for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use accession_events::holdings::CopyState;
use accession_events::ids::{LibraryId, PlaceId, TitleId};
use accession_projector::catalog::{TitlePageDocument, TitlePageEdition};
use accession_projector::circulation::AvailabilityDocument;
use accession_projector::holdings::{CopyDocument, PlaceView, PlacesDocument};
use accession_projector::sort_name::sort_name;
use accession_search::{CopyFacts, Entry, EntryKind, Reach, fold};

use super::entries;

/// What every member of a library is, to the index: all of them may see what is said of a copy here.
const MEMBER: &str = "member";

/// The ways in which a copy can be had, or not.
pub(super) const AVAILABILITIES: [&str; 6] =
    ["available", "lent", "held", "lost", "damaged", "withdrawn"];

/// A copy with all that belongs to it.
pub(super) struct Joined {
    pub(super) copy: CopyDocument,
    /// The title under which it was entered and, when that was merged, those that it leads to: the last one stands for it.
    pub(super) titles: Vec<Arc<TitlePageDocument>>,
    pub(super) places: Option<Arc<PlacesDocument>>,
    pub(super) lending: Option<Arc<AvailabilityDocument>>,
}

/// What a member of a library may see of copies: theirs.
pub(super) fn reach(library: LibraryId) -> Reach {
    Reach::member(library.as_uuid().as_u128(), MEMBER)
}

/// Whether a copy can be had, in one word: what it is like comes before who has it, and who has it before who waits.
pub(super) fn availability(
    copy: &CopyDocument,
    lending: Option<&AvailabilityDocument>,
) -> &'static str {
    match copy.state {
        CopyState::Lost => "lost",
        CopyState::Damaged => "damaged",
        CopyState::Withdrawn => "withdrawn",
        CopyState::Present if copy.loan_id.is_some() => "lent",
        CopyState::Present if lending.is_some_and(|lending| lending.out.is_some()) => "lent",
        CopyState::Present if lending.is_some_and(|lending| !lending.queue.is_empty()) => "held",
        CopyState::Present => "available",
    }
}

/// The entry of a copy.
pub(super) fn entry_of(joined: &Joined) -> Entry {
    let copy = &joined.copy;
    let id = copy.id.as_uuid().as_u128();
    let standing = joined.titles.last();
    let title = standing.map(|title| entries::entry_of(title));
    let mut entry = Entry {
        what: EntryKind::Copy,
        id,
        about: None,
        added: u64::try_from(copy.added_at.as_microsecond()).unwrap_or_default(),
        reach: vec![Reach::place(copy.library_id.as_uuid().as_u128(), MEMBER)],
        ..title.unwrap_or_else(|| Entry::title(id, ""))
    };
    if let Some(edition) = edition(joined) {
        narrow(&mut entry, edition);
    }
    let path = path(joined);
    let tags = copy.tags.iter().map(ToString::to_string);
    let tags: Vec<String> = tags.collect();
    let places = path.iter().map(|place| place.name.to_string());
    let barcode = copy.barcode.as_ref().map(ToString::to_string);
    entry.more.extend(tags.iter().cloned());
    entry.more.extend(places.chain(barcode));
    let author = entry.people.first().map(|author| sort_name(author));
    entry.copy = Some(CopyFacts {
        title: standing
            .map_or(copy.title_id, |title| title.id)
            .as_uuid()
            .as_u128(),
        availability: availability(copy, joined.lending.as_deref()).to_owned(),
        // What has no author comes last, and what has the same by its name.
        sort_author: format!(
            "{}\u{1}{}",
            author.as_deref().unwrap_or("\u{7f}"),
            entry.sort_name
        ),
        asked: asked(joined, &path),
        made_of: made_of(joined, &path),
        tags,
    });
    entry
}

/// Of the editions of its title only its own counts.
fn narrow(entry: &mut Entry, edition: &TitlePageEdition) {
    entry.isbns = edition.isbn13.iter().map(ToString::to_string).collect();
    entry.more = edition.publisher.iter().map(ToString::to_string).collect();
    if let Some(language) = &edition.language {
        entry.language = Some(language.as_str().to_owned());
    }
}

fn edition(joined: &Joined) -> Option<&TitlePageEdition> {
    let wanted = joined.copy.edition_id?;
    let mut known = joined.titles.last()?.editions.iter();
    known.find(|edition| edition.id == wanted)
}

/// The places on the way to it, the outermost first.
fn path(joined: &Joined) -> Vec<&PlaceView> {
    let place = joined.copy.place_id.zip(joined.places.as_deref());
    place.map_or_else(Vec::new, |(place, tree)| tree.path(place))
}

/// What filters of lists ask of copies.
fn asked(joined: &Joined, path: &[&PlaceView]) -> Vec<(String, String)> {
    let copy = &joined.copy;
    let mut asked = vec![
        ("title".to_owned(), copy.title_id.to_string()),
        ("state".to_owned(), copy.state.as_str().to_owned()),
        ("lent".to_owned(), copy.loan_id.is_some().to_string()),
        (
            "availability".to_owned(),
            availability(copy, joined.lending.as_deref()).to_owned(),
        ),
    ];
    let mut add = |name: &str, value: String| asked.push((name.to_owned(), value));
    match copy.place_id {
        None => add("place", "none".to_owned()),
        Some(place) if path.is_empty() => add("place", place.to_string()),
        Some(_) => path
            .iter()
            .for_each(|place| add("place", place.id.to_string())),
    }
    copy.tags
        .iter()
        .for_each(|tag| add("tag", fold(tag.as_str())));
    copy.owner
        .iter()
        .for_each(|owner| add("owner", owner.to_string()));
    copy.barcode
        .iter()
        .for_each(|code| add("barcode", code.to_string()));
    asked
}

/// By what it is found again when its title, one that stands for it, or the way to it changes.
fn made_of(joined: &Joined, path: &[&PlaceView]) -> Vec<String> {
    let copy = &joined.copy;
    let place = copy
        .place_id
        .map(|place| place_name(copy.library_id, place, path));
    let titles = joined.titles.iter().map(|title| title.id);
    // Also where nobody has told of its title as yet, or of the one that it leads to.
    let led_to = joined.titles.last().and_then(|title| title.merged_into);
    let titles: BTreeSet<TitleId> = titles.chain([copy.title_id]).chain(led_to).collect();
    let titles = titles.iter().map(|title| title_name(&title.to_string()));
    place.into_iter().chain(titles).collect()
}

/// How a title is named among what entries were made of.
pub(super) fn title_name(title: &str) -> String {
    format!("title/{title}")
}

/// How names of a library's places begin.
pub(super) fn places_of(library: LibraryId) -> String {
    format!("place/{library}/")
}

/// The names of all places of a library as they are now: of a place that is called otherwise, or stands elsewhere, the name is
/// another one.
pub(super) fn place_names(tree: &PlacesDocument) -> BTreeSet<String> {
    let places = tree.places.keys();
    let name = |place: &PlaceId| place_name(tree.library_id, *place, &tree.path(*place));
    places.map(name).collect()
}

fn place_name(library: LibraryId, place: PlaceId, path: &[&PlaceView]) -> String {
    // FNV-1a, which is the same in every build, so that an index that is gone on with is compared rightly.
    let mut digest = 0xcbf2_9ce4_8422_2325_u64;
    for place in path {
        let text = format!("{}\u{1f}{}\u{1f}", place.id, place.name);
        for byte in text.bytes() {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{}{place}/{digest:016x}", places_of(library))
}
