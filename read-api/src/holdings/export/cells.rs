//! A copy as a line of a table, as spreadsheets read it (RFC 4180).
//!
//! Never a cell that a spreadsheet would carry out as a formula: what begins like one begins with an apostrophe instead.

use accession_events::holdings::Condition;
use accession_events::values::Money;

use super::row::ExportedCopy;

/// What the columns are called.
pub(super) const COLUMNS: [&str; 24] = [
    "title",
    "authors",
    "isbn",
    "barcode",
    "place",
    "slot",
    "state",
    "condition",
    "lent",
    "lent_to",
    "due_at",
    "owner",
    "acquired_on",
    "acquired_how",
    "acquired_from",
    "price",
    "currency",
    "tags",
    "notes",
    "added_at",
    "copy_id",
    "title_id",
    "edition_id",
    "owner_id",
];

/// Between the places of a path.
const WITHIN: &str = " > ";
/// Between authors, and between tags.
const AND: &str = "; ";

/// The cells of a copy, in the order of the columns.
pub(super) fn of(copy: &ExportedCopy) -> [String; COLUMNS.len()] {
    let price = copy.price.as_ref();
    [
        text(copy.title.as_ref()),
        list(&copy.authors, AND),
        text(copy.isbn),
        text(copy.barcode.as_ref()),
        list(&copy.place, WITHIN),
        text(copy.slot),
        copy.state.as_str().to_owned(),
        text(copy.condition.map(Condition::as_str)),
        copy.lent.to_string(),
        text(copy.lent_to.as_ref()),
        text(copy.due_at),
        text(copy.owner.as_ref()),
        text(copy.acquired_on),
        copy.acquired_how.map(word).unwrap_or_default(),
        text(copy.acquired_from.as_ref()),
        price.map(amount).unwrap_or_default(),
        text(price.map(|price| price.currency.as_str())),
        list(&copy.tags, AND),
        text(copy.notes.as_ref()),
        copy.added_at.to_string(),
        text(copy.copy_id),
        text(copy.title_id),
        text(copy.edition_id),
        text(copy.owner_id),
    ]
}

/// A line of these cells.
pub(super) fn line<const N: usize>(cells: [impl Into<String>; N]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(cells.map(|cell| neutral(cell.into())))?;
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn list(values: &[impl ToString], between: &str) -> String {
    let values: Vec<String> = values.iter().map(ToString::to_string).collect();
    values.join(between)
}

fn word(value: impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    let word = value.as_ref().and_then(serde_json::Value::as_str);
    word.unwrap_or_default().to_owned()
}

/// An amount as people write it: in whole units, with as many digits behind the point as the currency has (ISO 4217).
fn amount(price: &Money) -> String {
    let digits = match price.currency.as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    };
    if digits == 0 {
        return price.minor_units.to_string();
    }
    let units = 10_u64.pow(digits);
    let (whole, part) = (price.minor_units / units, price.minor_units % units);
    let width = usize::try_from(digits).unwrap_or(2);
    format!("{whole}.{part:0width$}")
}

/// The cell as a spreadsheet leaves it alone: OWASP's list of beginnings, with their full-width forms.
fn neutral(cell: String) -> String {
    const FORMULAS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if cell.starts_with(FORMULAS) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use accession_events::values::{LongText, PersonName, ShortText};
    use proptest::prelude::*;

    use super::*;

    fn written(row: &ExportedCopy) -> String {
        String::from_utf8(line(of(row)).unwrap()).unwrap()
    }

    #[test]
    fn there_is_a_cell_for_each_column_and_a_line_ends_as_spreadsheets_expect() {
        let line = line(COLUMNS).unwrap();
        let line = String::from_utf8(line).unwrap();
        assert!(line.starts_with("title,authors,isbn,") && line.ends_with(",owner_id\r\n"));
    }

    #[test]
    fn formulas_are_told_and_not_carried_out() {
        let row = ExportedCopy {
            title: Some("=HYPERLINK(\"http://evil\",\"Emma\")".into()),
            authors: vec![PersonName::parse("@cmd").unwrap()],
            notes: LongText::parse("-2+3 \"quoted\", twice").ok(),
            tags: [ShortText::parse("+1").unwrap()].into(),
            ..ExportedCopy::default()
        };
        let line = written(&row);
        assert!(
            line.starts_with("\"'=HYPERLINK(\"\"http://evil\"\",\"\"Emma\"\")\",'@cmd,"),
            "{line}"
        );
        assert!(
            line.contains(",'+1,\"'-2+3 \"\"quoted\"\", twice\","),
            "{line}"
        );
    }

    #[test]
    fn amounts_are_in_whole_units() {
        let price = |minor_units, currency| Money {
            minor_units,
            currency: accession_events::values::Currency::parse(currency).unwrap(),
        };
        for (price, expected) in [
            (price(1_299, "EUR"), "12.99"),
            (price(5, "USD"), "0.05"),
            (price(1_299, "JPY"), "1299"),
            (price(1_299, "KWD"), "1.299"),
        ] {
            assert_eq!(amount(&price), expected);
        }
    }

    proptest! {
        #[test]
        fn whatever_a_cell_holds_it_is_read_back_and_begins_no_formula(text in "\\PC{0,30}", first in "[=+@\t\r\n-]?") {
            let cell = format!("{first}{text}");
            let line = line([cell.clone(), "end".to_owned()]).unwrap();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_slice());
            let record = reader.records().next().unwrap().unwrap();
            prop_assert_eq!(record.len(), 2);
            let read = &record[0];
            prop_assert!(!read.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
            prop_assert_eq!(read.strip_prefix('\'').filter(|_| !cell.starts_with('\'')).unwrap_or(read), cell);
        }
    }
}
