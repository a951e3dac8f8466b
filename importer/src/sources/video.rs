//! What sources of series and films have in common: numbered episodes.
//!
//! Never invents a number that the source does not give.

use accession_events::ingestion::items::EpisodeItem;

/// More than any real series has; a larger number is a mistake in the record, not a series.
pub(super) const MOST_EPISODES: u32 = 20_000;

/// Episodes 1 to `count` of a title, by the convention `<title>:<number>`.
pub(super) fn numbered(source: &str, title: &str, count: u32) -> Vec<EpisodeItem> {
    let episode = |number| EpisodeItem {
        source: source.into(),
        title_source_id: title.into(),
        source_episode_id: format!("{title}:{number}"),
        number,
        ..EpisodeItem::default()
    };
    (1..=count.min(MOST_EPISODES)).map(episode).collect()
}
