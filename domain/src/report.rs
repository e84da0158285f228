//! What a provider reports of a message that it was given.

use super::ids::MessageId;
use super::message::{LastAttempt, Message, MessageState};

/// Codes of Meta and Twilio for a person who has not written for a day.
const WINDOW_CODES: [&str; 2] = ["131047", "63016"];

/// A status of a message, as its provider saw it. Reports come late, twice and in any order.
#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    /// The outbox row.
    pub message: MessageId,
    /// The provider's id for the message.
    pub provider_id: Option<String>,
    /// How far it came: sent, delivered, read or failed.
    pub state: MessageState,
    /// Why it failed: the provider's code, never its words.
    pub error: Option<String>,
}

/// Meta's ids of messages hold the person's number.
impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Report")
            .field("message", &self.message)
            .field("state", &self.state)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

impl Message {
    /// The row after a report: further on, or as it was. A settled row keeps nothing that was sealed
    /// in it. One that the provider took and then refused for a closed window is sent again, as a
    /// template.
    #[must_use]
    pub fn reported(&self, report: &Report) -> Self {
        if self.is_past(report) {
            return self.clone();
        }
        if self.may_go_as_template(report) {
            return Self {
                state: MessageState::Pending,
                provider_id: report.provider_id.clone(),
                last_attempt: LastAttempt::WindowClosed,
                lease: None,
                lease_until: None,
                ..self.clone()
            };
        }
        let state = self.state.advanced(report.state);
        if state == self.state {
            return self.clone();
        }
        Self {
            state,
            provider_id: self.provider_id.clone().or_else(|| report.provider_id.clone()),
            last_attempt: report.error.clone().into(),
            sealed: None,
            ..self.clone()
        }
    }

    /// Whether a report speaks of an earlier try to send the message.
    fn is_past(&self, report: &Report) -> bool {
        let (Some(own), Some(other)) = (&self.provider_id, &report.provider_id) else {
            return false;
        };
        let waits_for_template = self.last_attempt == LastAttempt::WindowClosed;
        let was_sent_again = self.attempts > 1 && self.state.is_final();
        waits_for_template && own == other
            || report.state == MessageState::Failed && own != other && was_sent_again
    }

    /// Whether a failure is a closed window, and the message one that has a template: what is about
    /// a booking has.
    fn may_go_as_template(&self, report: &Report) -> bool {
        let is_closed = report.error.as_deref().is_some_and(|code| WINDOW_CODES.contains(&code));
        let was_taken = matches!(self.state, MessageState::Sending | MessageState::Sent);
        report.state == MessageState::Failed && is_closed && was_taken && self.about.is_some()
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;
    use crate::code::BookingCode;
    use crate::language::Locale;
    use crate::message::{About, MessageKind};
    use MessageState::{Delivered, Failed, Pending, Read, Sending, Sent};

    fn row(state: MessageState) -> Message {
        let at = DateTime::UNIX_EPOCH;
        let id = "7kq4mm2xr9-1-hold".parse().unwrap();
        let sealed = Some("sealed".to_owned());
        let new = Message::new(id, MessageKind::Hold, Locale::Id, at, at);
        Message { state, sealed, last_attempt: LastAttempt::Unconfirmed, ..new }
    }

    fn report(state: MessageState) -> Report {
        let error = (state == Failed).then(|| "131026".to_owned());
        let provider_id = Some("wamid.1".to_owned());
        Report { message: row(Sent).id, provider_id, state, error }
    }

    #[test]
    fn a_report_settles_a_row_whose_sender_got_no_answer() {
        let settled = row(Sending).reported(&report(Delivered));
        assert_eq!(
            (settled.state, settled.last_attempt, settled.sealed),
            (Delivered, LastAttempt::None, None)
        );
        assert_eq!(settled.provider_id.as_deref(), Some("wamid.1"));
    }

    #[test]
    fn a_failure_is_recorded_with_its_code_and_forgotten_with_a_delivery() {
        let failed = row(Sent).reported(&report(Failed));
        assert_eq!((failed.state, failed.last_attempt.code()), (Failed, Some("131026")));
        let delivered = failed.reported(&report(Delivered));
        assert_eq!((delivered.state, delivered.last_attempt), (Delivered, LastAttempt::None));
    }

    #[test]
    fn a_window_that_was_closed_after_all_leads_to_a_template_and_late_reports_do_not_matter() {
        let about = Some(About { code: BookingCode::from_bits(1), version: 1 });
        let closed = |id: &str| Report {
            provider_id: Some(id.to_owned()),
            error: Some("131047".to_owned()),
            ..report(Failed)
        };
        let waiting = Message { about, ..row(Sent) }.reported(&closed("first"));
        assert_eq!((waiting.state, &waiting.last_attempt), (Pending, &LastAttempt::WindowClosed));
        for late in
            [closed("first"), Report { provider_id: Some("first".to_owned()), ..report(Sent) }]
        {
            assert_eq!(waiting.reported(&late), waiting);
        }
        let provider_id = Some("second".to_owned());
        let last_attempt = LastAttempt::None;
        let sent = Message { state: Sent, attempts: 2, provider_id, last_attempt, ..waiting };
        assert_eq!(sent.reported(&closed("first")), sent, "that try is past");
        assert_eq!(row(Sent).reported(&closed("first")).state, Failed, "an answer has no template");
    }

    proptest! {
        #[test]
        fn reports_in_any_order_and_number_end_in_the_same_state(
            begin in prop::sample::select(vec![Pending, Sending, Sent]),
            (once, shuffled) in prop::collection::vec(
                prop::sample::select(vec![Sent, Delivered, Read, Failed]), 1..8,
            ).prop_flat_map(|states| {
                let doubled: Vec<_> = states.iter().chain(&states).copied().collect();
                (Just(states), Just(doubled).prop_shuffle())
            }),
        ) {
            let after = |states: &[MessageState]| {
                states.iter().fold(row(begin), |row, state| row.reported(&report(*state)))
            };
            prop_assert_eq!(after(&once), after(&shuffled));
        }
    }

    #[test]
    fn a_failure_of_an_earlier_try_does_not_undo_a_later_one() {
        let own = Some("wamid.2".to_owned());
        let row = |state, attempts| Message { provider_id: own.clone(), attempts, ..row(state) };
        let after = |message: Message| message.reported(&report(Failed)).state;
        assert_eq!(after(row(Sent, 2)), Sent, "sent again meanwhile");
        assert_eq!(after(row(Sent, 1)), Failed, "there was one try");
        assert_eq!(after(row(Sending, 2)), Failed, "nothing came of the later one yet");
        let same = Message { provider_id: Some("wamid.1".to_owned()), ..row(Sent, 2) };
        assert_eq!(after(same), Failed, "it is of this very try");
        assert_eq!(row(Sent, 2).reported(&report(Delivered)).state, Delivered);
    }
}
