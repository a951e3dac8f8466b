//! `POST /api/v1/titles/{id}/split`: what was never this work becomes a title of its own.
//!
//! Undoing it is merging the new title back.

use accession_event_log::Repository;
use accession_events::catalog::TitleFact;
use accession_events::ids::{EditionId, EpisodeId, TitleId};
use accession_events::values::{Slug, SourceName, SourceRecordId};
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Merged, answer, given, refused};
use crate::catalog::edition::Edition;
use crate::catalog::episode::Episode;
use crate::catalog::http::refusals::unreadable;
use crate::catalog::merging::{Merging, TitleSplit, Told};
use crate::catalog::reading::{Fault, Reading, Unreadable, title};
use crate::catalog::slugs;
use crate::catalog::title::Title;
use crate::http::answer::{Answer, Reply};
use crate::http::body::Body;
use crate::http::call::{Call, CuratorCall};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::failure::from_log;
use crate::http::keyed::answered_before;
use crate::http::paths::Id;

/// A record of a source.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecordName {
    /// The source, for example `goodbooks`.
    source: String,
    /// The record's id there.
    source_id: String,
}

/// What is split off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::catalog::http) struct SplitRequest {
    /// The name of the new title.
    name: String,
    /// Its readable address; made from the name when it is left out.
    #[serde(default)]
    slug: Option<String>,
    /// Ids of the editions that go.
    #[serde(default)]
    editions: Vec<String>,
    /// Ids of the episodes that go; they keep their numbers.
    #[serde(default)]
    episodes: Vec<String>,
    /// Source records that go, with all that they say; what they say from now on is said of the new title.
    #[serde(default)]
    records: Vec<RecordName>,
    /// In your words, at most 200 characters.
    #[serde(default)]
    reason: Option<String>,
}

/// The request as far as it can be read without the log.
struct Read {
    slug: Option<Slug>,
    facts: Vec<TitleFact>,
    editions: Vec<EditionId>,
    episodes: Vec<EpisodeId>,
    records: Vec<(SourceName, SourceRecordId)>,
    reason: Option<String>,
}

impl SplitRequest {
    fn read(&self) -> Result<Read, Vec<Fault>> {
        let mut reading = Reading::default();
        reading.said("name", Some(self.name.as_str()), title::name);
        let slug = self
            .slug
            .as_deref()
            .map(|text| reading.value("slug", Slug::parse(text)));
        let ids = self.editions.iter().map(|id| id.parse::<EditionId>());
        let editions = reading.value("editions", ids.collect::<Result<Vec<_>, _>>());
        let ids = self.episodes.iter().map(|id| id.parse::<EpisodeId>());
        let episodes = reading.value("episodes", ids.collect::<Result<Vec<_>, _>>());
        let records = self.records.iter().map(|record| {
            let source = SourceName::parse(&record.source).map_err(Unreadable::from)?;
            let id = SourceRecordId::parse(&record.source_id).map_err(Unreadable::from)?;
            Ok::<_, Unreadable>((source, id))
        });
        let records = reading.value("records", records.collect::<Result<Vec<_>, _>>());
        let reason = self.reason.as_deref().map(|text| {
            let reason = accession_events::values::ShortText::parse(text);
            reading.value("reason", reason)
        });
        let parts = editions.zip(episodes).zip(records);
        let (((editions, episodes), records), facts) = reading.with(parts)?;
        Ok(Read {
            slug: slug.flatten(),
            facts,
            editions,
            episodes,
            records,
            reason: reason.flatten().map(|reason| reason.to_string()),
        })
    }
}

/// Split a new title off: these editions, episodes and source records were never this work.
#[utoipa::path(post, path = "/api/v1/titles/{id}/split", tag = "catalog", params(("id" = String, Path), Conditions),
    request_body = SplitRequest,
    responses((status = 201, description = "There are two titles; `id` and `slug` are the new one's.", body = Merged),
        CommandProblems))]
pub(in crate::catalog::http) async fn split_title(
    CuratorCall(call): CuratorCall,
    Id(id): Id<TitleId>,
    State(titles): State<Repository<Title>>,
    State(editions): State<Repository<Edition>>,
    State(episodes): State<Repository<Episode>>,
    Body { value, digest }: Body<SplitRequest>,
) -> Result<Answer, Problem> {
    if let Some(before) = answered_before(titles.log(), &call, &digest).await? {
        return Ok(before);
    }
    let read = value.read().map_err(unreadable)?;
    let reason = read.reason.clone();
    let split = plan(id, read, &value.name, &call, &titles).await?;
    let merging = Merging::new(titles, editions, episodes);
    let told = |told: &Told| created(told, &split.slug);
    let with = |what: &_| given(&call, &digest, reason.clone(), &told(what));
    let done = merging.split(&split, &with).await;
    answer(&done.map_err(|error| refused(&error))?, told)
}

fn created(told: &Told, slug: &Slug) -> Reply {
    let id = told.title.map_or_else(String::new, |id| id.to_string());
    let address = format!("/api/read/titles/{id}");
    Reply::created(&id, address)
        .with_all(super::lists(told))
        .with("slug", slug.as_str())
}

async fn plan(
    title: TitleId,
    read: Read,
    name: &str,
    call: &Call,
    titles: &Repository<Title>,
) -> Result<TitleSplit, Problem> {
    let new = TitleId::new(call.repeatable_id("split"));
    let slug = match read.slug {
        Some(slug) => slug,
        None => free_slug(titles, &Slug::from_title(name), new).await?,
    };
    Ok(TitleSplit {
        title,
        version: call.expected_version,
        new,
        slug,
        by: call.curator()?,
        facts: read.facts,
        editions: read.editions,
        episodes: read.episodes,
        records: read.records,
    })
}

/// A slug that is free as far as is known: the log has the last word.
async fn free_slug(titles: &Repository<Title>, base: &Slug, id: TitleId) -> Result<Slug, Problem> {
    let candidates: Vec<Slug> = std::iter::once(base.clone())
        .chain(slugs::alternatives(base))
        .collect();
    let keys: Vec<_> = candidates.iter().map(slugs::claim).collect();
    let owners = titles.log().store().claim_owners(&keys).await;
    let owners = owners.map_err(|error| from_log(&error))?;
    let mut known = candidates.into_iter().zip(owners);
    let free = known.find(|(_, owner)| owner.is_none());
    Ok(free.map_or_else(|| slugs::own(base, id), |(slug, _)| slug))
}
