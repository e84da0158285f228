//! Whether an office's description makes sense, before it is written anywhere.

mod numbers;
mod sessions;
mod texts;

use std::collections::BTreeSet;

use super::field::FieldError;
use super::office::{Location, Office};

pub use texts::is_short_text;

/// Everything that is wrong with an office: each field by its path, with a sentence for whoever wrote it.
pub fn violations(office: &Office) -> Vec<FieldError> {
    let mut found = services(office);
    found.extend(sessions::violations(office));
    found.extend(numbers::violations(office));
    if office.whatsapp_number.as_ref().is_some_and(|number| !is_number(number)) {
        found.push(FieldError::new(
            "whatsapp_number",
            "Isi 8 sampai 15 angka dengan kode negara, tanpa tanda lain.",
            "8 to 15 digits, with the country's code and nothing else.",
        ));
    }
    if office.location.is_some_and(|location| !is_on_earth(location)) {
        found.push(FieldError::new(
            "location",
            "Garis lintang dari -90 sampai 90, garis bujur dari -180 sampai 180.",
            "A latitude from -90 to 90, a longitude from -180 to 180.",
        ));
    }
    found.extend(texts::violations(office));
    found
}

fn services(office: &Office) -> Vec<FieldError> {
    let mut found = Vec::new();
    let ids: BTreeSet<_> = office.services.iter().map(|service| &service.id).collect();
    if ids.is_empty() || ids.len() != office.services.len() {
        found.push(FieldError::new(
            "services",
            "Paling sedikit satu layanan, dan tidak ada id yang sama.",
            "At least one service, and no id twice.",
        ));
    }
    let wrong =
        office.services.iter().position(|service| !service.queue_group.is_ascii_uppercase());
    found.extend(wrong.map(|at| {
        let field = format!("services[{at}].queue_group");
        FieldError::new(&field, "Satu huruf dari A sampai Z.", "A letter from A to Z.")
    }));
    found
}

fn is_on_earth(location: Location) -> bool {
    location.latitude.abs() <= 90.0 && location.longitude.abs() <= 180.0
}

fn is_number(text: &str) -> bool {
    (8..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
