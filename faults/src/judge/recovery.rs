//! Nothing is stuck: within thirty seconds after the fault is over, a command is taken and can be read, and every process
//! says that it is well.
//!
//! It asks as a client and as an operator would.

use std::time::{Duration, Instant};

use accession_events::RecordedEvent;
use anyhow::{Result, bail};
use futures_util::stream::{self, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};

use crate::load::{Answer, Api, Call, Caller, Entry, Ledger, Load, Outcome};
use crate::system::System;

/// What is not well after this long is stuck.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
const BETWEEN: Duration = Duration::from_millis(100);
/// How many questions are asked at once.
const AT_ONCE: usize = 4;

/// How long it took until all was well again; else what was not.
pub(crate) async fn recover(system: &System, api: &Api, load: &Load) -> Result<Duration, String> {
    let began = Instant::now();
    let mut problem = String::from("nothing was asked");
    let well = async {
        loop {
            match all_well(system, api, &load.ledger).await {
                Ok(()) => return,
                Err(error) => problem = format!("{error:#}"),
            }
            tokio::time::sleep(BETWEEN).await;
        }
    };
    match tokio::time::timeout(PATIENCE, well).await {
        Ok(()) => Ok(began.elapsed()),
        Err(_) => Err(format!("STUCK for {PATIENCE:?}: {problem}")),
    }
}

async fn all_well(system: &System, api: &Api, ledger: &Ledger) -> Result<()> {
    for writer in 0..system.writers().len() {
        let position = probe(api, writer, ledger).await?;
        let path = "/api/read/titles?limit=1";
        let read = api.read(path, Some(position)).await?;
        if read.status != 200 {
            bail!(
                "position {position} cannot be read: {} {}",
                read.status,
                read.body
            );
        }
    }
    for (part, url) in system.roles() {
        if system.machine(part)?.is_down() {
            continue;
        }
        let status = api.json(&format!("{url}/health/status")).await?;
        if status.get("condition").and_then(Value::as_str) != Some("ok") {
            bail!("{part:?} is not well: {status}");
        }
    }
    Ok(())
}

/// A title of the rig's own. It is in the ledger like all others.
async fn probe(api: &Api, writer: usize, ledger: &Ledger) -> Result<u64> {
    let marker = format!("probe-{}", uuid::Uuid::new_v4().simple());
    let entry = ledger.open(Entry {
        worker: u64::MAX,
        event: "TitleAdded",
        id: None,
        marker: Some(marker.clone()),
        outcome: Outcome::Unknown,
    });
    let call = Call {
        caller: Caller::Curator,
        method: Method::POST,
        path: "/api/v1/titles".into(),
        body: Some(json!({ "kind": "book", "name": marker })),
        key: marker,
        if_match: None,
    };
    let body = match api.send(writer, &call).await {
        Answer::Done { body } => body,
        other => bail!("the probe was answered {other:?}"),
    };
    let number = |field: &str| body.get(field).and_then(Value::as_u64);
    let id = body.get("id").and_then(Value::as_str);
    let (Some(id), Some(version), Some(position)) = (id, number("version"), number("position"))
    else {
        bail!("the probe was answered {body}");
    };
    let done = Outcome::Done {
        id: id.to_owned(),
        version,
        position: Some(position),
    };
    ledger.close(entry, done);
    Ok(position)
}

/// Every title that was acknowledged can be read, at its newest version or later.
pub(super) async fn everything_readable(
    system: &System,
    load: &Load,
    events: &[RecordedEvent],
) -> Result<Vec<String>> {
    let api = Api::new(
        system.writers(),
        system.readers(),
        String::new(),
        String::new(),
    )?;
    let head = events.last().map_or(0, |event| event.position.get());
    let titles = load.shelf.all();
    let asked = stream::iter(&titles).map(|title| async {
        let path = format!("/api/read/titles/{}", title.id);
        let read = api.read(&path, Some(head)).await?;
        let version = read.body.get("version").and_then(Value::as_u64);
        let newest = title.version_at(head);
        let found = read.status == 200 && version >= newest;
        anyhow::Ok((!found).then(|| {
            format!(
                "UNREADABLE: {} in version {newest:?} at {head}: {} {}",
                title.id, read.status, read.body
            )
        }))
    });
    let asking = asked.buffer_unordered(AT_ONCE).collect::<Vec<_>>();
    let Ok(answers) = tokio::time::timeout(PATIENCE, asking).await else {
        return Ok(vec![format!(
            "STUCK: {} titles could not be read within {PATIENCE:?}",
            titles.len()
        )]);
    };
    let mut findings: Vec<String> = Vec::new();
    for answer in answers {
        findings.extend(answer?);
    }
    findings.truncate(5);
    Ok(findings)
}
