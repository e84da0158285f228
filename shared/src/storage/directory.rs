//! What every instance needs to know of all offices, as documents that are read again only when they have
//! changed: no instance reads the partition of offices.
//!
//! `HEAD` names the revision of two documents and is all that is read every few seconds (half a read unit).
//! Whoever writes an office or denies a member of staff writes the document in the same transaction. The
//! scheduler compares both with the partition itself (`directory_upkeep.rs`).

use std::collections::BTreeSet;
use std::io::{Read, Write as _};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::NaiveDate;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::days::absent;
use super::error::StoreError;
use super::expression::Expression;
use super::items::from_item;
use super::keys::Key;
use super::transact::Write;
use super::values::{text, text_of};
use super::{Item, Store, keys};
use crate::domain::ids::{OfficeId, ServiceId};
use crate::domain::office::Office;
use crate::domain::time::SlotTime;

/// Which revisions the documents have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Head {
    /// Of the list of offices; absent: there is none yet.
    #[serde(default)]
    pub offices: Option<String>,
    /// Of who is denied; absent: there is none yet.
    #[serde(default)]
    pub denied: Option<String>,
}

/// A document and its revision.
#[derive(Debug, Clone)]
pub struct Document<T> {
    /// Absent: there is none yet, and this is what it would say.
    pub revision: Option<String>,
    pub value: T,
}

/// An office's earliest free slot, as the scheduler last saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextAvailable {
    pub office: OfficeId,
    /// Its earliest slot with a free seat for the web; absent: none is free.
    pub slot: Option<(NaiveDate, SlotTime, ServiceId)>,
}

/// An office as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfficeKept {
    /// How often it was written.
    pub revision: u32,
    pub office: Office,
}

/// Subjects of members of staff whose tokens are not taken.
pub type Denied = BTreeSet<String>;

pub(super) const REVISION: &str = "revision";
const CONTENT: &str = "content";

fn odd(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Corrupt { kind: "directory", source: Some(Box::new(error)) }
}

/// JSON, deflated: offices are much alike, and 151 take 42 kB instead of 400. An item holds 400 kB.
pub(super) fn packed<T: Serialize>(value: &T) -> Result<AttributeValue, StoreError> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&serde_json::to_vec(value).map_err(odd)?).map_err(odd)?;
    Ok(AttributeValue::B(Blob::new(encoder.finish().map_err(odd)?)))
}

pub(super) fn unpacked<T: DeserializeOwned>(value: &AttributeValue) -> Result<T, StoreError> {
    let bytes = value.as_b().map_err(|_| StoreError::corrupt("directory"))?;
    let mut json = Vec::new();
    DeflateDecoder::new(bytes.as_ref()).read_to_end(&mut json).map_err(odd)?;
    serde_json::from_slice(&json).map_err(odd)
}

/// Names a content by its parts and by the release that wrote it, for another one may know more of an office.
pub(super) fn revision<'a>(parts: impl Iterator<Item = (&'a str, u32)>) -> String {
    let mut hash = Sha256::new_with_prefix(env!("CARGO_PKG_VERSION"));
    for (name, revision) in parts {
        hash.update(format!("\n{name} {revision}"));
    }
    hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn revision_of_list(offices: &[OfficeKept]) -> String {
    revision(offices.iter().map(|kept| (kept.office.id.as_str(), kept.revision)))
}

pub(super) fn revision_of_denied(denied: &Denied) -> String {
    revision(denied.iter().map(|subject| (subject.as_str(), 0)))
}

/// A document as it is written, and its revision in the head. Refused: it has not the revision `before`.
pub(super) fn document_writes<T: Serialize>(
    (key, of_head): (Key, &'static str),
    before: Option<&str>,
    (content, revision): (&T, String),
) -> Result<[Write; 2], StoreError> {
    let mut item = key.attributes();
    item.insert(REVISION.to_owned(), text(&revision));
    item.insert(CONTENT.to_owned(), packed(content)?);
    let same = before.map_or_else(absent, |before| {
        Expression::new("#revision = :before").with(":before", text(before))
    });
    let update = format!("SET #{of_head} = :revision");
    let update = Expression::new(update).with(":revision", text(revision));
    Ok([Write::Put(item, Some(same)), Write::Update(keys::directory_head(), update, None)])
}

pub(super) fn list_place() -> (Key, &'static str) {
    (keys::directory_list(), "offices")
}

/// What makes the list say this.
pub(super) fn list_writes(
    before: Option<&str>,
    offices: &[OfficeKept],
) -> Result<[Write; 2], StoreError> {
    document_writes(list_place(), before, (&offices, revision_of_list(offices)))
}

/// What makes these be denied and nobody else.
pub(super) fn denied_writes(
    before: Option<&str>,
    denied: &Denied,
) -> Result<[Write; 2], StoreError> {
    let place = (keys::directory_denied(), "denied");
    document_writes(place, before, (denied, revision_of_denied(denied)))
}

fn document<T: DeserializeOwned>(item: &Item) -> Result<Document<T>, StoreError> {
    let revision = text_of(item, REVISION).map(str::to_owned);
    let content = item.get(CONTENT).ok_or_else(|| StoreError::corrupt("directory"))?;
    Ok(Document { revision, value: unpacked(content)? })
}

impl Store {
    /// Which revisions the documents have, perhaps as they were a second ago.
    pub async fn directory_head(&self) -> Result<Head, StoreError> {
        let item = self.get_item_eventually(&keys::directory_head()).await?;
        Ok(item.map(|item| from_item("directory", item)).transpose()?.unwrap_or_default())
    }

    /// All offices. Without a document they are read one by one.
    pub async fn listed_offices(&self) -> Result<Document<Vec<OfficeKept>>, StoreError> {
        match self.get_item(&keys::directory_list()).await? {
            Some(item) => document(&item),
            None => Ok(Document { revision: None, value: self.offices().await? }),
        }
    }

    /// Who is denied. Without a document they are read one by one.
    pub async fn denied(&self) -> Result<Document<Denied>, StoreError> {
        match self.get_item(&keys::directory_denied()).await? {
            Some(item) => document(&item),
            None => Ok(Document { revision: None, value: self.denied_one_by_one().await? }),
        }
    }

    /// The same for whoever is about to write one of them: by this release, or one by one.
    pub(super) async fn offices_to_change(&self) -> Result<Document<Vec<OfficeKept>>, StoreError> {
        let listed = self.listed_offices().await?;
        let own = revision_of_list(&listed.value);
        if listed.revision.as_ref().is_none_or(|revision| *revision == own) {
            return Ok(listed);
        }
        Ok(Document { value: self.offices().await?, ..listed })
    }

    /// The earliest free hour of each office as the scheduler last saw it; absent: it has not looked yet.
    pub async fn next_hours(&self) -> Result<Option<Vec<NextAvailable>>, StoreError> {
        let item = self.get_item_eventually(&keys::directory_next()).await?;
        item.map(|item| Ok(document(&item)?.value)).transpose()
    }

    /// Stores what was seen free at all offices. Only the scheduler does.
    pub async fn put_next_hours(&self, seen: &[NextAvailable]) -> Result<(), StoreError> {
        let mut item = keys::directory_next().attributes();
        item.insert(CONTENT.to_owned(), packed(&seen)?);
        self.transact(vec![Write::Put(item, None)]).await.map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_what_comes_out() {
        let seen = BTreeSet::from(["satu".to_owned(), "dua".to_owned()]);
        let back: BTreeSet<String> = unpacked(&packed(&seen).unwrap()).unwrap();
        assert_eq!(back, seen);
        assert!(unpacked::<Denied>(&text("satu")).is_err());
        assert!(unpacked::<Denied>(&AttributeValue::B(Blob::new([7, 7]))).is_err());
    }

    #[test]
    fn a_revision_names_each_part_and_how_often_it_was_written() {
        let of = |parts: &[(&'static str, u32)]| revision(parts.iter().copied());
        let same = of(&[("bogor", 1), ("depok", 2)]);
        assert_eq!(of(&[("bogor", 1), ("depok", 2)]), same);
        for other in
            [&[("bogor", 1)][..], &[("bogor", 1), ("depok", 3)], &[("bogor", 11), ("depok", 2)]]
        {
            assert_ne!(of(other), same, "{other:?}");
        }
        assert_eq!(same.len(), 16);
    }
}
