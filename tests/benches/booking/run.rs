//! One run: a fresh stack, every kind of request, alternating with what it is compared with.

use anyhow::Context;
use serde_json::json;

use crate::client::{Answer, Connection, request};
use crate::load::{Measured, send_all};
use crate::place::{FULL, OFFICE, SLOTS, wish};
use crate::raw;
use crate::server::Kind;
use crate::stack::{Calls, Stack};

/// How much is done in one run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// People who hold and confirm.
    pub(crate) bookings: usize,
    /// Refusals, and as many empty answers.
    pub(crate) refusals: usize,
    /// Parts into which both are cut, so that each is measured beside what it is compared with.
    pub(crate) rounds: usize,
}

/// What one run measured.
#[derive(Debug, Default, Clone)]
pub(crate) struct Run {
    pub(crate) hold: Measured,
    pub(crate) confirm: Measured,
    pub(crate) transaction: Measured,
    pub(crate) refusal: Measured,
    pub(crate) refusal_all_full: Measured,
    pub(crate) empty: Measured,
    pub(crate) hold_calls: Calls,
    pub(crate) confirm_calls: Calls,
    pub(crate) refusal_calls: Calls,
    /// A hold and a confirmation alone, with the items that they write.
    pub(crate) one_hold: Calls,
    pub(crate) one_confirm: Calls,
    /// The fewest table calls of a burst of refusals that is over within a moment.
    pub(crate) burst_calls: u64,
    pub(crate) memory_begin_mib: f64,
    pub(crate) memory_end_mib: f64,
}

/// People who fill the slot that is refused, those who fill a whole office, those looked at alone.
const FILL: usize = 24;
const FULL_DATES: usize = 14;
const FILL_ALL: usize = FULL_DATES * SLOTS;
const ALONE: usize = 5;
/// The office's dates, from tomorrow; the last one has the full slot.
const DATES: usize = 29;
/// Refusals of a burst, and bursts.
const BURST: usize = 100;
const BURSTS: usize = 9;

struct Bench {
    stack: Stack,
    size: Size,
    run: Run,
}

/// Does one run on a fresh stack.
pub(crate) async fn run(folder: Option<&str>, size: Size) -> anyhow::Result<Run> {
    let stack = Stack::start(Kind::Families, folder, FILL + FILL_ALL + ALONE + size.bookings)?;
    let mut bench = Bench { stack, size, run: Run::default() };
    bench.run.memory_begin_mib = bench.stack.memory_mib()?;
    bench.fill().await?;
    bench.look_at_one().await?;
    bench.book().await?;
    bench.refuse().await?;
    bench.burst().await?;
    bench.run.memory_end_mib = bench.stack.memory_mib()?;
    bench.stack.stop()?;
    Ok(bench.run)
}

impl Bench {
    /// The request of the `person`-th person for a seat.
    fn hold(&self, person: usize, office: &str, day: usize, slot: usize) -> Vec<u8> {
        let of_account = Kind::Families.people_of_account();
        let token = &self.stack.tokens[person / of_account];
        let wish = wish(office, person % of_account, day, slot);
        request("/v1/bookings", Some(token), Some(&wish))
    }

    fn confirm(&self, person: usize, held: &Answer) -> anyhow::Result<Vec<u8>> {
        let token = &self.stack.tokens[person / Kind::Families.people_of_account()];
        let code = held.json()["code"].as_str().context("no code")?.to_owned();
        Ok(request(&format!("/v1/bookings/{code}/confirm"), Some(token), Some(&json!({}))))
    }

    /// Fills what is refused later.
    async fn fill(&mut self) -> anyhow::Result<()> {
        let one = (0..FILL).map(|person| self.hold(person, OFFICE, DATES + 1, 0));
        let all = (0..FILL_ALL).map(|at| self.hold(FILL + at, FULL, 1 + at / SLOTS, at % SLOTS));
        let requests = one.chain(all).collect();
        send_all(self.stack.api, requests, 201).await?;
        Ok(())
    }

    /// Holds and confirms a few seats one after the other, and keeps the calls of the cheapest:
    /// others also read a day again whose second was over.
    async fn look_at_one(&mut self) -> anyhow::Result<()> {
        let mut connection = Connection::open(self.stack.api).await?;
        self.stack.read_bodies(true)?;
        for at in 0..ALONE {
            let person = FILL + FILL_ALL + at;
            self.stack.calls()?;
            let held = connection.send(&self.hold(person, OFFICE, DATES, 1)).await?;
            let hold = self.stack.calls()?;
            let confirmed = connection.send(&self.confirm(person, &held)?).await?;
            let confirm = self.stack.calls()?;
            anyhow::ensure!((held.status, confirmed.status) == (201, 200), "{confirmed:?}");
            if at == 0 || hold.table() < self.run.one_hold.table() {
                self.run.one_hold = hold;
            }
            if at == 0 || confirm.table() < self.run.one_confirm.table() {
                self.run.one_confirm = confirm;
            }
        }
        self.stack.read_bodies(false)
    }

    /// Holds and confirms, beside bare transactions of as many items as a hold writes.
    async fn book(&mut self) -> anyhow::Result<()> {
        let table = raw::client(&self.stack.table_url);
        let items = usize::try_from(self.run.one_hold.items)?;
        let people: Vec<usize> = (0..self.size.bookings).collect();
        for (round, people) in
            people.chunks(self.size.bookings.div_ceil(self.size.rounds)).enumerate()
        {
            let bare = raw::transact(&table, round, people.len(), items).await?;
            self.run.transaction.add(bare);
            self.stack.calls()?;
            let person = |at: usize| FILL + FILL_ALL + ALONE + at;
            let holds = people
                .iter()
                .map(|&at| self.hold(person(at), OFFICE, 1 + at % DATES, at / DATES % SLOTS));
            let (held, answers) = send_all(self.stack.api, holds.collect(), 201).await?;
            self.run.hold.add(held);
            self.run.hold_calls.add(&self.stack.calls()?);
            let confirms: anyhow::Result<_> = people
                .iter()
                .zip(&answers)
                .map(|(&at, held)| self.confirm(person(at), held))
                .collect();
            let (confirmed, _) = send_all(self.stack.api, confirms?, 200).await?;
            self.run.confirm.add(confirmed);
            self.run.confirm_calls.add(&self.stack.calls()?);
        }
        Ok(())
    }

    /// Asks for what is full, beside empty answers.
    async fn refuse(&mut self) -> anyhow::Result<()> {
        let of_round = self.size.refusals / self.size.rounds;
        let nothing = request("/", None, None);
        let one_full = self.hold(0, OFFICE, DATES + 1, 0);
        let all_full = self.hold(0, FULL, 1, 0);
        for _ in 0..self.size.rounds {
            let empty = send_all(self.stack.empty, vec![nothing.clone(); of_round], 200).await?;
            self.run.empty.add(empty.0);
            self.stack.calls()?;
            let refused = send_all(self.stack.api, vec![one_full.clone(); of_round], 409).await?;
            self.run.refusal.add(refused.0);
            self.run.refusal_calls.add(&self.stack.calls()?);
            let refused = send_all(self.stack.api, vec![all_full.clone(); of_round], 409).await?;
            self.run.refusal_all_full.add(refused.0);
        }
        Ok(())
    }

    /// Short bursts right after a reading: what a slot known to be full costs.
    async fn burst(&mut self) -> anyhow::Result<()> {
        let refused = self.hold(0, OFFICE, DATES + 1, 0);
        let mut fewest = u64::MAX;
        for _ in 0..BURSTS {
            send_all(self.stack.api, vec![refused.clone()], 409).await?;
            self.stack.calls()?;
            send_all(self.stack.api, vec![refused.clone(); BURST], 409).await?;
            fewest = fewest.min(self.stack.calls()?.table());
        }
        self.run.burst_calls = fewest;
        Ok(())
    }
}
