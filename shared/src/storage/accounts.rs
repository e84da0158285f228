//! Accounts, how to reach them, and the people in them. Personal data is sealed here.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::expression::Expression;
use super::items::{Query, from_item, to_item};
use super::schema::known;
use super::transact::Write;
use super::values::{seconds, text, text_of};
use super::{Item, Store, keys};
use crate::domain::account::{Account, Applicant, MAX_APPLICANTS, PersonDetails};
use crate::domain::booking::Booking;
use crate::domain::code::BookingCode;
use crate::domain::ids::{AccountId, ApplicantId};
use crate::domain::language::Locale;
use crate::domain::person::{Category, Contacts};

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct ProfileItem {
    #[serde(with = "chrono::serde::ts_seconds")]
    pub(super) created_at: DateTime<Utc>,
    pub(super) locale: Locale,
    pub(super) sealed: String,
    pub(super) contacts: Vec<String>,
    #[serde(flatten, skip_serializing)]
    pub(super) usage: Usage,
}

/// What stands beside a profile and is written apart from it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Usage {
    /// When the account was last signed in to or booked for; when it was written from its chat knows.
    #[serde(with = "chrono::serde::ts_seconds_option")]
    pub(super) active_at: Option<DateTime<Utc>>,
    /// Keyed hashes of the contacts of whoever was asked whether the account is theirs.
    pub(super) owner_asked: Vec<String>,
    /// Answers so far.
    pub(super) owner_tries: u32,
    /// What the last of them came with.
    pub(super) owner_try: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct ApplicantItem {
    id: ApplicantId,
    person: String,
    category: Category,
    sealed: String,
}

#[derive(Serialize, Deserialize)]
struct SealedApplicant {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nik: Option<String>,
    birth_date: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ktp_regency: Option<String>,
}

/// Notes that an account is in use. Refused: it was erased meanwhile.
pub(super) fn account_used(account: &AccountId, now: DateTime<Utc>) -> Write {
    let used = Expression::new("SET #active_at = :now").with(":now", seconds(now));
    let there = Expression::new("attribute_exists(#pk)");
    Write::Update(keys::profile(account), used, Some(there))
}

/// Refused: the person was removed from the account meanwhile, or has another NIK since.
pub(super) fn is_of_account(booking: &Booking) -> Write {
    let same = Expression::new("#person = :person").with(":person", text(&booking.person));
    Write::Check(keys::applicant(&booking.account, &booking.applicant), same)
}

/// Refused: the account was erased meanwhile.
pub(super) fn account_exists(account: &AccountId) -> Write {
    Write::Check(keys::profile(account), Expression::new("attribute_exists(#pk)"))
}

impl Store {
    pub(super) fn open_contacts(
        &self,
        id: &AccountId,
        sealed: &str,
    ) -> Result<Contacts, StoreError> {
        let opened =
            self.keyring().open(sealed, &keys::profile(id).aad("sealed")).map_err(|error| {
                StoreError::Corrupt { kind: "profile", source: Some(Box::new(error)) }
            })?;
        Contacts::from_json(&opened).ok_or_else(|| StoreError::corrupt("profile"))
    }

    /// An account.
    pub async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        let profile: Option<ProfileItem> = self.get("profile", &keys::profile(id)).await?;
        profile.map(|profile| self.open_account(id, &profile)).transpose()
    }

    pub(super) fn open_account(
        &self,
        id: &AccountId,
        profile: &ProfileItem,
    ) -> Result<Account, StoreError> {
        let contacts = self.open_contacts(id, &profile.sealed)?;
        let (created_at, locale) = (profile.created_at, profile.locale);
        Ok(Account { id: id.clone(), created_at, locale, contacts })
    }

    /// Sets the language of an account's messages; one that was erased stays erased.
    pub async fn set_locale(&self, id: &AccountId, locale: Locale) -> Result<(), StoreError> {
        let locale = serde_dynamo::to_attribute_value(locale).map_err(|error| {
            StoreError::Corrupt { kind: "profile", source: Some(Box::new(error)) }
        })?;
        let speak = Expression::new("SET #locale = :locale").with(":locale", locale);
        let alive = Expression::new("attribute_exists(#pk)");
        self.transact(vec![Write::Update(keys::profile(id), speak, Some(alive))]).await.map(|_| ())
    }

    pub(super) fn applicant_item(
        &self,
        account: &AccountId,
        applicant: &Applicant,
    ) -> Result<Item, StoreError> {
        let (key, details) = (keys::applicant(account, &applicant.id), &applicant.details);
        let sealed = SealedApplicant {
            name: details.name.expose().to_owned(),
            nik: details.nik.as_ref().map(|nik| nik.expose().to_owned()),
            birth_date: details.birth_date,
            ktp_regency: details.ktp_regency.clone(),
        };
        let json = serde_json::to_vec(&sealed).map_err(|error| StoreError::Corrupt {
            kind: "applicant",
            source: Some(Box::new(error)),
        })?;
        let sealed = self.keyring().seal(&json, &key.aad("sealed"))?;
        let item = ApplicantItem {
            id: applicant.id.clone(),
            person: applicant.person.clone(),
            category: details.category,
            sealed,
        };
        to_item("applicant", &key, &item)
    }

    pub(super) fn open_applicant(
        &self,
        account: &AccountId,
        item: Item,
    ) -> Result<Applicant, StoreError> {
        let item: ApplicantItem = from_item("applicant", item)?;
        let corrupt = || StoreError::corrupt("applicant");
        let aad = keys::applicant(account, &item.id).aad("sealed");
        let json = self.keyring().open(&item.sealed, &aad).map_err(|_| corrupt())?;
        let details: SealedApplicant = serde_json::from_slice(&json).map_err(|_| corrupt())?;
        Ok(Applicant {
            id: item.id,
            person: item.person,
            details: PersonDetails {
                name: details.name.parse().map_err(|_| corrupt())?,
                nik: details.nik.map(|nik| nik.parse()).transpose().map_err(|_| corrupt())?,
                birth_date: details.birth_date,
                ktp_regency: details.ktp_regency,
                category: item.category,
            },
        })
    }

    /// A person within an account.
    pub async fn applicant(
        &self,
        account: &AccountId,
        id: &ApplicantId,
    ) -> Result<Option<Applicant>, StoreError> {
        let item = self.get_item(&keys::applicant(account, id)).await?;
        item.map(|item| self.open_applicant(account, item)).transpose()
    }

    /// The people in an account.
    pub async fn applicants(&self, account: &AccountId) -> Result<Vec<Applicant>, StoreError> {
        let query = Query::prefix(
            keys::account_partition(account),
            keys::APPLICANT_PREFIX.to_owned(),
            MAX_APPLICANTS,
        );
        let items = self.query(query).await?.into_iter();
        let people: Result<Vec<_>, _> =
            items.map(|item| self.open_applicant(account, item)).collect();
        let mut people = people?;
        // `p10` after `p9`.
        people.sort_by_key(|person| person.id.number());
        Ok(people)
    }

    /// Codes of an account's bookings after `after`, at most `most`, and whether there are more.
    pub async fn booking_codes(
        &self,
        account: &AccountId,
        after: Option<BookingCode>,
        limit: usize,
    ) -> Result<(Vec<BookingCode>, bool), StoreError> {
        let mut query =
            Query::prefix(keys::account_partition(account), keys::POINTER_PREFIX.to_owned(), limit);
        query.after = after.map(|code| keys::booking_pointer(account, code).attributes());
        let (items, next) = self.query_page(query).await?;
        items.iter().try_for_each(known)?;
        let code = |item: &Item| text_of(item, "code").and_then(|code| code.parse().ok());
        let codes: Option<Vec<_>> = items.iter().map(code).collect();
        Ok((codes.ok_or_else(|| StoreError::corrupt("booking pointer"))?, next.is_some()))
    }
}
