//! How long a reader waits for what was just acknowledged, at a steady 500 commands a second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::sync::Mutex;

use crate::Options;
use crate::instance;
use crate::load::{milliseconds, percentile};
use crate::results::{Results, Row};
use crate::system::{Stores, System};

const COMMANDS_PER_SECOND: u32 = 500;

pub(crate) async fn measure(options: &Options, results: &mut Results) -> Result<()> {
    let mut rows = Vec::new();
    for stores in [Stores::Embedded, Stores::Three] {
        let system = System::start(options, stores).await?;
        let (rate, mut delays) =
            steady_load(&system, Duration::from_secs(options.seconds.max(3) * 2)).await?;
        delays.sort_unstable();
        rows.push(Row::new(
            format!(
                "{}: from acknowledgement to readable, {rate:.0} commands/s",
                stores.name()
            ),
            format!(
                "p50 {:.2}, p99 {:.2} ms",
                milliseconds(percentile(&delays, 50)),
                milliseconds(percentile(&delays, 99))
            ),
        ));
    }
    let note = "Each command is followed by a read with `min_position` of its answer; the time of that whole read counts.";
    results.section("Commit to readable", &rows, note);
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand commands")]
async fn steady_load(system: &System, duration: Duration) -> Result<(f64, Vec<Duration>)> {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .build()?;
    let delays = Arc::new(Mutex::new(Vec::new()));
    let mut tick = tokio::time::interval(Duration::from_secs(1) / COMMANDS_PER_SECOND);
    let (began, mut count, mut tasks) = (Instant::now(), 0_u64, Vec::new());
    while began.elapsed() < duration {
        tick.tick().await;
        count += 1;
        let (client, delays) = (client.clone(), Arc::clone(&delays));
        let (write, read, token) = (
            system.write_url.clone(),
            system.read_url.clone(),
            system.token.clone(),
        );
        tasks.push(tokio::spawn(async move {
            let delay = write_then_read(&client, &write, &read, &token, count).await?;
            delays.lock().await.push(delay);
            Ok::<_, anyhow::Error>(())
        }));
    }
    let rate = count as f64 / began.elapsed().as_secs_f64();
    for task in tasks {
        task.await??;
    }
    let delays = std::mem::take(&mut *delays.lock().await);
    Ok((rate, delays))
}

async fn write_then_read(
    client: &reqwest::Client,
    write: &str,
    read: &str,
    token: &str,
    count: u64,
) -> Result<Duration> {
    let body = serde_json::json!({ "kind": "book", "name": format!("Delay {count}") });
    let answer = client
        .post(format!("{write}/api/v1/titles"))
        .bearer_auth(token)
        .json(&body)
        .send()
        .await?;
    let answer: serde_json::Value = answer.error_for_status()?.json().await?;
    let id = answer
        .get("id")
        .and_then(serde_json::Value::as_str)
        .context("the answer has no id")?;
    let position = instance::number(&answer, "position")?;
    let acknowledged = Instant::now();
    let url = format!("{read}/api/read/titles/{id}?min_position={position}");
    let read = client.get(url).send().await?;
    let status = read.status();
    let document = read.text().await?;
    if !status.is_success() {
        bail!("{id} was acknowledged at {position} and reads {status}: {document}");
    }
    Ok(acknowledged.elapsed())
}
