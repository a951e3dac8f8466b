//! `POST /api/v1/titles`: enter a title into the catalog.
//!
//! Never takes a slug that was asked for and is taken; one that is only derived from the name gets a number.

use accession_event_log::{ExecuteError, Repository};
use accession_events::catalog::{ReleaseStatus, TitleFact, TitleKind};
use accession_events::ids::TitleId;
use accession_events::ingestion::items::RatingItem;
use accession_events::values::Slug;
use accession_events::{ClaimKey, ClaimKind};
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::http::refusals::unreadable;
use crate::catalog::reading::{Fault, Reading, title};
use crate::catalog::slugs;
use crate::catalog::title::add_title::AddTitle;
use crate::catalog::title::{Title, TitleCommand, TitleError};
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::{Body, BodyDigest};
use crate::http::call::{Call, CuratorCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{answer, refuse_version_of_new};
use crate::http::failure::{from_log, problem_of};

/// How often another slug is tried when somebody else took the one that was free.
const RACES: usize = 3;

/// A new title.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTitle {
    /// `book`, `series` or `film`.
    #[schema(value_type = String, example = "book")]
    kind: TitleKind,
    /// Its readable address; made from the name when it is left out.
    #[serde(default)]
    slug: Option<String>,
    /// The name to show.
    #[schema(example = "Emma")]
    name: String,
    /// The name in its original language.
    #[serde(default)]
    original_name: Option<String>,
    /// Other names.
    #[serde(default)]
    alternative_names: Option<Vec<String>>,
    /// Authors, in order.
    #[serde(default)]
    authors: Option<Vec<String>>,
    /// Genres, in order.
    #[serde(default)]
    genres: Option<Vec<String>>,
    /// What it is about.
    #[serde(default)]
    description: Option<String>,
    /// Year of its first release, -3000 to 2100.
    #[serde(default)]
    year: Option<i64>,
    /// `ongoing`, `completed` or `upcoming`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    status: Option<ReleaseStatus>,
    /// Original language, any ISO 639 code or BCP 47 tag.
    #[serde(default)]
    language: Option<String>,
    /// Address of a cover or poster.
    #[serde(default)]
    poster: Option<String>,
    /// Number of episodes in all.
    #[serde(default)]
    episode_count: Option<u32>,
    /// How an audience rates it: `hundredths` of a five-star scale, 0 to 500, and number of `votes`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    rating: Option<RatingItem>,
}

impl NewTitle {
    fn read(&self) -> Result<(Option<Slug>, Vec<TitleFact>), Vec<Fault>> {
        let mut reading = Reading::default();
        let slug = self
            .slug
            .as_deref()
            .map(|text| reading.value("slug", Slug::parse(text)));
        reading.said("name", Some(self.name.as_str()), title::name);
        reading.said(
            "original_name",
            self.original_name.as_deref(),
            title::original_name,
        );
        reading.said(
            "alternative_names",
            self.alternative_names.as_deref(),
            title::alternative_names,
        );
        reading.said("authors", self.authors.as_deref(), title::authors);
        reading.said("genres", self.genres.as_deref(), title::genres);
        reading.said(
            "description",
            self.description.as_deref(),
            title::description,
        );
        reading.said("year", self.year.as_ref(), |year| title::year(*year));
        reading.said("status", self.status.as_ref(), |status| {
            title::status(*status)
        });
        reading.said("language", self.language.as_deref(), title::language);
        reading.said("poster", self.poster.as_deref(), title::poster);
        reading.said("episode_count", self.episode_count.as_ref(), |count| {
            title::episode_count(*count)
        });
        reading.said("rating", self.rating.as_ref(), |rating| {
            title::rating(*rating)
        });
        let (facts, _) = reading.done()?;
        Ok((slug.flatten(), facts))
    }
}

/// Enter a title into the catalog. It is active from now on.
#[utoipa::path(post, path = "/api/v1/titles", tag = "catalog", params(Conditions), request_body = NewTitle,
    responses((status = 201, description = "It is in the catalog; the body also tells its `slug`.", body = Changed), CommandProblems))]
pub(super) async fn add_title(
    CuratorCall(call): CuratorCall,
    State(titles): State<Repository<Title>>,
    Body { value, digest }: Body<NewTitle>,
) -> Result<Answer, Problem> {
    refuse_version_of_new(&call)?;
    let (slug, facts) = value.read().map_err(unreadable)?;
    let derived = slug.is_none();
    let slug = slug.unwrap_or_else(|| Slug::from_title(&value.name));
    let add = AddTitle {
        kind: value.kind,
        slug,
        by: call.curator()?,
        facts,
    };
    let desk = Desk {
        titles,
        call,
        digest,
        id: TitleId::new(new_id()),
    };
    match desk.add(&add).await {
        Err(ExecuteError::Claimed { key, .. }) if derived && is_slug(&key) => {
            desk.add_under_another_slug(add).await
        }
        done => done.map_err(problem_of)?,
    }
}

/// One title about to be entered.
struct Desk {
    titles: Repository<Title>,
    call: Call,
    digest: BodyDigest,
    id: TitleId,
}

type Added = Result<Result<Answer, Problem>, ExecuteError<TitleError>>;

impl Desk {
    async fn add(&self, add: &AddTitle) -> Added {
        let id = self.id.to_string();
        let reply =
            Reply::created(&id, format!("/api/read/titles/{id}")).with("slug", add.slug.as_str());
        let given = self.call.given(&self.digest, &reply);
        let executed = self
            .titles
            .execute_new(&id, &given, &TitleCommand::Add(add.clone()))
            .await?;
        Ok(answer(executed, reply))
    }

    /// The title's own slug is taken: the next that seems free, until the log agrees.
    async fn add_under_another_slug(&self, mut add: AddTitle) -> Result<Answer, Problem> {
        let base = add.slug.clone();
        for _ in 0..RACES {
            add.slug = self.seemingly_free(&base).await?;
            match self.add(&add).await {
                Err(ExecuteError::Claimed { key, .. }) if is_slug(&key) => {}
                done => return done.map_err(problem_of)?,
            }
        }
        add.slug = slugs::own(&base, self.id);
        self.add(&add).await.map_err(problem_of)?
    }

    async fn seemingly_free(&self, base: &Slug) -> Result<Slug, Problem> {
        let candidates: Vec<Slug> = slugs::alternatives(base).collect();
        let keys: Vec<ClaimKey> = candidates.iter().map(slugs::claim).collect();
        let owners = self
            .titles
            .log()
            .store()
            .claim_owners(&keys)
            .await
            .map_err(|error| from_log(&error))?;
        let free = candidates
            .into_iter()
            .zip(owners)
            .find(|(_, owner)| owner.is_none());
        Ok(free.map_or_else(|| slugs::own(base, self.id), |(slug, _)| slug))
    }
}

fn is_slug(key: &ClaimKey) -> bool {
    key.kind == ClaimKind::TitleSlug
}
