//! Sending a one-time code: within the limits of the installation, each of which leaves the other way
//! to register, by sending a message.

use std::net::IpAddr;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};

use super::Outcome;
use super::registration::RegistrationRefusal;
use crate::app::App;
use crate::domain::ids::{MessageId, RegistrationId};
use crate::domain::message::{Message, MessageKind};
use crate::domain::personal::PhoneNumber;
use crate::domain::sending::{CodeRule, Spending};
use crate::messaging::compose::{OneTimeCode, message_aad};
use crate::security::tokens;
use crate::storage::{CodeRequest, OtpGrant, OtpGranted, Registration, StoreError};
use crate::telemetry::catalogue::CODE_REFUSED;
use crate::telemetry::{Record, correlation};

/// A one-time code counts for so long.
const OTP_MINUTES: u32 = 10;

/// Sends a one-time code, and tells until when it counts. `address` is where the request came from, if
/// the gateway vouches for it.
pub async fn send_otp(
    app: &App,
    id: &RegistrationId,
    phone: &PhoneNumber,
    address: Option<IpAddr>,
) -> Outcome<DateTime<Utc>, RegistrationRefusal> {
    let (store, now) = (app.ledger.store(), app.clock.now());
    if app.sending.prefix(phone).is_none() {
        return Ok(Err(refused(app, CodeRule::Country, now)));
    }
    let (registration, spent) =
        tokio::try_join!(store.registration(id), store.spent(now.date_naive()))?;
    let Some(registration) = registration else {
        return Ok(Err(RegistrationRefusal::Unknown));
    };
    if app.sending.spending(spent) == Spending::Reached {
        return Ok(Err(refused(app, CodeRule::Ceiling, now)));
    }
    grant(app, &registration, CodeRequest { policy: &app.sending, phone, address }, now).await
}

async fn grant(
    app: &App,
    registration: &Registration,
    request: CodeRequest<'_>,
    now: DateTime<Utc>,
) -> Outcome<DateTime<Utc>, RegistrationRefusal> {
    let (id, phone) = (&registration.id, request.phone);
    let expires_at = now + TimeDelta::minutes(OTP_MINUTES.into());
    let otp = tokens::one_time_code();
    let hash = app.keyring.otp_hash(id.as_str(), phone.expose(), &otp);
    let message = otp_message(app, registration, phone, otp, now)?;
    let grant = OtpGrant { hash: &hash, request, message: &message, expires_at };
    Ok(match app.ledger.store().grant_otp(id, &grant, now).await? {
        OtpGranted::Granted => {
            app.queue.enqueue([&message]).await;
            Ok(expires_at)
        }
        OtpGranted::TooSoon(at) => Err(RegistrationRefusal::TooSoon(at)),
        OtpGranted::TooMany => Err(RegistrationRefusal::TooManyTries),
        OtpGranted::Limited(rule) => Err(refused(app, rule, now)),
        OtpGranted::NotPending => Err(RegistrationRefusal::Ended),
    })
}

/// Refuses a code by a rule, and counts that.
fn refused(app: &App, rule: CodeRule, now: DateTime<Utc>) -> RegistrationRefusal {
    app.metrics.send(Record::of(&CODE_REFUSED, &[1]).with("rule", rule.as_str()), now);
    RegistrationRefusal::NoCode { rule, next_day: next_day(now) }
}

/// When the next day of the limits begins.
fn next_day(now: DateTime<Utc>) -> DateTime<Utc> {
    let day = now.date_naive().checked_add_days(Days::new(1));
    day.map_or(now, |day| day.and_time(NaiveTime::MIN).and_utc())
}

fn otp_message(
    app: &App,
    registration: &Registration,
    phone: &PhoneNumber,
    otp: String,
    now: DateTime<Utc>,
) -> Result<Message, StoreError> {
    let corrupt = || StoreError::corrupt("one-time code");
    let id: MessageId = tokens::random_id("otp").parse().map_err(|_| corrupt())?;
    let expires_at = now + TimeDelta::minutes(OTP_MINUTES.into());
    let code = OneTimeCode { phone: phone.expose().to_owned(), otp, minutes: OTP_MINUTES };
    let plain = serde_json::to_vec(&code).map_err(|_| corrupt())?;
    let sealed = app.keyring.seal(&plain, &message_aad(id.as_str()))?;
    let (kind, locale) = (MessageKind::OneTimeCode, registration.locale);
    let message = Message::new(id, kind, locale, now, expires_at);
    Ok(Message { sealed: Some(sealed), request_id: correlation::current_text(), ..message })
}
