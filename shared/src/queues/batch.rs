//! A batch of a queue: one message after the other, failures reported one by one.

use std::collections::HashSet;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsMessage};
use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;

/// What a message may take at the most, with its calls to table and provider.
const RESERVE: TimeDelta = TimeDelta::seconds(12);

/// What became of a batch's messages. What could not be dealt with, and what was not begun, is
/// reported, and SQS brings it again; of a FIFO queue also what follows in the same group, so that its
/// order is kept.
#[derive(Debug)]
pub struct Batch<'a> {
    clock: &'a Clock,
    deadline: DateTime<Utc>,
    waiting: HashSet<String>,
    failures: Vec<BatchItemFailure>,
}

impl<'a> Batch<'a> {
    /// A batch whose function is ended at `deadline`.
    pub fn new(clock: &'a Clock, deadline: DateTime<Utc>) -> Self {
        Self { clock, deadline, waiting: HashSet::new(), failures: Vec::new() }
    }

    /// Whether a message may be begun: there is time, and nothing before it in its group waits.
    pub fn may_begin(&self, record: &SqsMessage) -> bool {
        let waits = group(record).is_some_and(|group| self.waiting.contains(group));
        !waits && self.clock.now() + RESERVE <= self.deadline
    }

    /// Notes whether a message is dealt with.
    pub fn note(&mut self, record: &SqsMessage, done: bool) {
        if !done {
            let mut failure = BatchItemFailure::default();
            // Without an id Lambda takes the whole batch as failed: nothing is lost.
            failure.item_identifier = record.message_id.clone().unwrap_or_default();
            self.failures.push(failure);
            self.waiting.extend(group(record).cloned());
        }
    }

    /// The answer to SQS.
    pub fn response(self) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        response.batch_item_failures = self.failures;
        response
    }
}

fn group(record: &SqsMessage) -> Option<&String> {
    record.attributes.get("MessageGroupId")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str, group: Option<&str>) -> SqsMessage {
        let mut message = SqsMessage::default();
        message.message_id = Some(id.to_owned());
        let group = group.map(|group| ("MessageGroupId".to_owned(), group.to_owned()));
        message.attributes = group.into_iter().collect();
        message
    }

    fn failed(records: &[SqsMessage], secs: i64, bad: &str) -> Vec<String> {
        let clock = Clock::default();
        let mut batch = Batch::new(&clock, clock.now() + TimeDelta::seconds(secs));
        for record in records {
            let done = batch.may_begin(record) && record.message_id.as_deref() != Some(bad);
            batch.note(record, done);
        }
        let failures = batch.response().batch_item_failures;
        failures.into_iter().map(|failure| failure.item_identifier).collect()
    }

    #[test]
    fn one_failure_is_reported_alone() {
        let records = ["a", "b", "c"].map(|id| message(id, None));
        assert_eq!(failed(&records, 60, "b"), ["b"]);
    }

    #[test]
    fn what_follows_a_failure_in_its_group_waits_for_it() {
        let records = [("a1", "a"), ("b1", "b"), ("a2", "a"), ("b2", "b")];
        let records = records.map(|(id, group)| message(id, Some(group)));
        assert_eq!(failed(&records, 60, "a1"), ["a1", "a2"]);
    }

    #[test]
    fn nothing_is_begun_that_the_deadline_would_cut() {
        let records = ["a", "b"].map(|id| message(id, None));
        assert_eq!(failed(&records, 5, "none"), ["a", "b"]);
    }
}
