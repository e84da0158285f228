//! What a value should have been, by the words in which its type has refused it. Those words may repeat the
//! value, which may be personal: nothing of them is said but what the type itself expects.

/// Words of a refusal, and what to send instead: in Indonesian and in English.
const FORMS: &[(&str, &str, &str)] = &[
    ("a time is written HH:MM", "Tulis jam seperti 09:00.", "Write the time like 09:00."),
    (
        "a name has 1 to 100",
        "Nama: 1 sampai 100 huruf, seperti di KTP.",
        "A name has 1 to 100 characters, as on the KTP.",
    ),
    (
        "a booking code has",
        "Kode booking terdiri dari sepuluh huruf dan angka.",
        "A booking code has ten letters and digits.",
    ),
    ("the booking code is mistyped", "Kode booking salah ketik.", "The booking code is mistyped."),
    ("expected a boolean", "Isi true atau false.", "Send true or false."),
    ("expected a string", "Isi teks di antara tanda petik.", "Send a text, in quotes."),
    ("expected a sequence", "Isi daftar: [ … ].", "Send a list: [ … ]."),
    ("expected a map", "Isi objek: { … }.", "Send an object: { … }."),
    ("expected struct", "Isi objek: { … }.", "Send an object: { … }."),
    ("expected u8", "Isi angka bulat dari 0 sampai 255.", "Send a whole number from 0 to 255."),
    (
        "expected u16",
        "Isi angka bulat dari 0 sampai 65535.",
        "Send a whole number from 0 to 65535.",
    ),
    ("expected u32", "Isi angka bulat, nol atau lebih.", "Send a whole number, zero or more."),
    ("expected f64", "Isi angka.", "Send a number."),
    ("expected a formatted date", DATES.0, DATES.1),
    ("expected an RFC 3339", DATES.0, DATES.1),
    ("input contains invalid", DATES.0, DATES.1),
    ("input is out of range", DATES.0, DATES.1),
    ("premature end of input", DATES.0, DATES.1),
    ("trailing input", DATES.0, DATES.1),
];
const DATES: (&str, &str) = (
    "Tulis tanggal seperti 2026-12-31, waktu seperti 2026-12-31T09:00:00+07:00.",
    "Write a date like 2026-12-31, an instant like 2026-12-31T09:00:00+07:00.",
);

/// What is said of a field whose value was refused with these words.
pub(super) fn expected(refusal: &str) -> (String, String) {
    if let Some(choices) = choices(refusal) {
        return (format!("Salah satu dari: {choices}."), format!("One of: {choices}."));
    }
    // What the type expects comes last, after the value.
    let found = FORMS.iter().filter_map(|form| Some((refusal.rfind(form.0)?, form)));
    let known = found.max_by_key(|(at, _)| *at).map(|(_, form)| (form.1, form.2));
    let (id, en) =
        known.unwrap_or(("Isi bagian ini tidak sesuai.", "The value of this field does not fit."));
    (id.to_owned(), en.to_owned())
}

/// What `serde` lists after an unknown variant.
fn choices(refusal: &str) -> Option<String> {
    let (_, listed) = refusal.strip_prefix("unknown variant `")?.rsplit_once("`, expected ")?;
    let listed = listed.split(" at line ").next()?;
    let names: Vec<_> = listed.split('`').skip(1).step_by(2).collect();
    let is_name =
        |name: &&str| name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    (!names.is_empty() && names.iter().all(is_name)).then(|| names.join(", "))
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use chrono::{DateTime, NaiveDate, Utc};
    use serde::de::DeserializeOwned;

    use super::*;
    use crate::domain::office::Channel;
    use crate::domain::time::SlotTime;

    fn said<T: DeserializeOwned + Debug>(json: &str) -> String {
        expected(&serde_json::from_str::<T>(json).unwrap_err().to_string()).1
    }

    #[test]
    fn a_value_of_another_form_is_told_which() {
        assert_eq!(said::<SlotTime>("\"10.00\""), "Write the time like 09:00.");
        assert_eq!(said::<SlotTime>("10"), "Send a text, in quotes.");
        for wrong in ["\"31-12-2026\"", "\"2026-12-32\"", "\"2026-12\"", "\"besok\""] {
            assert_eq!(said::<NaiveDate>(wrong), DATES.1, "{wrong}");
        }
        assert_eq!(said::<DateTime<Utc>>("\"2026-12-31\""), DATES.1);
        assert_eq!(said::<u16>("70000"), "Send a whole number from 0 to 65535.");
        assert_eq!(said::<u16>("\"7\""), "Send a whole number from 0 to 65535.");
        assert_eq!(said::<u32>("-7"), "Send a whole number, zero or more.");
        assert_eq!(said::<bool>("\"ya\""), "Send true or false.");
        assert_eq!(said::<Vec<u8>>("{}"), "Send a list: [ … ].");
        let channels = said::<Channel>("\"telepon\"");
        assert!(channels.starts_with("One of: web, whatsapp"), "{channels}");
    }

    #[test]
    fn the_value_is_not_repeated() {
        for wrong in
            ["\"9971014501909001\"", "\"x`, expected one of `Siti Contoh`\"", "\"expected u16\""]
        {
            let told = said::<Channel>(wrong);
            assert!(told.starts_with("One of: web"), "{told}");
        }
        assert!(!said::<NaiveDate>("\"Siti Contoh\"").contains("Siti"));
    }
}
