//! Questions, with what is really free to choose from.

use antrian::domain::account::Applicant;
use antrian::domain::chat::words::Misread;
use antrian::domain::chat::{Chat, Pick};
use antrian::domain::language::{Locale, date_time, fill, in_language};
use antrian::domain::office::{Channel, Office};
use antrian::domain::time::{SlotTime, local_date, zone_name};
use antrian::ledger::{DayAvailability, DayStatus};
use antrian::messaging::compose::Reply;
use chrono::{Days, NaiveDate};

use crate::TurnError;
use crate::say::{MAX_ROWS, plain, row, short_date, with_list};
use crate::texts::TEXTS;
use crate::turn::TurnContext;

/// Which office; the n-th and those after it.
pub(crate) fn office(turn: &TurnContext<'_>, from: usize) -> Reply {
    let locale = turn.account.locale;
    let left = turn.offices.iter().skip(from);
    let many = turn.offices.len().saturating_sub(from) > MAX_ROWS;
    let shown = if many { MAX_ROWS - 1 } else { MAX_ROWS };
    let mut rows: Vec<_> = left
        .take(shown)
        .map(|office| row(&Pick::Office(office.id.clone()), &office.city, &office.name))
        .collect();
    if many {
        let more = in_language(locale, &TEXTS.more_offices);
        rows.push(row(&Pick::Offices(from + shown), more, ""));
    }
    with_list(fill(locale, &TEXTS.ask_office, &[]), locale, rows)
}

/// Which service.
pub(crate) fn service(turn: &TurnContext<'_>, chat: &Chat) -> Reply {
    let locale = turn.account.locale;
    let Some(office) = chosen(turn, chat) else { return office(turn, 0) };
    let rows = office.services.iter().take(MAX_ROWS).map(|service| {
        let name = in_language(locale, &service.name);
        row(&Pick::Service(service.id.clone()), name, name)
    });
    let text = fill(locale, &TEXTS.ask_service, &[("office", &office.name)]);
    with_list(text, locale, rows.collect())
}

/// For whom.
pub(crate) fn person(turn: &TurnContext<'_>) -> Reply {
    let locale = turn.account.locale;
    let known = |person: &Applicant| {
        row(&Pick::Person(person.id.clone()), person.details.name.expose(), "")
    };
    let mut rows: Vec<_> = turn.people.iter().map(known).collect();
    rows.push(row(&Pick::NewPerson, in_language(locale, &TEXTS.new_person), ""));
    with_list(fill(locale, &TEXTS.ask_person, &[]), locale, rows)
}

/// Who that is.
pub(crate) fn details(locale: Locale, misread: Option<Misread>) -> Reply {
    let example = fill(locale, &TEXTS.example_details, &[]);
    let question = plain(locale, &TEXTS.ask_details, &[("example", &example)]);
    match misread {
        Some(misread) => after(locale, misread, question),
        None => question,
    }
}

/// What was wrong, and then the question.
pub(crate) fn after(locale: Locale, misread: Misread, question: Reply) -> Reply {
    let fault = match misread {
        Misread::Nik => &TEXTS.fault_nik,
        Misread::Date => &TEXTS.fault_date,
        Misread::PastDate => &TEXTS.fault_past_date,
        Misread::Unclear => &TEXTS.fault_unclear,
    };
    let text = format!("{}\n\n{}", fill(locale, fault, &[]), question.text);
    Reply { text, ..question }
}

/// The office of the wish.
pub(crate) fn chosen<'s>(turn: &'s TurnContext<'_>, chat: &Chat) -> Option<&'s Office> {
    let id = chat.draft.office.as_ref()?;
    turn.offices.iter().find(|office| office.id == *id).map(|office| &**office)
}

/// The channel whose seats the person of the wish may have.
pub(crate) fn channel(turn: &TurnContext<'_>, chat: &Chat) -> Channel {
    let person = turn.people.iter().find(|person| Some(&person.id) == chat.draft.person.as_ref());
    let has_priority = person.is_some_and(|person| person.details.category.has_priority());
    if has_priority { Channel::Priority } else { Channel::Whatsapp }
}

/// Days read in one go.
const CHUNK_DAYS: u64 = 14;
/// Days looked at in all.
const MAX_CHUNKS: u64 = 5;

/// Days with free seats from a date on, one more than a list has room for.
async fn free_days(
    turn: &TurnContext<'_>,
    chat: &Chat,
    office: &Office,
    from: NaiveDate,
) -> Result<Vec<DayAvailability>, TurnError> {
    let Some(service) = &chat.draft.service else { return Ok(vec![]) };
    let channel = channel(turn, chat);
    let mut free = Vec::new();
    for chunk in 0..MAX_CHUNKS {
        let first = from + Days::new(chunk * CHUNK_DAYS);
        let last = first + Days::new(CHUNK_DAYS - 1);
        let days = turn
            .ledger
            .availability(office, service, first, last, channel, turn.now)
            .await
            .map_err(TurnError::ledger)?;
        free.extend(days.into_iter().filter(|day| day.status == DayStatus::Open));
        if free.len() > MAX_ROWS {
            break;
        }
    }
    Ok(free)
}

/// On which date.
pub(crate) async fn date(
    turn: &TurnContext<'_>,
    chat: &Chat,
    from: NaiveDate,
) -> Result<Reply, TurnError> {
    let locale = turn.account.locale;
    let Some(chosen) = chosen(turn, chat) else { return Ok(office(turn, 0)) };
    let from = from.max(local_date(turn.now, chosen.timezone));
    let days = free_days(turn, chat, chosen, from).await?;
    if days.is_empty() {
        let (opens_at, _) = chosen.release.next_release(turn.now, chosen.timezone);
        let when = date_time(locale, opens_at, chosen.timezone);
        let values = [("office", &*chosen.name), ("when", &*when)];
        return Ok(plain(locale, &TEXTS.no_dates, &values));
    }
    let shown = if days.len() > MAX_ROWS { MAX_ROWS - 1 } else { days.len() };
    let mut rows: Vec<_> = days
        .iter()
        .take(shown)
        .map(|day| {
            let seats: u32 = day.slots.iter().map(|slot| u32::from(slot.seats_free)).sum();
            row(&Pick::Date(day.date), &short_date(locale, day.date), &seats_left(locale, seats))
        })
        .collect();
    if let Some(next) = days.get(shown) {
        rows.push(row(&Pick::Dates(next.date), in_language(locale, &TEXTS.more_dates), ""));
    }
    let text = fill(locale, &TEXTS.ask_date, &[("office", &chosen.name)]);
    Ok(with_list(text, locale, rows))
}

pub(crate) fn seats_left(locale: Locale, seats: u32) -> String {
    fill(locale, &TEXTS.seats, &[("seats", &seats.to_string())])
}

/// At which hour.
pub(crate) async fn hour(
    turn: &TurnContext<'_>,
    chat: &mut Chat,
    day: NaiveDate,
    from: Option<SlotTime>,
) -> Result<Reply, TurnError> {
    let locale = turn.account.locale;
    let (Some(office), Some(service)) = (chosen(turn, chat), chat.draft.service.clone()) else {
        return date(turn, chat, day).await;
    };
    let channel = channel(turn, chat);
    let days = turn.ledger.availability(office, &service, day, day, channel, turn.now).await;
    let days = days.map_err(TurnError::ledger)?;
    let slots = days.first().map(|found| &*found.slots).unwrap_or_default();
    let free: Vec<_> = slots
        .iter()
        .filter(|slot| slot.seats_free > 0 && from.is_none_or(|from| slot.time >= from))
        .collect();
    if free.is_empty() {
        return crate::hold::no_seat_on(turn, chat, day, None).await;
    }
    let shown = if free.len() > MAX_ROWS { MAX_ROWS - 1 } else { free.len() };
    let mut rows: Vec<_> = free
        .iter()
        .take(shown)
        .map(|slot| {
            let title = hour_of(locale, slot.time, office);
            let seats = seats_left(locale, slot.seats_free.into());
            row(&Pick::Slot(day, slot.time), &title, &seats)
        })
        .collect();
    if let Some(next) = free.get(shown) {
        rows.push(row(&Pick::Hours(day, next.time), in_language(locale, &TEXTS.more_hours), ""));
    }
    let date = antrian::domain::language::date(locale, day);
    let values = [("date", &*date), ("office", &*office.name)];
    Ok(with_list(fill(locale, &TEXTS.ask_hour, &values), locale, rows))
}

/// `09.00 WIB` or `09:00 WIB`.
pub(crate) fn hour_of(locale: Locale, time: SlotTime, office: &Office) -> String {
    let time = match locale {
        Locale::Id => time.to_string().replace(':', "."),
        Locale::En => time.to_string(),
    };
    format!("{time} {}", zone_name(office.timezone))
}
