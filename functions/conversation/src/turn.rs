//! One message: read what is known, let the machine decide, carry it out, write the turn.

use antrian::app::App;
use antrian::domain::chat::{Act, Answers, Chat, Input, Remark};
use antrian::domain::inbound::Content;
use antrian::domain::message::{Message, MessageKind};
use antrian::domain::owner::Standing;
use antrian::messaging::compose::{Reply, message_aad};
use antrian::storage::{
    Attempt, CONTENTION, ChatKept, Received, Sender, StoreError, Turn, Turned, compare_and_set,
};
use antrian::telemetry::Record;
use antrian::telemetry::catalogue::MISREAD;
use chrono::TimeDelta;

use crate::context::TurnContext;
use crate::error::TurnError;
use crate::{act, answering, owner};

/// Before something is sent it is noted that the person wrote, unless that was noted within this time.
const NOTE_INBOUND_EVERY: TimeDelta = TimeDelta::hours(1);

/// Answers a message, once.
pub(crate) async fn answer(app: &App, hash: &str, mut received: Received) -> Result<(), TurnError> {
    let sender = received.sender.take();
    let received = &received;
    let inbound = &received.inbound;
    if let Content::Moved { to } = &inbound.content {
        app.ledger.store().move_contacts(&inbound.from, to, app.clock.now()).await?;
        app.ledger.store().finish_inbound(hash).await?;
        return Ok(());
    }
    // What was read with the message is good for the first try.
    let first = Try { sender, settled: None };
    compare_and_set(CONTENTION, first, |this| take_turn(app, hash, received, this)).await
}

/// What a try begins with.
#[derive(Default)]
struct Try {
    sender: Option<Sender>,
    /// The try before has settled whose account it is: this is said of it.
    settled: Option<Remark>,
}

impl Try {
    fn again(settled: Option<Remark>) -> Attempt<Self, ()> {
        Attempt::Conflict(Self { sender: None, settled })
    }
}

/// Begins again if another message of the person was faster, or their account was erased.
async fn take_turn(
    app: &App,
    hash: &str,
    received: &Received,
    Try { sender, settled }: Try,
) -> Result<Attempt<Try, ()>, TurnError> {
    let now = app.clock.now();
    let Some((mut context, before, seen)) =
        TurnContext::read(app, hash, received, sender, now).await?
    else {
        return Ok(Try::again(settled));
    };
    let mut chat = before.chat.clone().at(now);
    let asked = (chat.question, chat.misread);
    let (input, from) = (Input::from(&received.inbound.content), &received.inbound.from);
    let act = match (seen.standing, settled) {
        (Standing::Another, _) => {
            owner::begin_anew(&context, seen, from).await?;
            return Ok(Try::again(settled));
        }
        (Standing::Doubtful, _) => match owner::hear(&context, &chat, &input, seen, from).await? {
            Ok(remark) => return Ok(Try::again(Some(remark))),
            Err(question) => question,
        },
        (Standing::Own, Some(remark)) => Act::Say(remark),
        (Standing::Own, None) => {
            context.read_bookings(chat.bookings_needed(&input, &context.world())).await?;
            let act = chat.hear(&input, &context.world());
            context.note_office(&chat, &act).await?;
            act
        }
    };
    let is_misread = chat.misread > asked.1;
    let is_noted = before.last_inbound_at.is_some_and(|at| now - at <= NOTE_INBOUND_EVERY);
    if act::sends_by_itself(&act) && !is_noted {
        // In which form it may be sent depends on it. Any other answer is sent after the turn, which
        // notes it too.
        app.ledger.store().note_inbound(&context.account.id, now).await?;
    }
    let (reply, answers) =
        Box::pin(answering::answer(&mut context, &before, &mut chat, act)).await?;
    Ok(match commit(&context, &before, chat, reply, answers).await? {
        Turned::Again => Try::again(settled),
        Turned::Done if is_misread => {
            let misread = Record::of(&MISREAD, &[1]).with("question", asked.0.as_str());
            context.app.metrics.send(misread, now);
            Attempt::Done(())
        }
        Turned::Done | Turned::Before => Attempt::Done(()),
    })
}

/// Writes the turn, then sends its answer.
async fn commit(
    context: &TurnContext<'_>,
    before: &ChatKept,
    mut chat: Chat,
    reply: Option<Reply>,
    answers: Answers,
) -> Result<Turned, TurnError> {
    chat.touched_at = Some(context.now);
    let replies: Vec<_> =
        reply.iter().map(|reply| row(context, reply)).collect::<Result<_, _>>()?;
    let turn = Turn {
        account: &context.account.id,
        inbound: context.hash,
        before,
        after: &chat,
        answers,
        replies: &replies,
    };
    let turned = context.ledger.store().turn(&turn, context.now).await?;
    if turned == Turned::Done {
        context.app.queue.enqueue_answers(&replies).await;
    }
    Ok(turned)
}

/// The outbox row of a reply.
fn row(context: &TurnContext<'_>, reply: &Reply) -> Result<Message, TurnError> {
    let id = context.answer_id("reply")?;
    let row = context.answer(id, MessageKind::Reply, context.account.locale);
    let plain = serde_json::to_vec(reply).map_err(TurnError::Reply)?;
    let sealed = context.app.keyring.seal(&plain, &message_aad(row.id.as_str()));
    let sealed = sealed.map_err(StoreError::from)?;
    Ok(Message { sealed: Some(sealed), ..row })
}
