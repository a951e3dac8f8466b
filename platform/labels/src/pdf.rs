//! Sheets of labels as PDF.
//!
//! Each letter is drawn once and used wherever it stands, so that a thousand labels stay small. No dates and no ids: the same labels
//! are the same bytes.

use std::collections::BTreeSet;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect, Ref};

use crate::drawing::{Drawing, Mark, many};
use crate::sheet::{Measures, Sheet};
use crate::text::{Pen, Stroke};
use crate::{Label, LabelError, layout};

/// Points in a millimetre.
const POINTS: f64 = 72.0 / 25.4;
/// The first objects of the file.
const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const RESOURCES: Ref = Ref::new(3);
/// Before the first letter and the first page.
const FIRST_FREE: i32 = 4;

/// Draws these labels on as many sheets as it takes, beginning at a label of the first, counted from 1.
pub fn pdf(labels: &[Label], sheet: Sheet, start: usize) -> Result<Vec<u8>, LabelError> {
    let most = sheet.labels();
    if !(1..=most).contains(&start) {
        return Err(LabelError::NoSuchLabel { start, most });
    }
    let (pen, measures) = (Pen::new()?, sheet.measures());
    let drawings: Result<Vec<Drawing>, LabelError> = labels
        .iter()
        .map(|label| layout::draw(label, &measures, &pen))
        .collect();
    let drawings = drawings?;
    let mut file = File::new(&drawings, &pen);
    let mut pages = Vec::new();
    let mut slots: Vec<Option<&Drawing>> = vec![None; start - 1];
    slots.extend(drawings.iter().map(Some));
    for page in slots.chunks(most) {
        pages.push(file.page(page, &measures, &pen));
    }
    Ok(file.finish(&pages))
}

struct File {
    pdf: Pdf,
    next: i32,
}

impl File {
    fn new(drawings: &[Drawing], pen: &Pen) -> Self {
        let mut letters = BTreeSet::new();
        for mark in drawings.iter().flat_map(|drawing| &drawing.0) {
            if let Mark::Letter { glyph, .. } = mark {
                letters.insert(*glyph);
            }
        }
        let mut file = Self {
            pdf: Pdf::new(),
            next: FIRST_FREE,
        };
        let mut drawn = Vec::new();
        for glyph in letters {
            let at = file.free();
            file.letter(at, &pen.outline(glyph));
            drawn.push((glyph, at));
        }
        let mut resources = file.pdf.indirect(RESOURCES).dict();
        let mut objects = resources.insert(Name(b"XObject")).dict();
        for (glyph, at) in drawn {
            objects.pair(Name(name(glyph).as_bytes()), at);
        }
        objects.finish();
        resources.finish();
        file
    }

    const fn free(&mut self) -> Ref {
        let free = Ref::new(self.next);
        self.next += 1;
        free
    }

    fn letter(&mut self, at: Ref, outline: &[Stroke]) {
        let mut content = Content::new();
        for stroke in outline {
            match *stroke {
                Stroke::Move(x, y) => content.move_to(x, y),
                Stroke::Line(x, y) => content.line_to(x, y),
                Stroke::Curve(x1, y1, x2, y2, x, y) => content.cubic_to(x1, y1, x2, y2, x, y),
                Stroke::Close => content.close_path(),
            };
        }
        content.fill_nonzero();
        let drawn = content.finish();
        let mut form = self.pdf.form_xobject(at, &drawn);
        // As large as any letter of the font.
        form.bbox(Rect::new(-4096.0, -4096.0, 8192.0, 8192.0));
    }

    fn page(&mut self, slots: &[Option<&Drawing>], sheet: &Measures, pen: &Pen) -> Ref {
        let (page, contents) = (self.free(), self.free());
        let mut content = Content::new();
        for (slot, drawing) in slots.iter().enumerate() {
            let Some(drawing) = drawing else { continue };
            let (column, row) = (slot % sheet.columns, slot / sheet.columns);
            let x = sheet.pitch.0.mul_add(many(column), sheet.origin.0);
            let y = sheet.pitch.1.mul_add(many(row), sheet.origin.1);
            draw(&mut content, drawing, (x, y), sheet.page.1, pen);
        }
        let packed = packed(&content.finish());
        let mut stream = self.pdf.stream(contents, &packed);
        stream.filter(Filter::FlateDecode);
        stream.finish();
        let mut written = self.pdf.page(page);
        let (wide, high) = sheet.page;
        written.media_box(Rect::new(0.0, 0.0, points(wide), points(high)));
        written.parent(PAGES);
        written.contents(contents);
        written.pair(Name(b"Resources"), RESOURCES);
        written.finish();
        page
    }

    fn finish(mut self, pages: &[Ref]) -> Vec<u8> {
        self.pdf.catalog(CATALOG).pages(PAGES);
        let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
        self.pdf
            .pages(PAGES)
            .kids(pages.iter().copied())
            .count(count);
        self.pdf.finish()
    }
}

/// Draws a label that begins there on its page.
fn draw(content: &mut Content, drawing: &Drawing, (left, top): (f64, f64), high: f64, pen: &Pen) {
    let up = |y: f64| points(high - top - y);
    for mark in &drawing.0 {
        if let Mark::Bar { x, y, wide, high } = mark {
            content.rect(points(left + x), up(y + high), points(*wide), points(*high));
        }
    }
    content.fill_nonzero();
    for mark in &drawing.0 {
        if let Mark::Letter {
            glyph,
            x,
            base,
            size,
        } = mark
        {
            let scale = points(size / pen.em());
            content.save_state();
            content.transform([scale, 0.0, 0.0, scale, points(left + x), up(*base)]);
            content.x_object(Name(name(*glyph).as_bytes()));
            content.restore_state();
        }
    }
}

fn name(glyph: u16) -> String {
    format!("G{glyph}")
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a length on a page has no more digits than that"
)]
fn points(millimetres: f64) -> f32 {
    (millimetres * POINTS) as f32
}

fn packed(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // A vector takes whatever is written to it.
    let _ = encoder.write_all(content);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Symbol;

    fn label(number: usize) -> Label {
        Label {
            owner: "Pemberley".to_owned(),
            title: "Война и мир".to_owned(),
            detail: "Лев Толстой".to_owned(),
            content: format!("PEM-{number:06}"),
            readable: format!("PEM-{number:06}"),
            symbol: if number.is_multiple_of(2) {
                Symbol::Qr
            } else {
                Symbol::Barcode
            },
        }
    }

    fn pages(file: &[u8]) -> usize {
        let text = String::from_utf8_lossy(file);
        text.matches("/Type /Page\n").count()
    }

    #[test]
    fn labels_go_on_as_many_sheets_as_it_takes_from_the_label_that_is_asked_for() {
        let labels: Vec<Label> = (0..30).map(label).collect();
        for (sheet, start, expected) in [
            (Sheet::A4x24, 1, 2),
            (Sheet::A4x24, 20, 3),
            (Sheet::Letter30, 1, 1),
            (Sheet::Letter30, 2, 2),
            (Sheet::A4x21, 21, 3),
        ] {
            let file = pdf(&labels, sheet, start).unwrap();
            assert!(file.starts_with(b"%PDF-1."));
            assert_eq!(pages(&file), expected, "{sheet:?} from {start}");
            assert_eq!(file, pdf(&labels, sheet, start).unwrap());
        }
        for start in [0, 25] {
            let refused = pdf(&labels, Sheet::A4x24, start);
            assert_eq!(refused, Err(LabelError::NoSuchLabel { start, most: 24 }));
        }
    }

    #[test]
    fn a_thousand_labels_are_no_large_file() {
        let labels: Vec<Label> = (0..1_000).map(label).collect();
        let file = pdf(&labels, Sheet::A4x24, 1).unwrap();
        assert_eq!(pages(&file), 42);
        assert!(file.len() < 3_000_000, "{}", file.len());
    }
}
