//! What an office was described as: each write of it leaves a version, in the transaction of the write.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::expression::Expression;
use super::items::{Query, from_item, readable, to_item};
use super::transact::Write;
use super::values::text;
use super::{Store, keys};
use crate::domain::ids::OfficeId;
use crate::domain::office::Office;

/// An office's description as one of its revisions has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfficeVersion {
    pub revision: u32,
    /// Absent: it was written before versions were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Written>,
    pub office: Office,
}

/// When a description was written, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    #[serde(with = "chrono::serde::ts_seconds")]
    pub at: DateTime<Utc>,
    /// The member of staff; absent: the installation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

fn put(version: &OfficeVersion) -> Result<Write, StoreError> {
    let key = keys::version(&version.office.id, version.revision);
    Ok(Write::Put(to_item("version", &key, version)?, None))
}

impl Store {
    /// What a write of an office leaves: its version, and the one before if that was written when none were
    /// kept.
    pub(super) async fn version_writes(
        &self,
        before: u32,
        office: &Office,
        written: &Written,
    ) -> Result<Vec<Write>, StoreError> {
        let (revision, written) = (before + 1, Some(written.clone()));
        let mut writes = vec![put(&OfficeVersion { revision, written, office: office.clone() })?];
        if before > 0 && self.office_version(&office.id, before).await?.is_none() {
            let known = self.office(&office.id).await?;
            let known = known.filter(|(_, revision)| *revision == before);
            let known =
                known.map(|(office, revision)| OfficeVersion { revision, written: None, office });
            writes.extend(known.as_ref().map(put).transpose()?);
        }
        Ok(writes)
    }

    /// The version that a revision left.
    pub async fn office_version(
        &self,
        id: &OfficeId,
        revision: u32,
    ) -> Result<Option<OfficeVersion>, StoreError> {
        let item = self.get_item(&keys::version(id, revision)).await?;
        item.map(|item| from_item("version", item)).transpose()
    }

    /// Versions that are older than `before`, newest first, at most `limit`, and before which others go on. One that cannot be read is logged and
    /// left out.
    pub async fn office_versions(
        &self,
        id: &OfficeId,
        before: u32,
        limit: usize,
    ) -> Result<(Vec<OfficeVersion>, Option<u32>), StoreError> {
        let older = Expression::new("#pk = :pk AND #sk > :sk")
            .with(":pk", text(keys::versions(id)))
            .with(":sk", text(keys::version(id, before).sk));
        let (items, _) = self.query_page(Query::table(older, limit)).await?;
        let versions: Vec<OfficeVersion> = readable("version", items);
        let last = versions.last().map(|version| version.revision);
        let next = last.filter(|revision| versions.len() == limit && *revision > 1);
        Ok((versions, next))
    }
}
