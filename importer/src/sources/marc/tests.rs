//! One record in both forms, and what is no title.

use crate::sources::tests::{read_with, records_of};
use crate::sources::{Source, Wishes};

const BOOK: &str = r#"<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000cam a2200000 a 4500</leader>
  <controlfield tag="001"> 17 </controlfield><controlfield tag="003">DLC</controlfield>
  <controlfield tag="008">990101s1986    nyua     b    001 0 eng d</controlfield>
  <datafield tag="020" ind1=" " ind2=" "><subfield code="a">0439023483 (pbk.)</subfield></datafield>
  <datafield tag="020" ind1=" " ind2=" "><subfield code="a">9780439023481 :</subfield></datafield>
  <datafield tag="041" ind1="1" ind2=" "><subfield code="a">eng</subfield><subfield code="h">fre</subfield></datafield>
  <datafield tag="100" ind1="1" ind2=" "><subfield code="a">Author, Ann,</subfield><subfield code="d">1950-</subfield></datafield>
  <datafield tag="240" ind1="1" ind2="0"><subfield code="a">Un livre.</subfield></datafield>
  <datafield tag="245" ind1="1" ind2="2"><subfield code="a">A book.</subfield><subfield code="n">Part 2,</subfield><subfield code="p">The end :</subfield><subfield code="b">a novel /</subfield><subfield code="c">Ann Author.</subfield></datafield>
  <datafield tag="264" ind1=" " ind2="1"><subfield code="a">New York :</subfield><subfield code="b">Some Press,</subfield><subfield code="c">c1986.</subfield></datafield>
  <datafield tag="300" ind1=" " ind2=" "><subfield code="a">xii, 356 p. :</subfield></datafield>
  <datafield tag="520" ind1=" " ind2=" "><subfield code="a">About it.</subfield></datafield>
  <datafield tag="650" ind1=" " ind2="0"><subfield code="a">Whales.</subfield><subfield code="v">Fiction.</subfield></datafield>
  <datafield tag="700" ind1="1" ind2=" "><subfield code="a">Other, Bo.</subfield></datafield>
  <datafield tag="700" ind1="1" ind2=" "><subfield code="a">Words, Tess,</subfield><subfield code="e">translator.</subfield></datafield>
  </record>"#;

#[test]
fn a_bibliographic_record_becomes_a_title_and_its_edition() {
    let record = records_of(Source::Marcxml, BOOK).remove(0);
    assert_eq!(record.name, "DLC:17");
    let items = record.items.unwrap();
    let title = items.title.unwrap();
    assert_eq!(title.name, "A book. Part 2. The end: a novel");
    assert_eq!(title.original_name.as_deref(), Some("Un livre"));
    assert_eq!(title.authors, ["Ann Author", "Bo Other"]);
    assert_eq!(
        (title.year, title.language.as_deref()),
        (Some(1986), Some("fre"))
    );
    assert_eq!(title.genres, ["Whales"]);
    let edition = &items.editions[0];
    assert_eq!(edition.isbn.as_deref(), Some("9780439023481"));
    assert_eq!(
        (edition.publisher.as_deref(), edition.page_count),
        (Some("Some Press"), Some(356))
    );
    assert_eq!(
        (edition.published_year, edition.language.as_deref()),
        (Some(1986), Some("eng"))
    );
}

#[test]
fn records_are_found_in_an_answer_of_oai_pmh() {
    let answer = format!(
        "<OAI-PMH><ListRecords><record><header status='deleted'><identifier>x</identifier></header></record>\
         <record><header/><metadata>{BOOK}</metadata></record></ListRecords></OAI-PMH>"
    );
    let records = records_of(Source::Marcxml, &answer);
    assert_eq!(
        records[0].items.as_ref().unwrap_err().code,
        "no_marc_record"
    );
    assert!(records[1].items.is_ok());
}

#[test]
fn authorities_holdings_and_records_without_a_title_are_rejected_with_a_reason() {
    let authority = BOOK.replace("00000cam", "00000nz ");
    let reject = records_of(Source::Marcxml, &authority)
        .remove(0)
        .items
        .unwrap_err();
    assert!(
        reject.code == "no_title" && reject.detail.contains("authority"),
        "{reject:?}"
    );
    let nameless = BOOK.replace("tag=\"245\"", "tag=\"200\"");
    assert_eq!(
        records_of(Source::Marcxml, &nameless)
            .remove(0)
            .items
            .unwrap_err()
            .code,
        "missing_field"
    );
}

#[test]
fn another_xml_document_is_refused() {
    let error = read_with(
        Source::Marcxml,
        b"<feed><entry/></feed>",
        &Wishes::default(),
    )
    .unwrap_err();
    assert!(error.reason.contains("no MARC record"), "{error}");
}

#[test]
fn the_binary_form_says_the_same() {
    let file = b"00098nam a2200049 a 4500001000300000245001800003\x1e17\x1e10\x1faA book /\x1fcAnn.\x1e\x1d";
    let records = read_with(Source::Marc, file, &Wishes::default()).unwrap();
    let title = records[0].items.clone().unwrap().title.unwrap();
    assert_eq!(
        (title.name.as_str(), title.source_id.as_str()),
        ("A book", "17")
    );
}
