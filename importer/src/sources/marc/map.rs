//! From a bibliographic record of MARC 21 to a title and its edition.

use accession_events::catalog::TitleKind;
use accession_events::ingestion::items::{EditionItem, TitleItem};

use super::super::book::{id_of, set_isbn, squeezed, year_in};
use super::{people, words};
use crate::fit::note;
use crate::marc::{Field, MarcRecord};
use crate::record::{Items, Note, Reject};

/// How a person finds a record: its number at its agency.
pub(super) fn name_of(record: &MarcRecord) -> Option<String> {
    let number = record.control("001")?;
    Some(match record.control("003") {
        Some(agency) => format!("{agency}:{number}"),
        None => number.to_owned(),
    })
}

/// What a record says.
pub(super) fn items(
    source: &str,
    record: &MarcRecord,
    notes: &mut Vec<Note>,
) -> Result<Items, Reject> {
    for code in &record.mended {
        notes.push(note(code, &record.leader));
    }
    let kind = kind(record, notes)?;
    let names = Names::of(record)?;
    let authors = people::authors(record);
    let year = year(record);
    let id = name_of(record).unwrap_or_else(|| own_id(record, &names.full, &authors, year));
    let language = language(record);
    let title = TitleItem {
        source: source.into(),
        source_id: id.clone(),
        kind: Some(kind),
        name: names.full.clone(),
        original_name: original_name(record, &names),
        alternative_names: alternative_names(record, &names),
        authors,
        genres: genres(record),
        description: description(record),
        year,
        language: original_language(record).or_else(|| language.clone()),
        ..TitleItem::default()
    };
    if kind == TitleKind::Film {
        return Ok(Items {
            title: Some(title),
            ..Items::default()
        });
    }
    let mut edition = EditionItem {
        source: source.into(),
        source_id: id.clone(),
        title_source_id: id,
        name: Some(names.full),
        publisher: publisher(record),
        published_year: year,
        language,
        page_count: record.first(&["300"], 'a').and_then(words::pages),
        format: format(record),
        ..EditionItem::default()
    };
    set_isbn(&mut edition, isbns(record), notes);
    Ok(Items::book(title, edition))
}

/// What the leader says it is. What is neither book nor film is taken as a book, because a library lends it as one; a note
/// tells.
fn kind(record: &MarcRecord, notes: &mut Vec<Note>) -> Result<TitleKind, Reject> {
    match record.leader_at(6) {
        'z' => Err(Reject::new(
            "no_title",
            "an authority record: it describes a name or a subject, no title",
        )),
        'u' | 'v' | 'x' | 'y' => Err(Reject::new(
            "no_title",
            "a holdings record: it describes copies, no title",
        )),
        'q' | 'w' => Err(Reject::new(
            "no_title",
            "a classification or community record: it describes no title",
        )),
        'g' => Ok(TitleKind::Film),
        'j' | 'k' | 'o' | 'p' | 'r' => {
            notes.push(note("neither_book_nor_film", &record.leader));
            Ok(TitleKind::Book)
        }
        _ => Ok(TitleKind::Book),
    }
}

/// The name of field 245; records without one sometimes have it in 740.
struct Names {
    /// Title, part and subtitle.
    full: String,
}

impl Names {
    fn of(record: &MarcRecord) -> Result<Self, Reject> {
        let missing = || Reject::new("missing_field", "the title (245 $a) is missing");
        let names = record.all(&["245", "740"]).map(full_name);
        let full = names.into_iter().find(|name| !name.is_empty());
        Ok(Self {
            full: full.ok_or_else(missing)?,
        })
    }
}

/// `Title. Part 2, Name: subtitle`. Parts stay: volumes of one work are different titles.
fn full_name(field: &Field) -> String {
    let mut name = String::new();
    for (code, text) in &field.subfields {
        let part = words::part_of_title(text);
        let sign = match code {
            'a' | 'k' if name.is_empty() => "",
            'n' | 'p' => ". ",
            'b' => ": ",
            _ => continue,
        };
        if !part.is_empty() {
            name.push_str(if name.is_empty() { "" } else { sign });
            name.push_str(part);
        }
    }
    let name = squeezed(&name);
    if name.chars().count() <= 500 {
        return name;
    }
    squeezed(words::part_of_title(field.first('a').unwrap_or_default()))
}

/// The uniform title, when there is another one.
fn original_name(record: &MarcRecord, names: &Names) -> Option<String> {
    let uniform = record
        .first(&["240", "130"], 'a')
        .map(words::part_of_title)?;
    let is_form =
        uniform.starts_with('[') || ["Works", "Selections", "Novels", "Poems"].contains(&uniform);
    Some(squeezed(uniform)).filter(|name| !is_form && *name != names.full)
}

/// Other names, and the same name in its own script.
fn alternative_names(record: &MarcRecord, names: &Names) -> Vec<String> {
    let other = record.all(&["246", "740"]).map(full_name);
    let is_title = |field: &&Field| field.first('6').is_some_and(|link| link.starts_with("245"));
    let own_script = record.all(&["880"]).filter(is_title).map(full_name);
    let mut found: Vec<String> = Vec::new();
    for name in own_script.chain(other) {
        if !name.is_empty() && name != names.full && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

fn genres(record: &MarcRecord) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for field in record.all(&["655", "650", "651"]) {
        let subject = field.first('a').map(|text| squeezed(words::name(text)));
        found.extend(subject.filter(|subject| !subject.is_empty() && !found.contains(subject)));
    }
    found
}

fn description(record: &MarcRecord) -> Option<String> {
    let texts: Vec<&str> = record
        .all(&["520"])
        .filter_map(|field| field.first('a'))
        .collect();
    Some(texts.join("\n\n")).filter(|text| !text.is_empty())
}

/// The first date of field 008, otherwise the year of the imprint.
fn year(record: &MarcRecord) -> Option<i32> {
    let coded = record.part("008", 7, 4).and_then(|year| year.parse().ok());
    let printed = || record.first(&["264", "260"], 'c').and_then(year_in);
    coded
        .filter(|year| (1000..=2100).contains(year))
        .or_else(printed)
}

/// A code of three letters that names a language; `und`, `zxx` and blanks do not.
fn code(text: &str) -> Option<String> {
    let code: String = text.trim().chars().take(3).collect();
    let is_code = code.chars().count() == 3 && code.chars().all(|sign| sign.is_ascii_lowercase());
    (is_code && !["und", "zxx", "mul", "mis"].contains(&code.as_str())).then_some(code)
}

fn language(record: &MarcRecord) -> Option<String> {
    let coded = record.part("008", 35, 3).as_deref().and_then(code);
    coded.or_else(|| record.first(&["041"], 'a').and_then(code))
}

fn original_language(record: &MarcRecord) -> Option<String> {
    record.first(&["041"], 'h').and_then(code)
}

fn publisher(record: &MarcRecord) -> Option<String> {
    let made = record
        .all(&["264"])
        .find(|field| field.indicators.get(1) == Some(&'1'));
    let field = made.or_else(|| record.all(&["260", "264"]).next())?;
    let name = squeezed(words::name(field.first('b')?))
        .trim_matches(['[', ']'])
        .to_owned();
    Some(name).filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("s.n"))
}

fn format(record: &MarcRecord) -> Option<String> {
    let carrier = record.first(&["338"], 'a').map(str::to_owned);
    let medium = || {
        record
            .first(&["245"], 'h')
            .map(|text| text.trim_matches(['[', ']', '/', ':', ' ', '.']).to_owned())
    };
    carrier.or_else(medium)
}

/// `0439023483 (pbk.) : $5.99`: the number stands first.
fn isbns(record: &MarcRecord) -> Vec<&str> {
    let numbers = record.all(&["020"]).filter_map(|field| field.first('a'));
    let numbers = numbers.map(|text| text.split([' ', '(', ':', ';']).next().unwrap_or_default());
    numbers
        .filter(|text| text.chars().any(|sign| sign.is_ascii_digit()))
        .collect()
}

/// A record without a number is known by what it says.
fn own_id(record: &MarcRecord, name: &str, authors: &[String], year: Option<i32>) -> String {
    let library_of_congress = record
        .first(&["010"], 'a')
        .map(|number| format!("lccn:{number}"));
    let system = || record.first(&["035"], 'a').map(str::to_owned);
    library_of_congress.or_else(system).unwrap_or_else(|| {
        let year = year.map(|year| year.to_string()).unwrap_or_default();
        id_of(&[name, &authors.join(";"), &year])
    })
}
