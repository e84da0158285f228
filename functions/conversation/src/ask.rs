//! Questions, with what is really free to choose from.

use antrian::domain::account::Applicant;
use antrian::domain::chat::words::Misread;
use antrian::domain::chat::{Chat, Pick};
use antrian::domain::ids::OfficeId;
use antrian::domain::language::{self, Locale, Text, clip, date_time, fill, in_language};
use antrian::domain::office::Office;
use antrian::domain::time::{SlotTime, local_date};
use antrian::ledger::{DayAvailability, DayStatus};
use antrian::messaging::ReplyOption;
use antrian::messaging::compose::Reply;
use chrono::{Days, NaiveDate};

use crate::context::TurnContext;
use crate::error::TurnError;
use crate::say::{self, MAX_ROWS, row};
use crate::texts::TEXTS;

/// Which office; the n-th and those after it.
pub(crate) fn office(context: &TurnContext<'_>, from: usize) -> Reply {
    let locale = context.account.locale;
    let rows = say::rows(
        context.offices.get(from..).unwrap_or_default(),
        |office| row(&Pick::Office(office.id.clone()), &office.city, &office.name),
        |_| {
            let next = Pick::Offices(from + MAX_ROWS - 1);
            row(&next, in_language(locale, &TEXTS.more_offices), "")
        },
    );
    say::with_list(fill(locale, &TEXTS.ask_office, &[]), locale, rows)
}

/// An office gives no appointments here: whom to ask there, and which ones do.
pub(crate) fn not_online(context: &TurnContext<'_>, id: &OfficeId) -> Reply {
    let locale = context.account.locale;
    let question = office(context, 0);
    let Some(offline) = context.offline(id) else { return question };
    let contact = in_language(locale, &offline.contact);
    let values = [("office", &*offline.name), ("contact", contact)];
    say::before(fill(locale, &TEXTS.offline, &values), question)
}

/// Which service.
pub(crate) fn service(context: &TurnContext<'_>, chat: &Chat) -> Reply {
    let locale = context.account.locale;
    let Some(office) = context.office(chat) else { return office(context, 0) };
    let rows = office.services.iter().take(MAX_ROWS).map(|service| {
        let name = in_language(locale, &service.name);
        row(&Pick::Service(service.id.clone()), name, name)
    });
    let text = fill(locale, &TEXTS.ask_service, &[("office", &office.name)]);
    say::with_list(text, locale, rows.collect())
}

/// For whom.
pub(crate) fn person(context: &TurnContext<'_>) -> Reply {
    let locale = context.account.locale;
    let known = |person: &Applicant| {
        row(&Pick::Person(person.id.clone()), person.details.name.expose(), &told_apart(person))
    };
    let mut rows: Vec<_> = context.people.iter().map(known).collect();
    rows.push(row(&Pick::NewPerson, in_language(locale, &TEXTS.new_person), ""));
    say::with_list(fill(locale, &TEXTS.ask_person, &[]), locale, rows)
}

/// What tells a person from another whose row begins alike: what was cut off the name, and the NIK's end.
pub(crate) fn told_apart(person: &Applicant) -> String {
    let name = person.details.name.expose();
    let cut = if say::fits_row(name) { "" } else { name };
    let nik = person.details.nik.as_ref().map(|nik| format!("NIK …{}", nik.ending()));
    let room = say::DESCRIPTION_CHARS - nik.as_ref().map_or(0, |nik| nik.len() + 1);
    let cut = clip(cut, room);
    [cut, nik.unwrap_or_default()].join(" ").trim().to_owned()
}

/// Who that is; what was wrong with the last answer comes first.
pub(crate) fn details(locale: Locale, misread: Option<Misread>, chat: &Chat) -> Reply {
    let example = fill(locale, &TEXTS.example_details, &[]);
    let question = match rest(chat) {
        Some(rest) => say::plain(locale, rest, &[]),
        None => say::plain(locale, &TEXTS.ask_details, &[("example", &example)]),
    };
    match misread {
        // What is missing is said.
        Some(Misread::Unclear) if rest(chat).is_some() => question,
        Some(misread) => after_misread(locale, misread, question),
        None => question,
    }
}

/// The question for what alone is missing of a person.
fn rest(chat: &Chat) -> Option<&'static Text> {
    let pending = chat.pending.as_ref()?;
    match (pending.lacks_only_nik(), pending.lacks_only_name()) {
        (true, _) => Some(&TEXTS.ask_nik),
        (_, true) => Some(&TEXTS.ask_name),
        _ => None,
    }
}

/// What was wrong, and then the question.
pub(crate) fn after_misread(locale: Locale, misread: Misread, question: Reply) -> Reply {
    let wrong = match misread {
        Misread::Nik(_) => &TEXTS.fault_nik,
        Misread::TwoNiks => &TEXTS.fault_two_niks,
        Misread::Date => &TEXTS.fault_date,
        Misread::PastDate => &TEXTS.fault_past_date,
        Misread::Unclear => &TEXTS.fault_unclear,
    };
    let digits =
        if let Misread::Nik(digits) = misread { digits.to_string() } else { String::new() };
    say::before(fill(locale, wrong, &[("digits", &digits)]), question)
}

/// Days looked at for free seats.
const MAX_DAYS: u64 = 70;
/// Days read before the next are: twice as many as the ledger reads at once. One working day more than a
/// list has rows is among them, unless they begin on a Saturday.
const CHUNK_DAYS: u64 = 16;

/// Days with free seats from a date on, at least one more than a list has room for if there are.
async fn free_days(
    context: &TurnContext<'_>,
    chat: &Chat,
    office: &Office,
    from: NaiveDate,
) -> Result<Vec<DayAvailability>, TurnError> {
    let Some(service) = &chat.draft.service else { return Ok(vec![]) };
    let (channel, now) = (context.channel(chat), context.now);
    let mut free = Vec::new();
    let mut ahead = 0;
    while ahead < MAX_DAYS && free.len() <= MAX_ROWS {
        let days = CHUNK_DAYS.min(MAX_DAYS - ahead);
        let first = from + Days::new(ahead);
        let last = first + Days::new(days - 1);
        let read = context.ledger.availability(office, service, first, last, channel, now).await?;
        free.extend(read.into_iter().filter(|day| day.status == DayStatus::Open));
        ahead += days;
    }
    Ok(free)
}

/// Dates before a wanted one that are looked at, and how many of them are offered.
const EARLIER_DAYS: u64 = 14;
const MAX_EARLIER: usize = 3;

/// The last days with free seats before a date.
pub(crate) async fn earlier(
    context: &TurnContext<'_>,
    chat: &Chat,
    office: &Office,
    day: NaiveDate,
) -> Result<Vec<DayAvailability>, TurnError> {
    let Some(service) = &chat.draft.service else { return Ok(vec![]) };
    let today = local_date(context.now, office.timezone);
    let first = today.max(day - Days::new(EARLIER_DAYS));
    if first >= day {
        return Ok(vec![]);
    }
    let (channel, now, last) = (context.channel(chat), context.now, day - Days::new(1));
    let mut days = context.ledger.availability(office, service, first, last, channel, now).await?;
    days.retain(|day| day.status == DayStatus::Open);
    Ok(days.split_off(days.len().saturating_sub(MAX_EARLIER)))
}

/// A day to choose, with how many seats it has.
pub(crate) fn day_row(locale: Locale, day: &DayAvailability) -> ReplyOption {
    let seats = day.slots.iter().map(|slot| u32::from(slot.seats_free)).sum();
    let title = say::short_date(locale, day.date);
    row(&Pick::Date(day.date), &title, &say::seats_left(locale, seats))
}

/// On which date.
pub(crate) async fn date(
    context: &TurnContext<'_>,
    chat: &Chat,
    from: NaiveDate,
) -> Result<Reply, TurnError> {
    let locale = context.account.locale;
    let Some(office) = context.office(chat) else { return Ok(self::office(context, 0)) };
    let today = local_date(context.now, office.timezone);
    let mut days = free_days(context, chat, office, from.max(today)).await?;
    if days.is_empty() && from > today {
        days = free_days(context, chat, office, today).await?;
    }
    if days.is_empty() {
        let (opens_at, _) = office.release.next_release(context.now, office.timezone);
        let when = date_time(locale, opens_at, office.timezone);
        let values = [("office", &*office.name), ("when", &*when)];
        return Ok(say::plain(locale, &TEXTS.no_dates, &values));
    }
    let rows = say::rows(
        &days,
        |day| day_row(locale, day),
        |next| row(&Pick::Dates(next.date), in_language(locale, &TEXTS.more_dates), ""),
    );
    let text = fill(locale, &TEXTS.ask_date, &[("office", &office.name)]);
    Ok(say::with_list(text, locale, rows))
}

/// The question for the hour, if there is an hour to choose.
pub(crate) enum Hours {
    Ask(Reply),
    /// The date has no free seat; what it is for somebody who looks for one.
    NoSeat(DayStatus),
}

/// At which hour, from one on; if none so late is free, any.
pub(crate) async fn hour(
    context: &TurnContext<'_>,
    chat: &Chat,
    day: NaiveDate,
    from: Option<SlotTime>,
) -> Result<Hours, TurnError> {
    let locale = context.account.locale;
    let (Some(office), Some(service)) = (context.office(chat), &chat.draft.service) else {
        return Ok(Hours::Ask(date(context, chat, day).await?));
    };
    let (channel, now) = (context.channel(chat), context.now);
    let mut days = context.ledger.availability(office, service, day, day, channel, now).await?;
    let Some(found) = days.pop() else { return Ok(Hours::NoSeat(DayStatus::Full)) };
    let free: Vec<_> = found.slots.iter().filter(|slot| slot.seats_free > 0).collect();
    if free.is_empty() {
        return Ok(Hours::NoSeat(found.status));
    }
    let is_late = |time| from.is_none_or(|from| time >= from);
    let late: Vec<_> = free.iter().filter(|slot| is_late(slot.time)).copied().collect();
    let rows = say::rows(
        if late.is_empty() { &free } else { &late },
        |slot| {
            let seats = say::seats_left(locale, slot.seats_free.into());
            row(&Pick::Slot(day, slot.time), &say::hour(locale, slot.time, office), &seats)
        },
        |next| row(&Pick::Hours(day, next.time), in_language(locale, &TEXTS.more_hours), ""),
    );
    let date = language::date(locale, day);
    let values = [("date", &*date), ("office", &*office.name)];
    let question = say::with_list(fill(locale, &TEXTS.ask_hour, &values), locale, rows);
    Ok(Hours::Ask(if late.is_empty() {
        say::before(fill(locale, &TEXTS.no_slot, &[]), question)
    } else {
        question
    }))
}
