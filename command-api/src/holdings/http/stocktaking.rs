//! `POST /api/v1/libraries/{id}/stocktakings` and what is done with one: scans, moves, the end.
//!
//! For the library's editors. A batch of scans that is sent again is told as it was.

// tidy: allow wall because an ISBN leads to its edition in the catalogue, as when a copy is taken in

use accession_event_log::Repository;
use accession_events::ids::{CopyId, LibraryId, PlaceId, ScanId, StocktakingId};
use accession_events::values::ShortText;
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;

use super::refusals::at;
use crate::catalog::edition::Edition;
use crate::holdings::desk::Holdings;
use crate::holdings::desk::stocktaking::scanning::{MOST_IN_BATCH, Reading, ScanCopies};
use crate::holdings::desk::stocktaking::shelving::ShelveFound;
use crate::holdings::desk::stocktaking::{Abandon, Begin, Close};
use crate::holdings::drafts;
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Body, NoBody};
use crate::http::call::{AccountCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::refuse_version_of_new;
use crate::http::fields::Faults;
use crate::http::paths::{Id, IdIn};

/// A scanner may have been cut off for so long.
const LONGEST: SignedDuration = SignedDuration::from_hours(31 * 24);
/// Its clock may be fast by so much.
const FAST: SignedDuration = SignedDuration::from_mins(5);
/// The longest code that a scanner reads.
const LONGEST_CODE: usize = 100;

/// Where a stock-taking goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewStocktaking {
    /// Over which place, with every place in it: a shelf, a section, a bookcase, a room.
    #[schema(value_type = Uuid)]
    place_id: PlaceId,
}

/// One reading of the scanner.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadCode {
    /// Its id, drawn by the scanner: a scan that is sent again under it is noted once. Drawn here when it is left out.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    scan_id: Option<ScanId>,
    /// What was read: a barcode, an ISBN, or the code of a label of ours.
    #[schema(example = "PEM-000417")]
    code: String,
    /// When, by the scanner's clock, at most 31 days ago; now when it is left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
}

/// What was scanned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScannedCodes {
    /// Where: the place of the stock-taking, which it is when it is left out, or one in it.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    place_id: Option<PlaceId>,
    /// What was read, in order; 1 to 200.
    scans: Vec<ReadCode>,
}

/// What one scan was found to be.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "read by the description of the API only")]
struct ScanResult {
    /// The scan.
    scan_id: String,
    /// What was read.
    code: String,
    /// `present`, `misplaced` or `unexpected`.
    finding: String,
    /// Why it was unexpected: `unknown`, `lent`, `removed`, `lost`, `withdrawn` or `twice`.
    because: Option<String>,
    /// The copy, when one is known.
    copy_id: Option<String>,
    /// Where it ought to stand, when it ought to stand somewhere.
    belongs_at: Option<String>,
}

/// What the scans of a batch were found to be.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub(super) struct ScanResults {
    /// The stock-taking.
    id: String,
    /// Its version.
    version: u64,
    /// Where the last change stands in the log.
    position: u64,
    /// One result a scan, in order.
    results: Vec<ScanResult>,
}

/// What is moved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfirmedCopies {
    /// Which copies that were scanned; 1 to 200.
    #[schema(value_type = Vec<Uuid>)]
    copies: Vec<CopyId>,
    /// Where to; to where each was scanned when it is left out.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    place_id: Option<PlaceId>,
    /// Have everything that was scanned at the place stand in the order in which it was scanned, before what was not; else
    /// they come behind what is there.
    #[serde(default)]
    as_scanned: bool,
}

/// Begin a stock-taking: what stands at the place and in every place in it, 5,000 copies at most, is what ought to be found.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/stocktakings", tag = "holdings", params(("id" = String, Path), Conditions),
    request_body = NewStocktaking,
    responses((status = 201, description = "It has begun; `expected` tells how many copies ought to be found.", body = Changed), CommandProblems))]
pub(super) async fn open_stocktaking(
    AccountCall { call, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(holdings): State<Holdings>,
    Body { value, digest }: Body<NewStocktaking>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    refuse_version_of_new(&call)?;
    let plan = Begin {
        library,
        stocktaking: StocktakingId::new(new_id()),
        place: value.place_id,
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}

/// Note what was scanned at a place. A copy is `present` when it ought to stand at the place of the scan or in it, `misplaced` when
/// it ought to stand elsewhere; how it ought to stand is looked up when the batch comes in.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/stocktakings/{stocktaking}/scans", tag = "holdings",
    params(("id" = String, Path), ("stocktaking" = String, Path), Conditions), request_body = ScannedCodes,
    responses((status = 200, description = "What each was found to be.", body = ScanResults), CommandProblems))]
pub(super) async fn scan_copies(
    AccountCall { call, .. }: AccountCall,
    IdIn(library, stocktaking): IdIn<LibraryId, StocktakingId>,
    State(holdings): State<Holdings>,
    State(editions): State<Repository<Edition>>,
    Body { value, digest }: Body<ScannedCodes>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let plan = ScanCopies {
        log: holdings.log().clone(),
        editions,
        library,
        stocktaking,
        place: value.place_id,
        readings: readings(&value.scans, call.now)?,
        expected: call.expected_version,
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}

/// Move copies to where they were found. What one refuses is done to none: `errors[]` names each by its id, with `not_scanned`, or
/// `moved_meanwhile` when somebody has moved it since. A copy that was lost is found with that; one that is out is returned first.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/stocktakings/{stocktaking}/moves", tag = "holdings",
    params(("id" = String, Path), ("stocktaking" = String, Path), Conditions), request_body = ConfirmedCopies,
    responses((status = 200, description = "They stand there; `moved` tells how many stood elsewhere.", body = Changed), CommandProblems))]
pub(super) async fn shelve_found_copies(
    AccountCall { call, .. }: AccountCall,
    IdIn(library, stocktaking): IdIn<LibraryId, StocktakingId>,
    State(holdings): State<Holdings>,
    Body { value, digest }: Body<ConfirmedCopies>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    if value.copies.is_empty() {
        let message = "no copy is named: name 1 to 200".to_owned();
        return Err(at("copies", "out_of_range", message));
    }
    let plan = ShelveFound {
        library,
        stocktaking,
        copies: value.copies,
        to: value.place_id,
        as_scanned: value.as_scanned,
        expected: call.expected_version,
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}

/// Be done: what stood there when it began, stands there still by the register, is not out, and was not scanned, is missing.
/// What was found may be moved afterwards, too.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/stocktakings/{stocktaking}/close", tag = "holdings",
    params(("id" = String, Path), ("stocktaking" = String, Path), Conditions),
    responses((status = 200, description = "It is over; `missing` tells how many were not found.", body = Changed), CommandProblems))]
pub(super) async fn close_stocktaking(
    AccountCall { call, .. }: AccountCall,
    IdIn(library, stocktaking): IdIn<LibraryId, StocktakingId>,
    State(holdings): State<Holdings>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let plan = Close {
        holdings: holdings.clone(),
        library,
        stocktaking,
        expected: call.expected_version,
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}

/// Give up: what was scanned is kept, nothing is told to be missing, and nothing is moved any more.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/stocktakings/{stocktaking}/abandon", tag = "holdings",
    params(("id" = String, Path), ("stocktaking" = String, Path), Conditions),
    responses((status = 200, description = "It was given up.", body = Changed), CommandProblems))]
pub(super) async fn abandon_stocktaking(
    AccountCall { call, .. }: AccountCall,
    IdIn(library, stocktaking): IdIn<LibraryId, StocktakingId>,
    State(holdings): State<Holdings>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    let plan = Abandon {
        library,
        stocktaking,
        expected: call.expected_version,
    };
    drafts::carry_out(&holdings, &call, &digest, &plan).await
}

fn readings(scans: &[ReadCode], now: Timestamp) -> Result<Vec<Reading>, Problem> {
    if !(1..=MOST_IN_BATCH).contains(&scans.len()) {
        let found = scans.len();
        let message =
            format!("there are {found} scans; expected 1 to {MOST_IN_BATCH} in one batch");
        return Err(at("scans", "out_of_range", message));
    }
    let mut faults = Faults::default();
    let mut readings = Vec::new();
    for (number, scan) in scans.iter().enumerate() {
        let (code, when) = scan.read(number, now, &mut faults);
        readings.extend(code.zip(when).map(|(code, at)| Reading {
            scan_id: scan.scan_id.unwrap_or_else(|| ScanId::new(new_id())),
            code,
            at,
        }));
    }
    faults.none()?;
    Ok(readings)
}

impl ReadCode {
    fn read(
        &self,
        number: usize,
        now: Timestamp,
        faults: &mut Faults,
    ) -> (Option<ShortText>, Option<Timestamp>) {
        let field = |name: &str| format!("scans[{number}].{name}");
        let code = faults.take(&field("code"), "bad_code", self.code());
        let at = self.at.unwrap_or(now);
        let age = now.duration_since(at);
        let in_time = if age > LONGEST || age < -FAST {
            Err(format!(
                "the scan is of {at}; expected a time of the last 31 days"
            ))
        } else {
            Ok(at)
        };
        (code, faults.take(&field("at"), "at_out_of_range", in_time))
    }

    fn code(&self) -> Result<ShortText, String> {
        let code = ShortText::parse(&self.code).map_err(|error| error.to_string())?;
        match code.as_str().chars().count() {
            0..=LONGEST_CODE => Ok(code),
            long => Err(format!(
                "a code has {LONGEST_CODE} characters at most, and this one has {long}"
            )),
        }
    }
}
