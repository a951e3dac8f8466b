//! Publishers' product information in ONIX for Books 3.0 and 2.1, with reference names or short tags: one product a title
//! and its edition.
//!
//! The sender answers for the licence of a feed; facts are attributed to `onix`, or to `onix:NAME` with `--as NAME`, because
//! record references are unique to a sender only. Prices, rights and stock are not the catalog's and are not taken. A notice
//! of deletion deletes nothing: it is rejected with that reason. No schema or DTD is ever fetched.

mod map;
mod people;
mod tags;
mod titles;

use super::elements::records;
use super::{Description, Given, Reading, UnreadableInput};
use crate::looks::Look;
use crate::xml::Elements;

pub(super) const SOURCE: Description = Description {
    name: "onix",
    expects: "an ONIX for Books message (2.1 or 3.0, reference names or short tags)",
    looks: &[Look::Xml],
    built_in: None,
    asked: None,
    read,
};

fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let source = given.provenance.clone();
    let is_product = |name: &str| name.eq_ignore_ascii_case("product");
    let elements = Elements::open(given.reader, &given.sample, is_product)?;
    let root = elements
        .root()
        .map(|root| root.name.to_lowercase())
        .unwrap_or_default();
    if !matches!(root.as_str(), "onixmessage" | "product") {
        return Err(UnreadableInput::new(format!(
            "the XML document is a `{root}`; onix expects {}",
            SOURCE.expects
        )));
    }
    let name = |node: &_| tags::named(node).text_in("recordreference");
    Ok(records(elements, name, move |node, notes| {
        map::items(&source, &tags::named(node), notes)
    }))
}

#[cfg(test)]
mod tests;
