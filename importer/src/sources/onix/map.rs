//! From a product of ONIX to a title and its edition.

use accession_events::catalog::TitleKind;
use accession_events::ingestion::items::{EditionItem, TitleItem};
use accession_events::values::Isbn;

use super::super::book::{count_in, set_isbn, squeezed, year_in};
use super::super::markup::plain;
use super::people::authors;
use super::titles;
use crate::fit::note;
use crate::record::{Items, Note, Reject};
use crate::xml::Node;

/// What a product says.
pub(super) fn items(source: &str, product: &Node, notes: &mut Vec<Note>) -> Result<Items, Reject> {
    refuse_notices(product)?;
    let numbers = Numbers::of(product);
    let id = product
        .text_in("recordreference")
        .or_else(|| numbers.isbns.first().cloned());
    let id = id.ok_or_else(|| missing("RecordReference"))?;
    let name = titles::name(product).ok_or_else(|| missing("TitleText"))?;
    let detail = product.first("descriptivedetail").unwrap_or(product);
    let publishing = product.first("publishingdetail").unwrap_or(product);
    let form = product_form(detail);
    let kind = if form.starts_with('V') {
        TitleKind::Film
    } else {
        TitleKind::Book
    };
    let language = language(detail, "01").or_else(|| detail.text_in("languageoftext"));
    let title = TitleItem {
        source: source.into(),
        source_id: id.clone(),
        kind: Some(kind),
        name: name.clone(),
        authors: authors(detail),
        genres: subjects(product, detail, notes),
        description: description(product),
        language: language_of_origin(detail).or_else(|| language.clone()),
        ..TitleItem::default()
    };
    let mut edition = EditionItem {
        source: source.into(),
        source_id: id.clone(),
        title_source_id: id,
        name: Some(name),
        publisher: publisher(publishing),
        published_year: published(publishing).as_deref().and_then(year_in),
        language,
        page_count: pages(detail),
        format: words_of(&form),
        cover: cover(product),
        ..EditionItem::default()
    };
    set_isbn(
        &mut edition,
        numbers.isbns.iter().map(String::as_str),
        notes,
    );
    Ok(Items::book(title, edition))
}

fn missing(field: &str) -> Reject {
    Reject::new("missing_field", format!("`{field}` is missing or empty"))
}

fn refuse_notices(product: &Node) -> Result<(), Reject> {
    match product.text_in("notificationtype").as_deref() {
        Some("05") => Err(Reject::new(
            "deletion",
            "a notice that the record is deleted; a file never deletes anything here",
        )),
        Some("88" | "89") => Err(Reject::new(
            "test_record",
            "its sender marks the record as a test",
        )),
        _ => Ok(()),
    }
}

/// Numbers that may be an ISBN, the likeliest first.
struct Numbers {
    isbns: Vec<String>,
}

impl Numbers {
    fn of(product: &Node) -> Self {
        let identifiers: Vec<(String, String)> = product
            .all("productidentifier")
            .filter_map(|id| Some((id.text_in("productidtype")?, id.text_in("idvalue")?)))
            .collect();
        let of_kind = |kind: &str| {
            let values = identifiers.iter().filter(move |(known, _)| known == kind);
            values.map(|(_, value)| value.clone()).collect::<Vec<_>>()
        };
        let mut isbns = of_kind("15");
        isbns.extend(of_kind("02"));
        isbns.extend(product.text_in("isbn"));
        // An article number is an ISBN only when it can be read as one: calendars and toys have them too.
        let articles = of_kind("03").into_iter().chain(product.text_in("ean13"));
        isbns.extend(articles.filter(|number| Isbn::parse(number).is_ok()));
        Self { isbns }
    }
}

fn language(detail: &Node, role: &str) -> Option<String> {
    let mut languages = detail.all("language");
    let found =
        languages.find(|language| language.text_in("languagerole").as_deref() == Some(role));
    found?.text_in("languagecode")
}

fn language_of_origin(detail: &Node) -> Option<String> {
    language(detail, "02").or_else(|| detail.text_in("originallanguage"))
}

/// Subjects in words; codes alone are counted.
fn subjects(product: &Node, detail: &Node, notes: &mut Vec<Note>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut codes = 0_u32;
    for subject in detail.all("subject") {
        // Keywords are a publisher's search terms and no subjects.
        let is_keywords = subject.text_in("subjectschemeidentifier").as_deref() == Some("20");
        match subject
            .text_in("subjectheadingtext")
            .filter(|_| !is_keywords)
        {
            Some(text) => {
                let text = squeezed(&text);
                if !words.contains(&text) {
                    words.push(text);
                }
            }
            None => codes += 1,
        }
    }
    let main = ["basicmainsubject", "bicmainsubject"];
    codes += u32::try_from(
        main.iter()
            .filter(|name| product.first(name).is_some())
            .count(),
    )
    .unwrap_or(0);
    if codes > 0 {
        notes.push(note("subject_codes_not_taken", &codes.to_string()));
    }
    words
}

fn publisher(publishing: &Node) -> Option<String> {
    let publishers: Vec<&Node> = publishing.all("publisher").collect();
    let main = publishers
        .iter()
        .find(|one| one.text_in("publishingrole").as_deref() == Some("01"));
    let main = main
        .or_else(|| publishers.first())
        .and_then(|one| one.text_in("publishername"));
    let imprint = || {
        publishing
            .first("imprint")
            .and_then(|imprint| imprint.text_in("imprintname"))
    };
    main.or_else(|| publishing.text_in("publishername"))
        .or_else(imprint)
        .map(|name| squeezed(&name))
}

fn published(publishing: &Node) -> Option<String> {
    let mut dates = publishing.all("publishingdate");
    let nominal = dates.find(|date| date.text_in("publishingdaterole").as_deref() == Some("01"));
    nominal
        .and_then(|date| date.text_in("date"))
        .or_else(|| publishing.text_in("publicationdate"))
}

fn pages(detail: &Node) -> Option<u32> {
    let is_pages = |extent: &&Node| {
        let kind = extent.text_in("extenttype").unwrap_or_default();
        ["00", "07", "08", "11"].contains(&kind.as_str())
            && extent.text_in("extentunit").as_deref() == Some("03")
    };
    let extent = detail
        .all("extent")
        .find(is_pages)
        .and_then(|extent| extent.text_in("extentvalue"));
    extent
        .or_else(|| detail.text_in("numberofpages"))
        .as_deref()
        .and_then(count_in)
}

fn product_form(detail: &Node) -> String {
    detail.text_in("productform").unwrap_or_default()
}

/// The commonest forms in words; any other stays a code of the ONIX list.
fn words_of(form: &str) -> Option<String> {
    let words = match form {
        "" | "00" => return None,
        "BA" => "book",
        "BB" => "hardback",
        "BC" => "paperback",
        "BE" => "spiral bound",
        "BH" => "board book",
        "AC" => "audio CD",
        "AJ" | "AN" => "audio download",
        "DG" | "EA" | "EB" | "EC" | "ED" => "e-book",
        "VI" => "DVD",
        other => return Some(format!("ONIX {other}")),
    };
    Some(words.to_owned())
}

/// The main description, otherwise a longer or a shorter one, without its tags.
fn description(product: &Node) -> Option<String> {
    let collateral = product.first("collateraldetail").unwrap_or(product);
    let kind = |text: &Node| {
        text.text_in("texttype")
            .or_else(|| text.text_in("texttypecode"))
    };
    let texts: Vec<(String, &Node)> = collateral
        .elements()
        .filter(|node| matches!(node.name.as_str(), "textcontent" | "othertext"))
        .filter_map(|node| Some((format!("{}{}", node.name, kind(node)?), node)))
        .collect();
    let wanted = [
        "textcontent03",
        "othertext01",
        "othertext03",
        "textcontent02",
        "othertext02",
    ];
    let best = wanted
        .iter()
        .find_map(|name| texts.iter().find(|(known, _)| known == name));
    best.and_then(|(_, node)| node.text_in("text"))
        .map(|text| plain(&text))
        .filter(|text| !text.is_empty())
}

fn cover(product: &Node) -> Option<String> {
    let collateral = product.first("collateraldetail").unwrap_or(product);
    let mut resources = collateral.all("supportingresource");
    let front =
        resources.find(|resource| resource.text_in("resourcecontenttype").as_deref() == Some("01"));
    let link = front.and_then(|front| {
        front
            .all("resourceversion")
            .find_map(|version| version.text_in("resourcelink"))
    });
    let mut files = product.all("mediafile");
    let is_cover = |file: &&Node| {
        matches!(
            file.text_in("mediafiletypecode").as_deref(),
            Some("04" | "06")
        )
    };
    link.or_else(|| {
        files
            .find(is_cover)
            .and_then(|file| file.text_in("mediafilelink"))
    })
}
