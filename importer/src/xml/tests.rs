//! Envelopes, entities, and documents that mean harm.

use super::*;

fn read(text: &str) -> Result<Vec<Piece>, UnreadableInput> {
    let input = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
    let elements = Elements::open(input, text.as_bytes(), |name| name == "r")?;
    Ok(elements.collect())
}

fn texts(text: &str) -> Vec<String> {
    let pieces = read(text).unwrap();
    pieces
        .into_iter()
        .map(|piece| piece.unwrap().unwrap().text())
        .collect()
}

#[test]
fn records_are_found_in_any_envelope_and_under_any_prefix() {
    assert_eq!(
        texts(
            "<x:all xmlns:x='u'><x:page><x:r a='1'>one <b>bold</b> end</x:r><y/><x:r/></x:page></x:all>"
        ),
        ["one bold end", ""]
    );
}

#[test]
fn characters_are_resolved_and_entities_of_the_document_never_are() {
    let laughs = "<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]><c><r>&b; &f; &eacute;&#233;&#xe9; &amp; <![CDATA[<x>]]></r></c>";
    assert_eq!(texts(laughs), ["&b; &f; ééé & <x>"]);
}

#[test]
fn wrong_xml_is_a_rejection_with_its_place_and_what_came_before_stays() {
    let pieces = read("<c><r>one</r><r>two</x></c>").unwrap();
    assert_eq!(pieces[0].as_ref().unwrap().as_ref().unwrap().text(), "one");
    let reject = pieces[1].as_ref().unwrap().as_ref().unwrap_err();
    assert!(
        reject.code == "malformed_xml" && reject.detail.contains("byte"),
        "{reject:?}"
    );
    assert_eq!(pieces.len(), 2);
    let cut = read("<c><r>one</r><r>tw").unwrap();
    assert!(
        cut[1]
            .as_ref()
            .unwrap()
            .as_ref()
            .unwrap_err()
            .detail
            .contains("nothing behind")
    );
}

#[test]
fn nesting_and_size_are_bounded() {
    let deep = format!("<c><r>{}", "<a>".repeat(1000));
    let reject = read(&deep).unwrap().remove(0).unwrap().unwrap_err();
    assert!(reject.detail.contains("deep"), "{reject:?}");
    let wide = format!("<c><r>{}</r></c>", "<a/>".repeat(MOST_PARTS + 1));
    let reject = read(&wide).unwrap().remove(0).unwrap().unwrap_err();
    assert!(reject.detail.contains("more than"), "{reject:?}");
    let long = format!("<c><r>{}</r></c>", "x".repeat(9 * 1024 * 1024));
    let error = read(&long).unwrap().remove(0).unwrap_err();
    assert!(error.reason.contains("one record is longer"), "{error}");
}

#[test]
fn what_is_no_xml_is_an_unreadable_file() {
    assert!(read("").is_err());
    assert!(read("just words").is_err());
}
