//! The same product in three spellings, and notices.

use crate::record::Record;
use crate::sources::tests::{read_with, records_of};
use crate::sources::{Source, Wishes};

const THREE: &str = "<ONIXMessage release='3.0'><Header/><Product><RecordReference>x.1</RecordReference><NotificationType>03</NotificationType>
  <ProductIdentifier><ProductIDType>03</ProductIDType><IDValue>9780439023481</IDValue></ProductIdentifier>
  <ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>9780439023481</IDValue></ProductIdentifier>
  <DescriptiveDetail><ProductForm>BC</ProductForm>
   <TitleDetail><TitleType>10</TitleType><TitleElement><TitleText>BOOK</TitleText></TitleElement></TitleDetail>
   <TitleDetail><TitleType>01</TitleType><TitleElement><TitleElementLevel>01</TitleElementLevel><TitlePrefix>The</TitlePrefix>
     <TitleWithoutPrefix>Book&ndash;made up</TitleWithoutPrefix><Subtitle>A novel</Subtitle></TitleElement></TitleDetail>
   <Contributor><SequenceNumber>2</SequenceNumber><ContributorRole>A01</ContributorRole><PersonNameInverted>Other, Bo</PersonNameInverted></Contributor>
   <Contributor><SequenceNumber>1</SequenceNumber><ContributorRole>A01</ContributorRole><NamesBeforeKey>Ann</NamesBeforeKey><KeyNames>Author</KeyNames></Contributor>
   <Contributor><SequenceNumber>3</SequenceNumber><ContributorRole>B06</ContributorRole><PersonName>Tess Words</PersonName></Contributor>
   <Language><LanguageRole>01</LanguageRole><LanguageCode>eng</LanguageCode></Language>
   <Language><LanguageRole>02</LanguageRole><LanguageCode>swe</LanguageCode></Language>
   <Extent><ExtentType>00</ExtentType><ExtentValue>356</ExtentValue><ExtentUnit>03</ExtentUnit></Extent>
   <Subject><SubjectSchemeIdentifier>10</SubjectSchemeIdentifier><SubjectHeadingText>FICTION / General</SubjectHeadingText></Subject>
   <Subject><SubjectSchemeIdentifier>12</SubjectSchemeIdentifier><SubjectCode>FF</SubjectCode></Subject></DescriptiveDetail>
  <CollateralDetail><TextContent><TextType>03</TextType><Text textformat='05'><p>One &amp; <em>two</em>.</p></Text></TextContent>
   <SupportingResource><ResourceContentType>01</ResourceContentType><ResourceVersion><ResourceLink>https://example.org/c.jpg</ResourceLink></ResourceVersion></SupportingResource></CollateralDetail>
  <PublishingDetail><Imprint><ImprintName>Imp</ImprintName></Imprint><Publisher><PublishingRole>01</PublishingRole><PublisherName>Some Press</PublisherName></Publisher>
   <PublishingDate><PublishingDateRole>01</PublishingDateRole><Date>20060807</Date></PublishingDate></PublishingDetail></Product></ONIXMessage>";

const TWO_SHORT: &str = "<ONIXmessage release='2.1'><product><a001>x.1</a001><a002>03</a002>
  <productidentifier><b221>02</b221><b244>0439023483</b244></productidentifier><b012>BC</b012>
  <title><b202>01</b202><b203>The Book–made up</b203><b029>A novel</b029></title>
  <contributor><b034>1</b034><b035>A01</b035><b036>Ann Author</b036></contributor>
  <contributor><b034>2</b034><b035>A01</b035><b037>Other, Bo</b037></contributor>
  <language><b253>01</b253><b252>eng</b252></language><language><b253>02</b253><b252>swe</b252></language><b061>356</b061>
  <b064>FIC000000</b064><subject><b067>10</b067><b070>FICTION / General</b070></subject>
  <othertext><d102>01</d102><d104><![CDATA[<p>One &amp; <em>two</em>.</p>]]></d104></othertext>
  <mediafile><f114>04</f114><f117>https://example.org/c.jpg</f117></mediafile>
  <publisher><b291>01</b291><b081>Some Press</b081></publisher><b003>20060807</b003></product></ONIXmessage>";

fn one(text: &str) -> Record {
    records_of(Source::Onix, text).remove(0)
}

#[test]
fn both_releases_and_both_spellings_say_the_same() {
    for text in [THREE, TWO_SHORT] {
        let items = one(text).items.unwrap();
        let title = items.title.unwrap();
        assert_eq!(title.name, "The Book–made up: A novel");
        assert_eq!(title.authors, ["Ann Author", "Bo Other"]);
        assert_eq!(
            (title.language.as_deref(), title.genres.len()),
            (Some("swe"), 1)
        );
        assert_eq!(title.description.as_deref(), Some("One & two."));
        let edition = &items.editions[0];
        assert_eq!(edition.isbn.as_deref(), Some("9780439023481"));
        assert_eq!(
            (edition.page_count, edition.published_year),
            (Some(356), Some(2006))
        );
        assert_eq!(
            (edition.publisher.as_deref(), edition.format.as_deref()),
            (Some("Some Press"), Some("paperback"))
        );
        assert_eq!(edition.cover.as_deref(), Some("https://example.org/c.jpg"));
    }
}

#[test]
fn notices_and_records_without_what_they_need_are_rejected() {
    let deletion = THREE.replace("<NotificationType>03", "<NotificationType>05");
    assert_eq!(one(&deletion).items.unwrap_err().code, "deletion");
    let test = TWO_SHORT.replace("<a002>03", "<a002>88");
    assert_eq!(one(&test).items.unwrap_err().code, "test_record");
    let nameless = TWO_SHORT.replace("b203", "b999");
    assert_eq!(one(&nameless).items.unwrap_err().code, "missing_field");
}

#[test]
fn a_volume_without_a_name_is_called_by_its_collection_and_number() {
    let volume = THREE.replace(
        "<TitleElementLevel>01</TitleElementLevel><TitlePrefix>The</TitlePrefix>",
        "<TitleElementLevel>02</TitleElementLevel><TitlePrefix>The</TitlePrefix>",
    );
    let volume = volume.replace(
        "<Subtitle>A novel</Subtitle></TitleElement>",
        "</TitleElement><TitleElement><TitleElementLevel>01</TitleElementLevel><PartNumber>2</PartNumber></TitleElement>",
    );
    assert_eq!(
        one(&volume).items.unwrap().title.unwrap().name,
        "The Book–made up 2"
    );
}

#[test]
fn a_fragment_or_another_document_is_refused_by_its_root() {
    let error = read_with(Source::Onix, b"<Contributor/>", &Wishes::default()).unwrap_err();
    assert!(error.reason.contains("a `contributor`"), "{error}");
    assert!(records_of(Source::Onix, "<ONIXMessage><Header/></ONIXMessage>").is_empty());
}
