//! Keeps one index true, and decides when it has to be another one: a new generation of documents, a lost place, trouble.
//!
//! Never takes away what answers before something better is whole.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use accession_read_store::ReadStore;
use accession_service::shutdown::Shutdown;

use super::checkpoint::Checkpoint;
use super::finder::Finder;
use super::following::Following;
use super::home::{Home, Kept};
use super::told::Origin;
use super::topic::{Made, Topic};
use super::trouble::Trouble;

/// Until the next try after trouble; longer each time.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// What is followed, and where the index is kept.
pub(crate) struct Followed {
    /// The documents.
    pub(crate) store: Arc<dyn ReadStore>,
    /// How many lanes their keys are shared among.
    pub(crate) lanes: u16,
    /// A directory for the index; in memory when there is none.
    pub(crate) directory: Option<PathBuf>,
}

/// Follows until the signal to stop.
pub(crate) async fn follow(what: Followed, finder: Arc<Finder>, mut shutdown: Shutdown) {
    // Beside the folders of titles, with an owner of its own.
    let directory = what.directory.map(|directory| match finder.topic {
        Topic::Titles => directory,
        Topic::Copies => directory.join(Topic::Copies.as_str()),
    });
    let mut follower = Follower {
        store: what.store,
        lanes: what.lanes,
        finder,
        home: Arc::new(Home::Memory),
        kept: None,
    };
    let following = async {
        if let Some(directory) = directory {
            follower.settle(directory).await;
        }
        follower.run().await;
    };
    tokio::select! {
        () = shutdown.wait() => {}
        () = following => {}
    }
}

struct Follower {
    store: Arc<dyn ReadStore>,
    lanes: u16,
    finder: Arc<Finder>,
    home: Arc<Home>,
    /// The index that answers now, and what it is made from.
    kept: Option<(Made, Kept)>,
}

/// Why an index cannot go on.
enum Ended {
    /// The feed no longer holds its place.
    Lost,
    /// Readers are sent to another generation.
    Promoted(Made),
}

impl Follower {
    async fn settle(&mut self, directory: PathBuf) {
        match Home::taken(directory).await {
            Ok(home) => {
                self.home = Arc::new(home);
                self.finder.told.lives(true, None);
            }
            Err(reason) => self.stay_in_memory(reason),
        }
    }

    fn stay_in_memory(&mut self, reason: String) {
        tracing::error!(
            reason,
            "search.in_memory: the search index is kept in memory and filled anew at each start"
        );
        self.home = Arc::new(Home::Memory);
        self.finder.told.lives(false, Some(reason));
    }

    async fn run(&mut self) {
        let mut pause = PAUSE;
        loop {
            let begun = Instant::now();
            let ended = self.round().await;
            if ended.is_ok() || begun.elapsed() > LONGEST_PAUSE {
                pause = PAUSE;
            }
            if let Err(trouble) = &ended {
                self.complain(trouble);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn complain(&mut self, trouble: &Trouble) {
        if self.finder.told.troubled(trouble.to_string()) {
            tracing::warn!(error = %trouble, "search.trouble: the search index does not follow the documents; what it has answers on");
        }
        let has_directory = matches!(*self.home, Home::Directory { .. });
        if has_directory && self.kept.is_none() && trouble.is_of_the_index() {
            self.stay_in_memory(trouble.to_string());
        }
    }

    /// Follows until there is trouble, or at once when there is nothing to follow.
    async fn round(&mut self) -> Result<(), Trouble> {
        let Some(live) = self.live().await? else {
            self.finder.told.has_nothing();
            return Ok(());
        };
        let mut following = match self.gone_on_with(&live).await? {
            Some(following) => following,
            None => self.filled(live).await?,
        };
        loop {
            match self.follow(&mut following).await? {
                Ended::Lost => {
                    tracing::warn!(
                        "search.lost: the change feed no longer holds what came since; the index is built anew beside the one that answers"
                    );
                    let made = following.made().clone();
                    drop(following);
                    following = self.filled(made).await?;
                }
                Ended::Promoted(made) => {
                    tracing::info!(
                        index = made.topic.as_str(),
                        generation = made.of.generation.0,
                        "search.promoted: an index of the new documents is built beside the one that answers"
                    );
                    following = self.filled_beside(following, made).await?;
                }
            }
        }
    }

    /// The documents that readers are sent to.
    async fn live(&self) -> Result<Option<Made>, Trouble> {
        Made::live(self.store.as_ref(), self.finder.topic).await
    }

    /// The index that answers, or one that lies in the directory, if it can be gone on with.
    async fn gone_on_with(&mut self, live: &Made) -> Result<Option<Following>, Trouble> {
        let Some((kept, checkpoint)) = self.found(live).await? else {
            return Ok(None);
        };
        let (store, lanes) = (&self.store, self.lanes);
        let resumed = Following::resumed(store, live.clone(), kept, &checkpoint, lanes).await?;
        let Some(following) = resumed else {
            tracing::warn!(
                "search.doubted: the change feed does not bear out how far the index reaches; it is built anew"
            );
            return Ok(None);
        };
        let reach = following.reach();
        tracing::info!(
            index = self.finder.topic.as_str(),
            position = reach.position.get(),
            generation = reach.generation.0,
            entries = following.kept().index.count(),
            "search.resumed: the index goes on from its last commit"
        );
        if self.kept.is_none() {
            let index = self.finder.topic.as_str();
            metrics::counter!("accession_search_resumed_total", "index" => index).increment(1);
            self.show(&following, Origin::Resumed).await;
        }
        Ok(Some(following))
    }

    async fn found(&self, live: &Made) -> Result<Option<(Kept, Checkpoint)>, Trouble> {
        if let Some((made_from, kept)) = &self.kept {
            let text = kept.index.checkpoint()?;
            let checkpoint = text.as_deref().and_then(Checkpoint::read);
            let is_ours = made_from == live;
            return Ok(checkpoint
                .filter(|_| is_ours)
                .map(|checkpoint| (kept.clone(), checkpoint)));
        }
        let (home, generation) = (Arc::clone(&self.home), live.of.generation);
        let found = tokio::task::spawn_blocking(move || home.found(generation));
        found.await.map_err(|_| Trouble::Ended)
    }

    /// An index that is filled while what there is answers on; then it answers.
    async fn filled(&mut self, made: Made) -> Result<Following, Trouble> {
        let following = self.filling(made).await?;
        self.show(&following, Origin::Filled).await;
        Ok(following)
    }

    /// The same, while the one that answers still takes in what comes for it.
    async fn filled_beside(
        &mut self,
        mut old: Following,
        made: Made,
    ) -> Result<Following, Trouble> {
        let built = {
            let filling = self.filling(made);
            tokio::pin!(filling);
            let mut goes_on = true;
            loop {
                let heard = tokio::select! {
                    built = &mut filling => break built?,
                    heard = old.heard(&self.finder), if goes_on => heard,
                };
                goes_on = match heard {
                    Ok(batch) if !batch.is_lost => {
                        old.take(&self.store, batch, &self.finder).await.is_ok()
                    }
                    _ => false,
                };
            }
        };
        drop(old);
        self.show(&built, Origin::Filled).await;
        Ok(built)
    }

    async fn filling(&self, made: Made) -> Result<Following, Trouble> {
        let begun = Instant::now();
        let (home, generation) = (Arc::clone(&self.home), made.of.generation);
        let kept = tokio::task::spawn_blocking(move || home.begin(generation));
        let kept = kept.await.map_err(|_| Trouble::Ended)??;
        let mut following = Following::begun(&self.store, made, kept, self.lanes).await?;
        following.fill(&self.store, &self.finder).await?;
        let reach = following.reach();
        tracing::info!(
            index = self.finder.topic.as_str(),
            position = reach.position.get(),
            generation = reach.generation.0,
            entries = following.kept().index.count(),
            seconds = begun.elapsed().as_secs_f64(),
            "search.filled: an index was filled from the documents"
        );
        let index = self.finder.topic.as_str();
        metrics::counter!("accession_search_filled_total", "index" => index).increment(1);
        Ok(following)
    }

    /// Answers come from this one from now on, and the others are removed.
    async fn show(&mut self, following: &Following, origin: Origin) {
        let kept = following.kept().clone();
        self.finder.flip(kept.index.clone(), following.reach());
        self.finder.told.answers(origin);
        self.kept = Some((following.made().clone(), kept.clone()));
        let home = Arc::clone(&self.home);
        let removed = tokio::task::spawn_blocking(move || home.keep_only(&kept)).await;
        if let Err(error) = removed {
            tracing::warn!(%error, "the folders of former search indexes were not removed");
        }
    }

    /// Follows until that cannot go on.
    async fn follow(&self, following: &mut Following) -> Result<Ended, Trouble> {
        let mut others = true;
        loop {
            if others
                && let Some(live) = self.live().await?
                && live != *following.made()
            {
                return Ok(Ended::Promoted(live));
            }
            let batch = following.heard(&self.finder).await?;
            if batch.is_lost {
                return Ok(Ended::Lost);
            }
            // Another generation of documents is being built, or has been sent readers to: asked once for all changes.
            others = batch.others;
            following.take(&self.store, batch, &self.finder).await?;
        }
    }
}

#[cfg(test)]
mod tests;
