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
    /// A counter has called the number: the check-in is not undone any more.
    AlreadyCalled = "already_called",
    AlreadyCheckedIn = "already_checked_in",
    ApplicantsFull = "applicants_full",
    BadTicket = "bad_ticket",
    /// Cancelled, missed, served or lapsed: it is over.
    BookingEnded = "booking_ended",
    /// Was scanned without a network, and cancelled before the scan was handed in.
    CancelledMeanwhile = "cancelled_meanwhile",
    ChangedMeanwhile = "changed_meanwhile",
    CounterBusy = "counter_busy",
    CounterClosed = "counter_closed",
    CounterIdle = "counter_idle",
    DeadlinePassed = "deadline_passed",
    Forbidden = "forbidden",
    /// The number was proved too long ago for what is asked.
    FreshProofNeeded = "fresh_proof_needed",
    /// Was scanned in time without a network, but by the time the scan was handed in the visit counted as
    /// missed, and its seat or its person had another booking.
    GivenAway = "given_away",
    /// A scan was handed in after the day on which it was made.
    HandedInLate = "handed_in_late",
    HoldExpired = "hold_expired",
    /// One idempotency key, two requests.
    IdempotencyMismatch = "idempotency_mismatch",
    InvalidRequest = "invalid_request",
    /// Was scanned without a network, and moved before the scan was handed in.
    MovedMeanwhile = "moved_meanwhile",
    /// No one-time code: whoever asks has asked for too many.
    NoCodeAddress = "no_code_address",
    /// No one-time code: not to this country.
    NoCodeCountry = "no_code_country",
    /// No one-time code: the number has had too many.
    NoCodeNumber = "no_code_number",
    /// No one-time code: numbers that begin like this one have had too many.
    NoCodePrefix = "no_code_prefix",
    /// No one-time code to anybody for the time being.
    NoCodes = "no_codes",
    /// The hold has been extended as far as the office lets it.
    NoMoreTime = "no_more_time",
    NotCheckedIn = "not_checked_in",
    NotConfirmed = "not_confirmed",
    NotFound = "not_found",
    /// The visit was not missed: there is nothing to excuse.
    NotMissed = "not_missed",
    NotOnline = "not_online",
    NotReleased = "not_released",
    NotVerified = "not_verified",
    NotWaiting = "not_waiting",
    OfficeClosed = "office_closed",
    /// The person has a booking that is on: what is asked for would hand it on, or leave it without them.
    PersonHasBooking = "person_has_booking",
    /// Another person of the account has this NIK.
    PersonKnown = "person_known",
    /// Of a person whom another account has booked for, nothing else is told.
    PersonNeedsConfirmation = "person_needs_confirmation",
    /// The number may be another person's by now: digits of a NIK are wanted.
    OwnerProofNeeded = "owner_proof_needed",
    NotSkipped = "not_skipped",
    QueueEmpty = "queue_empty",
    RegistrationEnded = "registration_ended",
    /// A scan is dated later than its handing in, by the scanner's own clock.
    ScannedInFuture = "scanned_in_future",
    /// Somebody who looks like the same person was served today.
    ServedBefore = "served_before",
    SlotFull = "slot_full",
    /// This member of staff is denied.
    StaffDenied = "staff_denied",
    TooEarly = "too_early",
    TooLate = "too_late",
    TooLateToMove = "too_late_to_move",
    /// As many claims were made today as one may make.
    TooManyClaims = "too_many_claims",
    /// As many seats as allowed were held today.
    TooManyHolds = "too_many_holds",
    /// As many people were looked up today as a clerk may look up.
    TooManyLookups = "too_many_lookups",
    /// Visits were missed: online booking is closed for a time.
    TooManyMissed = "too_many_missed",
    /// As many people were added today as one may add.
    TooManyPeople = "too_many_people",
    TooManyRequests = "too_many_requests",
    TooManyTries = "too_many_tries",
    Unauthenticated = "unauthenticated",
    /// Was scanned without a network, and a clerk undid a scan of it before this one was handed in.
    UndoneMeanwhile = "undone_meanwhile",
    VisitInProgress = "visit_in_progress",
    WrongDay = "wrong_day",
    WrongOffice = "wrong_office",
    WrongOtp = "wrong_otp",
}
