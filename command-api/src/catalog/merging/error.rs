//! Why a merge, a split or an undo of one cannot be carried out.
//!
//! The sentences are here; status and code are the table's of the catalog's HTTP.

use accession_event_log::{LogError, RepositoryError};
use accession_events::ClaimKey;
use accession_events::ids::{EditionId, EpisodeId, TitleId};

use super::MOST_PARTS;
use crate::catalog::edition::EditionError;
use crate::catalog::episode::EpisodeError;
use crate::catalog::title::TitleError;

/// Why it cannot be carried out.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// A title refuses its part.
    #[error("title {title}: {refusal}")]
    Title {
        /// Which title.
        title: TitleId,
        /// Why.
        refusal: TitleError,
    },
    /// An edition refuses its part.
    #[error("edition {edition}: {refusal}")]
    Edition {
        /// Which edition.
        edition: EditionId,
        /// Why.
        refusal: EditionError,
    },
    /// An episode refuses its part.
    #[error("episode {episode}: {refusal}")]
    Episode {
        /// Which episode.
        episode: EpisodeId,
        /// Why.
        refusal: EpisodeError,
    },
    /// A title cannot stand for itself and be merged into itself.
    #[error("nothing can be merged into itself")]
    Itself,
    /// They are not the same kind of thing.
    #[error(
        "one is a {loser}, the other a {winner}: say with `reclassify` what they are before you merge them"
    )]
    KindsDiffer {
        /// The kind of the title that would be merged.
        loser: &'static str,
        /// The kind of the title that would stand for it.
        winner: &'static str,
    },
    /// Both have an episode with these numbers.
    #[error(
        "both titles have episodes with these numbers: {}; renumber or detach those of one title, or send \
         `clashing_episodes`: `detach`", numbers(.0)
    )]
    NumbersTaken(Vec<u32>),
    /// It has more editions and episodes than one append takes.
    #[error("{0} editions and episodes would have to come along; at most {MOST_PARTS} can at once")]
    TooMany(usize),
    /// Nothing to undo.
    #[error("the title {0} is not merged into another one")]
    NotMerged(TitleId),
    /// Nothing to undo.
    #[error("the edition {0} is not merged into the one that you name")]
    EditionNotMerged(EditionId),
    /// Editions of two titles.
    #[error(
        "the edition {edition} is one of the title {title}, this one is not: merge the titles first"
    )]
    OtherTitle {
        /// The edition that would stand for it.
        edition: EditionId,
        /// Its title.
        title: TitleId,
    },
    /// It is merged, but not there.
    #[error("the title {merged} is not merged into {named}, but into {into}")]
    MergedElsewhere {
        /// The title that is merged.
        merged: TitleId,
        /// The title that the caller named.
        named: TitleId,
        /// The title that stands for it.
        into: TitleId,
    },
    /// Nothing is to be split off.
    #[error("say what is to be split off: `editions`, `episodes` or `records`")]
    NothingToSplit,
    /// Something that is to be split off is not the title's.
    #[error("{what} is not of this title")]
    NotOfTitle {
        /// The field that names it.
        field: &'static str,
        /// What it is.
        what: String,
    },
    /// The caller has seen another version.
    #[error(
        "you have seen version {expected} of {of}, but it is {actual} by now: read it again and decide anew"
    )]
    Stale {
        /// Of what.
        of: String,
        /// What the caller has seen.
        expected: u64,
        /// What it is.
        actual: u64,
    },
    /// A value belongs to something else.
    #[error("{key:?} belongs to {owner}")]
    Claimed {
        /// The value.
        key: ClaimKey,
        /// Whose it is.
        owner: String,
    },
    /// The idempotency key belongs to another request.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// Others were faster, again and again.
    #[error("others changed the same titles at the same time, again and again: try again")]
    Busy,
    /// The log does not answer.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Something cannot be loaded.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl MergeError {
    pub(super) fn title(title: TitleId) -> impl Fn(TitleError) -> Self {
        move |refusal| Self::Title { title, refusal }
    }

    pub(super) fn edition(edition: EditionId) -> impl Fn(EditionError) -> Self {
        move |refusal| Self::Edition { edition, refusal }
    }

    pub(super) fn episode(episode: EpisodeId) -> impl Fn(EpisodeError) -> Self {
        move |refusal| Self::Episode { episode, refusal }
    }
}

fn numbers(numbers: &[u32]) -> String {
    let words: Vec<String> = numbers.iter().take(20).map(ToString::to_string).collect();
    let more = if numbers.len() > 20 { ", …" } else { "" };
    format!("{}{more}", words.join(", "))
}
