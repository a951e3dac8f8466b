//! Records written by hand, whole and broken.

use super::*;

/// A record with these fields; each text is what stands between tag and terminator.
pub(crate) fn record(coding: char, fields: &[(&str, &[u8])]) -> Vec<u8> {
    let mut directory = Vec::new();
    let mut data = Vec::new();
    for (tag, text) in fields {
        directory.extend(format!("{tag}{:04}{:05}", text.len() + 1, data.len()).into_bytes());
        data.extend(*text);
        data.push(FIELD_END);
    }
    let base = LEADER + directory.len() + 1;
    let length = base + data.len() + 1;
    let mut bytes = format!("{length:05}nam {coding}22{base:05} a 4500")
        .replace("nam  22", "nam  22")
        .into_bytes();
    // Place 9 is the character coding.
    if let Some(place) = bytes.get_mut(9) {
        *place = u8::try_from(coding).unwrap();
    }
    bytes.truncate(LEADER);
    bytes.extend(directory);
    bytes.push(FIELD_END);
    bytes.extend(data);
    bytes.push(RECORD_END);
    bytes
}

const BOOK: [(&str, &[u8]); 2] = [("001", b"17"), ("245", b"10\x1faA book /\x1fcAnn.")];

fn read(bytes: &[u8]) -> Vec<Parsed> {
    let records = Records::new(Box::new(std::io::Cursor::new(bytes.to_vec())));
    records.map(|record| record.unwrap()).collect()
}

#[test]
fn a_record_is_read_with_its_fields_and_subfields() {
    let records = read(&record('a', &BOOK));
    let record = records[0].as_ref().unwrap();
    assert_eq!(record.control("001"), Some("17"));
    let title = record.all(&["245"]).next().unwrap();
    assert_eq!(title.indicators, ['1', '0']);
    assert_eq!(
        (title.first('a'), title.first('c')),
        (Some("A book /"), Some("Ann."))
    );
    assert_eq!(record.mended, Vec::<&str>::new());
}

#[test]
fn a_broken_record_never_takes_its_neighbours_along() {
    let mut file = record('a', &BOOK);
    file.extend(b"00010broken\x1d");
    file.extend(b"\r\n");
    file.extend(record('a', &BOOK));
    file.extend(b"00099nam  2200049");
    let records = read(&file);
    let codes: Vec<_> = records
        .iter()
        .map(|record| {
            record
                .as_ref()
                .map_err(|reject| reject.code.clone())
                .map(|_| ())
        })
        .collect();
    assert_eq!(
        codes,
        [
            Ok(()),
            Err("bad_leader".into()),
            Ok(()),
            Err("cut_off".into())
        ]
    );
}

#[test]
fn a_wrong_length_is_mended_and_a_wrong_directory_is_when_the_fields_agree() {
    let mut wrong_length = record('a', &BOOK);
    wrong_length[..5].copy_from_slice(b"99999");
    assert_eq!(
        read(&wrong_length)[0].as_ref().unwrap().mended,
        ["leader_mended"]
    );
    let mut wrong_places = record('a', &BOOK);
    wrong_places[24 + 3..24 + 7].copy_from_slice(b"0040");
    let mended = read(&wrong_places);
    let mended = mended[0].as_ref().unwrap();
    assert_eq!(
        (mended.control("001"), mended.mended.as_slice()),
        (Some("17"), ["directory_mended"].as_slice())
    );
    let mut odd = record('a', &BOOK);
    odd.remove(30);
    assert_eq!(read(&odd)[0].as_ref().unwrap_err().code, "bad_directory");
}

#[test]
fn texts_are_marc_8_unless_they_say_or_show_that_they_are_utf_8() {
    let marc8: &[u8] = b"10\x1faCaf\xe2e";
    let title = |bytes: &[u8]| {
        let record = read(bytes).remove(0).unwrap();
        (
            record.first(&["245"], 'a').unwrap().to_owned(),
            record.mended,
        )
    };
    assert_eq!(
        title(&record(' ', &[("245", marc8)])),
        ("Café".into(), vec![])
    );
    let utf8 = "10\u{1f}aCafé".as_bytes();
    assert_eq!(
        title(&record(' ', &[("245", utf8)])),
        ("Café".into(), vec!["utf8_without_saying_so"])
    );
    assert_eq!(
        title(&record('a', &[("245", b"10\x1faCaf\xe9")])).1,
        ["bad_characters"]
    );
}

#[test]
fn an_endless_record_is_refused_without_being_held() {
    let mut file = vec![b'x'; LONGEST + 10];
    file.push(RECORD_END);
    file.extend(record('a', &BOOK));
    let records = read(&file);
    assert_eq!(records[0].as_ref().unwrap_err().code, "too_long");
    assert!(records[1].is_ok());
}

#[test]
fn no_bytes_whatever_make_it_panic() {
    let whole = record(' ', &BOOK);
    for place in 0..whole.len() {
        for byte in [0, 0x1b, 0x1d, 0x1e, 0x1f, b'9', 0xff] {
            let mut bytes = whole.clone();
            bytes[place] = byte;
            read(&bytes);
        }
        read(&whole[..place]);
    }
}
