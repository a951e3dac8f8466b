//! A batch of scans comes in: each is judged once, and one that was sent before is told as it was.
//!
//! Never all or nothing within the batch: what cannot be told apart is noted as unknown.

// tidy: allow wall because an ISBN leads to its edition in the catalogue, as when a copy is taken in

use std::collections::{BTreeMap, BTreeSet};

use accession_event_log::{EventLog, Repository};
use accession_events::holdings::{Finding, Scan};
use accession_events::ids::{LibraryId, PlaceId, ScanId, StocktakingId};
use accession_events::values::ShortText;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::judging::Judge;
use super::looking_up::{Code, Register};
use crate::catalog::edition::Edition;
use crate::holdings::desk::HoldingsError;
use crate::holdings::drafts::{Drafts, Drawn, Plan};
use crate::holdings::stocktaking::{KnownStocktaking, StocktakingCommand, StocktakingError};
use crate::http::answer::Reply;

/// The most scans of one batch.
pub const MOST_IN_BATCH: usize = 200;

/// One reading, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Its id.
    pub scan_id: ScanId,
    /// What was read.
    pub code: ShortText,
    /// When, by the scanner's clock.
    pub at: Timestamp,
}

/// Note what was scanned.
pub struct ScanCopies {
    /// The log, for what barcodes and ISBNs mean.
    pub log: EventLog,
    /// Editions by id.
    pub editions: Repository<Edition>,
    /// Whose it is.
    pub library: LibraryId,
    /// In which stock-taking.
    pub stocktaking: StocktakingId,
    /// Where; at the place of the stock-taking when it is left out.
    pub place: Option<PlaceId>,
    /// What was read, in order.
    pub readings: Vec<Reading>,
    /// The version of the stock-taking that the caller has seen.
    pub expected: Option<u64>,
}

impl Plan for ScanCopies {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        let id = self.stocktaking;
        let known = drafts.stocktaking(self.library, id, self.expected).await?;
        let new = self.new_ones(&known)?;
        let (scans, place) = if new.is_empty() {
            (Vec::new(), known.place_id)
        } else {
            known.open()?;
            let (place, here) = self.place(&known, drafts).await?;
            let mut judge = Judge {
                library: self.library,
                here,
                seen: known.seen().into_keys().collect(),
            };
            (self.judged(&new, &mut judge, drafts).await?, place)
        };
        let results = self.results(&known, &scans);
        let note = StocktakingCommand::Note {
            place_id: place,
            scans,
        };
        drafts.stocktakings.decide(id, &note)?;
        Ok(Drawn {
            reply: Reply::changed(id).with("results", results),
            version: Some(drafts.stocktakings.version(id)),
        })
    }
}

impl ScanCopies {
    /// Those that were not sent before, each once.
    fn new_ones(&self, known: &KnownStocktaking) -> Result<Vec<&Reading>, StocktakingError> {
        let before = known.by_id();
        let mut codes: BTreeMap<ScanId, &ShortText> = before
            .iter()
            .map(|(id, noted)| (*id, &noted.scan.code))
            .collect();
        let mut new = Vec::new();
        for reading in &self.readings {
            match codes.insert(reading.scan_id, &reading.code) {
                None => new.push(reading),
                Some(code) if *code == reading.code => {}
                Some(_) => return Err(StocktakingError::ScanReused(reading.scan_id)),
            }
        }
        Ok(new)
    }

    /// Where it was scanned, and every place that belongs to that.
    async fn place(
        &self,
        known: &KnownStocktaking,
        drafts: &mut Drafts,
    ) -> Result<(PlaceId, BTreeSet<PlaceId>), HoldingsError> {
        let tree = drafts.tree(self.library).await?;
        let place = self.place.unwrap_or(known.place_id);
        tree.place(place)?;
        let over = known.place_id;
        if !tree.with_all_in_it(over).contains(&place) {
            return Err(StocktakingError::OtherPlace { place, over }.into());
        }
        Ok((place, tree.with_all_in_it(place).into_iter().collect()))
    }

    async fn judged(
        &self,
        readings: &[&Reading],
        judge: &mut Judge,
        drafts: &mut Drafts,
    ) -> Result<Vec<Scan>, HoldingsError> {
        let codes: Vec<Code> = readings
            .iter()
            .map(|reading| Code::read(reading.code.as_str()))
            .collect();
        let register = Register {
            log: &self.log,
            editions: &self.editions,
            library: self.library,
        };
        let meant = register.meant(&codes, drafts).await?;
        let judged = readings.iter().zip(&meant).map(|(reading, meant)| Scan {
            scan_id: reading.scan_id,
            code: reading.code.clone(),
            at: reading.at,
            found: judge.judges(meant, drafts),
        });
        Ok(judged.collect())
    }

    fn results(&self, known: &KnownStocktaking, scans: &[Scan]) -> Vec<Value> {
        let mut found: BTreeMap<ScanId, &Scan> = known
            .by_id()
            .into_iter()
            .map(|(id, noted)| (id, &noted.scan))
            .collect();
        found.extend(scans.iter().map(|scan| (scan.scan_id, scan)));
        let results = self.readings.iter();
        results
            .filter_map(|reading| found.get(&reading.scan_id))
            .map(|scan| Value::Object(told(scan)))
            .collect()
    }
}

fn told(scan: &Scan) -> Map<String, Value> {
    let finding = match scan.found {
        Finding::Present { .. } => "present",
        Finding::Misplaced { .. } => "misplaced",
        Finding::Unexpected { .. } => "unexpected",
    };
    let mut told = Map::from_iter([
        ("scan_id".to_owned(), scan.scan_id.to_string().into()),
        ("code".to_owned(), scan.code.to_string().into()),
        ("finding".to_owned(), finding.into()),
    ]);
    if let Finding::Unexpected { because, .. } = scan.found {
        told.insert("because".to_owned(), because.as_str().into());
    }
    let (copy, place) = (scan.found.copy_id(), scan.found.belongs_at());
    told.extend(copy.map(|copy| ("copy_id".to_owned(), copy.to_string().into())));
    told.extend(place.map(|place| ("belongs_at".to_owned(), place.to_string().into())));
    told
}
