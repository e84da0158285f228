//! Answers record for repeated requests. Holds need none: their code is derived from the key.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::items::{seconds, to_item};
use super::transact::{Expression, Write};
use super::{Store, keys};

/// An answer as it was given, sealed: it may carry personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body, sealed.
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
    /// It was, with this answer.
    Answered(Answer),
    /// Its key was here with another body.
    Mismatch,
}

/// Keys are remembered for a day.
const KEEP_HOURS: i64 = 24;

impl Store {
    /// Begins a request under a key, or tells that it was here before.
    ///
    /// # Errors
    /// If the table does not answer or the item is corrupt.
    pub async fn begin_request(
        &self,
        scope_hash: &str,
        request_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Replay, StoreError> {
        let key = keys::idempotency(scope_hash);
        if let Some(record) = self
            .get::<IdempotencyRecord>("request", &key)
            .await?
            .filter(|record| record.expires_at > now)
        {
            return Ok(match record.answer {
                _ if record.request_hash != request_hash => Replay::Mismatch,
                Some(answer) => Replay::Answered(answer),
                None => Replay::New,
            });
        }
        let fresh = Expression::new("attribute_not_exists(#pk) OR #expires_at <= :now")
            .with(":now", seconds(now));
        let begun = self.put_record(scope_hash, request_hash, None, Some(fresh), now).await?;
        // Refused: the same key came twice at once; the operations themselves are safe to repeat,
        // but another body under the key has to be noticed.
        if begun {
            Ok(Replay::New)
        } else {
            Box::pin(self.begin_request(scope_hash, request_hash, now)).await
        }
    }

    /// Keeps the answer of a request, and tells which one counts: the first that was record.
    ///
    /// # Errors
    /// If the table does not answer or the item is corrupt.
    pub async fn finish_request(
        &self,
        scope_hash: &str,
        request_hash: &str,
        answer: Answer,
        now: DateTime<Utc>,
    ) -> Result<Answer, StoreError> {
        let first = Expression::new("attribute_not_exists(#answer) OR #expires_at <= :now")
            .with(":now", seconds(now));
        let record = Some(answer.clone());
        if self.put_record(scope_hash, request_hash, record, Some(first), now).await? {
            return Ok(answer);
        }
        let key = keys::idempotency(scope_hash);
        let record =
            self.get::<IdempotencyRecord>("request", &key).await?.and_then(|record| record.answer);
        record.ok_or_else(|| StoreError::corrupt("request"))
    }

    async fn put_record(
        &self,
        scope_hash: &str,
        request_hash: &str,
        answer: Option<Answer>,
        condition: Option<Expression>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let expires_at = now + TimeDelta::hours(KEEP_HOURS);
        let record =
            IdempotencyRecord { request_hash: request_hash.to_owned(), answer, expires_at };
        let mut item = to_item("request", &keys::idempotency(scope_hash), &record)?;
        item.insert("ttl".to_owned(), seconds(expires_at));
        Ok(self.transact(vec![Write::Put(item, condition)]).await?.applied())
    }
}
