//! A report as a table for other programs: a line for each date, hour, service and channel, so that every
//! sum can be made of it.

use csv::{Error, Writer};
use serde::Serialize;

use crate::domain::day_report::{DayReport, Row};

/// A line. Names of columns are those of the API.
#[derive(Serialize)]
struct Line<'a> {
    office: &'a str,
    date: String,
    slot: String,
    service: &'a str,
    channel: &'static str,
    booked: u32,
    came: u32,
    late: u32,
    sent_back: u32,
    served: u32,
    unfinished: u32,
    lapsed: u32,
    no_shows: u32,
    cancelled: u32,
    to_come: u32,
    moved_away: u32,
    waiting_median_secs: Option<u32>,
    waiting_p90_secs: Option<u32>,
    serving_median_secs: Option<u32>,
    serving_p90_secs: Option<u32>,
}

/// The lines of these days, with a line of names.
///
/// # Errors
/// Never for what a report has: the library's signature.
pub fn report_csv(office: &str, days: &[DayReport]) -> Result<Vec<u8>, Error> {
    let mut csv = Writer::from_writer(Vec::new());
    for (day, row) in days.iter().flat_map(|day| day.rows.iter().map(move |row| (day, row))) {
        csv.serialize(line(office, day, row))?;
    }
    csv.into_inner().map_err(|error| Error::from(error.into_error()))
}

fn line<'a>(office: &'a str, day: &DayReport, row: &'a Row) -> Line<'a> {
    let (figures, waiting, serving) = (row.figures, row.waiting.lasted(), row.serving.lasted());
    Line {
        office,
        date: day.date.to_string(),
        slot: row.time.to_string(),
        service: row.service.as_str(),
        channel: row.channel.as_str(),
        booked: figures.booked,
        came: figures.came,
        late: figures.late,
        sent_back: figures.sent_back,
        served: figures.served,
        unfinished: figures.unfinished,
        lapsed: figures.lapsed,
        no_shows: figures.no_shows,
        cancelled: figures.cancelled,
        to_come: figures.to_come,
        moved_away: figures.moved_away,
        waiting_median_secs: waiting.map(|of| of.median_secs),
        waiting_p90_secs: waiting.map(|of| of.p90_secs),
        serving_median_secs: serving.map(|of| of.median_secs),
        serving_p90_secs: serving.map(|of| of.p90_secs),
    }
}
