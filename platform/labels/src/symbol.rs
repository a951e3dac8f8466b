//! What a scanner reads: Code 128 or a QR code, drawn as bars.
//!
//! Never smaller than a scanner can tell apart.

use barcoders::sym::code128::Code128;
use qrcodegen::{QrCode, QrCodeEcc};

use crate::LabelError;
use crate::drawing::{Drawing, many};

/// The narrowest bar that common scanners and printers manage, in millimetres.
const NARROWEST: f64 = 0.19;
/// The widest that is of use.
const WIDEST: f64 = 0.4;
/// Modules that stay white on each side of a barcode.
const QUIET: usize = 10;

/// How a code is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Symbol {
    /// Code 128, for hand scanners.
    #[default]
    Barcode,
    /// A QR code, for cameras.
    Qr,
}

/// The modules of a barcode, black or white, without the white on its sides; none when Code 128 has no such characters.
pub(crate) fn barcode(content: &str) -> Option<Vec<bool>> {
    // Set B: every letter, digit and sign of ASCII.
    let code = Code128::new(format!("\u{0181}{content}")).ok()?;
    Some(
        code.encode()
            .into_iter()
            .map(|module| module == 1)
            .collect(),
    )
}

/// Draws a barcode as wide as there is room, in the middle; whether it fits at all.
pub(crate) fn draw_barcode(
    drawing: &mut Drawing,
    modules: &[bool],
    (x, y): (f64, f64),
    (wide, high): (f64, f64),
) -> bool {
    let module = (wide / many(modules.len() + 2 * QUIET)).min(WIDEST);
    if module < NARROWEST {
        return false;
    }
    let left = (wide - module * many(modules.len())).mul_add(0.5, x);
    for (from, length) in runs(modules) {
        let at = module.mul_add(many(from), left);
        drawing.bar(at, y, module * many(length), high);
    }
    true
}

/// Draws a QR code into a square, with the white that belongs around it.
pub(crate) fn draw_qr(
    drawing: &mut Drawing,
    content: &str,
    (x, y): (f64, f64),
    side: f64,
) -> Result<(), LabelError> {
    let code = QrCode::encode_text(content, QrCodeEcc::Medium);
    let code = code.map_err(|_| LabelError::TooLong(content.chars().take(80).collect()))?;
    let modules_wide = code.size();
    // Two modules beside the label's own white are enough for every camera.
    let module = side / f64::from(modules_wide + 4);
    for row in 0..modules_wide {
        let modules: Vec<bool> = (0..modules_wide)
            .map(|column| code.get_module(column, row))
            .collect();
        let top = module.mul_add(f64::from(row + 2), y);
        for (from, length) in runs(&modules) {
            let at = module.mul_add(many(from + 2), x);
            drawing.bar(at, top, module * many(length), module);
        }
    }
    Ok(())
}

/// Where black begins, and for how long it goes on.
fn runs(modules: &[bool]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in modules.iter().enumerate().filter(|(_, black)| **black) {
        match runs.last_mut() {
            Some((from, length)) if *from + *length == at => *length += 1,
            _ => runs.push((at, 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::Mark;

    #[test]
    fn a_barcode_begins_and_ends_as_code_128_does() {
        let modules = barcode("PEM-000417").unwrap();
        let text: String = modules
            .iter()
            .map(|black| if *black { '1' } else { '0' })
            .collect();
        // Start B, then P: ISO/IEC 15417.
        assert!(text.starts_with("11010010000"), "{text}");
        assert!(text[11..].starts_with("11101110110"), "{text}");
        assert!(text.ends_with("1100011101011"), "{text}");
        // Start, ten characters, check digit, stop with its last bar.
        assert_eq!(modules.len(), 11 * 12 + 13);
        assert_eq!(barcode("Gänse"), None);
    }

    #[test]
    fn a_barcode_that_is_too_long_is_not_drawn_too_small_to_read() {
        let mut drawing = Drawing::default();
        let long = barcode(&"9".repeat(40)).unwrap();
        assert!(!draw_barcode(&mut drawing, &long, (0.0, 0.0), (60.0, 10.0)));
        assert_eq!(drawing, Drawing::default());
        let short = barcode("PEM-000417").unwrap();
        assert!(draw_barcode(&mut drawing, &short, (0.0, 0.0), (60.0, 10.0)));
        for mark in &drawing.0 {
            let Mark::Bar { x, wide, .. } = mark else {
                panic!("{mark:?}")
            };
            assert!(*x > 2.0 && x + wide < 58.0, "white on both sides: {mark:?}");
        }
    }

    /// What a camera reads, ten dots a millimetre.
    fn read(drawing: &Drawing, side: usize) -> String {
        let black = |at_x: f64, at_y: f64| {
            drawing.0.iter().any(|mark| match mark {
                Mark::Bar { x, y, wide, high } => {
                    (*x..x + wide).contains(&at_x) && (*y..y + high).contains(&at_y)
                }
                Mark::Letter { .. } => false,
            })
        };
        let dots = side * 10;
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(dots, dots, |x, y| {
            let dot = |at: usize| (many(at) + 0.5) / 10.0;
            if black(dot(x), dot(y)) { 0 } else { 255 }
        });
        let grids = image.detect_grids();
        let (_, read) = grids.first().expect("a code is seen").decode().unwrap();
        read
    }

    #[test]
    fn a_decoder_reads_back_what_was_drawn() {
        for content in [
            "urn:uuid:0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e81",
            "PEM-000417",
            "https://books.example/copies/0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e81",
        ] {
            let mut drawing = Drawing::default();
            draw_qr(&mut drawing, content, (3.0, 3.0), 24.0).unwrap();
            assert_eq!(read(&drawing, 30), content);
        }
    }

    #[test]
    fn what_no_code_holds_is_refused() {
        let long = "x".repeat(4_000);
        let refused = draw_qr(&mut Drawing::default(), &long, (0.0, 0.0), 20.0);
        assert!(matches!(refused, Err(LabelError::TooLong(_))));
    }
}
