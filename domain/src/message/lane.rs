//! Lanes: messages that somebody waits for never stand behind a mass of those that can wait.

use chrono::TimeDelta;

use super::MessageKind;

/// Which queue a message waits in, and stays in until it is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Somebody looks at their phone until it comes: codes, and answers in a chat.
    Urgent,
    /// Tells of what somebody has done: one for each change.
    Transactional,
    /// Comes by the thousand at once, and is as good an hour later.
    Bulk,
}

impl Lane {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 3] = [Self::Urgent, Self::Transactional, Self::Bulk];

    /// After so long a row that was enqueued by the sweeper, and that nobody has taken, must have been
    /// lost: it is enqueued again. More than what a lane's backlog takes; SQS itself loses nothing.
    pub fn lost_after(self) -> TimeDelta {
        match self {
            Self::Urgent => TimeDelta::minutes(2),
            Self::Transactional => TimeDelta::minutes(30),
            Self::Bulk => TimeDelta::hours(2),
        }
    }

    /// How long a message waits at least that the provider refused because all together were too fast:
    /// what can wait makes room for what cannot.
    pub fn rate_limit_wait(self) -> TimeDelta {
        match self {
            Self::Urgent | Self::Transactional => TimeDelta::zero(),
            Self::Bulk => TimeDelta::minutes(1),
        }
    }
}

impl MessageKind {
    /// The queue of its messages.
    pub fn lane(self) -> Lane {
        match self {
            Self::OneTimeCode
            | Self::Reply
            | Self::Verified
            | Self::Ticket
            | Self::AlmostYourTurn => Lane::Urgent,
            Self::Hold
            | Self::Confirmed
            | Self::Cancelled
            | Self::Moved
            | Self::ClaimAsked
            | Self::ClaimReleased
            | Self::Released
            | Self::HoldLapsed
            | Self::DocumentsMissing => Lane::Transactional,
            Self::Reminder | Self::OfficeClosed | Self::ClosedMoved | Self::ClosedWaiting => {
                Lane::Bulk
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_answers_are_urgent_and_what_comes_by_the_thousand_is_bulk() {
        for (kind, lane) in [
            (MessageKind::OneTimeCode, Lane::Urgent),
            (MessageKind::Reply, Lane::Urgent),
            (MessageKind::Confirmed, Lane::Transactional),
            (MessageKind::Reminder, Lane::Bulk),
            (MessageKind::OfficeClosed, Lane::Bulk),
            (MessageKind::ClosedMoved, Lane::Bulk),
        ] {
            assert_eq!(kind.lane(), lane, "{kind:?}");
        }
    }

    #[test]
    fn lanes_are_numbered_as_they_are_listed() {
        assert_eq!(Lane::ALL.map(|lane| lane as usize), [0, 1, 2]);
    }

    #[test]
    fn what_is_less_urgent_is_missed_later() {
        assert!(Lane::ALL.map(Lane::lost_after).is_sorted());
        assert!(Lane::ALL.map(Lane::rate_limit_wait).is_sorted());
    }
}
