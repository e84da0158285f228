//! The head of an office changes quotas and opens days on a page: what it does is shown first.

use antrian_tests::app::DATE;
use antrian_tests::browser::Shown;
use antrian_tests::{Browser, Person, TestApp};

use super::START;
use crate::steps::close;

const QUOTAS: &str = "/petugas/uji/kuota";

async fn head(app: &TestApp) -> Browser {
    let mut browser = Browser::new(app);
    browser.sign_in_as("local-head", START).await;
    browser
}

/// The form with a new quota for both hours.
async fn typed(head: &mut Browser, before: &str, quotas: [&str; 2], sure: bool) -> Shown {
    let mut fields = vec![("tanggal", DATE)];
    for (slot, quota) in ["passport_new 09:00", "passport_new 10:00"].into_iter().zip(quotas) {
        fields.extend([("sesi", slot), ("lama", before), ("kuota", quota)]);
    }
    fields.extend(sure.then_some(("pasti", "ya")));
    head.post(QUOTAS, &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn quotas_are_changed_once_their_consequences_were_seen() {
    let app = TestApp::with_quota(3).await;
    for number in 1..=3 {
        Person::register(&app, number).await.book(&app, DATE, "09:00").await;
    }
    let mut head = head(&app).await;
    assert!(head.get(START).await.html.contains(QUOTAS));
    let seen = head.get(&format!("{QUOTAS}?tanggal={DATE}")).await;
    assert!(seen.html.contains("value=\"passport_new 09:00\""), "{seen:?}");
    assert!(seen.html.contains(">3</td>"), "three are taken: {seen:?}");

    let plan = typed(&mut head, "3", ["1", "5"], false).await;
    assert_eq!(plan.status, 200, "{plan:?}");
    for said in ["+2", "−2", "<strong class=\"num\">2</strong> orang sudah punya kursi"] {
        assert!(plan.html.contains(said), "{said}: {plan:?}");
    }
    assert_eq!(app.seats_free(DATE, "10:00").await, Some(3), "looking changes nothing");
    let saved = typed(&mut head, "3", ["1", "5"], true).await;
    let seen = head.get(saved.location()).await;
    assert!(seen.html.contains("Kuota sudah disimpan") && seen.html.contains("value=\"5\""));
    app.advance(11);
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(0), "who has a seat keeps it");
    assert_eq!(app.seats_free(DATE, "10:00").await, Some(5));

    let stale = typed(&mut head, "3", ["2", "4"], true).await;
    assert_eq!(stale.status, 409, "somebody else was faster: {stale:?}");
    assert!(stale.html.contains("Salah:"));
    for wrong in [["x", "5"], ["1000", "5"], ["-1", "5"], ["", "5"]] {
        assert_eq!(typed(&mut head, "5", wrong, true).await.status, 422, "{wrong:?}");
    }
    assert_eq!(typed(&mut head, "5", ["5", "5"], true).await.status, 422, "nothing is different");
    assert_eq!(app.seats_free(DATE, "10:00").await, Some(5));
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_are_opened_by_hand_and_closed_ones_stay_closed() {
    let app = TestApp::start().await;
    close(&app, &["2027-01-12"]).await;
    let mut head = head(&app).await;
    let unmade = head.get(&format!("{QUOTAS}?tanggal=2027-01-11")).await;
    assert!(unmade.html.contains("Belum disiapkan"), "{unmade:?}");
    let open = format!("{QUOTAS}/buka");
    let opened = head.post(&open, &[("mulai", "2027-01-11"), ("sampai", "2027-01-12")]).await;
    assert!(head.get(opened.location()).await.html.contains("Hari-hari itu sudah dibuka"));
    assert_eq!(app.seats_free("2027-01-11", "09:00").await, Some(2));
    let closed = head.get(&format!("{QUOTAS}?tanggal=2027-01-12")).await;
    assert!(closed.html.contains("Kantor tidak melayani"), "{closed:?}");
    for (from, to) in [("", ""), ("2027-01-12", "2027-01-11"), ("2020-01-01", "")] {
        let refused = head.post(&open, &[("mulai", from), ("sampai", to)]).await;
        assert_eq!(refused.status, 422, "{from} {to}: {refused:?}");
        assert!(refused.html.contains("id=\"mulai-salah\""));
    }
}
