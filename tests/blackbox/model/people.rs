//! People who are corrected, and removed and told anew, in both worlds.

use antrian::domain::account::Applicant;
use antrian::ledger::CorrectionRefused;
use antrian::storage::{ApplicantAdded, Attempt};

use super::rules::World;
use super::system::{System, details};
use super::words::{MAX_TOLD, State, WAYS};

/// How a correction or a removal ends: why not, if it does not take place.
type End = Result<(), CorrectionRefused>;

impl World {
    /// The booking that is on of the person of a way in, if their account made it.
    fn own_booking(&self, way: usize) -> Option<usize> {
        let nth = *self.last.get(&self.niks[way])?;
        let booking = &self.bookings[nth];
        let is_own = booking.request.account() == WAYS[way].0;
        let is_on = self.status(nth).is_live() && booking.keeps_person_until() > self.now;
        (is_own && is_on).then_some(nth)
    }

    fn correct(&self, way: usize, nik: usize) -> End {
        let Some(nth) = self.own_booking(way) else { return Ok(()) };
        let booking = &self.bookings[nth];
        match booking.state {
            State::CheckedIn { .. } | State::AwaitingDocuments { .. } => {
                Err(CorrectionRefused::Visiting)
            }
            _ if booking.corrected => Err(CorrectionRefused::HasBooking),
            _ if self.booking_of(nik).is_some() => Err(CorrectionRefused::NeedsConfirmation),
            _ => Ok(()),
        }
    }

    /// Before anything else a visit that was missed is written down.
    fn write_down_missed(&mut self, way: usize) {
        let Some(&nth) = self.last.get(&self.niks[way]) else { return };
        if self.bookings[nth].request.account() == WAYS[way].0 {
            self.write_down_if_missed(nth);
        }
    }

    /// The person of a way in has another NIK, or none any more; a booking that is on goes along.
    fn leaves(&mut self, way: usize, nik: usize) {
        let (account, before) = (WAYS[way].0, self.niks[way]);
        let own = self.own_booking(way);
        if self
            .last
            .get(&before)
            .is_some_and(|nth| self.bookings[*nth].request.account() == account)
        {
            self.last.remove(&before);
        }
        if let Some(nth) = own {
            let state = self.bookings[nth].state;
            let booking = self.change(nth, state);
            (booking.person, booking.corrected) = (nik, true);
            self.last.insert(nik, nth);
        }
        self.niks[way] = nik;
        self.told[account] += 1;
    }

    /// Whether another person of the account has the NIK, or the account has told enough.
    fn is_out_of_the_question(&self, way: usize, nik: usize) -> bool {
        let account = WAYS[way].0;
        let others = (0..WAYS.len()).filter(|other| WAYS[*other].0 == account);
        self.told[account] >= MAX_TOLD || others.into_iter().any(|other| self.niks[other] == nik)
    }
}

impl System {
    pub(super) async fn correct(&mut self, way: usize, nik: usize) {
        if self.world.is_out_of_the_question(way, nik) {
            self.idle = true;
            return;
        }
        let expected = self.world.correct(way, nik);
        let (account, before) = (&self.accounts[WAYS[way].0], self.people[way].clone());
        let (person, details) = (self.hashes[nik].clone(), details(nik));
        let after = Applicant { id: before.id.clone(), person, details };
        let tried = self.ledger().try_correct(account, &before, &after, self.now()).await;
        self.world.write_down_missed(way);
        assert_eq!(end(tried.unwrap()), expected, "way {way}, NIK {nik}");
        if expected.is_ok() {
            self.people[way] = after;
            self.world.leaves(way, nik);
        }
    }

    pub(super) async fn retell(&mut self, way: usize) {
        let account = WAYS[way].0;
        if self.world.told[account] >= MAX_TOLD {
            self.idle = true;
            return;
        }
        let has_booking = self.world.own_booking(way).is_some();
        let expected = if has_booking { Err(CorrectionRefused::HasBooking) } else { Ok(()) };
        let (id, person, now) = (&self.accounts[account], &self.people[way], self.now());
        let tried = self.ledger().try_remove(id, person, now).await;
        self.world.write_down_missed(way);
        assert_eq!(end(tried.unwrap()), expected, "way {way}");
        if expected.is_err() {
            return;
        }
        let nik = self.world.niks[way];
        let store = self.ledger().store();
        let added = store.add_applicant(id, &details(nik), None, now).await.unwrap();
        let ApplicantAdded::Added(added) = added else { panic!("not added: {added:?}") };
        assert_ne!(added.id, person.id, "an id is given once");
        self.people[way] = *added;
        self.world.retold[way] += 1;
        self.world.leaves(way, nik);
    }
}

fn end(tried: Attempt<(), End>) -> End {
    match tried {
        Attempt::Done(end) => end,
        Attempt::Conflict(()) => panic!("nobody else is there"),
    }
}
