//! Series and films in the shape that clients of an older anime catalogue know.
//!
//! Never another source of truth: it is made from the same documents, field by field.

use accession_events::catalog::{PlayerKind, ReleaseStatus, TitleKind};
use accession_events::ids::EpisodeId;
use accession_events::values::{LongText, ShortText, TitleName, WebUrl, Year};
use accession_projector::catalog::{
    TitleCardDocument, TitlePageDocument, TitlePageEpisode, VideoSourceView,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// An entry of the anime list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AnimeCard {
    /// The present slug.
    slug: String,
    /// The name.
    title: String,
    /// Address of a poster.
    #[schema(value_type = Option<String>)]
    poster: Option<WebUrl>,
    /// Year of first release.
    #[schema(value_type = Option<i16>)]
    year: Option<Year>,
    /// `ongoing`, `completed` or `upcoming`.
    #[schema(value_type = Option<String>, example = "completed")]
    status: Option<ReleaseStatus>,
    /// Genres, in order.
    #[schema(value_type = Vec<String>)]
    genres: Vec<ShortText>,
    /// Other names.
    #[schema(value_type = Vec<String>)]
    alternative_titles: Vec<TitleName>,
    /// Whether readers see it.
    is_active: bool,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    last_updated: Timestamp,
}

/// An anime with its episodes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AnimePage {
    #[serde(flatten)]
    card: AnimeCard,
    /// What it is about.
    #[schema(value_type = Option<String>)]
    description: Option<LongText>,
    /// Its episodes that can be watched, by number.
    episodes: Vec<AnimeEpisode>,
}

/// An episode of an anime.
#[derive(Debug, Serialize, ToSchema)]
struct AnimeEpisode {
    /// The episode's id.
    #[schema(value_type = Uuid)]
    id: EpisodeId,
    /// Its number.
    number: u32,
    /// Its name.
    #[schema(value_type = Option<String>)]
    title: Option<TitleName>,
    /// Where it can be watched, the highest priority first.
    video_sources: Vec<AnimeSource>,
}

/// A place to watch an episode.
#[derive(Debug, Serialize, ToSchema)]
struct AnimeSource {
    /// `iframe`, `embed`, `m3u8` or `mp4`.
    #[serde(rename = "type")]
    #[schema(value_type = Option<String>, example = "m3u8")]
    kind: Option<PlayerKind>,
    /// Its address.
    #[schema(value_type = String)]
    url: WebUrl,
    /// Its name.
    #[schema(value_type = String)]
    source_name: ShortText,
    /// Rank: the highest comes first.
    priority: i32,
    /// True for all that are listed.
    is_active: bool,
}

/// A title card as an entry of the list; none for a book.
pub(super) fn card_of(body: &[u8]) -> Option<Vec<u8>> {
    let card: TitleCardDocument = parsed(body)?;
    (card.kind != TitleKind::Book).then_some(())?;
    let card = AnimeCard {
        slug: card.slug,
        title: card.name,
        poster: card.poster,
        year: card.year,
        status: card.status,
        genres: card.genres,
        alternative_titles: card.alternative_names,
        is_active: card.active,
        last_updated: card.updated_at,
    };
    serde_json::to_vec(&card).ok()
}

/// A title page as an anime; none for a book.
pub(super) fn page_of(body: &[u8]) -> Option<Vec<u8>> {
    let page: TitlePageDocument = parsed(body)?;
    (page.kind != TitleKind::Book).then_some(())?;
    let card = AnimeCard {
        slug: page.slug,
        title: page.name,
        poster: page.poster,
        year: page.year,
        status: page.status,
        genres: page.genres,
        alternative_titles: page.alternative_names,
        is_active: page.active,
        last_updated: page.updated_at,
    };
    let anime = AnimePage {
        card,
        description: page.description,
        episodes: page.episodes.into_iter().map(AnimeEpisode::from).collect(),
    };
    serde_json::to_vec(&anime).ok()
}

impl From<TitlePageEpisode> for AnimeEpisode {
    fn from(episode: TitlePageEpisode) -> Self {
        let sources = episode.video_sources.into_iter();
        Self {
            id: episode.id,
            number: episode.number,
            title: episode.name,
            video_sources: sources.map(AnimeSource::from).collect(),
        }
    }
}

impl From<VideoSourceView> for AnimeSource {
    fn from(source: VideoSourceView) -> Self {
        Self {
            kind: source.kind,
            url: source.url,
            source_name: source.name,
            priority: source.priority,
            is_active: true,
        }
    }
}

/// A document of ours that is not in its own form was written by another version: the operator has to know.
fn parsed<T: serde::de::DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(body)
        .inspect_err(|error| {
            tracing::error!(%error, "a document cannot be read back; rebuild its read model");
        })
        .ok()
}
