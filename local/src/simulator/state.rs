//! What the platform stores: people, messages, media, templates. Each list is bounded; the oldest
//! entries go first.

use std::collections::VecDeque;

use axum::body::Bytes;
use chrono::{DateTime, TimeDelta, Utc};

use super::faults::Faults;
use super::person::{Person, is_scoped};
use super::record::{Content, Mark, Record, Report, SentMessage};
use super::templates::Templates;
use super::webhooks::Webhook;

/// Messages remembered, in both directions.
const MAX_RECORDS: usize = 10_000;
/// Uploads remembered.
const MAX_MEDIA: usize = 2_000;
/// Webhooks remembered.
const MAX_WEBHOOKS: usize = 200;
/// Statuses that wait to be reported.
const MAX_REPORTS: usize = 30_000;
/// An upload is good for thirty days.
const MEDIA_LIFE: TimeDelta = TimeDelta::days(30);

/// A file that somebody uploaded.
#[derive(Debug, Clone)]
pub(super) struct Media {
    pub(super) id: String,
    pub(super) mime: String,
    pub(super) bytes: Bytes,
    pub(super) at: DateTime<Utc>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) people: Vec<Person>,
    pub(super) records: VecDeque<Record>,
    media: VecDeque<Media>,
    pub(super) templates: Templates,
    pub(super) faults: Faults,
    pub(super) windows_ignored: bool,
    pub(super) reports: VecDeque<Report>,
    pub(super) webhooks: VecDeque<Webhook>,
    cursor: u64,
}

/// Drops the oldest entries beyond the limit.
fn bound<T>(entries: &mut VecDeque<T>, max: usize) {
    while entries.len() > max {
        entries.pop_front();
    }
}

impl State {
    /// Grows with every change.
    pub(super) fn cursor(&self) -> u64 {
        self.cursor
    }

    pub(super) fn touch(&mut self) -> u64 {
        self.cursor += 1;
        self.cursor
    }

    /// The person of a number or a business-scoped id; made if they are new.
    pub(super) fn person_named(&mut self, who: &str) -> usize {
        if is_scoped(who) { self.person(None, Some(who)) } else { self.person(Some(who), None) }
    }

    /// The person of these identifiers; made if they are new, completed if one was missing.
    pub(super) fn person(&mut self, phone: Option<&str>, scoped: Option<&str>) -> usize {
        let is_it = |person: &Person| {
            scoped.is_some_and(|scoped| person.scoped.as_deref() == Some(scoped))
                || phone.is_some_and(|phone| person.phone.as_deref() == Some(phone))
        };
        let found = self.people.iter().position(is_it);
        let at = found.unwrap_or_else(|| {
            self.people.push(Person::default());
            self.people.len() - 1
        });
        let person = &mut self.people[at];
        person.phone = phone.map(str::to_owned).or(person.phone.take());
        person.scoped = scoped.map(str::to_owned).or(person.scoped.take());
        at
    }

    pub(super) fn add_record(&mut self, record: Record) {
        let changed = self.touch();
        self.records.push_back(Record { changed, ..record });
        bound(&mut self.records, MAX_RECORDS);
    }

    pub(super) fn record(&self, id: &str) -> Option<&Record> {
        self.records.iter().rev().find(|record| record.id == id)
    }

    /// Moves a message's mark forward; returns whether there is such a message.
    pub(super) fn mark(&mut self, id: &str, mark: Mark) -> bool {
        let changed = self.touch();
        let Some(record) = self.records.iter_mut().rev().find(|record| record.id == id) else {
            return false;
        };
        if mark > record.mark {
            record.mark = mark;
            record.changed = changed;
        }
        true
    }

    pub(super) fn upload(&mut self, mime: &str, bytes: Bytes, at: DateTime<Utc>) -> String {
        // Ids of the platform are numbers.
        let id = format!("{}{:06}", at.timestamp(), self.touch());
        self.media.push_back(Media { id: id.clone(), mime: mime.to_owned(), bytes, at });
        bound(&mut self.media, MAX_MEDIA);
        id
    }

    pub(super) fn media(&self, id: &str, now: DateTime<Utc>) -> Option<&Media> {
        self.media.iter().find(|media| media.id == id && media.at + MEDIA_LIFE > now)
    }

    pub(super) fn report(&mut self, report: Report) {
        self.reports.push_back(report);
        bound(&mut self.reports, MAX_REPORTS);
    }

    pub(super) fn remember_webhook(&mut self, webhook: Webhook) {
        self.webhooks.push_back(webhook);
        bound(&mut self.webhooks, MAX_WEBHOOKS);
    }

    pub(super) fn sent(&self) -> Vec<SentMessage> {
        self.records
            .iter()
            .filter(|record| !record.incoming)
            .map(|record| self.sent_message(record))
            .collect()
    }

    fn sent_message(&self, record: &Record) -> SentMessage {
        let person = &self.people[record.person];
        let Content { text, picture, choices, template, .. } = record.content.clone();
        SentMessage {
            message_id: record.callback.clone().unwrap_or_default(),
            provider_id: record.id.clone(),
            to: person.phone.clone().filter(|_| !record.to_scoped),
            to_user_id: person.scoped.clone().filter(|_| record.to_scoped),
            at: record.at,
            text,
            picture: picture.map(|(bytes, _)| bytes),
            choices,
            template,
            mark: record.mark,
        }
    }
}
