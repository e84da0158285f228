//! QR codes at error correction level M, which mends up to 15 % of a code: enough for a cracked
//! display, and a ticket still needs only 41 × 41 modules.

use std::fmt::Write as _;

use png::{BitDepth, ColorType, DeflateCompression, Encoder, Filter};
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code, as ISO/IEC 18004 asks for.
const QUIET_ZONE: usize = 4;
/// Pixels of a module's side in a PNG, in whole bytes of eight: a ticket is 784 pixels wide, sharp
/// on a phone's display and above what it takes to survive being scaled down and made a JPEG.
const BYTES_PER_MODULE: usize = 2;
/// The hardest setting of the deflate algorithm: the file is sent more often than it is made.
const DEFLATE_LEVEL: u8 = 9;

/// Why a picture was not made.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The text does not fit a QR code.
    #[error("the text does not fit a QR code")]
    Code(#[from] qrcode::types::QrError),
    /// The PNG was not written.
    #[error("the PNG was not written")]
    Png(#[from] png::EncodingError),
}

/// Modules with the quiet zone around them, row by row.
struct Grid {
    side: usize,
    dark: Vec<bool>,
}

impl Grid {
    fn of(text: &str) -> Result<Self, RenderError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
        let (width, side) = (code.width(), code.width() + 2 * QUIET_ZONE);
        let mut dark = vec![false; side * side];
        for (at, color) in code.into_colors().into_iter().enumerate() {
            let (x, y) = (at % width + QUIET_ZONE, at / width + QUIET_ZONE);
            dark[y * side + x] = color == Color::Dark;
        }
        Ok(Self { side, dark })
    }

    fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.dark.chunks(self.side)
    }
}

/// The QR code of `text` as an SVG document of any size, which can also stand inside a page. Its
/// accessible name is "QR" in every language; the text beside it says what it is for.
///
/// # Errors
/// [`RenderError::Code`] for a text that is too long.
pub fn svg(text: &str) -> Result<String, RenderError> {
    let grid = Grid::of(text)?;
    let side = grid.side;
    let mut path = String::new();
    for (y, row) in grid.rows().enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] {
                // Writing to a `String` does not fail.
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z", length = run.len());
            }
            x += run.len();
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\" \
         shape-rendering=\"crispEdges\"><title>QR</title>\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>\n"
    ))
}

/// The QR code of `text` as a black and white PNG.
///
/// # Errors
/// [`RenderError::Code`] for a text that is too long.
pub fn png(text: &str) -> Result<Vec<u8>, RenderError> {
    let (width, pixels) = pixels(text)?;
    encoded(width, &pixels)
}

/// The QR code of `text` at one bit a pixel, 0 being black, row by row; and its width.
pub(super) fn pixels(text: &str) -> Result<(usize, Vec<u8>), RenderError> {
    let grid = Grid::of(text)?;
    let mut pixels = Vec::new();
    for row in grid.rows() {
        let line: Vec<u8> = row.iter().flat_map(|&dark| module_bytes(dark)).collect();
        for _ in 0..8 * BYTES_PER_MODULE {
            pixels.extend_from_slice(&line);
        }
    }
    Ok((grid.side * 8 * BYTES_PER_MODULE, pixels))
}

/// A PNG of rows of so many pixels, eight in a byte.
pub(super) fn encoded(width: usize, pixels: &[u8]) -> Result<Vec<u8>, RenderError> {
    let size = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, size(width), size(pixels.len() * 8 / width));
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    encoder.set_deflate_compression(DeflateCompression::Level(DEFLATE_LEVEL));
    encoder.set_filter(Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

/// One line of a module, at one bit a pixel: 0 is black.
fn module_bytes(dark: bool) -> [u8; BYTES_PER_MODULE] {
    [if dark { 0x00 } else { 0xFF }; BYTES_PER_MODULE]
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use chrono::NaiveDate;
    use image::codecs::jpeg::JpegEncoder;
    use image::imageops::FilterType;
    use image::{DynamicImage, ExtendedColorType, GrayImage, ImageFormat, Luma};

    use super::*;
    use crate::domain::code::BookingCode;
    use crate::domain::ticket::{TicketClaims, TicketSigner};

    /// Real tickets and their QR codes' sides: of the shortest and of the longest office id.
    fn tickets() -> [(String, u32); 2] {
        let signer = TicketSigner::new(1, [3; 32]);
        [("ub", 41), ("an-office-id-of-20-b", 41)].map(|(office, modules)| {
            let claims = TicketClaims {
                office: office.parse().unwrap(),
                date: NaiveDate::from_ymd_opt(2026, 12, 7).unwrap(),
                time: "09:00".parse().unwrap(),
                code: BookingCode::from_bits(0x1234_5678_9ABC),
            };
            (signer.sign(&claims), modules)
        })
    }

    fn load(file: &[u8]) -> GrayImage {
        image::load_from_memory(file).unwrap().to_luma8()
    }

    fn read(picture: &GrayImage) -> String {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let pixels = picture.as_raw();
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
            pixels[y * width + x]
        });
        let grids = prepared.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().unwrap().1
    }

    fn scaled(picture: &GrayImage, percent: u32) -> GrayImage {
        let side = picture.width() * percent / 100;
        let picture = DynamicImage::from(picture.clone());
        picture.resize_exact(side, side, FilterType::Triangle).to_luma8()
    }

    fn through_jpeg(picture: &GrayImage, quality: u8) -> GrayImage {
        let mut file = Vec::new();
        JpegEncoder::new_with_quality(&mut file, quality)
            .encode(picture.as_raw(), picture.width(), picture.height(), ExtendedColorType::L8)
            .unwrap();
        load(&file)
    }

    #[test]
    fn a_png_reads_back_also_when_scaled_and_as_a_poor_jpeg() {
        for (ticket, _) in tickets() {
            let picture = load(&png(&ticket).unwrap());
            for percent in [100, 60, 250] {
                let picture = scaled(&picture, percent);
                assert_eq!(read(&picture), ticket, "{percent} %");
                assert_eq!(read(&through_jpeg(&picture, 40)), ticket, "{percent} % as JPEG");
            }
        }
    }

    #[test]
    fn a_png_is_small_and_has_one_bit_a_pixel() {
        for (ticket, modules) in tickets() {
            let file = png(&ticket).unwrap();
            assert!(file.len() < 1_500, "{} bytes", file.len());
            let reader = png::Decoder::new(Cursor::new(&file)).read_info().unwrap();
            let info = reader.info();
            let side = (modules + 8) * 16;
            assert_eq!((info.width, info.height), (side, side));
            assert_eq!((info.color_type, info.bit_depth), (ColorType::Grayscale, BitDepth::One));
            assert_eq!(image::guess_format(&file).unwrap(), ImageFormat::Png);
        }
    }

    #[test]
    fn the_quiet_zone_is_light() {
        let picture = load(&png("AN1:").unwrap());
        let edge = (QUIET_ZONE * 8 * BYTES_PER_MODULE) as u32;
        let inner = edge..picture.width() - edge;
        for (x, y, Luma([value])) in picture.enumerate_pixels() {
            assert!(*value == 255 || (inner.contains(&x) && inner.contains(&y)), "{x},{y}");
        }
    }

    /// Draws the dark path of an SVG made here, eight pixels a module.
    fn rasterised(svg: &str) -> GrayImage {
        let side: u32 = svg.split('"').nth(3).unwrap().rsplit(' ').next().unwrap().parse().unwrap();
        let path = svg.rsplit("d=\"").next().unwrap().split('"').next().unwrap();
        let mut picture = GrayImage::from_pixel(side * 8, side * 8, Luma([255]));
        for run in path.split('M').skip(1) {
            let numbers: Vec<u32> =
                run.split([' ', 'h', 'v']).take(3).map(|n| n.parse().unwrap()).collect();
            for x in numbers[0] * 8..(numbers[0] + numbers[2]) * 8 {
                for y in numbers[1] * 8..(numbers[1] + 1) * 8 {
                    picture.put_pixel(x, y, Luma([0]));
                }
            }
        }
        picture
    }

    #[test]
    fn an_svg_reads_back() {
        for (ticket, _) in tickets() {
            assert_eq!(read(&rasterised(&svg(&ticket).unwrap())), ticket);
        }
    }

    #[test]
    fn an_svg_has_a_name_and_asks_for_nothing_from_outside() {
        let picture = svg(&tickets()[1].0).unwrap();
        let start = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 49 49\" role=\"img\" \
                     shape-rendering=\"crispEdges\"><title>QR</title>";
        assert!(picture.starts_with(start), "{picture}");
        assert_eq!(picture.matches("http").count(), 1, "only the namespace");
        for foreign in ["href", "style", "script", "url("] {
            assert!(!picture.contains(foreign), "{foreign}");
        }
    }

    #[test]
    fn a_text_that_does_not_fit_is_refused() {
        let long = "a".repeat(3_000);
        assert!(matches!(png(&long), Err(RenderError::Code(_))));
        assert!(matches!(svg(&long), Err(RenderError::Code(_))));
    }
}
