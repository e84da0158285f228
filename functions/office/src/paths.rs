//! Addresses of the staff's pages. The patterns of their routes stand at the routes.

use std::fmt::Display;

use antrian_pages::forms::address;
use chrono::NaiveDate;

/// Where staff begin: their offices.
pub(crate) const START: &str = "/petugas";
/// Where they sign in.
pub(crate) const SIGN_IN: &str = "/petugas/masuk";
/// Where they are led when they have signed out.
pub(crate) const SIGNED_OUT: &str = "/petugas/keluar";

/// The scan page of an office.
pub(crate) fn scan(office: impl Display) -> String {
    format!("/petugas/{office}/pindai")
}

/// The counters of an office.
pub(crate) fn counters(office: impl Display) -> String {
    format!("/petugas/{office}/loket")
}

/// A visit on the scan page.
pub(crate) fn visit(office: impl Display, code: impl Display) -> String {
    format!("{}/{code}", scan(office))
}

/// The same after a scan at a gate that was the first, or came again.
pub(crate) fn shown(office: impl Display, code: impl Display, again: bool, gate: &str) -> String {
    let again = again.then_some(("lagi", "ya"));
    let gate = Some(("gerbang", gate)).filter(|(_, gate)| !gate.is_empty());
    let asked: Vec<_> = again.into_iter().chain(gate).collect();
    match asked.is_empty() {
        true => visit(office, code),
        false => address(&visit(office, code), &asked),
    }
}

/// Somebody without a booking.
pub(crate) fn walk_in(office: impl Display) -> String {
    format!("/petugas/{office}/tanpa-janji")
}

/// The slip of a booking.
pub(crate) fn slip(office: impl Display, code: impl Display) -> String {
    format!("/petugas/{office}/slip/{code}")
}

/// Whoever has their KTP and no code.
pub(crate) fn by_nik(office: impl Display) -> String {
    format!("/petugas/{office}/nik")
}

/// Closing days.
pub(crate) fn closing(office: impl Display) -> String {
    format!("/petugas/{office}/tutup")
}

/// What closing would do.
pub(crate) fn closing_plan(office: impl Display) -> String {
    format!("{}/rencana", closing(office))
}

/// How far the moving of people has come.
pub(crate) fn closing_state(office: impl Display, from: NaiveDate, to: NaiveDate) -> String {
    format!("{}/keadaan?dari={from}&sampai={to}", closing(office))
}

/// Opening a closed day again.
pub(crate) fn reopening(office: impl Display) -> String {
    format!("{}/buka", closing(office))
}

/// Seats of days.
pub(crate) fn quotas(office: impl Display) -> String {
    format!("/petugas/{office}/kuota")
}

/// Seats of a day.
pub(crate) fn quotas_of(office: impl Display, date: NaiveDate) -> String {
    format!("{}?tanggal={date}", quotas(office))
}

/// How an office is described.
pub(crate) fn settings(office: impl Display) -> String {
    format!("/petugas/{office}/pengaturan")
}

/// The description as a file, as it is now or was.
pub(crate) fn settings_file(office: impl Display, revision: Option<u32>) -> String {
    let version = revision.map(|revision| format!("?versi={revision}")).unwrap_or_default();
    format!("{}.json{version}", settings(office))
}

/// A version, beside how it is now.
pub(crate) fn settings_version(office: impl Display, revision: u32) -> String {
    format!("{}/versi/{revision}", settings(office))
}

/// The display in the hall: everybody's, of another function.
pub(crate) fn hall(office: impl Display) -> String {
    format!("/papan/{office}")
}

/// Who comes today.
pub(crate) fn roster(office: impl Display) -> String {
    format!("/petugas/{office}/kunjungan")
}

/// Who comes on a date.
pub(crate) fn roster_of(office: impl Display, date: NaiveDate) -> String {
    format!("{}?tanggal={date}", roster(office))
}

/// One booking, to be changed.
pub(crate) fn change(office: impl Display, code: impl Display) -> String {
    format!("{}/{code}", roster(office))
}

/// How days went.
pub(crate) fn report(office: impl Display) -> String {
    format!("/petugas/{office}/laporan")
}

/// How these days went.
pub(crate) fn report_of(office: impl Display, from: NaiveDate, to: NaiveDate) -> String {
    format!("{}?dari={from}&sampai={to}", report(office))
}

/// The same as a file.
pub(crate) fn report_file(office: impl Display, from: NaiveDate, to: NaiveDate) -> String {
    format!("{}.csv?dari={from}&sampai={to}", report(office))
}
