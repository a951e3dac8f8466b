//! Finds a title by id or slug, and the parts of titles by their ids, as far as the reader may see them.
//!
//! Never tells a reader that something hidden is there.

use std::str::FromStr;
use std::sync::Arc;

use accession_service::problem::Problem;
use axum::response::Response;
use uuid::Uuid;

use crate::asking::{Asked, Reader, excerpt};
use crate::cache::{Held, LookUp, Merged, Standing};
use crate::models::Model;
use crate::reads::{Reads, earlier, unavailable};

/// A document, the standing that its answer may claim, and how it was found.
pub(super) struct Found {
    pub(super) held: Arc<Held>,
    pub(super) standing: Arc<Standing>,
    /// By a slug, not by the id that is its own address.
    pub(super) by_slug: bool,
}

/// Either what was asked for, or the answer that it is not there.
pub(super) type Search = Result<Found, Response>;

impl Reads {
    /// The page of a title by id or by any slug it ever had; of one that was merged, the way to the title that stands for it.
    pub(super) async fn title(
        &self,
        asked: &Asked,
        reader: Reader,
        id_or_slug: &str,
    ) -> Result<Search, Problem> {
        let found = match self.any_title(asked, reader, id_or_slug).await? {
            Ok(found) => found,
            Err(missing) => return Ok(Err(missing)),
        };
        let Some(merged) = &found.held.merged else {
            return Ok(Ok(found));
        };
        let led = self.led_on(asked, reader, &found, &merged.into, id_or_slug);
        led.await.map(Err)
    }

    /// The same, but a title that was merged is found itself: its history and what was said of it stay its own.
    pub(super) async fn title_itself(
        &self,
        asked: &Asked,
        reader: Reader,
        id_or_slug: &str,
    ) -> Result<Search, Problem> {
        let search = self.any_title(asked, reader, id_or_slug).await?;
        let Ok(found) = &search else {
            return Ok(search);
        };
        let merged = found.held.merged.as_ref();
        if reader.curates || merged.is_none_or(Merged::was_shown) {
            return Ok(search);
        }
        let missing = no_title(id_or_slug);
        Ok(Err(self.miss(&found.standing, missing).await?))
    }

    /// A title that the reader may see, or one that leads on.
    async fn any_title(
        &self,
        asked: &Asked,
        reader: Reader,
        id_or_slug: &str,
    ) -> Result<Search, Problem> {
        let standing = self.standing(Model::TitlePage, asked).await?;
        let (held, by_slug) = if let Ok(id) = Uuid::from_str(id_or_slug) {
            let mut key = Uuid::encode_buffer();
            let key = id.as_hyphenated().encode_lower(&mut key);
            (self.hot().document(&standing, key).await, false)
        } else if may_be_slug(id_or_slug) {
            let found = self
                .hot()
                .resolve(&standing, LookUp::Slug, id_or_slug)
                .await;
            (found, true)
        } else {
            (Ok(None), true)
        };
        match held.map_err(|trouble| unavailable(&trouble))? {
            Some(held) if !held.hidden || reader.curates || held.merged.is_some() => {
                Ok(Ok(Found {
                    held,
                    standing,
                    by_slug,
                }))
            }
            Some(_) | None => Ok(Err(self.miss(&standing, no_title(id_or_slug)).await?)),
        }
    }

    /// A part of a title (an edition, an episode, a trail) by its id; hidden when its title is.
    pub(super) async fn part(
        &self,
        asked: &Asked,
        reader: Reader,
        model: Model,
        what: &str,
        id: &str,
    ) -> Result<Search, Problem> {
        let standing = self.standing(model, asked).await?;
        let held = match Uuid::from_str(id) {
            Ok(id) => {
                let mut key = Uuid::encode_buffer();
                let key = id.as_hyphenated().encode_lower(&mut key);
                self.hot().document(&standing, key).await
            }
            Err(_) => Ok(None),
        };
        let held = held.map_err(|trouble| unavailable(&trouble))?;
        let detail = || format!("there is no {what} with the id {}", excerpt(id));
        self.judged(asked, reader, standing, held, detail).await
    }

    /// What was found, if the reader may see it and the title that it belongs to.
    pub(super) async fn judged(
        &self,
        asked: &Asked,
        reader: Reader,
        standing: Arc<Standing>,
        held: Option<Arc<Held>>,
        missing: impl FnOnce() -> String,
    ) -> Result<Search, Problem> {
        let seen = |held: &Arc<Held>| {
            let merged = held.merged.as_ref();
            !held.hidden || reader.curates || merged.is_some_and(Merged::was_shown)
        };
        let Some(held) = held.filter(seen) else {
            return Ok(Err(self.miss(&standing, missing()).await?));
        };
        if reader.curates {
            return Ok(Ok(found(held, standing)));
        }
        let titles = self.standing(Model::TitlePage, asked).await?;
        // What belongs to no title we know of is shown to nobody: a title may be gone for a reason.
        let title = match held.title_id.as_deref() {
            Some(title_id) => self.hot().document(&titles, title_id).await,
            None => Ok(None),
        };
        let title = title.map_err(|trouble| unavailable(&trouble))?;
        if title.is_none_or(|title| title.hidden) {
            return Ok(Err(self.miss(&standing, missing()).await?));
        }
        let standing = if earlier(&standing, &titles).model == standing.model {
            standing
        } else {
            titles
        };
        Ok(Ok(found(held, standing)))
    }
}

fn found(held: Arc<Held>, standing: Arc<Standing>) -> Found {
    Found {
        held,
        standing,
        by_slug: false,
    }
}

/// What a reader hears who asked for a title that is not there.
pub(super) fn no_title(id_or_slug: &str) -> String {
    let asked = excerpt(id_or_slug);
    format!("there is no title with the id or slug {asked}")
}

/// Anything else is no slug of ours, and the store need not be asked.
fn may_be_slug(text: &str) -> bool {
    text.len() <= 80
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
