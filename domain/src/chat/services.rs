//! What people call the services of an office.

use super::words;
use crate::ids::ServiceId;
use crate::office::Service;

/// How words begin that people say, and how those begin that stand in the service's name. Small and with no
/// letter twice in a row.
const HEARD: [(&str, &str); 22] = [
    ("baru", "baru"),
    ("new", "baru"),
    ("pertama", "baru"),
    ("perpanjang", "penganti"),
    ("memperpanjang", "penganti"),
    ("diperpanjang", "penganti"),
    ("ganti", "penganti"),
    ("menganti", "penganti"),
    ("pengant", "penganti"),
    ("renew", "penganti"),
    ("replac", "penganti"),
    ("hilang", "hilang"),
    ("lost", "hilang"),
    ("rusak", "rusak"),
    ("damaged", "rusak"),
    ("ambil", "pengambil"),
    ("mengambil", "pengambil"),
    ("pengambil", "pengambil"),
    ("colect", "pengambil"),
    ("percepat", "percepat"),
    ("cepat", "percepat"),
    ("expres", "percepat"),
];

/// The one service that the words of a text mean.
pub(super) fn said<'a>(
    text: &str,
    services: impl Iterator<Item = &'a Service> + Clone,
) -> Option<ServiceId> {
    let mut meant = None;
    for word in words::words_of(text) {
        let heard = HEARD.iter().filter(|(said, _)| word.starts_with(said));
        for (_, named) in heard {
            let has = |service: &&Service| {
                words::words_of(&service.name.id).iter().any(|word| word.starts_with(named))
            };
            for id in services.clone().filter(has).map(|service| &service.id) {
                if *meant.get_or_insert(id) != id {
                    return None;
                }
            }
        }
    }
    meant.cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::office::Office;

    #[test]
    fn a_service_is_known_by_what_people_call_it() {
        let offices: serde_json::Value =
            serde_json::from_str(include_str!("../../data/offices.json")).unwrap();
        let offices: Vec<Office> = serde_json::from_value(offices["offices"].clone()).unwrap();
        let services = offices.iter().flat_map(|office| &office.services);
        for (text, expected) in [
            ("perpanjang", Some("passport_replacement")),
            ("mau memperpanjang paspor kak", Some("passport_replacement")),
            ("ganti paspor", Some("passport_replacement")),
            ("yang baru aja kak", Some("passport_new")),
            ("paspor saya hilang di makassar", Some("passport_lost_damaged")),
            ("rusak kena air", Some("passport_lost_damaged")),
            ("ambil paspor", Some("passport_collection")),
            ("paspor percepatan batam", Some("passport_express")),
            ("baru atau ganti", None),
            ("paspor", None),
            ("", None),
        ] {
            let found = said(text, services.clone());
            assert_eq!(found.as_ref().map(ServiceId::as_str), expected, "{text}");
        }
    }
}
