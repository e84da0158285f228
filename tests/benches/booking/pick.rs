//! Two ways to find a seat that nobody else takes at the same moment, on the bare table: a random one of those
//! that showed free within the last second, and the next number of a counter. Each worker knows what an
//! instance knows: what it has read itself.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValue, TransactWriteItem};
use rand::seq::IteratorRandom;

/// Seats of the slot, and items that a hold writes.
const SEATS: usize = 300;
const ITEMS: usize = 8;
/// How long an instance believes what it has read of a day.
const DAY_AGE: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy)]
enum Way {
    Random,
    Counter,
}

/// Sells the slot once in each way and prints what it took.
pub(crate) async fn run(client: &Client, instances: usize) -> anyhow::Result<()> {
    for way in [Way::Random, Way::Counter] {
        let sale = Arc::new(Sale {
            client: client.clone(),
            slot: format!("PICK#{instances}#{way:?}"),
            wanted: AtomicUsize::new(0),
            transactions: AtomicUsize::new(0),
            others: AtomicUsize::new(0),
        });
        let begun = Instant::now();
        let sellers = (0..instances).map(|_| tokio::spawn(sell(sale.clone(), way)));
        for seller in sellers.collect::<Vec<_>>() {
            seller.await??;
        }
        let per_seat = |count: &AtomicUsize| count.load(Ordering::Relaxed) as f64 / SEATS as f64;
        println!(
            "| {way:?} | {instances} | {:.2} | {:.2} | {:.0} |",
            per_seat(&sale.transactions),
            per_seat(&sale.others),
            SEATS as f64 / begun.elapsed().as_secs_f64(),
        );
    }
    Ok(())
}

/// A slot that is being sold.
struct Sale {
    client: Client,
    slot: String,
    /// People who have come.
    wanted: AtomicUsize,
    transactions: AtomicUsize,
    /// Readings of the day, numbers taken.
    others: AtomicUsize,
}

async fn sell(sale: Arc<Sale>, way: Way) -> anyhow::Result<()> {
    let mut known = None;
    loop {
        let person = sale.wanted.fetch_add(1, Ordering::Relaxed);
        if person >= SEATS {
            return Ok(());
        }
        match way {
            Way::Random => sale.pick(person, &mut known).await?,
            Way::Counter => {
                let seat = sale.next_number().await?;
                anyhow::ensure!(sale.claim(person, seat).await?, "seat {seat} was taken");
            }
        }
    }
}

impl Sale {
    async fn pick(
        &self,
        person: usize,
        known: &mut Option<(Instant, BTreeSet<usize>)>,
    ) -> anyhow::Result<()> {
        loop {
            let taken = match known {
                Some((at, taken)) if at.elapsed() < DAY_AGE => taken,
                _ => &mut known.insert((Instant::now(), self.taken().await?)).1,
            };
            let free = (1..=SEATS).filter(|seat| !taken.contains(seat));
            let seat = free.choose(&mut rand::rng());
            if let Some(seat) = seat
                && self.claim(person, seat).await?
            {
                taken.insert(seat);
                return Ok(());
            }
            *known = None;
        }
    }

    async fn taken(&self) -> anyhow::Result<BTreeSet<usize>> {
        self.others.fetch_add(1, Ordering::Relaxed);
        let query = self.client.query().table_name(crate::TABLE).consistent_read(true);
        let query = query.key_condition_expression("pk = :slot");
        let query = query.expression_attribute_values(":slot", text(&self.slot));
        let items = query.send().await?.items.unwrap_or_default();
        Ok(items.iter().filter_map(|item| item["sk"].as_s().ok()?.parse().ok()).collect())
    }

    async fn next_number(&self) -> anyhow::Result<usize> {
        self.others.fetch_add(1, Ordering::Relaxed);
        let update = self.client.update_item().table_name(crate::TABLE);
        let update = update.key("pk", text(&format!("{}#NEXT", self.slot)));
        let update = update.key("sk", text("NEXT")).update_expression("ADD given :one");
        let update = update.expression_attribute_values(":one", AttributeValue::N("1".to_owned()));
        let answer = update.return_values(ReturnValue::UpdatedNew).send().await?;
        let given = answer.attributes.and_then(|given| given["given"].as_n().ok()?.parse().ok());
        given.ok_or_else(|| anyhow::anyhow!("no number"))
    }

    /// Whether the seat was free.
    async fn claim(&self, person: usize, seat: usize) -> anyhow::Result<bool> {
        self.transactions.fetch_add(1, Ordering::Relaxed);
        let others = (1..ITEMS).map(|item| (format!("{}#{person}#{item}", self.slot), 0));
        let mut call = self.client.transact_write_items();
        for (pk, sk) in others.chain([(self.slot.clone(), seat)]) {
            let put = Put::builder().table_name(crate::TABLE).item("pk", text(&pk));
            let put = put.item("sk", text(&sk.to_string())).item("code", text("7KQ4MM2XR9"));
            let put = put.condition_expression("attribute_not_exists(pk)").build()?;
            call = call.transact_items(TransactWriteItem::builder().put(put).build());
        }
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|e| e.is_transaction_canceled_exception()) =>
            {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}
