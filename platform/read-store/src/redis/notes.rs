//! Notes that operators keep beside the documents.
//! Never replaces one that says something else than was expected.

use bytes::Bytes;
use redis::cmd;

use super::layout::Layout;
use super::link::Link;
use super::{failure, scripts};
use crate::store::ReadStoreError;

pub(super) async fn read(
    link: &Link,
    layout: &Layout,
    name: &str,
) -> Result<Option<Bytes>, ReadStoreError> {
    let found: Option<Vec<u8>> = link.read(cmd("HGET").arg(layout.notes()).arg(name)).await?;
    Ok(found.map(Bytes::from))
}

pub(super) async fn replace(
    link: &Link,
    layout: &Layout,
    name: &str,
    expected: Option<&Bytes>,
    new: Option<&Bytes>,
) -> Result<bool, ReadStoreError> {
    let mut call = scripts::NOTE.call(&[layout.notes()], 0);
    call.arg(name);
    for note in [expected, new] {
        call.arg(u8::from(note.is_some()))
            .arg(note.map(|note| &note[..]).unwrap_or_default());
    }
    let (answer,): (String,) = scripts::NOTE.run(link, &call).await?;
    match answer.as_str() {
        "done" => Ok(true),
        "other" => Ok(false),
        _ => Err(failure::strange(&answer)),
    }
}
