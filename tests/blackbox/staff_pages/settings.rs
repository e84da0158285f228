//! The head of an office looks at its settings, sends them as a file and brings versions back: what it does is
//! shown first.

use antrian_tests::browser::Shown;
use antrian_tests::{Browser, TestApp};
use serde_json::{Value, json};

use super::START;
use crate::steps::close;

const SETTINGS: &str = "/petugas/uji/pengaturan";

async fn head(app: &TestApp) -> Browser {
    let mut browser = Browser::new(app);
    browser.sign_in_as("local-head", START).await;
    browser
}

/// The file that the page gives.
async fn file(head: &mut Browser) -> Value {
    let file = head.get(&format!("{SETTINGS}.json")).await;
    assert!(file.header("content-disposition").contains("uji-"), "{file:?}");
    serde_json::from_str(&file.html).unwrap()
}

async fn upload(head: &mut Browser, file: &Value) -> Shown {
    head.upload(&format!("{SETTINGS}/berkas"), "berkas", file.to_string()).await
}

/// What the page of a plan asks to be confirmed.
fn confirmed(plan: &Shown) -> [(&'static str, String); 2] {
    let description = plan.hidden("isi").replace("&#34;", "\"").replace("&#38;", "&");
    [("revisi", plan.hidden("revisi").to_owned()), ("isi", description)]
}

async fn save(head: &mut Browser, plan: &Shown) -> Shown {
    let fields = confirmed(plan);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    head.post(SETTINGS, &fields).await
}

async fn quota(app: &TestApp) -> u16 {
    let office = app.stack.app.ledger.store().office(&"uji".parse().unwrap()).await.unwrap();
    office.unwrap().0.sessions[0].quota
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_taken_once_its_consequences_were_seen_and_a_version_brings_back_what_was() {
    let app = TestApp::start().await;
    let mut head = head(&app).await;
    assert!(head.get(START).await.html.contains(SETTINGS));
    let mut wanted = file(&mut head).await;
    wanted["offices"][0]["sessions"][0]["quota"] = json!(5);
    wanted["offices"].as_array_mut().unwrap().insert(0, json!({"id": "lain"}));

    let plan = upload(&mut head, &wanted).await;
    assert_eq!(plan.status, 200, "{plan:?}");
    for said in ["<del>", "2 kursi", "<ins>", "5 kursi", "Senin", "Berlaku mulai", "Seminggu:"] {
        assert!(plan.html.contains(said), "{said}: {plan:?}");
    }
    assert_eq!(quota(&app).await, 2, "looking changes nothing");
    let saved = save(&mut head, &plan).await;
    let seen = head.get(saved.location()).await;
    assert!(seen.html.contains("Pengaturan sudah disimpan"), "{seen:?}");
    assert!(seen.html.contains("Anda</td>") && seen.html.contains("pemasangan</td>"), "{seen:?}");
    assert_eq!(quota(&app).await, 5);

    // A day that was closed since stays closed.
    close(&app, &["2026-12-10"]).await;
    let back = head.get(&format!("{SETTINGS}/versi/1")).await;
    assert!(back.html.contains("Kembali ke versi 1"), "{back:?}");
    assert!(back.html.contains("Hari tutup tidak ikut berubah"), "{back:?}");
    assert_eq!(save(&mut head, &back).await.status, 303);
    assert_eq!(quota(&app).await, 2);
    let closed = file(&mut head).await["offices"][0]["exceptions"].clone();
    assert_eq!(closed["2026-12-10"]["open"], false, "{closed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_does_not_fit_changes_nothing_and_says_where() {
    let app = TestApp::start().await;
    let mut head = head(&app).await;
    let good = file(&mut head).await["offices"][0].clone();
    let with = |path: &str, value: Value| {
        let mut all = good.clone();
        *all.pointer_mut(path).unwrap() = value;
        all
    };
    let mut unknown = good.clone();
    unknown["quota"] = json!(1);
    for (wrong, said) in [
        (json!({"offices": []}), "Kantor ini tidak ada di dalam berkas."),
        (with("/id", json!("lain")), "Harus sama dengan kantor pada alamat."),
        (unknown, "quota: Isian ini tidak dikenal."),
        (with("/sessions/0/quota", json!("x")), "sessions[0].quota: "),
        (with("/sessions/0/until", json!("08:00")), "sessions[0]"),
        (json!({}), "id: Isian ini wajib ada."),
    ] {
        let refused = upload(&mut head, &wrong).await;
        assert_eq!(refused.status, 422, "{wrong}: {refused:?}");
        assert!(refused.html.contains(said), "{said}: {refused:?}");
        assert!(refused.html.contains("id=\"berkas-salah\""), "{refused:?}");
    }
    for (text, line) in [("", 1), ("{\n", 2), ("kuota: 5", 1)] {
        let refused = head.upload(&format!("{SETTINGS}/berkas"), "berkas", text.to_owned()).await;
        assert_eq!(refused.status, 422, "{text:?}: {refused:?}");
        let said = format!("bukan JSON yang benar. Periksa baris {line}.");
        assert!(refused.html.contains(&said), "{text:?}: {refused:?}");
    }
    let large = head.upload(&format!("{SETTINGS}/berkas"), "berkas", " ".repeat(70_000)).await;
    assert_eq!(large.status, 413, "{large:?}");
    let same = upload(&mut head, &good).await;
    assert!(same.html.contains("Tidak ada yang berbeda") && !same.html.contains("name=\"isi\""));
    assert_eq!(quota(&app).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_compared_with_what_has_changed_meanwhile_looks_once_more() {
    let app = TestApp::start().await;
    let mut head = head(&app).await;
    let mut wanted = file(&mut head).await;
    wanted["offices"][0]["sessions"][0]["quota"] = json!(5);
    let plan = upload(&mut head, &wanted).await;
    wanted["offices"][0]["sessions"][0]["quota"] = json!(6);
    let other = upload(&mut head, &wanted).await;
    assert_eq!(save(&mut head, &other).await.status, 303);
    let stale = save(&mut head, &plan).await;
    assert_eq!(stale.status, 409, "{stale:?}");
    assert!(stale.html.contains("orang lain mengubah") && stale.html.contains("6 kursi"));
    assert_eq!(quota(&app).await, 6);
    assert_eq!(save(&mut head, &stale).await.status, 303, "once it was compared with that");
    assert_eq!(quota(&app).await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_of_a_season_are_seen_before_they_are_saved_and_make_the_days_that_open_then() {
    let app = TestApp::start().await;
    let mut head = head(&app).await;
    let mut wanted = file(&mut head).await;
    let mut sessions = wanted["offices"][0]["sessions"].clone();
    (sessions[0]["from"], sessions[0]["quota"]) = (json!("10:00"), json!(1));
    let name = json!({"id": "Jam Ramadan", "en": "Ramadan hours"});
    let season = |from: &str, until: &str| json!({"name": name, "from": from, "until": until, "sessions": sessions});
    // Of the first dates the first is open by now: it keeps its seats.
    wanted["offices"][0]["seasons"] = json!([season("2026-12-30", "2027-01-03")]);
    let plan = upload(&mut head, &wanted).await;
    for said in ["Jam Ramadan", "Rabu, 30 Desember 2026 – Minggu, 3 Januari 2027", "28</span> → "]
    {
        assert!(plan.html.contains(said), "{said}: {plan:?}");
    }
    assert_eq!(save(&mut head, &plan).await.status, 303);
    for _ in 0..6 {
        app.advance(86_400);
        app.tick().await;
    }
    app.advance(11);
    let free = async |date: &str| {
        [app.seats_free(date, "09:00").await, app.seats_free(date, "10:00").await]
    };
    assert_eq!(free("2026-12-30").await, [Some(2), Some(2)], "it was open");
    assert_eq!(free("2027-01-02").await, [None, Some(1)]);
    assert_eq!(free("2027-01-04").await, [Some(2), Some(2)], "the season is over");
    let shown = head.get("/kantor/uji").await;
    assert!(shown.html.contains("<h3>Jam Ramadan</h3>"), "{shown:?}");
    let seasons = app.get("/v1/offices/uji").await.body["seasons"].clone();
    assert_eq!(seasons[0]["until"], "2027-01-03");
    app.advance(30 * 86_400);
    assert!(!head.get("/kantor/uji").await.html.contains("Jam Ramadan"), "it is over");
}
