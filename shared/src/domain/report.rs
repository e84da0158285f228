//! What a provider reports of a message that it was given.

use super::ids::MessageId;
use super::message::{Message, MessageState};

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
    /// in it.
    #[must_use]
    pub fn reported(&self, report: &Report) -> Self {
        let state = self.state.advanced(report.state);
        if state == self.state {
            return self.clone();
        }
        Self {
            state,
            provider_id: self.provider_id.clone().or_else(|| report.provider_id.clone()),
            error: report.error.clone(),
            sealed: None,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::message::{Locale, MessageKind, UNCONFIRMED};
    use MessageState::{Delivered, Failed, Pending, Read, Sending, Sent};

    fn row(state: MessageState) -> Message {
        let at = DateTime::UNIX_EPOCH;
        let id = "7kq4mm2xr9-1-hold".parse().unwrap();
        let sealed = Some("sealed".to_owned());
        let error = Some(UNCONFIRMED.to_owned());
        Message { state, sealed, error, ..Message::new(id, MessageKind::Hold, Locale::Id, at, at) }
    }

    fn report(state: MessageState) -> Report {
        let error = (state == Failed).then(|| "131026".to_owned());
        let provider_id = Some("wamid.1".to_owned());
        Report { message: row(Sent).id, provider_id, state, error }
    }

    #[test]
    fn a_report_settles_a_row_whose_sender_got_no_answer() {
        let settled = row(Sending).reported(&report(Delivered));
        assert_eq!((settled.state, settled.error, settled.sealed), (Delivered, None, None));
        assert_eq!(settled.provider_id.as_deref(), Some("wamid.1"));
    }

    #[test]
    fn a_failure_is_recorded_with_its_code_and_forgotten_with_a_delivery() {
        let failed = row(Sent).reported(&report(Failed));
        assert_eq!((failed.state, failed.error.as_deref()), (Failed, Some("131026")));
        let delivered = failed.reported(&report(Delivered));
        assert_eq!((delivered.state, delivered.error), (Delivered, None));
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
}
