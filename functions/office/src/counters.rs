//! A counter's page: whom it has, who waits, and what it does with them. Every key of it is a button, and
//! every button a form: it works without script, and with it without a mouse.

use std::collections::BTreeSet;
use std::sync::Arc;

use antrian::domain::ids::OfficeId;
use antrian::domain::office::Office;
use antrian::domain::queue::{
    Counter, CounterAction, CounterSetup, Line, QueueDay, QueueEntry, QueueNumber, QueueState,
    TransferTo, closed,
};
use antrian::domain::reason::Reason;
use antrian::domain::time::whole_seconds;
use antrian::http::body::{Params, Segments};
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes};
use antrian::ledger::{CallTarget, Caller};
use antrian::staff::Scope;
use antrian::use_cases::desk::{person_at, queue_of_today};
use antrian_pages::forms::{Posted, address};
use antrian_pages::page::{Keep, Page, Shown, go, own, shown};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::errors::said;
use crate::fragment::{Part, part};
use crate::paths;
use crate::session::Clerk;

pub(crate) fn routes() -> Routes {
    Routes::new().route("/petugas/{office}/loket", get(page_of).post(act))
}

/// Which counter the clerk sits at.
#[derive(Debug, Deserialize)]
struct At {
    loket: Option<Counter>,
}

#[derive(Template)]
#[template(path = "counter_choice.html")]
struct Choice<'a> {
    page: Page,
    office: &'a Office,
    path: String,
    /// Counters that have called or were opened today.
    known: Vec<String>,
}

#[derive(Template)]
#[template(path = "counter.html")]
struct CounterPage<'a> {
    page: &'a Page,
    office: &'a Office,
    path: &'a str,
    state: &'a CounterState,
    refusal: Option<&'a str>,
}

/// What changes while the page stays open.
#[derive(Template)]
#[template(path = "counter_state.html")]
struct StatePart<'a> {
    page: &'a Page,
    path: &'a str,
    state: &'a CounterState,
}

/// A counter and the line before it.
struct CounterState {
    counter: String,
    /// Staff have closed it.
    is_closed: bool,
    /// Letters of the office's queues.
    letters: BTreeSet<char>,
    /// Those that it was opened for.
    served: Vec<char>,
    /// Whom it has.
    with: Option<Called>,
    /// It has parked somebody.
    has_parked: bool,
    /// In the order in which this counter would call them.
    waiting: Vec<Row>,
    /// Skipped or parked.
    away: Vec<Row>,
}

/// Whom the counter has.
struct Called {
    number: String,
    is_serving: bool,
    name: Option<String>,
    calls: u32,
}

/// Somebody in the line.
struct Row {
    number: String,
    priority: bool,
    /// Sent to this very counter.
    is_sent: bool,
    is_parked: bool,
    minutes: i64,
    at: Option<String>,
}

async fn page_of(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    asks: Part,
    Segments(id): Segments<OfficeId>,
    Params(at): Params<At>,
) -> Shown {
    clerk.may(Scope::Queue, &id)?;
    let (office, day) = queue(&app, &id).await?;
    let path = paths::counters(&id);
    let Some(counter) = at.loket else {
        let known = known(&app, &day).await?;
        return Ok(own(&Choice { page, office: &office, path, known }));
    };
    let state = state(&app, &office, &day, &counter).await?;
    if asks.0 {
        let state = StatePart { page: &page, path: &path, state: &state };
        return Ok(part(StatusCode::OK, &state));
    }
    Ok(own(&whole(&page, &office, &path, &state, None)))
}

fn whole<'a>(
    page: &'a Page,
    office: &'a Office,
    path: &'a str,
    state: &'a CounterState,
    refusal: Option<&'a str>,
) -> CounterPage<'a> {
    CounterPage { page, office, path, state, refusal }
}

/// Counters that have called or were opened today.
async fn known(app: &AppState, day: &QueueDay) -> Result<Vec<String>, Problem> {
    let store = app.ledger.store();
    let (called, set) = tokio::try_join!(store.at_counters(day), store.counter_setups(day))?;
    let called = called.into_iter().map(|at| at.counter);
    let mut names: Vec<_> = called.chain(set.into_iter().map(|set| set.counter)).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names.iter().map(|counter| counter.as_str().to_owned()).collect())
}

async fn queue(app: &AppState, id: &OfficeId) -> Result<(Arc<Office>, QueueDay), Problem> {
    queue_of_today(app, id).await?.ok_or_else(|| Problem::new(Reason::NotFound))
}

async fn state(
    app: &AppState,
    office: &Office,
    day: &QueueDay,
    counter: &Counter,
) -> Result<CounterState, Problem> {
    let (store, now) = (app.ledger.store(), app.clock.now());
    let (entries, setups) = tokio::try_join!(store.queue_entries(day), store.counter_setups(day))?;
    let setup = setups.iter().find(|setup| setup.counter == *counter);
    let closed = closed(&setups);
    let served = setup.map_or_else(Vec::new, |setup| setup.letters.clone());
    let line = Line::of(&entries, office.policy.priority_one_in).with_closed(&closed);
    let row = |entry: &QueueEntry| Row::of(entry, counter, now);
    let is_here = |entry: &&QueueEntry| entry.counter.as_ref() == Some(counter);
    let own = entries.iter().filter(is_here).find(|entry| entry.state.is_at_counter());
    let mut parked = entries.iter().filter(is_here);
    Ok(CounterState {
        counter: counter.as_str().to_owned(),
        is_closed: setup.is_some_and(|setup| !setup.open),
        with: match own {
            Some(entry) => Some(called(app, entry).await),
            None => None,
        },
        has_parked: parked.any(|entry| entry.state == QueueState::Parked),
        waiting: line.upcoming(&served, counter).into_iter().map(row).collect(),
        away: entries.iter().filter(|entry| entry.state.is_away()).map(row).collect(),
        letters: office.queue_letters(),
        served,
    })
}

async fn called(app: &AppState, entry: &QueueEntry) -> Called {
    let person = person_at(app, entry).await;
    Called {
        number: entry.queue_number().to_string(),
        is_serving: entry.state == QueueState::Serving,
        name: person.map(|person| person.details.name.expose().to_owned()),
        calls: entry.calls,
    }
}

impl Row {
    fn of(entry: &QueueEntry, counter: &Counter, now: DateTime<Utc>) -> Self {
        Self {
            number: entry.queue_number().to_string(),
            priority: entry.priority,
            is_sent: entry.for_counter.as_ref() == Some(counter),
            is_parked: entry.state == QueueState::Parked,
            minutes: entry.waited(now).map_or(0, |time| time.num_minutes()),
            at: entry.counter.as_ref().map(|counter| counter.as_str().to_owned()),
        }
    }
}

/// What a button sends.
#[derive(Debug, Deserialize)]
struct Press {
    loket: Option<Counter>,
    /// What is to be done.
    buat: Option<Deed>,
    /// The number that is meant; empty: whatever the counter has.
    #[serde(default)]
    nomor: String,
    /// Where to: a letter of the office, or a counter.
    #[serde(default)]
    ke: String,
    /// Letters that the counter serves.
    #[serde(default)]
    huruf: Vec<char>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Deed {
    Berikutnya,
    Nomor,
    Lanjutkan,
    Ulang,
    Layani,
    Selesai,
    Lewati,
    Tunda,
    Kembalikan,
    Pindah,
    Antrekan,
    Buka,
    Tutup,
}

async fn act(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Posted(press): Posted<Press>,
) -> Shown {
    clerk.may(Scope::Queue, &id)?;
    let (office, day) = queue(&app, &id).await?;
    let path = paths::counters(&id);
    let (Some(counter), Some(deed)) = (&press.loket, press.buat) else { return Ok(go(&path)) };
    let Err(problem) = done(&app, &clerk, (&office, &day), counter, deed, &press).await else {
        return Ok(go(&address(&path, &[("loket", counter.as_str())])));
    };
    // A fault is a page of its own; a refusal stands on the counter's page.
    if !problem.status().is_client_error() {
        return Err(problem);
    }
    let state = state(&app, &office, &day, counter).await?;
    let sentence = said(&page, &problem).to_owned();
    let page = whole(&page, &office, &path, &state, Some(&sentence));
    Ok(shown(problem.status(), Keep::Never, &page))
}

async fn done(
    app: &AppState,
    clerk: &Clerk,
    (office, day): (&Office, &QueueDay),
    counter: &Counter,
    deed: Deed,
    press: &Press,
) -> Result<(), Problem> {
    let (staff, now) = (clerk.staff().subject.as_str(), app.clock.now());
    let caller = Caller { counter, staff, request: None };
    let number = number(press)?;
    let call = async |target: CallTarget| -> Result<(), Problem> {
        app.ledger.call(office, day, caller, &target, now).await??;
        Ok(())
    };
    if let Some(action) = action(deed) {
        app.ledger.step(day, caller, number, action, now).await??;
        return Ok(());
    }
    match deed {
        Deed::Nomor => call(CallTarget::Number(number.ok_or_else(no_number)?)).await?,
        Deed::Lanjutkan => call(CallTarget::Parked).await?,
        Deed::Pindah => {
            let to = aim(office, counter, &press.ke)?;
            app.ledger.transfer(day, caller, number, &to, now).await??;
        }
        Deed::Antrekan => {
            let number = number.ok_or_else(no_number)?;
            app.ledger.bring_back(office, day, number, staff, now).await??;
        }
        Deed::Buka | Deed::Tutup => {
            let setup = CounterSetup {
                counter: counter.clone(),
                open: matches!(deed, Deed::Buka),
                letters: served(office, deed, &press.huruf)?,
                since: whole_seconds(now),
                staff: staff.to_owned(),
            };
            app.ledger.set_counter(day, &setup).await??;
        }
        _ => call(CallTarget::Next(vec![])).await?,
    }
    Ok(())
}

/// What a counter does with the number that it has, if it is that.
fn action(deed: Deed) -> Option<CounterAction> {
    Some(match deed {
        Deed::Ulang => CounterAction::Recall,
        Deed::Layani => CounterAction::Serve,
        Deed::Selesai => CounterAction::Finish,
        Deed::Lewati => CounterAction::Skip,
        Deed::Tunda => CounterAction::Park,
        Deed::Kembalikan => CounterAction::PassBack,
        _ => return None,
    })
}

fn number(press: &Press) -> Result<Option<QueueNumber>, Problem> {
    match press.nomor.trim() {
        "" => Ok(None),
        typed => typed.parse().map(Some).map_err(|_| no_number()),
    }
}

fn no_number() -> Problem {
    Problem::field(
        "nomor",
        "Ketik nomor antrean, misalnya A-014 atau a14.",
        "Type a queue number, for example A-014 or a14.",
    )
}

/// One letter is a line of the office, or a mistake; anything else is a counter.
fn aim(office: &Office, own: &Counter, typed: &str) -> Result<TransferTo, Problem> {
    let mut chars = typed.trim().chars();
    if let (Some(letter @ ('A'..='Z' | 'a'..='z')), None) = (chars.next(), chars.next()) {
        let (letter, known) = (letter.to_ascii_uppercase(), office.queue_letters());
        let found = known.contains(&letter).then_some(TransferTo::Letter(letter));
        return found.ok_or_else(|| no_letter(letter, &known));
    }
    let counter: Option<Counter> = typed.parse().ok().filter(|counter| counter != own);
    counter.map(TransferTo::Counter).ok_or_else(|| {
        Problem::field(
            "ke",
            "Ketik huruf antrean, misalnya B, atau nama loket lain, misalnya 5.",
            "Type a letter of a queue, for example B, or another counter, for example 5.",
        )
    })
}

fn no_letter(letter: char, known: &BTreeSet<char>) -> Problem {
    let known = known.iter().map(char::to_string).collect::<Vec<_>>().join(", ");
    Problem::field(
        "ke",
        &format!(
            "Kantor ini tidak memiliki antrean {letter}; hurufnya: {known}. Untuk loket bernama {letter} \
             ketik LOKET {letter}."
        ),
        &format!(
            "This office has no queue {letter}; its letters: {known}. For a counter named {letter} type \
             LOKET {letter}."
        ),
    )
}

/// Letters of the office among those that were ticked; all of them are none. A counter that is opened for
/// none would call everybody.
fn served(office: &Office, deed: Deed, ticked: &[char]) -> Result<Vec<char>, Problem> {
    let mut letters = office.queue_letters();
    let all = letters.len();
    letters.retain(|letter| ticked.contains(letter));
    match letters.len() {
        0 if matches!(deed, Deed::Buka) => Err(Problem::field(
            "huruf",
            "Centang paling sedikit satu huruf antrean yang dilayani loket ini.",
            "Tick at least one letter of a queue that this counter serves.",
        )),
        count if count == all => Ok(vec![]),
        _ => Ok(letters.into_iter().collect()),
    }
}
