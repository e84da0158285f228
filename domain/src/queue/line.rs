//! Who is next, and who is before whom.
//!
//! People of one letter are called by number. Somebody who was sent there from another letter stands
//! where their waiting time puts them; somebody who was skipped and brought back stands behind the
//! first few. Priority goes first, or gets one call of so many, as the office says.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};

use super::{Counter, QueueEntry, QueueState};

/// So many who wait are called before somebody who was skipped and is brought back.
pub const BEHIND: usize = 3;

/// A place in the order of a line: when the person came, in effect; who was brought back comes after
/// whoever has the same time; then letter and number.
type Key = (DateTime<Utc>, bool, char, u32);

/// The waiting people of a day.
#[derive(Debug, Clone)]
pub struct Line<'a> {
    entries: &'a [QueueEntry],
    /// Of so many calls one goes to priority, if others wait; 1: priority goes first.
    priority_one_in: u32,
    /// Who was sent to one of these waits for any other one.
    closed: &'a [Counter],
    /// When those who have each letter came, in the order of their numbers: a number is not before a
    /// smaller one because two clocks differ by a second.
    came: BTreeMap<(char, u32), DateTime<Utc>>,
}

impl<'a> Line<'a> {
    /// The line of a day, of whose calls one of `priority_one_in` goes to priority.
    pub fn of(entries: &'a [QueueEntry], priority_one_in: u32) -> Self {
        let mut came: BTreeMap<_, _> =
            entries.iter().map(|entry| ((entry.group, entry.number), entry.since)).collect();
        let mut last: Option<(char, DateTime<Utc>)> = None;
        for ((group, _), since) in &mut came {
            let before = last.filter(|(letter, _)| letter == group).map(|(_, at)| at);
            *since = before.map_or(*since, |at| at.max(*since));
            last = Some((*group, *since));
        }
        Self { entries, priority_one_in, closed: &[], came }
    }

    /// The same with these counters closed.
    #[must_use]
    pub fn with_closed(self, closed: &'a [Counter]) -> Self {
        Self { closed, ..self }
    }

    /// All places of the day.
    pub fn entries(&self) -> &'a [QueueEntry] {
        self.entries
    }

    /// Whom a counter calls: who was sent to it, or else who is next of these letters, or of all if none
    /// is named.
    pub fn next(&self, letters: &[char], counter: &Counter) -> Option<&'a QueueEntry> {
        self.upcoming(letters, counter).first().copied()
    }

    /// Everybody whom a counter would call, in that order.
    pub fn upcoming(&self, letters: &[char], counter: &Counter) -> Vec<&'a QueueEntry> {
        let sent = self.waiting().filter(|entry| self.sent_to(entry) == Some(counter));
        let wanted = |entry: &QueueEntry| letters.is_empty() || letters.contains(&entry.line());
        let mut all: Vec<_> = sent.collect();
        all.sort_by_key(|entry| self.key(entry));
        all.extend(self.order(self.waiting(), wanted));
        all
    }

    /// How many wait who are called before this one, by a counter that serves its line.
    pub fn ahead(&self, own: &QueueEntry) -> u32 {
        let others = self.waiting().filter(|entry| entry.queue_number() != own.queue_number());
        let before = match self.sent_to(own) {
            Some(counter) => others
                .filter(|entry| self.sent_to(entry) == Some(counter))
                .filter(|entry| self.key(entry) < self.key(own))
                .count(),
            None => {
                let order = self.order(others.chain([own]), |entry| entry.line() == own.line());
                order.iter().take_while(|entry| entry.queue_number() != own.queue_number()).count()
            }
        };
        u32::try_from(before).unwrap_or(u32::MAX)
    }

    /// How many wait in the line of a letter.
    pub fn waiting_of(&self, letter: char) -> u32 {
        self.waiting().filter(|entry| entry.line() == letter).map(|_| 1).sum()
    }

    /// The time of coming that puts somebody behind the first [`BEHIND`] of their kind.
    pub fn turn_behind(&self, own: &QueueEntry, now: DateTime<Utc>) -> DateTime<Utc> {
        let is_alike = |entry: &&QueueEntry| {
            entry.line() == own.line()
                && entry.priority == own.priority
                && self.sent_to(entry).is_none()
        };
        let mut keys: Vec<_> = self.waiting().filter(is_alike).map(|of| self.key(of)).collect();
        keys.sort_unstable();
        keys.get(BEHIND - 1).map_or(now, |(came, ..)| *came)
    }

    fn waiting(&self) -> impl Iterator<Item = &'a QueueEntry> + use<'a> {
        self.entries.iter().filter(|entry| entry.state == QueueState::Waiting)
    }

    /// The counter that alone calls it.
    fn sent_to<'b>(&self, entry: &'b QueueEntry) -> Option<&'b Counter> {
        entry.for_counter.as_ref().filter(|counter| !self.closed.contains(counter))
    }

    fn key(&self, entry: &QueueEntry) -> Key {
        let came = match (entry.turn, entry.line) {
            (Some(turn), _) => turn,
            (None, Some(_)) => entry.since,
            (None, None) => {
                let came = self.came.get(&(entry.group, entry.number));
                came.copied().unwrap_or(entry.since)
            }
        };
        (came, entry.turn.is_some(), entry.group, entry.number)
    }

    /// The order in which some are called.
    fn order<'b>(
        &self,
        waiting: impl Iterator<Item = &'b QueueEntry>,
        is_wanted: impl Fn(&QueueEntry) -> bool,
    ) -> Vec<&'b QueueEntry> {
        let called = self.entries.iter().filter(|entry| is_wanted(entry));
        let mut since = calls_since_priority(called).unwrap_or(self.priority_one_in);
        let wanted = waiting.filter(|entry| is_wanted(entry) && self.sent_to(entry).is_none());
        let mut all: Vec<_> = wanted.collect();
        all.sort_by_key(|entry| self.key(entry));
        let (mut first, mut rest): (VecDeque<_>, VecDeque<_>) =
            all.into_iter().partition(|entry| entry.priority);
        let mut order = Vec::with_capacity(first.len() + rest.len());
        loop {
            let is_due = since + 1 >= self.priority_one_in;
            let next = match is_due {
                true => first.pop_front().or_else(|| rest.pop_front()),
                false => rest.pop_front().or_else(|| first.pop_front()),
            };
            let Some(next) = next else { return order };
            since = if next.priority { 0 } else { since.saturating_add(1) };
            order.push(next);
        }
    }
}

/// How many were called since somebody who has priority; absent: nobody who has was called yet.
fn calls_since_priority<'a>(entries: impl Iterator<Item = &'a QueueEntry>) -> Option<u32> {
    let mut called: Vec<_> =
        entries.filter_map(|entry| Some((entry.called_at?, entry.priority))).collect();
    called.sort_unstable_by(|one, other| other.cmp(one));
    let since = called.iter().position(|(_, priority)| *priority)?;
    u32::try_from(since).ok()
}

#[cfg(test)]
mod tests;
