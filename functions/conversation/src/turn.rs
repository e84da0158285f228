//! One message: read what is known, let the machine decide, carry it out, write the turn.

use std::sync::Arc;

use antrian::app::App;
use antrian::domain::account::{Account, Applicant};
use antrian::domain::booking::Booking;
use antrian::domain::chat::{Chat, Input, Offer, World};
use antrian::domain::ids::{AccountId, ApplicantId};
use antrian::domain::inbound::{Content, Inbound};
use antrian::domain::message::{Message, MessageKind};
use antrian::domain::office::Office;
use antrian::ledger::Ledger;
use antrian::messaging::compose::{Reply, message_aad};
use antrian::storage::{ChatKept, Turn, Turned};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{TurnError, act, say};

/// What a message is answered with and about.
pub(crate) struct TurnContext<'a> {
    pub(crate) app: &'a App,
    /// The ledger; its changes are known to come from this message.
    pub(crate) ledger: Ledger,
    /// Keyed hash of the message.
    pub(crate) hash: &'a str,
    pub(crate) account: Account,
    pub(crate) offices: Vec<Arc<Office>>,
    pub(crate) people: Vec<Applicant>,
    pub(crate) bookings: Vec<Booking>,
    pub(crate) named: Option<Booking>,
    pub(crate) now: DateTime<Utc>,
}

/// Times that a turn begins again because another message of the person was faster.
const MAX_ROUNDS: u32 = 5;

/// That somebody wrote is noted at once if the last note is older; the turn notes it in any case.
const NOTE_INBOUND_EVERY: TimeDelta = TimeDelta::hours(1);

/// Answers a message, once.
pub(crate) async fn answer(app: &App, hash: &str, inbound: &Inbound) -> Result<(), TurnError> {
    if let Content::Moved { to } = &inbound.content {
        app.ledger.store().move_contacts(&inbound.from, to).await?;
        app.ledger.store().finish_inbound(hash).await?;
        return Ok(());
    }
    for _ in 0..MAX_ROUNDS {
        if take_turn(app, hash, inbound).await? != Turned::Again {
            return Ok(());
        }
    }
    Err(TurnError::Contention)
}

async fn take_turn(app: &App, hash: &str, inbound: &Inbound) -> Result<Turned, TurnError> {
    let (store, now) = (app.ledger.store(), app.clock.now());
    let id = store.known_account(&inbound.from, now).await?;
    let Some(account) = store.account(&id).await? else { return Ok(Turned::Again) };
    let kept = store.chat(&id).await?;
    if kept.last_inbound_at.is_none_or(|at| now - at > NOTE_INBOUND_EVERY) {
        // Before anything is sent: what may be sent depends on it.
        store.note_inbound(&id, now).await?;
    }
    let mut chat = kept.chat.clone().at(now);
    let input = input(&inbound.content);
    let mut session = TurnContext::read(app, hash, account, now).await?;
    session.named = session.booking_named(&input, &chat).await?;
    let act = chat.hear(&input, &session.world(&session.people_ids()));
    let reply = Box::pin(act::perform(&mut session, &mut chat, act)).await?;
    commit(&session, &id, &kept, chat, reply).await
}

fn input(content: &Content) -> Input {
    match content {
        Content::Text(text) => Input::Text(text.clone()),
        // What was offered by an earlier version of the system: the words on it may still do.
        Content::Choice { id, title } => {
            id.parse().map_or_else(|_| Input::Text(title.clone()), Input::Pick)
        }
        Content::Opened => Input::Opened,
        Content::Unreadable | Content::Moved { .. } => Input::Unreadable,
    }
}

impl<'a> TurnContext<'a> {
    async fn read(
        app: &'a App,
        hash: &'a str,
        account: Account,
        now: DateTime<Utc>,
    ) -> Result<Self, TurnError> {
        let store = app.ledger.store();
        let people = store.applicants(&account.id).await?;
        let mut bookings = Vec::new();
        for person in &people {
            let live = store.live_booking(&person.person, now).await?;
            bookings.extend(live.filter(|booking| booking.account == account.id));
        }
        let offices = app.ledger.offices().all(now).await?;
        Ok(Self {
            app,
            ledger: app.ledger.caused_by(hash),
            hash,
            account,
            offices: served_by(&app.whatsapp_number, &offices.offices),
            people,
            bookings,
            named: None,
            now,
        })
    }

    /// The account's own booking that a message names.
    async fn booking_named(
        &self,
        input: &Input,
        chat: &Chat,
    ) -> Result<Option<Booking>, TurnError> {
        let today = self.world(&[]).today(&chat.draft);
        let Some(code) = input.code(today) else { return Ok(None) };
        act::own(self, code).await
    }

    pub(crate) fn people_ids(&self) -> Vec<ApplicantId> {
        self.people.iter().map(|person| person.id.clone()).collect()
    }

    pub(crate) fn world<'w>(&'w self, people: &'w [ApplicantId]) -> World<'w> {
        World {
            offices: &self.offices,
            people,
            bookings: &self.bookings,
            named: self.named.as_ref(),
            now: self.now,
        }
    }
}

/// The offices that a number speaks for: those that name it as theirs; if none does, it is the number
/// of all that give appointments.
fn served_by(number: &str, offices: &[Arc<Office>]) -> Vec<Arc<Office>> {
    let online = || offices.iter().filter(|office| office.online);
    let own = online().filter(|office| office.whatsapp_number.as_deref() == Some(number));
    let own: Vec<_> = own.cloned().collect();
    if own.is_empty() { online().cloned().collect() } else { own }
}

/// An answer is of use while the person waits for it.
const REPLY_MINUTES: i64 = 30;

async fn commit(
    session: &TurnContext<'_>,
    id: &AccountId,
    kept: &ChatKept,
    mut chat: Chat,
    reply: Option<Reply>,
) -> Result<Turned, TurnError> {
    if let Some(reply) = &reply {
        let offer = |option: &antrian::messaging::ReplyOption| Offer {
            id: option.id.clone(),
            title: option.title.clone(),
        };
        chat.offered = say::offered(reply).into_iter().map(offer).collect();
    }
    chat.touched_at = Some(session.now);
    let replies: Vec<_> = reply.iter().filter_map(|reply| message(session, reply)).collect();
    let turn =
        Turn { account: id, inbound: session.hash, before: kept, after: &chat, replies: &replies };
    let turned = session.ledger.store().turn(&turn, session.now).await?;
    if turned == Turned::Done {
        let ids: Vec<_> = replies.into_iter().map(|reply| reply.id).collect();
        session.app.queue.enqueue(&ids).await;
    }
    Ok(turned)
}

/// The outbox row of an answer; its id follows from the message that it answers.
fn message(session: &TurnContext<'_>, reply: &Reply) -> Option<Message> {
    let digits = session.hash.rsplit('.').next().unwrap_or_default();
    let id = format!("reply-{digits}").parse().ok()?;
    let (now, locale) = (session.now, session.account.locale);
    let expires_at = now + TimeDelta::minutes(REPLY_MINUTES);
    let mut message = Message::new(id, MessageKind::Reply, locale, now, expires_at);
    message.account = Some(session.account.id.clone());
    message.request_id = Some(session.hash.to_owned());
    let plain = serde_json::to_vec(reply).ok()?;
    message.sealed = Some(session.app.keyring.seal(&plain, &message_aad(message.id.as_str())));
    Some(message)
}
