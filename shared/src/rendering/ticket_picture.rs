//! A ticket as a picture: the QR code, and below it what tells it from the others on a family's phone.

use font8x8::{BASIC_FONTS, LATIN_FONTS, UnicodeFonts};

use super::qr::{RenderError, encoded, pixels};
use crate::domain::booking::Booking;
use crate::domain::language::{clip, clock, date};
use crate::domain::office::Office;
use crate::domain::time::zone_name;

/// Pixels of a letter, before it is magnified.
const LETTER: usize = 8;
/// Thirty letters stand in a line below a code of 784 pixels.
const MAGNIFIED: usize = 3;
/// Letters' rows between two lines.
const GAP: usize = 4;
/// Letters' rows between two tickets.
const BETWEEN: usize = 80;
/// Letters are as far from the edge as the code.
const MARGIN: usize = 64;

/// A ticket to be drawn.
#[derive(Debug)]
pub struct TicketPicture {
    /// The text of the QR code.
    pub ticket: String,
    pub booking: Booking,
    /// For whom it is; empty: it is not said.
    pub who: String,
}

/// Tickets as one black and white PNG, one below the other and far enough apart that a scanner sees one
/// at a time: each with the date, the hour, the office and the code in the booking's language, and for
/// whom it is.
///
/// # Errors
/// [`RenderError::Code`] for a ticket that is too long.
pub fn tickets_png(office: &Office, tickets: &[TicketPicture]) -> Result<Vec<u8>, RenderError> {
    let codes = tickets.iter().map(|one| pixels(&one.ticket)).collect::<Result<Vec<_>, _>>()?;
    let width = codes.iter().map(|(width, _)| *width).max().unwrap_or_default();
    let mut picture = Vec::new();
    for (one, (code_width, code)) in tickets.iter().zip(&codes) {
        if !picture.is_empty() {
            picture.extend(blank(width, BETWEEN));
        }
        for row in code.chunks(code_width / 8) {
            picture.extend_from_slice(row);
            picture.resize(picture.len() + (width - code_width) / 8, 0xff);
        }
        for line in lines(&one.booking, office, &one.who) {
            picture.extend(drawn(&line, width));
        }
        picture.extend(blank(width, LETTER));
    }
    encoded(width, &picture)
}

/// What stands below the code.
fn lines(booking: &Booking, office: &Office, who: &str) -> Vec<String> {
    let (locale, seat) = (booking.locale, &booking.seat);
    let hour = format!("{} {}", clock(locale, seat.time), zone_name(office.timezone));
    let code = booking.code.spoken();
    let all = [who.to_owned(), date(locale, seat.date), hour, office.name.clone(), code];
    all.into_iter().filter(|line| !line.is_empty()).collect()
}

/// A line of text, with the gap below it.
fn drawn(line: &str, width: usize) -> Vec<u8> {
    let room = (width - 2 * MARGIN) / (LETTER * MAGNIFIED);
    let letters: Vec<[u8; 8]> = clip(line, room).chars().flat_map(glyphs).collect();
    let mut rows = Vec::new();
    for y in 0..LETTER {
        let mut row = vec![0xff; width / 8];
        let dark = letters.iter().enumerate().flat_map(|(at, letter)| {
            (0..LETTER).filter(move |x| letter[y] >> x & 1 == 1).map(move |x| at * LETTER + x)
        });
        for x in dark.flat_map(|x| (0..MAGNIFIED).map(move |part| MARGIN + x * MAGNIFIED + part)) {
            if let Some(byte) = row.get_mut(x / 8) {
                *byte &= !(0x80 >> (x % 8));
            }
        }
        rows.extend(row.repeat(MAGNIFIED));
    }
    rows.extend(blank(width, GAP));
    rows
}

fn blank(width: usize, rows: usize) -> Vec<u8> {
    vec![0xff; width / 8 * rows * MAGNIFIED]
}

/// A letter's picture. One that the font does not have is a question mark.
fn glyphs(letter: char) -> Vec<[u8; 8]> {
    let text = match letter {
        '…' => "..".to_owned(),
        other => other.to_string(),
    };
    let glyph = |c: char| BASIC_FONTS.get(c).or_else(|| LATIN_FONTS.get(c));
    text.chars().filter_map(|c| glyph(c).or_else(|| glyph('?'))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line as it looks, at its own size.
    fn seen(line: &str, width: usize) -> Vec<String> {
        let rows = drawn(line, width);
        let row = |y: usize| &rows[y * MAGNIFIED * width / 8..][..width / 8];
        let is_dark = |row: &[u8], x: usize| row[x / 8] & (0x80 >> (x % 8)) == 0;
        let shown = |y: usize| {
            let dots = (MARGIN..width - MARGIN).step_by(MAGNIFIED);
            let dots = dots.map(|x| if is_dark(row(y), x) { '#' } else { ' ' });
            dots.collect::<String>().trim_end().to_owned()
        };
        (0..LETTER).map(shown).collect()
    }

    #[test]
    fn letters_stand_as_they_are_read() {
        assert_eq!(
            seen("7K", 264),
            [
                "######  ###  ##",
                "##  ##   ##  ##",
                "    ##   ## ##",
                "   ##    ####",
                "  ##     ## ##",
                "  ##     ##  ##",
                "  ##    ###  ##",
                "",
            ]
        );
    }

    #[test]
    fn what_is_too_long_or_not_in_the_font_still_is_a_line() {
        let rows = (LETTER + GAP) * MAGNIFIED;
        for line in ["Kantor Imigrasi Kelas I Khusus yang namanya panjang sekali", "سيتي", "…", "é"]
        {
            assert_eq!(drawn(line, 784).len(), 784 / 8 * rows, "{line}");
        }
        assert!(seen("é", 264).iter().any(|row| !row.is_empty()));
    }
}
