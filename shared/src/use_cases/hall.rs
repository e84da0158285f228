//! What everybody in the hall may see: which numbers are called to which counters, and how long the
//! lines are. Nobody's name or code.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::LedgerError;
use super::desk::queue_of_today;
use crate::app::App;
use crate::domain::ids::OfficeId;
use crate::domain::language::Text;
use crate::domain::office::Office;
use crate::domain::queue::{Line, QueueDay, newcomer_minutes};
use crate::storage::AtCounter;

/// The hall of an office today.
#[derive(Debug, Clone)]
pub struct Hall {
    pub office: Arc<Office>,
    pub day: QueueDay,
    /// What the counters have, the last call first.
    pub called: Vec<AtCounter>,
    /// By letter.
    pub lines: Vec<HallLine>,
}

/// The line of one letter.
#[derive(Debug, Clone)]
pub struct HallLine {
    pub letter: char,
    /// Names of the services whose people wait there.
    pub services: Vec<Text>,
    pub waiting: u32,
    /// Between how many and how many minutes somebody waits who comes now; absent: there is no pace yet.
    pub minutes: Option<(i64, i64)>,
}

/// What the hall sees. Absent: there is no such office.
pub async fn hall(app: &App, id: &OfficeId) -> Result<Option<Hall>, LedgerError> {
    let Some((office, day)) = queue_of_today(app, id).await? else { return Ok(None) };
    let store = app.ledger.store();
    let (mut called, entries) =
        tokio::try_join!(store.at_counters(&day), store.queue_entries(&day))?;
    called.retain(AtCounter::is_busy);
    called.sort_by_key(|at| Reverse(at.called_at));
    let line = Line::of(&entries, office.policy.priority_one_in);
    let lines = letters(&office).into_iter().map(|(letter, services)| HallLine {
        letter,
        services,
        waiting: line.waiting_of(letter),
        minutes: newcomer_minutes(&line, letter, app.clock.now()),
    });
    Ok(Some(Hall { lines: lines.collect(), called, office, day }))
}

/// The letters of an office, and what each is for.
fn letters(office: &Office) -> BTreeMap<char, Vec<Text>> {
    let mut letters: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for service in &office.services {
        letters.entry(service.queue_group).or_default().push(service.name.clone());
    }
    letters
}
