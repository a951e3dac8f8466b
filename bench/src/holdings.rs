//! A library with many copies: its lists, its map, its figures, and desks that lend and take back.
//!
//! The library comes in by `POST /api/v1/libraries/restore`, so every copy is one that the product's own commands have taken in.

mod desks;
mod estate;
mod readers;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::Options;
use crate::auth::{log_in, register};
use crate::instance::number;
use crate::results::{Results, Row, say};
use crate::system::{Stores, System};

/// A system with one library in it.
struct Library {
    client: reqwest::Client,
    write: String,
    read: String,
    token: String,
    /// The library's part of every path.
    id: String,
    /// Position of the last thing that was done while it was set up.
    position: u64,
}

pub(crate) async fn measure(options: &Options, results: &mut Results) -> Result<()> {
    let mut rows = Vec::new();
    for stores in [Stores::Embedded, Stores::Three] {
        let system = System::start(options, stores).await?;
        let name = stores.name();
        say(&format!("{name}: restoring {} copies", options.copies));
        let (library, rate) = Library::of(&system, options.copies).await?;
        let library = Arc::new(library);
        rows.push(Row::new(
            format!(
                "{name}: restore of a library with {} copies",
                options.copies
            ),
            format!("{rate:.0} copies/s"),
        ));
        rows.extend(readers::measure(options, name, &library).await?);
        rows.extend(desks::measure(options, name, &library).await?);
        rows.push(desks::rush(name, &library).await?);
    }
    let note = "One library; 50 shelves' places a room, 50 copies a shelf. Reads are asked 50 times a second, whether the answer before is there or \
                not; a desk asks again when it has its answer. A neighbouring product reports p95 of 636 ms and 575 ms for check-out and check-in.";
    results.section("Holdings", &rows, note);
    Ok(())
}

impl Library {
    /// Somebody signs in and restores it; how many copies a second came in, until the last is readable.
    async fn of(system: &System, copies: usize) -> Result<(Self, f64)> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_mins(30))
            .build()?;
        register(&client, system, 0).await?;
        let handed = log_in(&client, &system.write_url, 0).await?;
        let token = handed.get("access_token").and_then(Value::as_str);
        let token = token.context("no access token")?.to_owned();
        let file = estate::file(copies)?;
        let began = Instant::now();
        let url = format!("{}/api/v1/libraries/restore", system.write_url);
        let request = client.post(url).bearer_auth(&token).body(file);
        let answer = request.send().await?;
        let status = answer.status();
        let report: Value = answer.json().await?;
        if !status.is_success() || number(&report, "rejected_in_all")? > 0 {
            bail!("the library was not restored: {status} {report}");
        }
        let position = number(&report, "position")?;
        let id = report.get("id").and_then(Value::as_str).context("no id")?;
        let library = Self {
            client,
            write: system.write_url.clone(),
            read: system.read_url.clone(),
            token,
            id: id.to_owned(),
            position,
        };
        library.is_readable().await?;
        #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52 copies")]
        let rate = copies as f64 / began.elapsed().as_secs_f64();
        Ok((library, rate))
    }

    async fn is_readable(&self) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < Duration::from_mins(5) {
            let path = format!("copies?limit=1&min_position={}", self.position);
            if self.asks(&path).send().await?.status().is_success() {
                return Ok(());
            }
        }
        bail!("the copies did not become readable in five minutes")
    }

    /// A question about the library.
    fn asks(&self, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/api/read/libraries/{}/{path}", self.read, self.id);
        self.client.get(url).bearer_auth(&self.token)
    }

    /// What a question is answered.
    async fn answer(&self, path: &str) -> Result<Value> {
        let answer = self.asks(path).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    /// Something to be done in the library.
    fn does(&self, path: &str, body: &Value) -> reqwest::RequestBuilder {
        let url = format!("{}/api/v1/libraries/{}/{path}", self.write, self.id);
        self.client.post(url).bearer_auth(&self.token).json(body)
    }

    /// Ids of this many copies, those that were taken in first.
    async fn copies(&self, many: usize) -> Result<Vec<String>> {
        let (mut ids, mut cursor) = (Vec::new(), String::new());
        while ids.len() < many {
            let path = format!("copies?sort=oldest&limit=200{cursor}");
            let page = self.answer(&path).await?;
            let items = page.get("items").and_then(Value::as_array);
            let found = items.into_iter().flatten();
            let found = found.filter_map(|copy| copy.get("id")?.as_str().map(str::to_owned));
            ids.extend(found);
            match page.get("next_cursor").and_then(Value::as_str) {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        ids.truncate(many);
        if ids.len() < many {
            bail!(
                "the library has only {} copies, and {many} are needed: ask for more with --copies",
                ids.len()
            );
        }
        Ok(ids)
    }
}
