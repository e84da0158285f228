//! Registering: the applicant proves a number by sending a code, or by a one-time code as the
//! fallback (sent by [`super::one_time_codes`]), and gets a session.

use chrono::{DateTime, TimeDelta, Utc};

use super::Outcome;
use super::owner::{self, Claim, OwnerAsked, OwnerProof, OwnerSettled};
use crate::app::App;
use crate::domain::device::Device;
use crate::domain::ids::{AccountId, RegistrationId};
use crate::domain::language::Locale;
use crate::domain::normal::digits;
use crate::domain::owner::Standing;
use crate::domain::person::Contacts;
use crate::domain::reason::Reason;
use crate::domain::sending::CodeRule;
use crate::security::tokens;
use crate::storage::{OtpChecked, Page, Registration, RegistrationState, Session, StoreError};

/// A registration can be verified and exchanged for so long.
pub(super) const REGISTRATION_MINUTES: i64 = 15;
/// Numbers to choose among besides the page's own: who taps without looking misses it three times in
/// four, and has no second try.
const OTHER_NUMBERS: usize = 3;
/// A session lasts so long.
const SESSION_DAYS: i64 = 30;

/// A registration that has begun.
pub struct Begun {
    pub id: RegistrationId,
    /// Exchanges it for a session once it is verified.
    pub secret: String,
    /// What the applicant sends by WhatsApp: a word that people recognise, and the code.
    pub text: String,
    /// Opens WhatsApp with the text written out.
    pub whatsapp_link: String,
    /// What the page shows and the chat asks for. It stands in nothing that can be forwarded.
    pub number: u8,
    /// It can be verified and exchanged until then.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Begun(…)")
    }
}

/// A session that is open.
pub struct Opened {
    /// The token of its owner.
    pub token: String,
    pub account: AccountId,
    /// It ends then.
    pub expires_at: DateTime<Utc>,
    /// The number had another person's account until now.
    pub is_anew: bool,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opened(…)")
    }
}

/// Why a registration does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationRefusal {
    /// There is none of this id, or the secret is another one's.
    Unknown,
    /// Its time is over, or it was used.
    Ended,
    /// The message has not come yet.
    NotVerified,
    /// A one-time code was sent a moment ago: again from this instant on.
    TooSoon(DateTime<Utc>),
    /// Too many one-time codes were tried.
    TooManyTries,
    /// No one-time code is sent, by this rule; a limit of the day is open again from `next_day` on.
    NoCode { rule: CodeRule, next_day: DateTime<Utc> },
    /// The number may be another person's by now, and what was sent does not show that it is not: so
    /// many tries are left.
    OwnerProofNeeded(u32),
    /// The one-time code is wrong: tries that are left, if they are counted.
    WrongOtp(Option<u32>),
}

impl RegistrationRefusal {
    /// Its code.
    pub fn reason(self) -> Reason {
        match self {
            Self::Unknown => Reason::NotFound,
            Self::Ended => Reason::RegistrationEnded,
            Self::NotVerified => Reason::NotVerified,
            Self::TooSoon(_) => Reason::TooManyRequests,
            Self::TooManyTries => Reason::TooManyTries,
            Self::NoCode { rule, .. } => match rule {
                CodeRule::Country => Reason::NoCodeCountry,
                CodeRule::Number => Reason::NoCodeNumber,
                CodeRule::Prefix => Reason::NoCodePrefix,
                CodeRule::Address => Reason::NoCodeAddress,
                CodeRule::All | CodeRule::Ceiling => Reason::NoCodes,
            },
            Self::OwnerProofNeeded(_) => Reason::OwnerProofNeeded,
            Self::WrongOtp(_) => Reason::WrongOtp,
        }
    }
}

/// Begins a registration on the page of this device.
pub async fn begin(app: &App, locale: Locale, device: Device) -> Result<Begun, StoreError> {
    let (number, others) = tokens::sign_in_numbers::<OTHER_NUMBERS>();
    let page = Page { number, others: others.to_vec(), device };
    let secret = tokens::random_secret();
    let expires_at = app.clock.now() + TimeDelta::minutes(REGISTRATION_MINUTES);
    loop {
        let code = tokens::registration_code();
        let registration = Registration {
            id: app.ledger.store().registration_id(&code)?,
            secret_hash: app.keyring.token_hash(&secret),
            state: RegistrationState::Pending,
            locale,
            expires_at,
            page: Some(page.clone()),
            account: None,
            otp_hash: None,
            otp_phone: None,
            otp_expires_at: None,
            otp_sent_at: None,
            otp_tries: 0,
        };
        // Refused: a registration has this code. There is another one.
        if app.ledger.store().put_registration(&registration).await? {
            let text = format!("DAFTAR {code}");
            let whatsapp_link = whatsapp_link(app, &text);
            let id = registration.id;
            return Ok(Begun { id, secret, text, whatsapp_link, number, expires_at });
        }
    }
}

/// Opens WhatsApp with a text written out.
pub fn whatsapp_link(app: &App, text: &str) -> String {
    format!("{}?text={}", app.chat_url, text.replace(' ', "%20"))
}

/// The registration of this id, if `secret` is its own. A wrong one is as absent as an unknown id.
pub async fn own(
    app: &App,
    id: &RegistrationId,
    secret: &str,
) -> Outcome<Registration, RegistrationRefusal> {
    let found = app.ledger.store().registration(id).await?;
    let hash = app.keyring.token_hash(secret);
    let own = found.filter(|registration| tokens::same(&registration.secret_hash, &hash));
    Ok(match own {
        None => Err(RegistrationRefusal::Unknown),
        Some(own) if own.expires_at <= app.clock.now() => Err(RegistrationRefusal::Ended),
        Some(own) => Ok(own),
    })
}

/// Exchanges a verified registration for a session; repeated, it gives the same token.
pub async fn open_session(
    app: &App,
    registration: &Registration,
    secret: &str,
) -> Outcome<Opened, RegistrationRefusal> {
    let Some(account) = registration.account.clone() else {
        return Ok(Err(RegistrationRefusal::NotVerified));
    };
    let token = app.keyring.session_token(&account, registration.id.as_str(), secret);
    let session = Session {
        account: account.clone(),
        locale: registration.locale,
        expires_at: registration.expires_at + TimeDelta::days(SESSION_DAYS),
        opened_at: app.clock.now(),
        device: registration.page.as_ref().map(|page| page.device).unwrap_or_default(),
    };
    let hash = app.keyring.token_hash(&token);
    if !app.ledger.store().open_session(&registration.id, &session, &hash).await? {
        return Ok(Err(RegistrationRefusal::Ended));
    }
    Ok(Ok(Opened { token, account, expires_at: session.expires_at, is_anew: false }))
}

/// Verifies a one-time code and opens a session. `proof` counts where the number may be another person's
/// by now.
pub async fn verify_otp(
    app: &App,
    registration: &Registration,
    secret: &str,
    otp: &str,
    proof: &OwnerProof,
) -> Outcome<Opened, RegistrationRefusal> {
    if registration.account.is_some() {
        return open_session(app, registration, secret).await;
    }
    let (verified, is_anew) = match check_otp(app, registration, otp, proof).await? {
        Ok(verified) => verified,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let opened = open_session(app, &verified, secret).await?;
    Ok(opened.map(|opened| Opened { is_anew, ..opened }))
}

/// Six digits.
fn is_otp(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

async fn check_otp(
    app: &App,
    registration: &Registration,
    otp: &str,
    proof: &OwnerProof,
) -> Outcome<(Registration, bool), RegistrationRefusal> {
    let (store, now) = (app.ledger.store(), app.clock.now());
    let (otp, phone) = (digits(otp), store.otp_phone(registration)?);
    // What cannot be a code is none that was tried.
    let Some(phone) = phone.filter(|_| is_otp(&otp)) else {
        return Ok(Err(RegistrationRefusal::WrongOtp(None)));
    };
    let hash = app.keyring.otp_hash(registration.id.as_str(), phone.expose(), &otp);
    match store.try_otp(&registration.id, &hash, now).await? {
        OtpChecked::Correct => {}
        OtpChecked::Wrong(left) => return Ok(Err(RegistrationRefusal::WrongOtp(Some(left)))),
        OtpChecked::TooMany => return Ok(Err(RegistrationRefusal::TooManyTries)),
        OtpChecked::None => return Ok(Err(RegistrationRefusal::WrongOtp(None))),
    }
    let contacts = Contacts { phone: Some(phone), scoped: None };
    let is_anew = match settle_owner(app, registration, &contacts, proof, now).await? {
        Ok(settled) => settled == Some(OwnerSettled::Anew),
        Err(OwnerAsked { left, .. }) => {
            return Ok(Err(RegistrationRefusal::OwnerProofNeeded(left)));
        }
    };
    let account = store.account_of_contacts(&contacts, registration.locale, now).await?;
    if !store.verify_registration(&registration.id, &account, None, now).await? {
        return Ok(Err(RegistrationRefusal::Ended));
    }
    Ok(Ok((Registration { account: Some(account), ..registration.clone() }, is_anew)))
}

/// Whose the account of a number is: a code proves the number and nothing else. Absent: there is none, or
/// no doubt.
async fn settle_owner(
    app: &App,
    registration: &Registration,
    contacts: &Contacts,
    proof: &OwnerProof,
    now: DateTime<Utc>,
) -> Outcome<Option<OwnerSettled>, OwnerAsked> {
    let store = app.ledger.store();
    let Some(holder) = store.claimed(contacts).await? else { return Ok(Ok(None)) };
    let seen = store.owner_seen(&holder, contacts, app.account_rest, now);
    let proof = match seen.standing {
        Standing::Own => return Ok(Ok(None)),
        Standing::Doubtful => proof,
        Standing::Another => &OwnerProof::NewAccount,
    };
    let (account, people) = (&holder.account.id, &*holder.people);
    let claim = Claim { account, people, from: contacts, seen, locale: registration.locale };
    let cause = tokens::random_id("verify");
    Ok(owner::answer(app, &claim, proof, &cause, now).await?.map(Some))
}
