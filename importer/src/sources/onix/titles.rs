//! The name of a product: a text, or a prefix and the rest, with part number and subtitle. Volumes keep their numbers.

use super::super::book::squeezed;
use crate::xml::Node;

/// The distinctive title, otherwise the first that is there.
pub(super) fn name(product: &Node) -> Option<String> {
    let detail = product.first("descriptivedetail").unwrap_or(product);
    let titles: Vec<&Node> = detail
        .elements()
        .filter(|node| matches!(node.name.as_str(), "titledetail" | "title"))
        .collect();
    let distinctive = titles
        .iter()
        .find(|title| title.text_in("titletype").as_deref() == Some("01"));
    let best = distinctive
        .or_else(|| titles.first())
        .and_then(|title| of_title(title));
    best.or_else(|| {
        product
            .text_in("distinctivetitle")
            .map(|text| squeezed(&text))
    })
}

fn of_title(title: &Node) -> Option<String> {
    let elements: Vec<&Node> = title.all("titleelement").collect();
    if elements.is_empty() {
        return of_element(title);
    }
    let at = |level: &str| {
        elements
            .iter()
            .find(|element| element.text_in("titleelementlevel").as_deref() == Some(level))
            .copied()
    };
    let product = at("01").or_else(|| elements.first().copied())?;
    // A volume that has no name of its own is called by its collection and number.
    of_element(product).or_else(|| {
        let collection = at("02").or_else(|| at("03")).and_then(of_element)?;
        let part = product.text_in("partnumber")?;
        Some(format!("{collection} {part}"))
    })
}

fn of_element(element: &Node) -> Option<String> {
    let prefix = element.text_in("titleprefix").unwrap_or_default();
    let rest = element.text_in("titlewithoutprefix");
    let rest = rest.map(|rest| format!("{prefix} {rest}"));
    let text = element.text_in("titletext").or(rest)?;
    let mut name = squeezed(&text);
    let has = |name: &str, part: &str| {
        let mut words = name.split(|sign: char| !sign.is_alphanumeric());
        words.any(|word| word == part)
    };
    if let Some(part) = element
        .text_in("partnumber")
        .filter(|part| !has(&name, part))
    {
        name = format!("{name}, {part}");
    }
    let subtitle = element.text_in("subtitle").map(|text| squeezed(&text));
    // Some senders repeat the subtitle in the title.
    if let Some(subtitle) = subtitle.filter(|subtitle| !name.contains(subtitle.as_str())) {
        name = format!("{name}: {subtitle}");
    }
    Some(name).filter(|name| !name.is_empty())
}
