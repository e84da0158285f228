//! What time makes due: days, lapses.

use antrian::domain::office::Office;
use antrian_tests::app::DATE;
use antrian_tests::offices::SERVICE;
use antrian_tests::{Person, Setup, TestApp};
use serde_json::{Value, json};

use crate::steps::{after, office_with, reach};

fn released(id: &str, zone: &str, policy: Value) -> Office {
    office_with(2, |office| {
        office["id"] = id.into();
        office["timezone"] = zone.into();
        office["release"] = policy;
    })
}

async fn day(app: &TestApp, office: &str, date: &str) -> Value {
    let query = format!("service={SERVICE}&from={date}&to={date}");
    let answer = app.get(&format!("/v1/offices/{office}/availability?{query}")).await;
    answer.body["days"][0].clone()
}

/// Asserts that `date` opens at `instant` and not half a minute before, and that nothing has to run then.
async fn opens(app: &TestApp, office: &str, date: &str, instant: &str) {
    reach(app, &after(instant, -3600));
    app.tick().await;
    reach(app, &after(instant, -30));
    let before = day(app, office, date).await;
    assert_eq!(before["status"], "not_released", "{office} {date}");
    let told = before["release_at"].as_str().unwrap();
    assert_eq!(after(told, 0), after(instant, 0), "{office} {date}");
    reach(app, instant);
    assert_eq!(day(app, office, date).await["status"], "open", "{office} {date}");
}

#[tokio::test(flavor = "multi_thread")]
async fn days_open_at_the_second_that_their_office_says() {
    let offices = vec![
        released("monthly", "Asia/Jakarta", json!({"kind": "monthly", "day": 31, "at": "09:00"})),
        released(
            "rolling",
            "Asia/Jayapura",
            json!({"kind": "rolling", "days_ahead": 3, "at": "08:00"}),
        ),
        released(
            "weekly",
            "Asia/Makassar",
            json!({"kind": "weekly", "weekday": "fri", "at": "14:00"}),
        ),
    ];
    let app = TestApp::start_with(Setup { offices, ..Setup::default() }).await;
    // November has no 31st: its last day opens all of December.
    opens(&app, "monthly", "2026-12-01", "2026-11-30T02:00:00Z").await;
    assert_eq!(day(&app, "monthly", "2026-12-31").await["status"], "open");
    assert_eq!(day(&app, "monthly", "2027-01-02").await["status"], "not_released");
    opens(&app, "rolling", "2026-12-04", "2026-11-30T23:00:00Z").await;
    opens(&app, "rolling", "2026-12-05", "2026-12-01T23:00:00Z").await;
    opens(&app, "weekly", "2026-12-07", "2026-12-04T06:00:00Z").await;
    assert_eq!(day(&app, "weekly", "2026-12-13").await["status"], "open");
    assert_eq!(day(&app, "weekly", "2026-12-14").await["status"], "not_released");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tick_writes_down_what_time_has_changed() {
    let app = TestApp::start().await;
    let (first, second) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let held = first.hold(&app, DATE, "09:00").await;
    let missed = second.book(&app, DATE, "09:00").await.text("code");
    let history = |person: Person, code: String| {
        let app = &app;
        async move {
            let seen = person.get(app, &format!("/v1/bookings/{code}")).await;
            seen.body["history"].as_array().unwrap().clone()
        }
    };
    let expires_at = held.text("hold_expires_at");
    reach(&app, &after(&expires_at, -30));
    assert_eq!(app.tick().await.settled, 0);
    reach(&app, &expires_at);
    assert_eq!(history(first.clone(), held.text("code")).await.len(), 1);
    assert_eq!(app.tick().await.settled, 1);
    let events = history(first, held.text("code")).await;
    assert_eq!((&events[1]["status"], &events[1]["by"]), (&json!("expired"), &json!("system")));

    reach(&app, "2026-12-02T01:29:30Z");
    assert_eq!(app.tick().await.settled, 0);
    reach(&app, "2026-12-02T01:30:00Z");
    assert_eq!(app.tick().await.settled, 1);
    assert_eq!(app.tick().await.settled, 0);
    let events = history(second.clone(), missed).await;
    assert_eq!((&events[2]["status"], &events[2]["by"]), (&json!("no_show"), &json!("system")));
    assert_eq!(second.hold(&app, "2026-12-03", "09:00").await.status, 201);
    app.assert_audit_agrees().await;
}
