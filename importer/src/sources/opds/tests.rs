//! The same publication in both forms, and signposts.

use crate::sources::tests::{read_with, records_of};
use crate::sources::{Source, Wishes};

const ATOM: &str = r#"<feed xmlns="http://www.w3.org/2005/Atom" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:schema="http://schema.org/">
 <entry schema:additionalType="http://schema.org/Audiobook"><id>urn:x:1</id><title>A book</title><schema:alternativeHeadline>A novel</schema:alternativeHeadline>
  <author><name>Ann Author</name></author><dcterms:language>en</dcterms:language><dcterms:publisher>Some Press</dcterms:publisher>
  <dcterms:issued>2006-08-07</dcterms:issued><dcterms:identifier>urn:isbn:9780439023481</dcterms:identifier>
  <summary type="html">&lt;p&gt;One &amp;amp; two.&lt;/p&gt;</summary><category term="x" label="Whales" scheme="http://purl.org/dc/terms/LCSH"/>
  <link rel="http://opds-spec.org/image" href="https://example.org/c.jpg"/><link rel="http://opds-spec.org/acquisition" href="/x.mp3" type="audio/mpeg"/></entry>
 <entry><id>urn:x:nav</id><title>New</title><link rel="subsection" href="/new" type="application/atom+xml;profile=opds-catalog;kind=acquisition"/></entry>
</feed>"#;

const JSON: &str = r#"{"metadata": {"title": "Feed"}, "groups": [{"publications": [{"metadata": {"@type": "http://schema.org/Audiobook",
  "identifier": "urn:isbn:9780439023481", "title": {"en": "A book"}, "subtitle": "A novel", "author": [{"name": "Ann Author"}], "language": ["en"],
  "publisher": {"name": "Some Press"}, "published": "2006-08-07", "subject": ["Whales", {"name": "Whales"}], "description": "<p>One &amp; two.</p>"},
  "images": [{"href": "https://example.org/c.jpg"}], "links": []}]}], "publications": [{"metadata": {}}, {"links": []}]}"#;

#[test]
fn both_forms_say_the_same() {
    let atom = records_of(Source::Opds, ATOM).remove(0);
    let json = records_of(Source::Opds, JSON).remove(2);
    for record in [atom, json] {
        let items = record.items.unwrap();
        let title = items.title.unwrap();
        assert_eq!(
            (title.name.as_str(), title.authors.as_slice()),
            ("A book: A novel", ["Ann Author".to_owned()].as_slice())
        );
        assert_eq!(
            (title.genres.as_slice(), title.description.as_deref()),
            (["Whales".to_owned()].as_slice(), Some("One & two."))
        );
        let edition = &items.editions[0];
        assert_eq!(
            (edition.isbn.as_deref(), edition.published_year),
            (Some("9780439023481"), Some(2006))
        );
        assert_eq!(
            (edition.publisher.as_deref(), edition.format.as_deref()),
            (Some("Some Press"), Some("audiobook"))
        );
        assert_eq!(edition.cover.as_deref(), Some("https://example.org/c.jpg"));
    }
}

#[test]
fn signposts_and_publications_without_a_title_are_rejected() {
    assert_eq!(
        records_of(Source::Opds, ATOM)[1]
            .items
            .as_ref()
            .unwrap_err()
            .code,
        "no_publication"
    );
    let json = records_of(Source::Opds, JSON);
    assert!(
        json[..2]
            .iter()
            .all(|record| record.items.as_ref().unwrap_err().code == "missing_field")
    );
}

#[test]
fn a_feed_of_signposts_only_is_empty_and_another_document_is_refused() {
    assert!(
        records_of(
            Source::Opds,
            r#"{"metadata": {"title": "x"}, "navigation": [{"href": "/y"}]}"#
        )
        .is_empty()
    );
    for other in ["{\"id\": \"x\", \"status\": \"ready\"}", "<html-ish/>"] {
        let error = read_with(Source::Opds, other.as_bytes(), &Wishes::default()).unwrap_err();
        assert!(error.reason.contains("opds expects"), "{error}");
    }
}
