//! Pictures of persons: whatever was sent is decoded within limits, cut square, made 200 × 200 and written anew as WebP.
//!
//! Never believes a header or a file name, and never passes on a byte that was sent: what was hidden in it is gone.

use std::io::Cursor;

use image::codecs::webp::WebPEncoder;
use image::imageops::FilterType;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder as _, ImageFormat, ImageReader,
    Limits,
};

/// The largest picture that is taken, in bytes.
pub const LARGEST: usize = 2 * 1024 * 1024;
/// Width and height of what is served.
pub const SIDE: u32 = 200;
/// The widest and highest picture that is decoded.
const WIDEST: u32 = 8_192;
/// The most memory that decoding may take: 64 MiB, about 16 million pixels.
const MEMORY: u64 = 64 * 1024 * 1024;

/// Why a picture is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureFault {
    /// Nothing was sent.
    #[error("there is no picture: send its bytes as the body, or as a file in a form")]
    Empty,
    /// More bytes than are taken.
    #[error("the picture is larger than 2 MiB: send a smaller one")]
    TooLarge,
    /// Not one of the three.
    #[error("this is no PNG, JPEG or WebP picture, whatever its name says")]
    UnknownFormat,
    /// More pixels than are decoded.
    #[error(
        "the picture has too many pixels: at most {WIDEST} × {WIDEST} and 16 million are decoded"
    )]
    TooManyPixels,
    /// Broken.
    #[error("the picture is broken: its data does not decode")]
    Broken,
}

/// What is served for a picture that was sent. Costs processor time: not for a thread that serves.
pub fn normalised(bytes: &[u8]) -> Result<Vec<u8>, PictureFault> {
    if bytes.is_empty() {
        return Err(PictureFault::Empty);
    }
    if bytes.len() > LARGEST {
        return Err(PictureFault::TooLarge);
    }
    let format = sniffed(bytes).ok_or(PictureFault::UnknownFormat)?;
    let picture = decoded(bytes, format)?;
    let side = picture.width().min(picture.height());
    let (left, top) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let square = picture.crop_imm(left, top, side, side);
    // Pictures with colour profiles or 16 bits a channel become plain ones.
    let small = square
        .resize_exact(SIDE, SIDE, FilterType::Triangle)
        .to_rgba8();
    let mut written = Vec::new();
    WebPEncoder::new_lossless(&mut written)
        .write_image(small.as_raw(), SIDE, SIDE, ExtendedColorType::Rgba8)
        .map_err(|_| PictureFault::Broken)?;
    Ok(written)
}

/// By the first bytes.
fn sniffed(bytes: &[u8]) -> Option<ImageFormat> {
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    match bytes {
        _ if bytes.starts_with(b"\x89PNG\r\n\x1a\n") => Some(ImageFormat::Png),
        _ if bytes.starts_with(b"\xff\xd8\xff") => Some(ImageFormat::Jpeg),
        _ if webp => Some(ImageFormat::WebP),
        _ => None,
    }
}

fn decoded(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, PictureFault> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(WIDEST);
    limits.max_image_height = Some(WIDEST);
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| fault(&error))?;
    // The header's word is checked before a pixel is decoded.
    if decoder.total_bytes() > MEMORY {
        return Err(PictureFault::TooManyPixels);
    }
    let orientation = decoder.orientation().map_err(|error| fault(&error))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| fault(&error))?;
    picture.apply_orientation(orientation);
    if picture.width() == 0 || picture.height() == 0 {
        return Err(PictureFault::Broken);
    }
    Ok(picture)
}

fn fault(error: &image::ImageError) -> PictureFault {
    match error {
        image::ImageError::Limits(_) => PictureFault::TooManyPixels,
        _ => PictureFault::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let pixels = DynamicImage::new_rgb8(width, height);
        let mut bytes = Cursor::new(Vec::new());
        pixels.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn each_of_the_three_formats_becomes_a_small_square_webp() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            for (width, height) in [(640, 480), (1, 300), (200, 200)] {
                let served = normalised(&picture(format, width, height)).unwrap();
                let seen = image::load_from_memory_with_format(&served, ImageFormat::WebP).unwrap();
                assert_eq!((seen.width(), seen.height()), (SIDE, SIDE), "{format:?}");
            }
        }
    }

    #[test]
    fn the_same_picture_makes_the_same_bytes() {
        let sent = picture(ImageFormat::Png, 31, 17);
        assert_eq!(normalised(&sent), normalised(&sent));
    }

    #[test]
    fn what_is_no_picture_is_refused_whatever_it_says_it_is() {
        let mut cut = picture(ImageFormat::Png, 64, 64);
        cut.truncate(60);
        for (bytes, expected) in [
            (&b""[..], PictureFault::Empty),
            (b"GIF89a\x01\x00", PictureFault::UnknownFormat),
            (b"<svg onload=alert(1)>", PictureFault::UnknownFormat),
            (b"\x89PNG\r\n\x1a\n", PictureFault::Broken),
            (&cut, PictureFault::Broken),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ", PictureFault::Broken),
            (&vec![0; LARGEST + 1], PictureFault::TooLarge),
        ] {
            assert_eq!(normalised(bytes), Err(expected), "{} bytes", bytes.len());
        }
    }

    #[test]
    fn a_picture_that_would_burst_memory_is_refused_by_its_header() {
        let wide = picture(ImageFormat::Png, 30_000, 1);
        assert_eq!(normalised(&wide), Err(PictureFault::TooManyPixels));
        // A small JPEG that says it is 8,000 × 8,000.
        let mut lying = picture(ImageFormat::Jpeg, 16, 16);
        let frame = lying
            .windows(2)
            .position(|pair| pair == [0xff, 0xc0])
            .unwrap();
        lying[frame + 5..frame + 9].copy_from_slice(&[0x1f, 0x40, 0x1f, 0x40]);
        assert_eq!(normalised(&lying), Err(PictureFault::TooManyPixels));
    }
}
