//! Where what goes on a label.
//!
//! Never one thing over another: text is shortened before it meets the code.

use crate::drawing::Drawing;
use crate::sheet::Measures;
use crate::symbol::{Symbol, barcode, draw_barcode, draw_qr};
use crate::text::Pen;
use crate::{Label, LabelError};

/// Sizes of the letters, in millimetres.
const SMALL: f64 = 2.3;
const MIDDLE: f64 = 2.6;
const LARGE: f64 = 3.4;
/// From one line to the next, of the size of the letters.
const LEADING: f64 = 1.2;
/// A barcode is at least so high, in millimetres.
const LEAST_BAR: f64 = 6.0;
/// How much of a label a QR code may take in width.
const QR_SHARE: f64 = 0.42;

/// Draws one label.
pub(crate) fn draw(label: &Label, sheet: &Measures, pen: &Pen) -> Result<Drawing, LabelError> {
    if label.symbol == Symbol::Barcode
        && let Some(drawing) = with_barcode(label, sheet, pen)
    {
        return Ok(drawing);
    }
    with_qr(label, sheet, pen)
}

/// Text above, the barcode below, and what it says below that; none when it does not fit.
fn with_barcode(label: &Label, sheet: &Measures, pen: &Pen) -> Option<Drawing> {
    let modules = barcode(&label.content)?;
    let (wide, high) = (sheet.label.0 - 2.0 * sheet.padding, sheet.label.1);
    let mut drawing = Drawing::default();
    let lines = if high > 30.0 { 2 } else { 1 };
    let column = Column {
        x: sheet.padding,
        top: sheet.padding,
        wide,
    };
    let top = column.text(label, lines, pen, &mut drawing) + 1.0;
    let bottom = high - sheet.padding - SMALL * LEADING;
    if bottom - top < LEAST_BAR {
        return None;
    }
    let area = (wide, bottom - top);
    if !draw_barcode(&mut drawing, &modules, (sheet.padding, top), area) {
        return None;
    }
    let readable = pen.lines(&label.readable, wide, SMALL, 1).concat();
    let middle = (wide - pen.width(&readable, SMALL)).mul_add(0.5, sheet.padding);
    pen.write(
        &mut drawing,
        &readable,
        (middle, high - sheet.padding),
        SMALL,
    );
    Some(drawing)
}

/// The code on the left, text beside it.
fn with_qr(label: &Label, sheet: &Measures, pen: &Pen) -> Result<Drawing, LabelError> {
    let mut drawing = Drawing::default();
    let (wide, high) = sheet.label;
    let side = (high - 2.0 * sheet.padding).min(wide * QR_SHARE);
    let top = (high - side) / 2.0;
    draw_qr(&mut drawing, &label.content, (sheet.padding, top), side)?;
    let x = sheet.padding + side + 1.5;
    let column = Column {
        x,
        top,
        wide: wide - x - sheet.padding,
    };
    column.text(label, 3, pen, &mut drawing);
    let readable = pen.lines(&label.readable, column.wide, SMALL, 1).concat();
    pen.write(&mut drawing, &readable, (x, top + side), SMALL);
    Ok(drawing)
}

/// Where text goes.
struct Column {
    x: f64,
    top: f64,
    wide: f64,
}

impl Column {
    /// Writes the lines of a label; returns where they end.
    fn text(&self, label: &Label, most: usize, pen: &Pen, drawing: &mut Drawing) -> f64 {
        let mut base = self.top;
        for (text, size, most) in [
            (&label.owner, SMALL, 1),
            (&label.title, LARGE, most),
            (&label.detail, MIDDLE, 1),
        ] {
            for line in pen.lines(text, self.wide, size, most) {
                base = size.mul_add(LEADING, base);
                pen.write(drawing, &line, (self.x, base), size);
            }
        }
        base
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sheet;
    use crate::drawing::Mark;

    fn label(symbol: Symbol, content: &str) -> Label {
        Label {
            owner: "The Library of Pemberley House in Derbyshire, England".to_owned(),
            title: "The Strange Case of Dr Jekyll and Mr Hyde, with other fables and a foreword"
                .to_owned(),
            detail: "Robert Louis Stevenson".to_owned(),
            content: content.to_owned(),
            readable: content.to_owned(),
            symbol,
        }
    }

    #[test]
    fn everything_lies_on_the_label_whichever_sheet_it_is() {
        let pen = Pen::new().unwrap();
        for sheet in Sheet::ALL {
            let measures = sheet.measures();
            for symbol in [Symbol::Barcode, Symbol::Qr] {
                for content in [
                    "PEM-000417",
                    "urn:uuid:0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e81",
                ] {
                    let drawing = draw(&label(symbol, content), &measures, &pen).unwrap();
                    assert!(drawing.0.len() > 40, "{sheet:?}");
                    for mark in &drawing.0 {
                        let (x, y) = match mark {
                            Mark::Bar { x, y, wide, high } => (x + wide, y + high),
                            Mark::Letter { x, base, .. } => (*x, *base),
                        };
                        let (wide, high) = measures.label;
                        assert!((1.5..=wide - 1.5).contains(&x), "{sheet:?} {mark:?}");
                        assert!((1.5..=high - 1.5).contains(&y), "{sheet:?} {mark:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_barcode_that_does_not_fit_becomes_a_qr_code() {
        let (pen, measures) = (Pen::new().unwrap(), Sheet::default().measures());
        let long = "urn:uuid:0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e81";
        let drawn = draw(&label(Symbol::Barcode, long), &measures, &pen).unwrap();
        assert_eq!(
            drawn,
            draw(&label(Symbol::Qr, long), &measures, &pen).unwrap()
        );
    }
}
