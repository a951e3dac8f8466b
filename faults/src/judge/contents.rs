//! Everything that a read store holds for its live generations, as bytes under names that two stores share.
//!
//! Checkpoints, fences and the change feed are left out: they tell how documents were made, not what they are.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use fjall::{Database, KeyspaceCreateOptions};
use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;

/// By table, model and key.
pub(super) type Contents = BTreeMap<String, Vec<u8>>;

/// What a namespace of a Redis holds.
pub(super) async fn in_redis(url: &str, namespace: &str) -> Result<Contents> {
    let client = redis::Client::open(url)?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let keys: Vec<String> = connection.keys(format!("{namespace}:*")).await?;
    let live = live_in_redis(&mut connection, namespace, &keys).await?;
    let mut contents = Contents::new();
    for key in keys {
        // namespace : {lane} : what : model : generation [: index]
        let mut parts = key.splitn(6, ':').skip(2);
        let (Some(what), Some(model), Some(generation)) =
            (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        if live.get(model).map(String::as_str) != Some(generation) {
            continue;
        }
        match what {
            "documents" | "states" => {
                let all: BTreeMap<String, Vec<u8>> = connection.hgetall(&key).await?;
                let named = all.into_iter();
                contents.extend(named.map(|(id, bytes)| (format!("{what} {model} {id}"), bytes)));
            }
            "index" => {
                let index = parts.next().unwrap_or_default();
                let entries: Vec<Vec<u8>> = connection.zrange(&key, 0, -1).await?;
                contents.extend(entries.into_iter().map(|entry| {
                    let entry = String::from_utf8_lossy(&entry).replace('\0', " → ");
                    (format!("index {model} {index} {entry}"), Vec::new())
                }));
            }
            _ => {}
        }
    }
    Ok(contents)
}

async fn live_in_redis(
    connection: &mut MultiplexedConnection,
    namespace: &str,
    keys: &[String],
) -> Result<BTreeMap<String, String>> {
    let start = format!("{namespace}:{{0}}:model:");
    let mut live = BTreeMap::new();
    for (key, model) in keys
        .iter()
        .filter_map(|key| Some((key, key.strip_prefix(&start)?)))
    {
        let generation: Option<String> = connection.hget(key, "live").await?;
        live.insert(
            model.to_owned(),
            generation.with_context(|| format!("{model} is not live"))?,
        );
    }
    Ok(live)
}

/// What an embedded store holds, which no process has open.
pub(super) fn embedded(directory: &Path) -> Result<Contents> {
    let database = Database::builder(directory).open()?;
    let table = |name: &str| database.keyspace(name, KeyspaceCreateOptions::default);
    let mut live: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
    for entry in table("meta")?.prefix(b"live\0") {
        let (key, generation) = entry.into_inner()?;
        let model = key.strip_prefix(b"live\0".as_slice()).unwrap_or_default();
        live.insert(model.to_vec(), generation.to_vec());
    }
    let mut contents = Contents::new();
    for name in ["documents", "states", "index"] {
        let table = table(name)?;
        for (model, generation) in &live {
            let start = [model.as_slice(), b"\0", generation].concat();
            for entry in table.prefix(&start) {
                let (key, value) = entry.into_inner()?;
                let rest = key.get(start.len()..).unwrap_or_default();
                let shown = String::from_utf8_lossy(rest).replace('\0', " → ");
                let model = String::from_utf8_lossy(model);
                contents.insert(format!("{name} {model} {shown}"), value.to_vec());
            }
        }
    }
    Ok(contents)
}
