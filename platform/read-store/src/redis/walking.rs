//! Walking through all that a generation has, a page at a time.
//! Never asks for all keys at once: Redis goes on serving others in between.

use std::collections::BTreeSet;

use bytes::Bytes;
use redis::cmd;

use super::layout::Layout;
use super::link::Link;
use crate::store::{DocumentPage, ModelRef, ReadStoreError};
use crate::stored;

pub(super) async fn documents(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
    lane: u16,
    after: Option<&str>,
    limit: usize,
) -> Result<DocumentPage, ReadStoreError> {
    let mut command = cmd("HSCAN");
    command
        .arg(layout.documents(model, lane))
        .arg(after.unwrap_or("0"))
        .arg("COUNT")
        .arg(limit.max(1));
    let (next, found): (String, Vec<(String, Vec<u8>)>) = link.read(&command).await?;
    let documents = found.into_iter().map(|(key, value)| {
        let document = stored::decode(&key, &Bytes::from(value))?;
        Ok((key, document))
    });
    Ok(DocumentPage {
        documents: documents.collect::<Result<_, ReadStoreError>>()?,
        next: (next != "0").then_some(next),
    })
}

pub(super) async fn indexes(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
) -> Result<Vec<String>, ReadStoreError> {
    let mut names = BTreeSet::new();
    for lane in 0..layout.lanes {
        let found: Vec<String> = link
            .read(cmd("SMEMBERS").arg(layout.indexes(model, lane)))
            .await?;
        names.extend(found);
    }
    Ok(names.into_iter().collect())
}
