//! Why a wish is not fulfilled, and what is asked or offered instead.

use antrian::domain::booking::{Refusal, Status};
use antrian::domain::calendar::ClosedReason;
use antrian::domain::chat::{Chat, Pick, Question, Remark};
use antrian::domain::code::BookingCode;
use antrian::domain::fair_use::{Limit, Whose};
use antrian::domain::ids::ApplicantId;
use antrian::domain::language::{clock, date, date_time, fill, in_language};
use antrian::domain::office::Office;
use antrian::domain::reason::Reason;
use antrian::domain::time::SlotTime;
use antrian::ledger::{Alternative, DayStatus, NotOffered};
use antrian::messaging::compose::Reply;
use chrono::{DateTime, NaiveDate, Utc};

use crate::ask::{self, Hours};
use crate::context::TurnContext;
use crate::error::TurnError;
use crate::remarks::remark;
use crate::say::{self, plain, row};
use crate::texts::TEXTS;

/// A full date or hour is answered with free ones.
pub(crate) async fn full(
    context: &TurnContext<'_>,
    chat: &mut Chat,
    alternatives: &[Alternative],
) -> Result<Reply, TurnError> {
    let locale = context.account.locale;
    let (Some(office), Some(day)) = (context.office(chat), chat.draft.date) else {
        return Ok(plain(locale, &TEXTS.not_now, &[]));
    };
    let earlier = ask::earlier(context, chat, office, day).await?;
    let wanted = wanted(context, office, day, chat.draft.time);
    (chat.draft.time, chat.draft.any_hour) = (None, false);
    chat.question = Question::Date;
    if alternatives.is_empty() && earlier.is_empty() {
        let (opens_at, _) = office.release.next_release(context.now, office.timezone);
        let when = date_time(locale, opens_at, office.timezone);
        let values = [("wanted", &*wanted), ("when", &*when)];
        return Ok(plain(locale, &TEXTS.full_none, &values));
    }
    let offered = |free: &Alternative| {
        let title = format!("{} {}", say::short_date(locale, free.date), clock(locale, free.time));
        let seats = say::seats_left(locale, free.seats_free.into());
        row(&Pick::Slot(free.date, free.time), &title, &seats)
    };
    let mut rows: Vec<_> = earlier.iter().map(|day| ask::day_row(locale, day)).collect();
    let room = say::MAX_ROWS - rows.len() - 1;
    rows.extend(alternatives.iter().take(room).map(offered));
    rows.push(row(&Pick::Dates(day), in_language(locale, &TEXTS.more_dates), ""));
    Ok(say::with_list(fill(locale, &TEXTS.full, &[("wanted", &wanted)]), locale, rows))
}

/// `Rabu, 2 Desember 2026, 09.00 WITA`: what was wanted.
fn wanted(
    context: &TurnContext<'_>,
    office: &Office,
    day: NaiveDate,
    time: Option<SlotTime>,
) -> String {
    let locale = context.account.locale;
    let day = date(locale, day);
    time.map_or(day.clone(), |time| format!("{day}, {}", say::hour(locale, time, office)))
}

/// The person has a booking of this account: which.
pub(crate) async fn already_booked(
    context: &TurnContext<'_>,
    chat: &mut Chat,
    code: BookingCode,
) -> Result<Reply, TurnError> {
    let locale = context.account.locale;
    let own = context.own(code).await?;
    let own = own.filter(|booking| booking.status_at(context.now).is_live());
    let office = own.as_ref().and_then(|booking| context.office_of(booking));
    // It has ended since, or its office has another number.
    let (Some(booking), Some(office)) = (&own, office) else {
        return Ok(plain(locale, &TEXTS.not_now, &[]));
    };
    if booking.status_at(context.now) == Status::Held {
        chat.question = Question::Confirm(code);
    }
    let lines = say::booking(locale, office, (booking, &context.who(booking)), context.now);
    let text = fill(locale, &TEXTS.already_booked, &[("booking", &lines)]);
    Ok(say::about_booking(locale, text, booking))
}

/// Somebody else was the last to book for the person: what can be done, and nothing of what they did.
pub(crate) fn needs_confirmation(context: &TurnContext<'_>, person: Option<ApplicantId>) -> Reply {
    let locale = context.account.locale;
    let text = fill(locale, &TEXTS.person_needs_confirmation, &[]);
    match person {
        Some(person) => say::with_buttons(text, locale, &[(Pick::Claim(person), &TEXTS.do_claim)]),
        None => Reply { text, options: None },
    }
}

/// No more seats can be held for a time: until when, by which rule, and who can help.
pub(crate) fn limited(context: &TurnContext<'_>, office: &Office, limit: Limit) -> Reply {
    let (locale, rule) = (context.account.locale, &office.policy.fair_use);
    let contact = in_language(locale, &office.contact);
    let (text, count, until) = match limit {
        Limit::Missed(until) => (&TEXTS.too_many_missed, rule.missed_visits, until),
        Limit::Holds(Whose::Person, until) => (&TEXTS.too_many_holds, rule.holds_per_person, until),
        Limit::Holds(Whose::Account, until) => {
            (&TEXTS.too_many_holds_here, rule.holds_per_account, until)
        }
    };
    let (count, until) = (count.to_string(), date_time(locale, until, office.timezone));
    plain(locale, text, &[("count", &count), ("until", &until), ("contact", contact)])
}

/// The question for the hour; on a date without a free seat, why that is and what is free.
pub(crate) async fn hour(
    context: &TurnContext<'_>,
    chat: &mut Chat,
    day: NaiveDate,
    from: Option<SlotTime>,
) -> Result<Reply, TurnError> {
    match ask::hour(context, chat, day, from).await? {
        Hours::Ask(question) => Ok(question),
        Hours::NoSeat(status) => no_seat_on(context, chat, day, status).await,
    }
}

/// A date without a free seat is refused as the ledger would refuse it, without asking it.
async fn no_seat_on(
    context: &TurnContext<'_>,
    chat: &mut Chat,
    day: NaiveDate,
    status: DayStatus,
) -> Result<Reply, TurnError> {
    let (Some(office), Some(service)) = (context.office(chat), chat.draft.service.clone()) else {
        return Ok(say::menu(context.account.locale));
    };
    let (channel, now) = (context.channel(chat), context.now);
    (chat.draft.date, chat.draft.time) = (Some(day), None);
    let reason = match status {
        DayStatus::Closed(_) => Reason::OfficeClosed,
        DayStatus::NotReleased(_) => Reason::NotReleased,
        DayStatus::Open | DayStatus::Full => Reason::SlotFull,
    };
    context.ledger.count_refusal(reason, (&office.id, Some(day)), channel, now);
    match status {
        DayStatus::Closed(reason) => closed(context, chat, (office, day), &reason).await,
        DayStatus::NotReleased(at) => not_released(context, chat, (office, day), at).await,
        DayStatus::Open | DayStatus::Full => {
            let ledger = &context.ledger;
            let free = ledger.alternatives(office, &service, day, (channel, 1), now).await?;
            full(context, chat, &free).await
        }
    }
}

/// Why nothing is offered there, and what is.
pub(crate) async fn not_offered(
    context: &TurnContext<'_>,
    chat: &mut Chat,
    reason: NotOffered,
) -> Result<Reply, TurnError> {
    let locale = context.account.locale;
    let (Some(office), Some(day)) = (context.office(chat), chat.draft.date) else {
        return Ok(ask::office(context, 0));
    };
    match reason {
        NotOffered::Service => Ok(ask::service(context, chat)),
        NotOffered::Offline => {
            let contact = in_language(locale, &office.contact);
            Ok(plain(locale, &TEXTS.offline, &[("office", &office.name), ("contact", contact)]))
        }
        NotOffered::Slot => {
            chat.draft.time = None;
            let question = hour(context, chat, day, None).await?;
            Ok(say::before(fill(locale, &TEXTS.no_slot, &[]), question))
        }
        NotOffered::Closed(reason) => closed(context, chat, (office, day), &reason).await,
        NotOffered::NotReleased(at) => not_released(context, chat, (office, day), at).await,
    }
}

async fn closed(
    context: &TurnContext<'_>,
    chat: &mut Chat,
    (office, day): (&Office, NaiveDate),
    reason: &ClosedReason,
) -> Result<Reply, TurnError> {
    let locale = context.account.locale;
    let wanted = wanted(context, office, day, None);
    let values = [("wanted", &*wanted), ("reason", in_language(locale, &reason.text))];
    another_date(context, chat, day, fill(locale, &TEXTS.closed, &values)).await
}

async fn not_released(
    context: &TurnContext<'_>,
    chat: &mut Chat,
    (office, day): (&Office, NaiveDate),
    at: DateTime<Utc>,
) -> Result<Reply, TurnError> {
    let locale = context.account.locale;
    let wanted = wanted(context, office, day, None);
    let when = date_time(locale, at, office.timezone);
    let values = [("wanted", &*wanted), ("when", &*when)];
    another_date(context, chat, day, fill(locale, &TEXTS.not_released, &values)).await
}

/// Why this date is none, and the question for another one after it.
async fn another_date(
    context: &TurnContext<'_>,
    chat: &mut Chat,
    day: NaiveDate,
    why: String,
) -> Result<Reply, TurnError> {
    (chat.draft.date, chat.draft.time, chat.draft.any_hour) = (None, None, false);
    chat.question = Question::Date;
    Ok(say::before(why, ask::date(context, chat, day).await?))
}

/// Why a booking stays as it is.
pub(crate) fn unchanged(context: &TurnContext<'_>, refusal: Refusal) -> Reply {
    let locale = context.account.locale;
    let contact = context.contact();
    let values = [("contact", &*contact)];
    match refusal.reason() {
        Reason::HoldExpired => remark(context, Remark::HoldExpired),
        Reason::BookingEnded => remark(context, Remark::Ended),
        Reason::AlreadyCheckedIn => plain(locale, &TEXTS.checked_in, &[]),
        Reason::TooLateToMove => plain(locale, &TEXTS.too_late_to_move, &values),
        Reason::NoMoreTime => plain(locale, &TEXTS.no_more_time, &[]),
        Reason::TooManyRequests => plain(locale, &TEXTS.moved_too_often, &values),
        _ => plain(locale, &TEXTS.not_now, &[]),
    }
}
