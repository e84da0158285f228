//! One spelling of what people type or paste, before anything is read from it: every parser of such text
//! begins here, in the chat, the API, the pages and at the scan.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// Zeros of the decimal digits that Unicode has beside ASCII's; nine digits follow each. Those of full
/// width and of mathematics are ASCII after NFKC.
const ZEROS: [u32; 55] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0,
    0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0,
    0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x1e140, 0x1e2f0, 0x1e950,
];

/// The text with compatible characters as one (NFKC), digits of any script as ASCII's, every dash as `-`,
/// every apostrophe as `\'`, every space as a blank and every line break as `\n`; without characters that
/// only direct or hide others, and without what is blank around it.
///
/// ```
/// use antrian_domain::normal::normal;
///
/// assert_eq!(normal("\u{200e}９９７１\u{2011}٠١٠١\u{a0}09 \r\n"), "9971-0101 09");
/// ```
pub fn normal(text: &str) -> Cow<'_, str> {
    let is_plain =
        |byte: u8| byte == b' ' || byte == b'\n' || (byte.is_ascii_graphic() && byte != b'`');
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text.trim());
    }
    let kept: String = text.chars().filter(|c| !is_format(*c)).map(before_nfkc).collect();
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize(&kept);
    let one: String = composed.chars().filter(|c| !is_format(*c)).map(one_of_kind).collect();
    Cow::Owned(one.replace("\r\n", "\n").replace(LINE_BREAKS, "\n").trim().to_owned())
}

/// Digits as people write or paste them, without what stands between them: blanks, dots and dashes.
pub fn digits(text: &str) -> String {
    let is_between = |c: &char| c.is_whitespace() || matches!(c, '.' | '-');
    normal(text).chars().filter(|c| !is_between(c)).collect()
}

const LINE_BREAKS: [char; 6] = ['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// What NFKC would take apart.
fn before_nfkc(c: char) -> char {
    if c == '\u{b4}' { '\'' } else { c }
}

fn one_of_kind(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' | '\u{2032}' | '`' => '\'',
        '\u{58a}' | '\u{5be}' | '\u{1806}' | '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' => {
            '-'
        }
        '\u{2e3a}' | '\u{2e3b}' | '\u{301c}' | '\u{3030}' => '-',
        c if c == '\n' || LINE_BREAKS.contains(&c) => c,
        c if c.is_whitespace() => ' ',
        c if !c.is_ascii() && c.is_numeric() => digit(c).unwrap_or(c),
        c => c,
    }
}

/// The ASCII digit of a decimal digit of any script.
fn digit(c: char) -> Option<char> {
    let value =
        ZEROS.iter().find_map(|zero| u32::from(c).checked_sub(*zero).filter(|v| *v < 10))?;
    char::from_digit(value, 10)
}

/// Whether a character only directs, joins or hides others: nobody sees it (Unicode's category Cf,
/// selectors of variants, the mark of a keycap).
pub(crate) fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{20e3}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_looks_alike_is_one_spelling() {
        for (text, expected) in [
            ("９９７１０１", "997101"),
            ("٩٩٧١٠١", "997101"),
            ("꧙꧙꧗꧑꧐꧑", "997101"),
            ("𝟗𝟗𝟕𝟏𝟎𝟏", "997101"),
            ("9971\u{2011}0101\u{2012}9\u{2212}1\u{2013}2\u{2014}3", "9971-0101-9-1-2-3"),
            ("9971\u{a0}01\u{202f}01\u{3000}1\u{2009}2", "9971 01 01 1 2"),
            ("\u{200e}\u{feff}9971\u{ad}01\u{200b}\u{2069}", "997101"),
            ("F4WTHSZBE0\r\n", "F4WTHSZBE0"),
            ("\tSiti\tContoh\n", "Siti Contoh"),
            ("Nama: Siti\r\nNIK", "Nama: Siti\nNIK"),
            ("Ma\u{2019}ruf, Ma\u{b4}ruf, Ma`ruf", "Ma'ruf, Ma'ruf, Ma'ruf"),
            ("Jose\u{301}", "José"),
            ("＃Ｓｉｔｉ＃", "#Siti#"),
            ("ﬁ", "fi"),
            ("0️⃣", "0"),
            ("", ""),
        ] {
            assert_eq!(normal(text), expected, "{text:?}");
        }
    }

    #[test]
    fn every_zero_begins_ten_digits() {
        for zero in ZEROS {
            for value in 0..10 {
                let c = char::from_u32(zero + value).unwrap();
                assert!(c.is_numeric(), "{c:?}");
                assert_eq!(digit(c), char::from_digit(value, 10));
            }
        }
    }

    proptest! {
        #[test]
        fn normal_text_stays_as_it_is(text in "\\PC{0,40}") {
            let once = normal(&text).into_owned();
            prop_assert_eq!(&normal(&once), &once);
        }

        #[test]
        fn plain_text_is_only_trimmed(text in "[ -~\n]{0,40}") {
            prop_assert_eq!(normal(&text), text.trim().replace('`', "'"));
        }
    }
}
