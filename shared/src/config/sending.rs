//! Settings of what is sent: those of [`SendingPolicy`] that differ from installation to installation.
//! Whatever is absent has its default.

use std::num::NonZeroU32;

use super::error::ConfigError;
use crate::domain::sending::SendingPolicy;

const COUNTRIES: &str = "ANTRIAN_CODE_COUNTRIES";

/// Reads the policy's variables.
pub(super) fn read(
    get: impl Fn(&'static str) -> Option<String>,
) -> Result<SendingPolicy, ConfigError> {
    let get = &get;
    let count = |name| get(name).map(|text| number(name, &text)).transpose();
    let price = |name| get(name).map(|text| micros(name, &text)).transpose();
    let small = |name| price(name).and_then(|micros| micros.map(|m| fits(name, m)).transpose());
    let mut policy = SendingPolicy::default();
    if let Some(text) = get(COUNTRIES) {
        policy.code_countries = countries(&text)?;
    }
    set(&mut policy.codes.per_day, count("ANTRIAN_CODES_PER_DAY")?);
    set(&mut policy.codes.per_month, count("ANTRIAN_CODES_PER_MONTH")?);
    set(&mut policy.answers_per_hour, count("ANTRIAN_ANSWERS_PER_HOUR")?);
    set(&mut policy.daily_ceiling_micros, price("ANTRIAN_SPENDING_PER_DAY_USD")?);
    set(&mut policy.template_micros, small("ANTRIAN_TEMPLATE_PRICE_USD")?);
    set(&mut policy.reply_micros, small("ANTRIAN_REPLY_PRICE_USD")?);
    set(&mut policy.rate.per_second, more_than_none(get, "ANTRIAN_MESSAGES_PER_SECOND")?);
    set(&mut policy.rate.senders, more_than_none(get, "ANTRIAN_SENDERS")?);
    Ok(policy)
}

fn more_than_none(
    get: impl Fn(&'static str) -> Option<String>,
    name: &'static str,
) -> Result<Option<NonZeroU32>, ConfigError> {
    let count = |text: String| text.parse().map_err(|_| wrong(name, "it is not a count from 1 on"));
    get(name).map(count).transpose()
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// `62` or `62,60`; a plus before each is taken.
fn countries(text: &str) -> Result<Vec<String>, ConfigError> {
    let codes = text.split(',').map(|code| code.trim().trim_start_matches('+'));
    let is_code = |code: &&str| {
        (1..=3).contains(&code.len())
            && code.bytes().all(|byte| byte.is_ascii_digit())
            && !code.starts_with('0')
    };
    if !codes.clone().all(|code| is_code(&code)) {
        return Err(wrong(COUNTRIES, "it is a list of country codes such as 62,60"));
    }
    Ok(codes.map(str::to_owned).collect())
}

fn number(variable: &'static str, text: &str) -> Result<u32, ConfigError> {
    text.parse().map_err(|_| wrong(variable, "it is not a count"))
}

/// Millionths of an amount such as `100` or `0.025`.
fn micros(variable: &'static str, text: &str) -> Result<u64, ConfigError> {
    const PLACES: usize = 6;
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_amount = !whole.is_empty() && part.len() <= PLACES && digits(whole) && digits(part);
    let amount = format!("{whole}{part:0<PLACES$}").parse().ok();
    amount.filter(|_| is_amount).ok_or_else(|| wrong(variable, "it is not an amount such as 0.025"))
}

fn fits(variable: &'static str, micros: u64) -> Result<u32, ConfigError> {
    micros.try_into().map_err(|_| wrong(variable, "no message costs that much"))
}

fn wrong(variable: &'static str, why: &'static str) -> ConfigError {
    ConfigError::Wrong { variable, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> Result<SendingPolicy, ConfigError> {
        read(|asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn what_is_not_set_has_its_default() {
        assert_eq!(read(|_| None), Ok(SendingPolicy::default()));
    }

    #[test]
    fn countries_are_a_list() {
        assert_eq!(with(COUNTRIES, "62, +673").unwrap().code_countries, ["62", "673"]);
        for text in ["ID", "62,", "0062", "6281", "62;60"] {
            assert!(with(COUNTRIES, text).is_err(), "{text}");
        }
    }

    #[test]
    fn amounts_are_read_to_the_millionth() {
        let ceiling =
            |text| with("ANTRIAN_SPENDING_PER_DAY_USD", text).map(|p| p.daily_ceiling_micros);
        for (text, micros) in [
            ("100", 100_000_000),
            ("0.025", 25_000),
            ("2500.50", 2_500_500_000),
            ("0.000001", 1),
            ("0", 0),
        ] {
            assert_eq!(ceiling(text), Ok(micros), "{text}");
        }
        for text in ["", ".5", "1,5", "-1", "1e3", "0.0000001", "ten", "99999999999999999999"] {
            assert!(ceiling(text).is_err(), "{text}");
        }
        let price = |text| with("ANTRIAN_TEMPLATE_PRICE_USD", text).map(|p| p.template_micros);
        assert_eq!(price("0.0411"), Ok(41_100));
        assert!(price("5000").is_err());
    }

    #[test]
    fn the_rate_is_more_than_nothing() {
        let rate = with("ANTRIAN_MESSAGES_PER_SECOND", "250").unwrap().rate;
        assert_eq!((rate.per_second.get(), rate.senders.get()), (250, 24));
        for text in ["0", "-1", "80/s", "1.5"] {
            assert!(with("ANTRIAN_MESSAGES_PER_SECOND", text).is_err(), "{text}");
            assert!(with("ANTRIAN_SENDERS", text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_wrong_value_is_named_by_its_variable() {
        let error = with("ANTRIAN_CODES_PER_DAY", "many").unwrap_err().to_string();
        assert!(error.contains("ANTRIAN_CODES_PER_DAY") && !error.contains("many"), "{error}");
    }
}
