//! Why something is refused: one stable code for the answer, the metric, the log and the words of the
//! chat.

macro_rules! reasons {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal),* $(,)?) => {
        /// A stable code. What it says to people stands in the texts of each channel.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Reason { $($(#[doc = $doc])* $name),* }

        impl Reason {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// As it stands in answers and metrics.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

reasons! {
    AlreadyBooked = "already_booked",
    AlreadyCheckedIn = "already_checked_in",
    ApplicantsFull = "applicants_full",
    BadTicket = "bad_ticket",
    /// Cancelled, missed, served or lapsed: it is over.
    BookingEnded = "booking_ended",
    ChangedMeanwhile = "changed_meanwhile",
    CounterBusy = "counter_busy",
    CounterIdle = "counter_idle",
    DeadlinePassed = "deadline_passed",
    Forbidden = "forbidden",
    /// The number was proved too long ago for what is asked.
    FreshProofNeeded = "fresh_proof_needed",
    HoldExpired = "hold_expired",
    /// One idempotency key, two requests.
    IdempotencyMismatch = "idempotency_mismatch",
    InvalidRequest = "invalid_request",
    NotCheckedIn = "not_checked_in",
    NotConfirmed = "not_confirmed",
    NotFound = "not_found",
    NotOnline = "not_online",
    NotReleased = "not_released",
    NotVerified = "not_verified",
    NotWaiting = "not_waiting",
    OfficeClosed = "office_closed",
    QueueEmpty = "queue_empty",
    RegistrationEnded = "registration_ended",
    SlotFull = "slot_full",
    TooEarly = "too_early",
    TooLate = "too_late",
    TooLateToMove = "too_late_to_move",
    TooManyRequests = "too_many_requests",
    TooManyTries = "too_many_tries",
    Unauthenticated = "unauthenticated",
    VisitInProgress = "visit_in_progress",
    WrongDay = "wrong_day",
    WrongOffice = "wrong_office",
    WrongOtp = "wrong_otp",
}
