//! Answers kept for repeated requests. Holds need none: their code is derived from the key.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::expression::Expression;
use super::items::{from_item, to_item};
use super::transact::{Outcome, Write};
use super::values::seconds;
use super::{Store, keys};

/// An answer as it was given, sealed: it may carry personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    pub sealed_body: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct IdempotencyRecord {
    request_hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<Answer>,
    #[serde(with = "chrono::serde::ts_seconds")]
    expires_at: DateTime<Utc>,
}

/// Whether a request was here before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// It was not, or it was begun and never answered: do it.
    New,
    Answered(Answer),
    /// Its key was here with another body.
    Mismatch,
}

/// Keys are remembered for a day.
const KEEP_HOURS: i64 = 24;

impl Store {
    /// Begins a request under a key, or tells that it was here before.
    pub async fn begin_request(
        &self,
        scope_hash: &str,
        request_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Replay, StoreError> {
        let fresh = Expression::new("attribute_not_exists(#pk) OR #expires_at <= :now")
            .with(":now", seconds(now));
        let put = self.record(scope_hash, request_hash, None, fresh, now)?;
        // Refused: the key is here. Without an answer it was begun and never answered, or is being
        // answered at this moment: the operations themselves are safe to repeat.
        let Outcome::Refused(old) = self.transact(vec![put]).await? else {
            return Ok(Replay::New);
        };
        let item = old.into_iter().next().flatten();
        let item = item.ok_or_else(|| StoreError::corrupt("request"))?;
        let record: IdempotencyRecord = from_item("request", item)?;
        Ok(match record.answer {
            _ if record.request_hash != request_hash => Replay::Mismatch,
            Some(answer) => Replay::Answered(answer),
            None => Replay::New,
        })
    }

    /// Keeps the answer of a request, and tells which one counts: the first that was record.
    pub async fn finish_request(
        &self,
        scope_hash: &str,
        request_hash: &str,
        answer: Answer,
        now: DateTime<Utc>,
    ) -> Result<Answer, StoreError> {
        let first = Expression::new("attribute_not_exists(#answer) OR #expires_at <= :now")
            .with(":now", seconds(now));
        let put = self.record(scope_hash, request_hash, Some(answer.clone()), first, now)?;
        let Outcome::Refused(old) = self.transact(vec![put]).await? else { return Ok(answer) };
        let item = old.into_iter().next().flatten();
        let record: Option<IdempotencyRecord> =
            item.map(|item| from_item("request", item)).transpose()?;
        let kept = record.and_then(|record| record.answer);
        kept.ok_or_else(|| StoreError::corrupt("request"))
    }

    fn record(
        &self,
        scope_hash: &str,
        request_hash: &str,
        answer: Option<Answer>,
        condition: Expression,
        now: DateTime<Utc>,
    ) -> Result<Write, StoreError> {
        let expires_at = now + TimeDelta::hours(KEEP_HOURS);
        let record =
            IdempotencyRecord { request_hash: request_hash.to_owned(), answer, expires_at };
        let mut item = to_item("request", &keys::idempotency(scope_hash), &record)?;
        item.insert("ttl".to_owned(), seconds(expires_at));
        Ok(Write::Put(item, Some(condition)))
    }
}
