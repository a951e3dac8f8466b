//! A dry run: reads the input as an import does and asks the server what would become of each record.
//!
//! Never opens a run, sends nothing that is written, and writes no file: what is rejected stands in its report.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::time::Instant;

use accession_events::ingestion::ImportCounts;
use accession_events::ingestion::items::{ItemResult, ItemStatus, MAX_ITEMS};

use super::beginning::{open, read_from, unreadable};
use super::stages::chunks;
use super::{ImportError, ImportOptions, Observer, rate};
use crate::client::{Client, DryRunAnswer, DryRunItems};
use crate::foresight::{Foreseen, Foresight};
use crate::record::{Items, Place, Record};
use crate::report::Progress;
use crate::sources::Reading;

/// Tells what an import of this input would do. Nothing is written.
pub async fn foresee(
    options: ImportOptions,
    observer: &mut dyn Observer,
) -> Result<Foresight, ImportError> {
    let mut input = open(&options)?;
    let identity = input.identity.clone();
    let beginning = std::mem::replace(&mut input.reader, Box::new(std::io::empty()));
    let reading = if options.asks() {
        let asked = options.source.ask(&options.wishes, Place::default());
        asked.map_err(|error| unreadable(&identity, &error))?
    } else {
        read_from(&options, &identity, beginning, Place::default())?
    };
    let Reading { records, .. } = reading;
    let client = Client::new(options.server.clone())?;
    let started = Instant::now();
    let mut foresight = Foresight::new(options.source.name(), identity.clone());
    let mut chunks = chunks(records, 0, options.limit);
    while let Some(chunk) = chunks.recv().await {
        let records = chunk.map_err(|error| unreadable(&identity, &error))?;
        for part in parts(records, &mut foresight) {
            let answer = client.dry_run(&part.items).await?;
            part.tell(answer, &mut foresight);
        }
        observer.progress(&Progress {
            records: foresight.records,
            counts: ImportCounts::default(),
            records_per_second: rate(foresight.records, started.elapsed()),
            bytes_read: input.read.load(Ordering::Relaxed),
            bytes_total: input.size,
        });
    }
    foresight.seconds = started.elapsed().as_secs_f64();
    Ok(foresight)
}

/// What is asked in one request, with the record that each item is of; none for one that is only there for the others.
#[derive(Default)]
struct Part {
    items: DryRunItems,
    owners: [Vec<Option<String>>; 4],
}

impl Part {
    fn fits(&self, items: &Items) -> bool {
        self.items.titles.len() + usize::from(items.title.is_some()) <= MAX_ITEMS
            && self.items.editions.len() + items.editions.len() <= MAX_ITEMS
            && self.items.episodes.len() + items.episodes.len() <= MAX_ITEMS
            && self.items.sources.len() + items.sources.len() <= MAX_ITEMS
    }

    /// Takes items of a record in. `tell` says of which kinds the results are told.
    fn take(&mut self, name: &str, items: Items, tell: [bool; 4]) {
        let [titles, editions, episodes, sources] = tell.map(|tell| tell.then(|| name.to_owned()));
        let [of_titles, of_editions, of_episodes, of_sources] = &mut self.owners;
        of_titles.extend(items.title.iter().map(|_| titles.clone()));
        of_editions.extend(items.editions.iter().map(|_| editions.clone()));
        of_episodes.extend(items.episodes.iter().map(|_| episodes.clone()));
        of_sources.extend(items.sources.iter().map(|_| sources.clone()));
        self.items.titles.extend(items.title);
        self.items.editions.extend(items.editions);
        self.items.episodes.extend(items.episodes);
        self.items.sources.extend(items.sources);
    }

    fn tell(self, answer: DryRunAnswer, foresight: &mut Foresight) {
        foresight.position = foresight.position.max(answer.position);
        let results = [
            answer.titles,
            answer.editions,
            answer.episodes,
            answer.sources,
        ];
        let kinds = ["title", "edition", "episode", "source"];
        for ((kind, owners), results) in kinds.into_iter().zip(self.owners).zip(results) {
            for (owner, result) in owners.into_iter().zip(results) {
                if let Some(record) = owner {
                    foresight.take(of(kind, record, result));
                }
            }
        }
    }
}

fn of(kind: &'static str, record: String, result: ItemResult) -> Foreseen {
    Foreseen {
        record,
        kind,
        outcome: match result.status {
            ItemStatus::Rejected => "rejected",
            ItemStatus::Unchanged => "unchanged",
            ItemStatus::Accepted if result.new => "added",
            ItemStatus::Accepted => "changed",
        },
        // The id of something new is only drawn for the occasion.
        id: result.id.filter(|_| !result.new),
        changes: result.changes,
        conflicts: result.conflicts,
        code: result.code,
        detail: result.detail,
    }
}

/// The records in as few requests as they fit in; those that cannot be sent are told at once.
fn parts(records: Vec<Record>, foresight: &mut Foresight) -> Vec<Part> {
    let mut parts = vec![Part::default()];
    for record in records {
        foresight.records += 1;
        for note in &record.notes {
            *foresight.notes.entry(note.code.to_owned()).or_default() += 1;
        }
        let items = match record.items {
            Ok(items) => items,
            Err(reject) => {
                foresight.take(Foreseen::unreadable(record.name, reject));
                continue;
            }
        };
        if !parts.last().is_some_and(|part| part.fits(&items)) {
            parts.push(Part::default());
        }
        match parts.last_mut() {
            Some(part) if part.fits(&items) => part.take(&record.name, items, [true; 4]),
            _ => parts.extend(windows(&record.name, items)),
        }
    }
    parts
}

/// A record with more than fits into one request: its title goes along each time, and with its sources their episodes.
fn windows(name: &str, items: Items) -> Vec<Part> {
    let mut parts = Vec::new();
    let Items {
        title,
        editions,
        episodes,
        mut sources,
    } = items;
    let mut first = true;
    let editions = editions.into_iter().take(MAX_ITEMS).collect::<Vec<_>>();
    for episodes in episodes.chunks(MAX_ITEMS) {
        let ids: HashSet<&str> = episodes
            .iter()
            .map(|episode| episode.source_episode_id.as_str())
            .collect();
        let (here, later): (Vec<_>, Vec<_>) = sources
            .into_iter()
            .partition(|source| ids.contains(source.source_episode_id.as_str()));
        sources = later;
        let mut lots: Vec<_> = here.chunks(MAX_ITEMS).map(<[_]>::to_vec).collect();
        if lots.is_empty() {
            lots.push(Vec::new());
        }
        for (at, sources) in lots.into_iter().enumerate() {
            let mut part = Part::default();
            let told = Items {
                title: title.clone(),
                editions: editions.clone(),
                episodes: episodes.to_vec(),
                sources,
            };
            part.take(name, told, [first, first, at == 0, true]);
            first = false;
            parts.push(part);
        }
    }
    for sources in sources.chunks(MAX_ITEMS) {
        let mut part = Part::default();
        let told = Items {
            sources: sources.to_vec(),
            title: title.clone(),
            ..Items::default()
        };
        part.take(name, told, [first, false, false, true]);
        first = false;
        parts.push(part);
    }
    parts
}

#[cfg(test)]
mod tests {
    use accession_events::ingestion::items::{EpisodeItem, SourceItem, TitleItem};

    use super::*;

    fn series(episodes: usize, sources_each: usize) -> Items {
        let episode = |number: usize| EpisodeItem {
            source_episode_id: format!("1:{number}"),
            ..EpisodeItem::default()
        };
        let source = |number: usize| {
            SourceItem {
            source_episode_id: format!("1:{}", number / sources_each),
            ..serde_json::from_value(serde_json::json!({
                "source": "kodik", "source_episode_id": "", "title_source_id": "1", "priority": 0, "kind": "iframe", "url": "https://a.example", "name": "a"
            }))
            .unwrap()
        }
        };
        Items {
            title: Some(TitleItem::default()),
            editions: Vec::new(),
            episodes: (0..episodes).map(episode).collect(),
            sources: (0..episodes * sources_each).map(source).collect(),
        }
    }

    #[test]
    fn a_series_of_any_length_is_asked_for_in_requests_of_bounded_size_and_each_item_once() {
        let parts = windows("1", series(1_100, 3));
        for part in &parts {
            assert!(
                part.items.episodes.len() <= MAX_ITEMS && part.items.sources.len() <= MAX_ITEMS
            );
            assert_eq!(part.items.titles.len(), 1);
            let known: HashSet<_> = part
                .items
                .episodes
                .iter()
                .map(|item| &item.source_episode_id)
                .collect();
            assert!(
                part.items
                    .sources
                    .iter()
                    .all(|item| known.contains(&item.source_episode_id))
            );
        }
        let told = |kind: usize| {
            let owners = parts.iter().flat_map(|part| &part.owners[kind]);
            owners.flatten().count()
        };
        assert_eq!([0, 2, 3].map(told), [1, 1_100, 3_300]);
    }
}
