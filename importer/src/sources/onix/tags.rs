//! One set of names for both spellings of ONIX: a short tag becomes its reference name, and all names are lowercase.
//!
//! Only the elements that something is made of are listed; composites have the same name in both spellings but for case.

use crate::xml::Node;

const SHORT: [(&str, &str); 50] = [
    ("a001", "recordreference"),
    ("a002", "notificationtype"),
    ("b004", "isbn"),
    ("b005", "ean13"),
    ("b221", "productidtype"),
    ("b244", "idvalue"),
    ("b012", "productform"),
    ("b014", "productformdescription"),
    ("b028", "distinctivetitle"),
    ("b029", "subtitle"),
    ("b030", "titleprefix"),
    ("b031", "titlewithoutprefix"),
    ("b202", "titletype"),
    ("b203", "titletext"),
    ("x409", "titleelementlevel"),
    ("x410", "partnumber"),
    ("b034", "sequencenumber"),
    ("b035", "contributorrole"),
    ("b036", "personname"),
    ("b037", "personnameinverted"),
    ("b039", "namesbeforekey"),
    ("b040", "keynames"),
    ("b047", "corporatename"),
    ("x443", "corporatenameinverted"),
    ("b253", "languagerole"),
    ("b252", "languagecode"),
    ("b059", "languageoftext"),
    ("b060", "originallanguage"),
    ("b218", "extenttype"),
    ("b219", "extentvalue"),
    ("b220", "extentunit"),
    ("b061", "numberofpages"),
    ("b079", "imprintname"),
    ("b081", "publishername"),
    ("b291", "publishingrole"),
    ("b003", "publicationdate"),
    ("x448", "publishingdaterole"),
    ("b306", "date"),
    ("b067", "subjectschemeidentifier"),
    ("b069", "subjectcode"),
    ("b070", "subjectheadingtext"),
    ("b064", "basicmainsubject"),
    ("b065", "bicmainsubject"),
    ("d102", "texttypecode"),
    ("d104", "text"),
    ("x426", "texttype"),
    ("x436", "resourcecontenttype"),
    ("x435", "resourcelink"),
    ("f114", "mediafiletypecode"),
    ("f117", "mediafilelink"),
];

/// The product with one set of names.
pub(super) fn named(node: &Node) -> Node {
    node.renamed(&|name| {
        let name = name.to_lowercase();
        let known = SHORT.iter().find(|(short, _)| *short == name);
        known
            .map(|(_, reference)| (*reference).to_owned())
            .unwrap_or(name)
    })
}
