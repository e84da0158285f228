//! Addresses of one's own page and of those on which an hour is chosen. `moving` is the code of a booking that is to be
//! moved, or nothing.

use std::fmt::Display;

/// One's own page.
pub(crate) const OWN: &str = "/saya";

pub(crate) fn office(office: impl Display) -> String {
    format!("/kantor/{office}")
}

/// The days of a service.
pub(crate) fn days(office: impl Display, service: impl Display, moving: impl Display) -> String {
    format!("/kantor/{office}/{service}{}", query(moving))
}

/// The hours of a day.
pub(crate) fn hours(
    office: impl Display,
    service: impl Display,
    date: impl Display,
    moving: impl Display,
) -> String {
    format!("/kantor/{office}/{service}/{date}{}", query(moving))
}

fn query(moving: impl Display) -> String {
    match moving.to_string() {
        none if none.is_empty() => none,
        code => format!("?pindah={code}"),
    }
}
