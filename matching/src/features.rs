//! What is seen when two records are laid side by side: a fixed row of figures between 0 and 1.
//!
//! Never weighs them: that is the model's, and what may not be is in `rules`.

use crate::edit::{share, similarity};
use crate::record::Prepared;
use crate::series;
use crate::title::{Face, Role, Title};
use crate::vocabulary::overlap;

/// How many figures there are.
pub const COUNT: usize = 26;

/// The figures of one pair, each between 0 and 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Features {
    pub(crate) title_same: f32,
    pub(crate) title_part: f32,
    pub(crate) title_spelling: f32,
    pub(crate) title_covered: f32,
    pub(crate) lead_shared: f32,
    pub(crate) tails_differ: f32,
    pub(crate) tail_alone: f32,
    pub(crate) tails_agree: f32,
    pub(crate) kind_differs: f32,
    pub(crate) title_short: f32,
    pub(crate) creators_alike: f32,
    pub(crate) creators_differ: f32,
    pub(crate) creators_missing: f32,
    pub(crate) creators_covered: f32,
    pub(crate) creators_first: f32,
    pub(crate) title_and_creator: f32,
    pub(crate) part_and_creator: f32,
    pub(crate) numbers_agree: f32,
    pub(crate) numbers_unpaired: f32,
    pub(crate) years_near: f32,
    pub(crate) years_apart: f32,
    pub(crate) extents_near: f32,
    pub(crate) extents_apart: f32,
    pub(crate) publisher_shared: f32,
    pub(crate) identifier_shared: f32,
    pub(crate) isbns_differ: f32,
}

/// What the figures are called, in the order of [`Features::row`].
pub const NAMES: [&str; COUNT] = [
    "title_same",
    "title_part",
    "title_spelling",
    "title_covered",
    "lead_shared",
    "tails_differ",
    "tail_alone",
    "tails_agree",
    "kind_differs",
    "title_short",
    "creators_alike",
    "creators_differ",
    "creators_missing",
    "creators_covered",
    "creators_first",
    "title_and_creator",
    "part_and_creator",
    "numbers_agree",
    "numbers_unpaired",
    "years_near",
    "years_apart",
    "extents_near",
    "extents_apart",
    "publisher_shared",
    "identifier_shared",
    "isbns_differ",
];

impl Features {
    /// Lays two records side by side.
    #[must_use]
    pub fn of(left: &Prepared, right: &Prepared) -> Self {
        let mut seen = Self::default();
        seen.titles(&left.title, &right.title);
        seen.tails(&left.title, &right.title);
        seen.creators(left, right);
        seen.title_and_creator = seen.title_same.max(seen.title_spelling) * seen.creators_alike;
        seen.part_and_creator = seen.title_part * seen.creators_alike * (1.0 - seen.kind_differs);
        seen.figures(left, right);
        seen
    }

    /// Whether the titles could be one; for those who look for pairs that are surely different.
    #[must_use]
    pub fn alike(&self) -> bool {
        self.title_same > 0.0 || self.title_part > 0.0 || self.title_spelling > 0.5
    }

    /// The figures in a fixed order.
    #[must_use]
    pub fn row(&self) -> [f32; COUNT] {
        [
            self.title_same,
            self.title_part,
            self.title_spelling,
            self.title_covered,
            self.lead_shared,
            self.tails_differ,
            self.tail_alone,
            self.tails_agree,
            self.kind_differs,
            self.title_short,
            self.creators_alike,
            self.creators_differ,
            self.creators_missing,
            self.creators_covered,
            self.creators_first,
            self.title_and_creator,
            self.part_and_creator,
            self.numbers_agree,
            self.numbers_unpaired,
            self.years_near,
            self.years_apart,
            self.extents_near,
            self.extents_apart,
            self.publisher_shared,
            self.identifier_shared,
            self.isbns_differ,
        ]
    }

    fn titles(&mut self, left: &Title, right: &Title) {
        let (whole, part) = same(&left.faces, &right.faces);
        self.title_same = f32::from(u8::from(whole));
        self.title_part = f32::from(u8::from(part && !whole));
        self.title_spelling = if whole {
            1.0
        } else {
            stretched(spelling(&left.faces, &right.faces))
        };
        let (shared, mine, theirs) = overlap(&left.all, &right.all);
        self.title_covered = over(shared, mine.min(theirs));
        let (shared, mine, theirs) = overlap(&left.lead, &right.lead);
        self.lead_shared = if whole {
            1.0
        } else {
            over(shared, mine + theirs - shared)
        };
        let short = whole && left.letters.min(right.letters) <= 8;
        self.title_short = f32::from(u8::from(short));
        self.kind_differs = f32::from(u8::from(left.kinds != right.kinds));
        self.numbers_agree = f32::from(u8::from(left.numbers.agree(&right.numbers)));
        self.numbers_unpaired = at_most_one(share(left.numbers.unpaired(&right.numbers), 2));
    }

    fn tails(&mut self, left: &Title, right: &Title) {
        let cut = left.cut || right.cut;
        match (left.tail.is_empty(), right.tail.is_empty()) {
            (true, true) => {}
            (false, false) => {
                let (shared, mine, theirs) = overlap(&left.tail, &right.tail);
                let whole = if cut {
                    mine.min(theirs)
                } else {
                    mine + theirs - shared
                };
                self.tails_agree = over(shared, whole);
                self.tails_differ = 1.0 - self.tails_agree;
            }
            _ if cut || self.title_part > 0.0 => {}
            (here, _) => {
                let (mine, other) = if here { (right, left) } else { (left, right) };
                let (shared, weight, _) = overlap(&mine.tail, &other.all);
                self.tail_alone = at_most_one((weight - shared) / 6.0);
            }
        }
    }

    fn creators(&mut self, left: &Prepared, right: &Prepared) {
        let (Some(first), Some(second)) = (left.people.first(), right.people.first()) else {
            self.creators_missing = 1.0;
            return;
        };
        self.creators_first = first.alike(second);
        let (few, many) = if left.people.len() <= right.people.len() {
            (left, right)
        } else {
            (right, left)
        };
        let mut met = 0;
        for person in &few.people {
            let best = many
                .people
                .iter()
                .map(|other| person.alike(other))
                .fold(0.0, f32::max);
            self.creators_alike = self.creators_alike.max(best);
            met += usize::from(best >= 0.6);
        }
        self.creators_covered = share(met, few.people.len());
        self.creators_differ = f32::from(u8::from(self.creators_alike < 0.6));
    }

    fn figures(&mut self, left: &Prepared, right: &Prepared) {
        if let (Some(one), Some(two)) = (left.year, right.year) {
            let apart = f32::from(one.abs_diff(two));
            self.years_near = 1.0 / (1.0 + apart);
            self.years_apart = at_most_one(apart / 20.0);
        }
        if let (Some(one), Some(two)) = (left.extent, right.extent) {
            let apart = share(
                usize::try_from(one.abs_diff(two)).unwrap_or(usize::MAX),
                usize::try_from(one.max(two)).unwrap_or(usize::MAX),
            );
            self.extents_near = (1.0 - apart * 10.0).max(0.0);
            self.extents_apart = apart;
        }
        let publisher = left
            .publisher
            .iter()
            .any(|word| right.publisher.contains(word));
        self.publisher_shared = f32::from(u8::from(publisher));
        let isbn = left.isbns.iter().any(|isbn| right.isbns.contains(isbn));
        let other = left
            .identifiers
            .iter()
            .any(|id| right.identifiers.contains(id));
        self.identifier_shared = f32::from(u8::from(isbn || other));
        let differ = !isbn && !left.isbns.is_empty() && !right.isbns.is_empty();
        self.isbns_differ = f32::from(u8::from(differ));
        if series::agree(&left.series, &right.series) {
            self.numbers_agree = 1.0;
        }
    }
}

/// Whether a name of one is a name of the other: a whole one, or one that may only be a part.
fn same(left: &[Face], right: &[Face]) -> (bool, bool) {
    let (mut whole, mut part) = (false, false);
    for one in left {
        for two in right.iter().filter(|two| two.key == one.key) {
            let parts = one.role == Role::Part || two.role == Role::Part;
            whole |= !parts;
            part |= parts;
        }
    }
    (whole, part)
}

/// The nearest spelling among names that may stand for the title.
fn spelling(left: &[Face], right: &[Face]) -> f32 {
    let names = |faces: &[Face]| {
        faces
            .iter()
            .filter(|face| face.role != Role::Part)
            .take(3)
            .count()
    };
    let mut best = 0.0_f32;
    for one in left
        .iter()
        .filter(|face| face.role != Role::Part)
        .take(names(left))
    {
        for two in right.iter().filter(|face| face.role != Role::Part).take(3) {
            let (short, long) = (
                one.text.len().min(two.text.len()),
                one.text.len().max(two.text.len()),
            );
            if share(short, long) > best.max(0.5) {
                best = best.max(similarity(&one.text, &two.text));
            }
        }
    }
    best
}

/// Half alike is nothing: most titles share half of their letters by chance.
fn stretched(similarity: f32) -> f32 {
    ((similarity - 0.5) * 2.0).max(0.0)
}

fn over(part: f32, whole: f32) -> f32 {
    if whole > 0.0 {
        at_most_one(part / whole)
    } else {
        0.0
    }
}

fn at_most_one(value: f32) -> f32 {
    value.clamp(0.0, 1.0)
}
