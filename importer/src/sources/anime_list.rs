//! Anime list: the `CooperUnion` "Anime Recommendations Database" (`anime.csv`: title, genres, type, number of episodes,
//! rating, members), CC0 1.0, compiled from `MyAnimeList`.
//!
//! A known number of episodes becomes that many numbered episodes; an unknown one stays unknown. `members` counts
//! the people who keep the title on a list; it stands in for the number of votes, which the list does not have.

use accession_events::catalog::TitleKind;
use accession_events::ingestion::items::{RatingItem, TitleItem};
use accession_events::values::decode_entities;

use super::columns::{self, Dialect, Row};
use super::video::{MOST_EPISODES, numbered};
use super::{Description, Given, Reading, UnreadableInput};
use crate::looks::Look;
use crate::record::{Items, Note, Reject};

/// Name on the command line and in provenance.
const NAME: &str = "anime-list";

pub(super) const SOURCE: Description = Description {
    name: NAME,
    expects: "a CSV file of anime with the columns anime_id, name, genre, type and episodes",
    looks: &[Look::Text],
    built_in: None,
    asked: None,
    read,
};

const NEEDED: [&str; 5] = ["anime_id", "name", "genre", "type", "episodes"];
/// Reads the file row by row.
fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let rows = columns::read(given, Dialect::CSV, &NEEDED)?;
    let name = |row: &Row| row.filled("anime_id").map(str::to_owned);
    Ok(columns::records(rows, name, items))
}

fn items(row: &Row, _notes: &mut Vec<Note>) -> Result<Items, Reject> {
    let id = row.needed("anime_id")?;
    let name = row.needed("name")?;
    let episode_count = episode_count(row)?;
    let genres = row
        .field("genre")
        .split(',')
        .map(str::trim)
        .filter(|genre| !genre.is_empty());
    let title = TitleItem {
        source: NAME.into(),
        source_id: id.into(),
        kind: Some(if row.field("type") == "Movie" {
            TitleKind::Film
        } else {
            TitleKind::Series
        }),
        name: decode_entities(name).into_owned(),
        genres: genres
            .map(|genre| decode_entities(genre).into_owned())
            .collect(),
        episode_count,
        rating: rating(row)?,
        ..TitleItem::default()
    };
    Ok(Items {
        title: Some(title),
        episodes: numbered(NAME, id, episode_count.unwrap_or(0)),
        ..Items::default()
    })
}

fn episode_count(row: &Row) -> Result<Option<u32>, Reject> {
    match row.field("episodes") {
        "" | "Unknown" => Ok(None),
        text => match text.parse::<u32>() {
            Ok(count) if count <= MOST_EPISODES => Ok(Some(count)),
            _ => Err(Reject::new(
                "bad_number",
                format!(
                    "line {}: `episodes` is `{text}`; expected 0 to {MOST_EPISODES} or Unknown",
                    row.line
                ),
            )),
        },
    }
}

/// Ten points in the list are five stars here.
fn rating(row: &Row) -> Result<Option<RatingItem>, Reject> {
    let (Some(mean), Some(members)) = (row.filled("rating"), row.filled("members")) else {
        return Ok(None);
    };
    let bad = || {
        Reject::new(
            "bad_number",
            format!(
                "line {}: rating `{mean}` or members `{members}` is not a number",
                row.line
            ),
        )
    };
    let tenths: f64 = mean.parse().map_err(|_| bad())?;
    if !(0.0..=10.0).contains(&tenths) {
        return Err(bad());
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 500 by the check above"
    )]
    let hundredths = (tenths * 50.0).round() as u16;
    Ok(Some(RatingItem {
        hundredths,
        votes: members.parse().map_err(|_| bad())?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;
    use crate::sources::Source;
    use crate::sources::tests::records_of;

    fn read_row(row: &str) -> Record {
        let text = format!("anime_id,name,genre,type,episodes,rating,members\n{row}\n");
        records_of(Source::AnimeList, &text).remove(0)
    }

    #[test]
    fn a_series_comes_with_its_numbered_episodes() {
        let items = read_row("9969,Gintama&#039;,\"Action, Comedy\",TV,51,9.16,151266")
            .items
            .unwrap();
        let title = items.title.unwrap();
        assert_eq!(title.name, "Gintama'");
        assert_eq!(title.kind, Some(TitleKind::Series));
        assert_eq!(title.genres, ["Action", "Comedy"]);
        assert_eq!(
            title.rating,
            Some(RatingItem {
                hundredths: 458,
                votes: 151_266
            })
        );
        assert_eq!(items.episodes.len(), 51);
        assert_eq!(items.episodes[50].source_episode_id, "9969:51");
    }

    #[test]
    fn an_unknown_number_of_episodes_stays_unknown() {
        let items = read_row("1,One,,TV,Unknown,,").items.unwrap();
        assert_eq!(
            (items.title.unwrap().episode_count, items.episodes.len()),
            (None, 0)
        );
    }

    #[test]
    fn a_film_has_one_part() {
        let items = read_row("2,Film,,Movie,1,9.37,5").items.unwrap();
        assert_eq!(
            (items.title.unwrap().kind, items.episodes.len()),
            (Some(TitleKind::Film), 1)
        );
    }

    #[test]
    fn nonsense_numbers_reject_the_row_and_say_what_was_found() {
        for (row, found) in [
            ("3,X,,TV,many,,", "many"),
            ("3,X,,TV,99999,,", "99999"),
            ("3,X,,TV,1,11,5", "11"),
        ] {
            let reject = read_row(row).items.unwrap_err();
            assert_eq!(reject.code, "bad_number");
            assert!(reject.detail.contains(found), "{}", reject.detail);
        }
    }
}
