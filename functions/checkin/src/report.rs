//! How an office's days went: counts, seats, waiting and service time. Neither names nor codes.

use std::collections::BTreeMap;

use antrian::domain::day_report::{self, DayReport, Figures, Lasted, Sum};
use antrian::domain::forecast::{self, Forecast};
use antrian::domain::ids::OfficeId;
use antrian::domain::language::Text;
use antrian::domain::office::{Channel, Office};
use antrian::domain::requirements::document_label;
use antrian::domain::time::local_date;
use antrian::http::body::{Params, Segments};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::views::instant;
use antrian::http::{AppState, Routes, office};
use antrian::staff::Scope;
use antrian::use_cases::report::{self, Period, report};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(read))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// First date, in the office's zone; absent: `to`, or today.
    from: Option<NaiveDate>,
    /// Last date, at most 30 days later; absent: `from`.
    to: Option<NaiveDate>,
}

/// How the days of an office went. All tables are sums of the same bookings.
#[derive(Debug, Serialize, ToSchema)]
struct ReportView {
    #[schema(value_type = String)]
    office: OfficeId,
    from: NaiveDate,
    to: NaiveDate,
    /// When it was read: what is not over by then may change.
    as_of: String,
    total: SumView,
    dates: Vec<DateSums>,
    /// By the start of slots.
    slots: Vec<SlotSums>,
    services: Vec<ServiceSums>,
    channels: Vec<ChannelSums>,
    /// How many of those who are booked for hours that have not begun will not come; `null`: the past says too
    /// little, or nobody is booked.
    forecast: Option<ForecastView>,
    /// What people were sent back for.
    missing_documents: Vec<MissingDocument>,
    /// People who brought documents in this time and were booked for a date before the one on which they
    /// came back; they are counted on that date, and how
    /// long they waited is counted nowhere.
    returned: u32,
}

/// Counts, and how long it took.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportSums)]
struct SumView {
    #[serde(flatten)]
    figures: Figures,
    /// In line until called; `null`: nobody is done.
    waiting: Option<Lasted>,
    /// At counters; `null`: nobody is done.
    serving: Option<Lasted>,
}

/// The seats of dates or hours.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportSeats)]
struct SeatsView {
    /// Seats that were open to be booked.
    seats_offered: u32,
    /// Of these nobody's: nobody was booked on them.
    seats_unused: u32,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportDate)]
struct DateSums {
    date: NaiveDate,
    #[serde(flatten)]
    seats: SeatsView,
    #[serde(flatten)]
    sums: SumView,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportSlot)]
struct SlotSums {
    /// `HH:MM` in the office's zone.
    slot: String,
    #[serde(flatten)]
    seats: SeatsView,
    #[serde(flatten)]
    sums: SumView,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportService)]
struct ServiceSums {
    service: String,
    #[serde(flatten)]
    seats: SeatsView,
    #[serde(flatten)]
    sums: SumView,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportChannel)]
struct ChannelSums {
    channel: Channel,
    #[serde(flatten)]
    sums: SumView,
}

/// Missed visits as the same hours of the last eight weeks let expect them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportForecast)]
struct ForecastView {
    /// Days that it is made of.
    days: usize,
    /// How far off it was on the last fourteen of them, each forecast from those before it.
    error: Option<forecast::Error>,
    slots: Vec<ForecastSlot>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ForecastSlot {
    date: NaiveDate,
    /// `HH:MM` in the office's zone.
    slot: String,
    /// Who is booked.
    to_come: u32,
    #[serde(flatten)]
    expected: forecast::Expected,
}

impl ForecastView {
    fn of(forecast: &Forecast, days: &[DayReport], zone: Tz, now: DateTime<Utc>) -> Option<Self> {
        let slots =
            day_report::to_come(days, zone, now).into_iter().map(|((date, time), to_come)| {
                let expected = forecast.expect(time, to_come);
                ForecastSlot { date, slot: time.to_string(), to_come, expected }
            });
        let slots: Vec<_> = slots.collect();
        let of = Self { days: forecast.days, error: forecast.error, slots };
        (!of.slots.is_empty()).then_some(of)
    }
}

/// A document, and how many people were sent for it.
#[derive(Debug, Serialize, ToSchema)]
struct MissingDocument {
    id: String,
    /// `null`: no rule names it any more.
    label: Option<Text>,
    people: u32,
}

impl From<&Sum> for SumView {
    fn from(sum: &Sum) -> Self {
        let (waiting, serving) = (sum.waiting.lasted(), sum.serving.lasted());
        Self { figures: sum.figures, waiting, serving }
    }
}

impl From<&Sum> for SeatsView {
    fn from(sum: &Sum) -> Self {
        Self { seats_offered: sum.seats.offered, seats_unused: sum.seats.unused }
    }
}

/// How a day, a week or a month went.
#[utoipa::path(get, path = "/v1/offices/{office}/report", tag = "staff",
    params(("office" = String, Path), Asked),
    responses((status = 200, body = ReportView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn read(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
    Params(asked): Params<Asked>,
) -> Result<Json<ReportView>, Problem> {
    staff.may(Scope::Read, &id)?;
    let (office, now) = (office(&app, &id).await?, app.clock.now());
    let today = local_date(now, office.timezone);
    let period =
        Period::new(asked.from, asked.to, today).map_err(|fault| Problem::fields(&[fault]))?;
    let (days, past) =
        tokio::try_join!(report(&app, &id, period), report::forecast(&app, &office, period))?;
    let forecast = past.and_then(|past| ForecastView::of(&past, &days, office.timezone, now));
    let as_of = instant(now, office.timezone);
    Ok(Json(ReportView { forecast, ..view(&office, period, as_of, &days) }))
}

fn view(office: &Office, period: Period, as_of: String, days: &[DayReport]) -> ReportView {
    let dates = rows(day_report::by_date(days), |date, sum| DateSums {
        date,
        seats: sum.into(),
        sums: sum.into(),
    });
    let slots = rows(day_report::by_hour(days), |time, sum| SlotSums {
        slot: time.to_string(),
        seats: sum.into(),
        sums: sum.into(),
    });
    let services = rows(day_report::by_service(days), |service, sum| ServiceSums {
        service: service.to_string(),
        seats: sum.into(),
        sums: sum.into(),
    });
    let channels = rows(day_report::by_channel(days), |channel, sum| ChannelSums {
        channel,
        sums: sum.into(),
    });
    let missing = day_report::missing(days).into_iter().map(|(id, people)| MissingDocument {
        label: document_label(office, &id).cloned(),
        id,
        people,
    });
    ReportView {
        office: office.id.clone(),
        from: period.from(),
        to: period.to(),
        as_of,
        total: (&day_report::total(days)).into(),
        dates,
        slots,
        services,
        channels,
        forecast: None,
        missing_documents: missing.collect(),
        returned: days.iter().map(|day| day.returned).sum(),
    }
}

fn rows<K, T>(sums: BTreeMap<K, Sum>, row: impl Fn(K, &Sum) -> T) -> Vec<T> {
    sums.into_iter().map(|(key, sum)| row(key, &sum)).collect()
}
