//! Accounts, how to reach them, and the people in them. Personal data is sealed here.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::items::{Ask, from_item, text, text_of, to_item};
use super::transact::{Expression, Outcome, Write};
use super::{Item, Store, keys};
use crate::domain::code::BookingCode;
use crate::domain::ids::{AccountId, ApplicantId};
use crate::domain::message::Locale;
use crate::domain::person::{Category, Contacts};
use crate::domain::personal::{Nik, PersonName};
use crate::security::tokens;

/// An account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Language of its messages.
    pub locale: Locale,
    /// How to reach it.
    pub contacts: Contacts,
}

/// A person to be added to an account.
#[derive(Debug, Clone)]
pub struct NewApplicant {
    /// Name as on the KTP.
    pub name: PersonName,
    /// National identity number.
    pub nik: Nik,
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// Regency on the KTP.
    pub ktp_regency: String,
    /// Entitlement to priority.
    pub category: Category,
}

/// A person within an account.
#[derive(Debug, Clone)]
pub struct Applicant {
    /// `p1` to `p5`.
    pub id: ApplicantId,
    /// Keyed hash of the NIK.
    pub person: String,
    /// Who it is.
    pub details: NewApplicant,
}

/// What became of adding a person.
#[derive(Debug)]
pub enum ApplicantAdded {
    /// The person is in the account: added now, or there before with the same NIK.
    Kept(Box<Applicant>),
    /// The account has five people already.
    Full,
}

#[derive(Serialize, Deserialize)]
struct ProfileItem {
    #[serde(with = "chrono::serde::ts_seconds")]
    created_at: DateTime<Utc>,
    locale: Locale,
    sealed: String,
    contacts: Vec<String>,
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
    nik: String,
    birth_date: NaiveDate,
    ktp_regency: String,
}

/// An account books for up to five people.
pub(crate) const MOST_APPLICANTS: usize = 5;
/// Profile, applicants, sessions, and a pointer for each booking ever made.
const MOST_ACCOUNT_ITEMS: usize = 5_000;
/// Items that one transaction may hold.
const TRANSACTION_ITEMS: usize = 100;

impl Store {
    /// The account that these contacts belong to, made if there is none.
    ///
    /// When number and scoped id belong to different accounts, the scoped id decides: a number can
    /// come to another person, a scoped id cannot.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn account_of_contacts(
        &self,
        contacts: &Contacts,
        locale: Locale,
        now: DateTime<Utc>,
    ) -> Result<AccountId, StoreError> {
        for _ in 0..3 {
            let known = self.known_account(contacts).await?;
            let id = known.clone().unwrap_or_else(tokens::account_id);
            if self.link_contacts(&id, contacts, known.is_none(), locale, now).await? {
                return Ok(id);
            }
        }
        Err(StoreError::not_applied("contacts kept changing"))
    }

    async fn known_account(&self, contacts: &Contacts) -> Result<Option<AccountId>, StoreError> {
        for hash in contacts.hashes(self.keyring()) {
            let item = self.get_item(&keys::contact(&hash)).await?;
            if let Some(account) = item.as_ref().and_then(|item| text_of(item, "account")) {
                return account.parse().map(Some).map_err(|_| StoreError::corrupt("contact"));
            }
        }
        Ok(None)
    }

    /// Writes profile and contacts together. `false`: the account was made or erased meanwhile.
    async fn link_contacts(
        &self,
        id: &AccountId,
        contacts: &Contacts,
        is_new: bool,
        locale: Locale,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let key = keys::profile(id);
        let hashes = contacts.hashes(self.keyring());
        let before = if is_new { None } else { self.get::<ProfileItem>("profile", &key).await? };
        let all = match &before {
            Some(profile) => contacts.clone().or(self.open_contacts(id, &profile.sealed)?),
            None => contacts.clone(),
        };
        let mut known = before.as_ref().map(|profile| profile.contacts.clone()).unwrap_or_default();
        known.extend(
            hashes.iter().filter(|hash| !known.contains(hash)).cloned().collect::<Vec<_>>(),
        );
        let profile = ProfileItem {
            created_at: before.as_ref().map_or(now, |profile| profile.created_at),
            locale,
            sealed: self.keyring().seal(all.to_json().as_bytes(), &key.aad("sealed")),
            contacts: known,
        };
        let condition = if before.is_some() {
            Expression::new("attribute_exists(#pk)")
        } else {
            super::days::absent()
        };
        let mut writes = vec![Write::Put(to_item("profile", &key, &profile)?, Some(condition))];
        for hash in &hashes {
            let mut item = keys::contact(hash).attributes();
            item.insert("account".to_owned(), text(id.as_str()));
            writes.push(Write::Put(item, is_new.then(super::days::absent)));
        }
        Ok(self.transact(writes).await?.applied())
    }

    fn open_contacts(&self, id: &AccountId, sealed: &str) -> Result<Contacts, StoreError> {
        let opened =
            self.keyring().open(sealed, &keys::profile(id).aad("sealed")).map_err(|error| {
                StoreError::Corrupt { kind: "profile", source: Some(Box::new(error)) }
            })?;
        Contacts::from_json(&opened).ok_or_else(|| StoreError::corrupt("profile"))
    }

    /// An account.
    ///
    /// # Errors
    /// If the table does not answer or the item is corrupt.
    pub async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        let Some(profile) = self.get::<ProfileItem>("profile", &keys::profile(id)).await? else {
            return Ok(None);
        };
        let contacts = self.open_contacts(id, &profile.sealed)?;
        Ok(Some(Account {
            id: id.clone(),
            created_at: profile.created_at,
            locale: profile.locale,
            contacts,
        }))
    }

    /// Adds a person to an account; the same NIK again is the same person.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn add_applicant(
        &self,
        account: &AccountId,
        new: &NewApplicant,
    ) -> Result<ApplicantAdded, StoreError> {
        let person = self.keyring().person(&new.nik);
        for number in 1..=MOST_APPLICANTS {
            let id: ApplicantId =
                format!("p{number}").parse().map_err(|_| StoreError::corrupt("applicant"))?;
            let put = Write::Put(
                self.applicant_item(account, &id, &person, new)?,
                Some(super::days::absent()),
            );
            let alive =
                Write::Check(keys::profile(account), Expression::new("attribute_exists(#pk)"));
            match self.transact(vec![put, alive]).await? {
                Outcome::Applied => {
                    let added = Applicant { id, person, details: new.clone() };
                    return Ok(ApplicantAdded::Kept(Box::new(added)));
                }
                Outcome::Refused(old) => match old.into_iter().next().flatten() {
                    Some(item) if text_of(&item, "person") == Some(&person) => {
                        return Ok(ApplicantAdded::Kept(Box::new(
                            self.open_applicant(account, item)?,
                        )));
                    }
                    Some(_) => {}
                    None => return Err(StoreError::not_applied("the account is being erased")),
                },
            }
        }
        Ok(ApplicantAdded::Full)
    }

    fn applicant_item(
        &self,
        account: &AccountId,
        id: &ApplicantId,
        person: &str,
        new: &NewApplicant,
    ) -> Result<Item, StoreError> {
        let key = keys::applicant(account, id);
        let details = SealedApplicant {
            name: new.name.expose().to_owned(),
            nik: new.nik.expose().to_owned(),
            birth_date: new.birth_date,
            ktp_regency: new.ktp_regency.clone(),
        };
        let json = serde_json::to_vec(&details).map_err(|error| StoreError::Corrupt {
            kind: "applicant",
            source: Some(Box::new(error)),
        })?;
        let sealed = self.keyring().seal(&json, &key.aad("sealed"));
        let item = ApplicantItem {
            id: id.clone(),
            person: person.to_owned(),
            category: new.category,
            sealed,
        };
        to_item("applicant", &key, &item)
    }

    fn open_applicant(&self, account: &AccountId, item: Item) -> Result<Applicant, StoreError> {
        let item: ApplicantItem = from_item("applicant", item)?;
        let corrupt = || StoreError::corrupt("applicant");
        let aad = keys::applicant(account, &item.id).aad("sealed");
        let json = self.keyring().open(&item.sealed, &aad).map_err(|_| corrupt())?;
        let details: SealedApplicant = serde_json::from_slice(&json).map_err(|_| corrupt())?;
        Ok(Applicant {
            id: item.id,
            person: item.person,
            details: NewApplicant {
                name: details.name.parse().map_err(|_| corrupt())?,
                nik: details.nik.parse().map_err(|_| corrupt())?,
                birth_date: details.birth_date,
                ktp_regency: details.ktp_regency,
                category: item.category,
            },
        })
    }

    /// A person within an account.
    ///
    /// # Errors
    /// If the table does not answer or the item is corrupt.
    pub async fn applicant(
        &self,
        account: &AccountId,
        id: &ApplicantId,
    ) -> Result<Option<Applicant>, StoreError> {
        let item = self.get_item(&keys::applicant(account, id)).await?;
        item.map(|item| self.open_applicant(account, item)).transpose()
    }

    /// The people in an account.
    ///
    /// # Errors
    /// If the table does not answer or an item is corrupt.
    pub async fn applicants(&self, account: &AccountId) -> Result<Vec<Applicant>, StoreError> {
        let ask = Ask::prefix(
            keys::account_partition(account),
            keys::APPLICANT_PREFIX.to_owned(),
            MOST_APPLICANTS,
        );
        self.query(ask).await?.into_iter().map(|item| self.open_applicant(account, item)).collect()
    }

    /// Codes of an account's bookings after `after`, at most `most`, and whether there are more.
    ///
    /// # Errors
    /// If the table does not answer or an item is corrupt.
    pub async fn booking_codes(
        &self,
        account: &AccountId,
        after: Option<BookingCode>,
        most: usize,
    ) -> Result<(Vec<BookingCode>, bool), StoreError> {
        let mut ask =
            Ask::prefix(keys::account_partition(account), keys::POINTER_PREFIX.to_owned(), most);
        ask.after = after.map(|code| keys::booking_pointer(account, code).attributes());
        let (items, next) = self.query_page(ask).await?;
        let code = |item: &Item| text_of(item, "code").and_then(|code| code.parse().ok());
        let codes: Option<Vec<_>> = items.iter().map(code).collect();
        Ok((codes.ok_or_else(|| StoreError::corrupt("booking pointer"))?, next.is_some()))
    }

    /// Removes everything that is known of an account. Its bookings must be over; what remains of
    /// them is counted and tells nobody apart.
    ///
    /// # Errors
    /// If the table does not answer; the same call again goes on where it stopped.
    pub async fn erase_account(
        &self,
        id: &AccountId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let items =
            self.query(Ask::partition(keys::account_partition(id), MOST_ACCOUNT_ITEMS)).await?;
        for item in &items {
            if let Some(code) = text_of(item, "code").and_then(|code| code.parse().ok()) {
                self.anonymise_booking(code).await?;
            }
            if let Some(person) = text_of(item, "person") {
                self.forget_person(person, now).await?;
            }
        }
        let contacts = items
            .iter()
            .filter_map(|item| item.get("contacts")?.as_l().ok())
            .flatten()
            .filter_map(|hash| hash.as_s().ok())
            .map(|hash| keys::contact(hash));
        let own = items.iter().filter_map(|item| {
            Some(keys::Key {
                pk: text_of(item, "pk")?.to_owned(),
                sk: text_of(item, "sk")?.to_owned(),
            })
        });
        // The profile goes last, so that an erasure cut short can be begun again by its owner.
        let (last, first): (Vec<_>, Vec<_>) = contacts
            .chain(own)
            .partition(|key| key.sk == "PROFILE" || key.sk.starts_with("SESSION#"));
        for keys in first.chunks(TRANSACTION_ITEMS).chain(last.chunks(TRANSACTION_ITEMS)) {
            let deletes = keys.iter().map(|key| Write::Delete(key.clone(), None)).collect();
            self.transact(deletes).await?;
        }
        Ok(())
    }

    /// Removes a person's guard, unless a booking of another account has it now.
    async fn forget_person(&self, person: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let ended = Expression::new("attribute_not_exists(#pk) OR #free_at <= :now")
            .with(":now", super::items::seconds(now));
        self.transact(vec![Write::Delete(keys::person(person), Some(ended))]).await.map(|_| ())
    }
}
