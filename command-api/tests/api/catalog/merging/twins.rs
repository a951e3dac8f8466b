//! Two catalogues live the same life, and only in one of them titles are merged and merges undone, in any order: when all
//! merges are undone, both are the same. So an undo takes back exactly what the merge did and keeps all else.
//!
//! What is compared is what the read models' own folds make of each log, found by names: the ids differ.

use accession_projector::alone::Alone;
use accession_projector::catalog_models;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};

use super::{merge, undo};
use crate::app::App;

/// How many titles there are.
const TITLES: usize = 4;

/// Something that happens.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Only in the catalogue with merges.
    Merge(usize, usize),
    /// Only there.
    Undo(usize),
    /// A source's record says something new of the title that it describes.
    Import(usize),
    /// A curator says something new of the title that stands for this one.
    Say(usize),
    /// A curator takes his word back.
    TakeBack(usize),
    /// An edition is entered under the title that stands for this one.
    Edition(usize),
    /// An edition gets another publisher.
    Publish(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let title = || 0..TITLES;
    let step = prop_oneof![
        4 => (title(), title()).prop_map(|(loser, winner)| Step::Merge(loser, winner)),
        3 => title().prop_map(Step::Undo),
        2 => title().prop_map(Step::Import),
        2 => title().prop_map(Step::Say),
        1 => title().prop_map(Step::TakeBack),
        2 => title().prop_map(Step::Edition),
        1 => (0..9_usize).prop_map(Step::Publish),
    ];
    proptest::collection::vec(step, 1..18)
}

/// One catalogue.
struct Catalogue {
    app: App,
    titles: Vec<String>,
    editions: Vec<String>,
}

impl Catalogue {
    async fn open() -> Self {
        let app = App::embedded().await;
        let (mut titles, mut editions) = (Vec::new(), Vec::new());
        for number in 0..TITLES {
            let id = import(&app, number, 0).await;
            say(&app, &id, &format!("Ann's word of {number}")).await;
            editions.push(edition(&app, &id, number).await);
            titles.push(id);
        }
        Self {
            app,
            titles,
            editions,
        }
    }

    /// What the page of each title says, without what may differ.
    async fn pages(&self) -> Vec<Value> {
        let models = catalog_models(accession_events::values::AuthorityOrder::default());
        let model = models.iter().find(|model| model.name() == "title_page");
        let events = self.app.events().await;
        let page = |id: &String| {
            let mut alone = Alone::new(model.unwrap(), id);
            for event in &events {
                alone.take(event).unwrap();
            }
            let body = alone.rendered().unwrap().body.unwrap();
            let page: Value = serde_json::from_slice(&body).unwrap();
            let editions = page["editions"].as_array().unwrap().iter();
            let mut names: Vec<String> = editions
                .map(|edition| format!("{} {}", edition["name"], edition["publisher"]))
                .collect();
            names.sort_unstable();
            json!({ "name": page["name"], "description": page["description"], "slugs": page["slugs"],
                "sources": page["sources_of"], "year": page["year"], "editions": names,
                "merged_into": page["merged_into"], "stands_for": page["stands_for"] })
        };
        self.titles.iter().map(page).collect()
    }
}

/// The record of a title says its name anew; the id of the title that it describes.
async fn import(app: &App, number: usize, edition: usize) -> String {
    let name = format!("Title {number}, {edition}");
    let year = 1800 + edition % 100;
    let item = json!({ "source": format!("source-{number}"), "source_id": "1", "kind": "book", "name": name,
        "year": year });
    let results = app.import("titles", json!([item])).await;
    results[0]["id"].as_str().unwrap().to_owned()
}

async fn say(app: &App, title: &str, words: &str) {
    let path = format!("/api/v1/titles/{title}");
    let sent = app.patch(path).by_curator();
    let said = sent.json(&json!({ "description": words })).send().await;
    said.ok();
}

async fn take_back(app: &App, title: &str) {
    let path = format!("/api/v1/titles/{title}");
    let sent = app.patch(path).by_curator();
    let said = sent.json(&json!({ "description": null })).send().await;
    said.ok();
}

async fn edition(app: &App, title: &str, number: usize) -> String {
    let body = json!({ "title_id": title, "name": format!("Edition {number}") });
    let sent = app.post("/api/v1/editions").by_curator().json(&body);
    sent.send().await.created()
}

/// The life of both.
struct Twins {
    merging: Catalogue,
    plain: Catalogue,
    /// Which title each is merged into, in the first.
    into: [Option<usize>; TITLES],
    news: usize,
}

impl Twins {
    fn root(&self, title: usize) -> usize {
        let mut at = title;
        while let Some(into) = self.into[at] {
            at = into;
        }
        at
    }

    async fn live(&mut self, step: Step) -> Result<(), TestCaseError> {
        self.news += 1;
        let (news, words) = (self.news, format!("Word {}", self.news));
        match step {
            Step::Merge(loser, winner) => self.merge(loser, winner).await?,
            Step::Undo(title) => self.undo(title).await?,
            Step::Import(title) => {
                let at = import(&self.merging.app, title, news).await;
                prop_assert_eq!(&at, &self.merging.titles[self.root(title)]);
                let at = import(&self.plain.app, title, news).await;
                prop_assert_eq!(&at, &self.plain.titles[title]);
            }
            Step::Say(title) => {
                let root = self.root(title);
                say(&self.merging.app, &self.merging.titles[root], &words).await;
                say(&self.plain.app, &self.plain.titles[root], &words).await;
            }
            Step::TakeBack(title) => {
                let root = self.root(title);
                take_back(&self.merging.app, &self.merging.titles[root]).await;
                take_back(&self.plain.app, &self.plain.titles[root]).await;
            }
            Step::Edition(title) => {
                let root = self.root(title);
                // Named by the id of the title that was merged: it stands under the other one all the same.
                let of = &self.merging.titles[title];
                let made = edition(&self.merging.app, of, 100 + news).await;
                self.merging.editions.push(made);
                let of = &self.plain.titles[root];
                let made = edition(&self.plain.app, of, 100 + news).await;
                self.plain.editions.push(made);
            }
            Step::Publish(edition) => {
                let place = edition % self.plain.editions.len();
                for catalogue in [&self.merging, &self.plain] {
                    let path = format!("/api/v1/editions/{}", catalogue.editions[place]);
                    let sent = catalogue.app.patch(path).by_curator();
                    sent.json(&json!({ "publisher": words })).send().await.ok();
                }
            }
        }
        Ok(())
    }

    async fn merge(&mut self, loser: usize, winner: usize) -> Result<(), TestCaseError> {
        let ids = &self.merging.titles;
        let answered = merge(&self.merging.app, &ids[loser], &ids[winner]).await;
        let may = loser != winner
            && self.into[winner].is_none()
            && self.into[loser].is_none_or(|into| into == winner);
        prop_assert_eq!(answered.status.is_success(), may, "{:?}", answered);
        if may {
            self.into[loser] = Some(winner);
        }
        Ok(())
    }

    async fn undo(&mut self, title: usize) -> Result<(), TestCaseError> {
        let ids = &self.merging.titles;
        let under = &ids[self.root(title)];
        let answered = undo(&self.merging.app, &ids[title], under).await;
        let may = self.into[title].is_some();
        prop_assert_eq!(answered.status.is_success(), may, "{:?}", answered);
        self.into[title] = None;
        Ok(())
    }

    /// Titles that are merged are hidden and say where they lead; every root lists exactly those for which it stands.
    async fn check_merged(&self) -> Result<(), TestCaseError> {
        for (title, page) in self.merging.pages().await.iter().enumerate() {
            let into = self.into[title].map(|into| json!(self.merging.titles[into]));
            prop_assert_eq!(&page["merged_into"], &into.unwrap_or_default());
            if self.into[title].is_some() {
                continue;
            }
            let of = (0..TITLES).filter(|other| *other != title && self.root(*other) == title);
            let mut expected: Vec<_> = of.map(|other| self.merging.titles[other].clone()).collect();
            let listed = page["stands_for"].as_array().cloned().unwrap_or_default();
            let mut listed: Vec<_> = listed
                .iter()
                .map(|id| id.as_str().unwrap().to_owned())
                .collect();
            expected.sort_unstable();
            listed.sort_unstable();
            prop_assert_eq!(listed, expected);
        }
        Ok(())
    }
}

#[test]
fn when_all_merges_are_undone_in_any_order_it_is_as_if_there_had_been_none() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config {
        cases: 24,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..Config::default()
    });
    let lives = (steps(), Just([0, 1, 2, 3]).prop_shuffle());
    let outcome = runner.run(&lives, |(steps, order)| {
        runtime.block_on(async {
            let mut twins = Twins {
                merging: Catalogue::open().await,
                plain: Catalogue::open().await,
                into: [None; TITLES],
                news: 0,
            };
            for step in steps {
                twins.live(step).await?;
            }
            twins.check_merged().await?;
            for title in order {
                if twins.into[title].is_some() {
                    twins.undo(title).await?;
                }
            }
            let (one, other) = (twins.merging.pages().await, twins.plain.pages().await);
            prop_assert_eq!(one, other);
            Ok(())
        })
    });
    outcome.unwrap();
}
