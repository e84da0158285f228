//! The demo offices.

use antrian::domain::office::Office;
use antrian::domain::validate::violations;
use antrian::storage::{Store, Written};
use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use serde::Deserialize;

const FILE: &str = include_str!("../../domain/data/offices.json");

#[derive(Deserialize)]
struct File {
    offices: Vec<Office>,
}

/// The offices of `domain/data/offices.json`.
///
/// # Errors
/// If the file does not describe offices that make sense.
pub fn offices() -> anyhow::Result<Vec<Office>> {
    let file: File = serde_json::from_str(FILE).context("offices.json")?;
    for office in &file.offices {
        let found = violations(office);
        ensure!(found.is_empty(), "offices.json, {}: {found:?}", office.id);
    }
    Ok(file.offices)
}

/// Writes the offices that the table does not have yet: what staff changed stays.
///
/// # Errors
/// If the table does not answer.
pub async fn seed(store: &Store, offices: &[Office], now: DateTime<Utc>) -> anyhow::Result<()> {
    let installed = Written { at: now, by: None };
    let known = store.offices().await?;
    for office in
        offices.iter().filter(|office| known.iter().all(|known| known.office.id != office.id))
    {
        store.put_office(0, office, &installed).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use antrian::domain::calendar::{PlannedDay, plan_day};
    use chrono::{Datelike, NaiveDate, Weekday};

    use super::{FILE, File, offices};

    #[test]
    fn every_field_of_the_file_is_read() {
        let mut json = serde_json::Deserializer::from_str(FILE);
        let read = serde_ignored::deserialize(&mut json, |path| panic!("{path} is not known"));
        let file: File = read.unwrap();
        assert!(!file.offices.is_empty());
    }

    #[test]
    fn the_demo_offices_are_many_various_and_examples() {
        let offices = offices().unwrap();
        assert!(offices.len() >= 12 && offices.iter().all(|office| office.example));
        let zones: BTreeSet<_> = offices.iter().map(|office| office.timezone.name()).collect();
        assert_eq!(zones.len(), 4);
    }

    #[test]
    fn one_office_has_384_seats_a_day_and_one_140() {
        let monday = NaiveDate::from_ymd_opt(2026, 11, 30).unwrap();
        assert_eq!(monday.weekday(), Weekday::Mon);
        let seats = |id: &str| {
            let offices = offices().unwrap();
            let office = offices.iter().find(|office| office.id.as_str() == id).unwrap().clone();
            match plan_day(&office, monday) {
                PlannedDay::Open(slots) => {
                    slots.iter().map(|slot| u32::from(slot.session.quota)).sum()
                }
                PlannedDay::Closed(_) => 0,
            }
        };
        assert_eq!(seats("jakarta-pusat"), 384);
        assert_eq!(seats("singkawang"), 140);
    }

    #[test]
    fn whenever_one_starts_every_office_online_is_open_for_four_weeks() {
        let begin = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
        let online: Vec<_> =
            offices().unwrap().into_iter().filter(|office| office.online).collect();
        let kinds: HashSet<_> =
            online.iter().map(|office| std::mem::discriminant(&office.release)).collect();
        assert_eq!(kinds.len(), 3, "rules of every kind");
        for today in begin.iter_days().take(800) {
            for office in &online {
                for (hour, minute) in [(0, 0), (7, 59), (13, 59), (23, 59)] {
                    let time = today.and_hms_opt(hour, minute, 0).unwrap();
                    let now = time.and_local_timezone(office.timezone).unwrap().to_utc();
                    let through = office.release.open_through(now, office.timezone);
                    let ahead = (through - today).num_days();
                    assert!(ahead >= 28, "{} at {now}: {ahead} days", office.id);
                }
            }
        }
    }
}
