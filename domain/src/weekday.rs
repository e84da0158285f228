//! Weekdays in JSON: `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`.

use chrono::Weekday;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

fn written(day: Weekday) -> String {
    day.to_string().to_lowercase()
}

fn read<E: Error>(text: &str) -> Result<Weekday, E> {
    text.parse().map_err(|_| E::custom("a weekday is written mon, tue, wed, thu, fri, sat or sun"))
}

pub(crate) fn serialize<S: Serializer>(day: &Weekday, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(&written(*day))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Weekday, D::Error> {
    read(&String::deserialize(d)?)
}

/// The same for a list of them.
pub(crate) mod list {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(days: &[Weekday], s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(days.iter().copied().map(written))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Weekday>, D::Error> {
        Vec::<String>::deserialize(d)?.iter().map(|text| read(text)).collect()
    }
}
