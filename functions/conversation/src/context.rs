//! What one turn knows: who wrote, for which offices we speak, which bookings it is about, what time it
//! is.

use std::sync::Arc;

use antrian::app::App;
use antrian::domain::account::{Account, Applicant};
use antrian::domain::booking::Booking;
use antrian::domain::chat::{Act, BookingsNeeded, Chat, Question, Remark, World};
use antrian::domain::code::BookingCode;
use antrian::domain::ids::{MessageId, OfficeId};
use antrian::domain::inbound::Content;
use antrian::domain::language::{Locale, fill, in_language};
use antrian::domain::message::{Message, MessageKind};
use antrian::domain::office::{Channel, Office};
use antrian::ledger::Ledger;
use antrian::storage::{ChatKept, OwnerSeen, Received, Sender};
use antrian::use_cases::owner;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::OnceCell;

use crate::error::TurnError;
use crate::texts::TEXTS;

/// What one turn knows.
pub(crate) struct TurnContext<'a> {
    pub(crate) app: &'a App,
    /// The ledger; its changes are known to come from this message.
    pub(crate) ledger: Ledger,
    /// Keyed hash of the message.
    pub(crate) hash: &'a str,
    /// What the message says, if it is words.
    pub(crate) words: Option<&'a str>,
    pub(crate) account: Account,
    /// The account's people.
    pub(crate) people: Vec<Applicant>,
    /// The offices that this number speaks for.
    pub(crate) offices: Vec<Arc<Office>>,
    /// Other offices, which give no appointments here.
    offline: Vec<Arc<Office>>,
    /// The account's bookings that are on, once they were asked for.
    live: OnceCell<Vec<Booking>>,
    /// The account's own booking that the message names.
    named: Option<Booking>,
    /// The office of the wish, for whom to ask.
    pub(crate) spoken_of: Option<OfficeId>,
    pub(crate) now: DateTime<Utc>,
}

/// An answer is of use while the person waits for it.
const ANSWER_EXPIRES: TimeDelta = TimeDelta::minutes(30);
/// Offices whose numbers are told to somebody who may mean any: what fits above buttons.
const CONTACTS: usize = 3;

impl<'a> TurnContext<'a> {
    /// What the turn of a message begins with, the conversation so far, and how the account stands to who
    /// wrote. Absent: the account was erased meanwhile.
    pub(crate) async fn read(
        app: &'a App,
        hash: &'a str,
        received: &'a Received,
        sender: Option<Sender>,
        now: DateTime<Utc>,
    ) -> Result<Option<(Self, ChatKept, OwnerSeen)>, TurnError> {
        let (store, offices) = (app.ledger.store(), app.ledger.offices());
        let (sender, directory) =
            tokio::try_join!(store.sender(received, sender, now), offices.all(now))?;
        let Some(sender) = sender else { return Ok(None) };
        let recognised = owner::recognise(app, sender, &received.inbound.from, now).await?;
        let Some((sender, seen)) = recognised else { return Ok(None) };
        let Sender { account, people, chat, .. } = sender;
        let context = Self {
            app,
            ledger: app.ledger.caused_by(hash),
            hash,
            words: words_of(&received.inbound.content),
            account,
            people,
            offices: served_by(&app.whatsapp_number, &directory.offices),
            offline: directory.offices.iter().filter(|office| !office.online).cloned().collect(),
            live: OnceCell::new(),
            named: None,
            spoken_of: None,
            now,
        };
        Ok(Some((context, chat, seen)))
    }

    /// Reads the bookings that the machine has to know.
    pub(crate) async fn read_bookings(&mut self, needed: BookingsNeeded) -> Result<(), TurnError> {
        match needed {
            BookingsNeeded::None => {}
            BookingsNeeded::Named(code) => self.named = self.own(code).await?,
            BookingsNeeded::Live => {
                self.live().await?;
            }
        }
        Ok(())
    }

    /// Notes which office is spoken of: the wish's, or, of whoever is told whom to ask, that of the booking
    /// that was asked about, or the one that all bookings are at.
    pub(crate) async fn note_office(&mut self, chat: &Chat, act: &Act) -> Result<(), TurnError> {
        self.spoken_of = chat.draft.office.clone();
        let tells_contact =
            matches!(act, Act::Contact(None) | Act::Say(Remark::Contact | Remark::Help));
        if self.spoken_of.is_none() && tells_contact && self.offices.len() > 1 {
            let live = self.live().await?;
            let asked = match chat.question {
                Question::Confirm(code) | Question::Cancel(code) => Some(code),
                _ => None,
            };
            let of_asked = live.iter().find(|booking| Some(booking.code) == asked);
            let mut offices = live.iter().map(|booking| &booking.seat.office);
            let first = offices.next().filter(|first| offices.all(|office| office == *first));
            self.spoken_of = of_asked.map(|booking| &booking.seat.office).or(first).cloned();
        }
        Ok(())
    }

    /// The account's bookings that are on, read once.
    pub(crate) async fn live(&self) -> Result<&[Booking], TurnError> {
        let (store, account) = (self.ledger.store(), &self.account.id);
        let read = || store.live_bookings(account, &self.people, self.now);
        Ok(self.live.get_or_try_init(read).await?)
    }

    /// The account's own booking of this code, as this turn knows it, or else as the table has it.
    pub(crate) async fn own(&self, code: BookingCode) -> Result<Option<Booking>, TurnError> {
        let mut known = self.named.iter().chain(self.live.get().into_iter().flatten());
        if let Some(booking) = known.find(|booking| booking.code == code) {
            return Ok(Some(booking.clone()));
        }
        let booking = self.ledger.store().booking(code).await?;
        Ok(booking.filter(|booking| booking.account == self.account.id))
    }

    /// What the machine knows.
    pub(crate) fn world(&self) -> World<'_> {
        World {
            offices: &self.offices,
            offline: &self.offline,
            people: &self.people,
            bookings: self.live.get().map_or(&[], Vec::as_slice),
            named: self.named.as_ref(),
            now: self.now,
        }
    }

    /// The office of the wish.
    pub(crate) fn office(&self, chat: &Chat) -> Option<&Office> {
        let id = chat.draft.office.as_ref()?;
        self.offices.iter().find(|office| office.id == *id).map(|office| &**office)
    }

    /// An office that gives no appointments here.
    pub(crate) fn offline(&self, id: &OfficeId) -> Option<&Office> {
        self.offline.iter().find(|office| office.id == *id).map(|office| &**office)
    }

    /// The person of the wish.
    pub(crate) fn person(&self, chat: &Chat) -> Option<&Applicant> {
        let id = chat.draft.person.as_ref()?;
        self.people.iter().find(|person| person.id == *id)
    }

    /// For whom a booking of the account is; empty: the person is none of its people any more.
    pub(crate) fn who(&self, booking: &Booking) -> String {
        let person = self.people.iter().find(|person| person.id == booking.applicant);
        person.map(|person| person.details.who()).unwrap_or_default()
    }

    /// The channel whose seats the person of the wish may have.
    pub(crate) fn channel(&self, chat: &Chat) -> Channel {
        let has_priority =
            self.person(chat).is_some_and(|person| person.details.category.has_priority());
        if has_priority { Channel::Priority } else { Channel::Whatsapp }
    }

    pub(crate) fn office_of(&self, booking: &Booking) -> Option<&Office> {
        let mut offices = self.offices.iter();
        offices.find(|office| office.id == booking.seat.office).map(|office| &**office)
    }

    /// Whom to ask: the office that is spoken of or that there is alone, or else how to learn it.
    pub(crate) fn contact(&self) -> String {
        let office = self.asked_office();
        office.map_or_else(
            || self.how_to_learn_contact(),
            |office| self.contact_of(office).to_owned(),
        )
    }

    /// The same with numbers to call in any case: those of the first offices if it could be any.
    pub(crate) fn contacts(&self) -> String {
        if self.asked_office().is_some() {
            return self.contact();
        }
        let named =
            |office: &Arc<Office>| format!("*{}*: {}", office.name, self.contact_of(office));
        let first = self.offices.iter().take(CONTACTS).map(named);
        let more = (self.offices.len() > CONTACTS).then(|| self.how_to_learn_contact());
        first.chain(more).collect::<Vec<_>>().join("\n")
    }

    /// The office that is spoken of or that there is alone.
    fn asked_office(&self) -> Option<&Office> {
        match &*self.offices {
            [only] => Some(only),
            _ => self.spoken_of.as_ref().and_then(|id| self.known_office(id)),
        }
    }

    fn contact_of<'o>(&self, office: &'o Office) -> &'o str {
        in_language(self.account.locale, &office.contact)
    }

    fn how_to_learn_contact(&self) -> String {
        let city = self.offices.first().map_or("", |office| &office.city);
        fill(self.account.locale, &TEXTS.contact_general, &[("city", city)])
    }

    /// An office, whether it gives appointments here or not.
    pub(crate) fn known_office(&self, id: &OfficeId) -> Option<&Office> {
        let mut all = self.offices.iter().chain(&self.offline);
        all.find(|office| office.id == *id).map(|office| &**office)
    }

    /// The id of an answer to this message: dealt with again, it has the same one.
    pub(crate) fn answer_id(&self, name: &str) -> Result<MessageId, TurnError> {
        let digits = self.hash.rsplit_once('.').map_or(self.hash, |(_, digits)| digits);
        Ok(format!("{name}-{digits}").parse()?)
    }

    /// The outbox row of an answer to this message.
    pub(crate) fn answer(&self, id: MessageId, kind: MessageKind, locale: Locale) -> Message {
        Message {
            account: Some(self.account.id.clone()),
            request_id: Some(self.hash.to_owned()),
            ..Message::new(id, kind, locale, self.now, self.now + ANSWER_EXPIRES)
        }
    }
}

fn words_of(content: &Content) -> Option<&str> {
    match content {
        Content::Text(text) => Some(text),
        _ => None,
    }
}

/// The offices that a number speaks for: those that name it as theirs. If none does, it is the number
/// of all that give appointments.
fn served_by(number: &str, offices: &[Arc<Office>]) -> Vec<Arc<Office>> {
    let online = || offices.iter().filter(|office| office.online);
    let own = online().filter(|office| office.whatsapp_number.as_deref() == Some(number));
    let own: Vec<_> = own.cloned().collect();
    if own.is_empty() { online().cloned().collect() } else { own }
}
