//! What belongs to a date goes ninety days after it; nothing else does by the date of its key.

use antrian_tests::app::DATE;
use antrian_tests::desk::Desk;
use antrian_tests::{Person, Recorder};
use chrono::{DateTime, NaiveDate, TimeDelta};
use serde_json::Value;

use crate::steps::reach;

/// The date of the partition, if it is one of a day or a queue.
fn date_of(item: &Value) -> Option<NaiveDate> {
    let pk = item["pk"]["S"].as_str().unwrap();
    let is_of_date = pk.starts_with("DAY#") || pk.starts_with("QUEUE#");
    pk.rsplit('#').next().filter(|_| is_of_date)?.parse().ok()
}

fn goes_on(item: &Value) -> Option<NaiveDate> {
    let seconds = item["ttl"]["N"].as_str()?.parse().unwrap();
    Some(DateTime::from_timestamp(seconds, 0).unwrap().date_naive())
}

#[tokio::test(flavor = "multi_thread")]
async fn days_seats_and_queues_go_ninety_days_after_their_date() {
    let (app, recorder) = Recorder::start().await;
    let (visitor, leaving) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let visit = visitor.book(&app, DATE, "09:00").await;
    let left = leaving.book(&app, DATE, "10:00").await;
    assert_eq!(leaving.act(&app, &left.text("code"), "cancel").await.status, 200);
    reach(&app, "2026-12-02T00:31:00Z");
    let desk = Desk::sign_in(&app).await;
    assert_eq!(desk.scan(&app, &visit.text("code")).await.status, 200);
    assert_eq!(desk.call(&app, "1").await.status, 200);
    let items = recorder.items().await;
    let mut kinds = std::collections::BTreeSet::new();
    for item in &items {
        let Some(date) = date_of(item) else { continue };
        assert_eq!(goes_on(item), Some(date + TimeDelta::days(90)), "{item}");
        kinds.insert(item["sk"]["S"].as_str().unwrap().split('#').count());
    }
    assert!(kinds.len() >= 3, "days, slots, seats: {kinds:?}");
    let booking = items.iter().find(|item| item["sk"]["S"] == "BOOKING").unwrap();
    assert_eq!(goes_on(booking), None, "a booking is kept");
}
