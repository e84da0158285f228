//! Who a booking is for: nobody is taken for somebody else, and everybody sees it before they confirm.

use antrian_tests::app::DATE;
use antrian_tests::offices::office;
use antrian_tests::phone::Phone;
use antrian_tests::{Setup, TestApp};

use super::{NUMBER, WISH, titles};

#[tokio::test]
async fn a_familys_card_keeps_no_second_child_from_its_seat() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    for (name, nik, who) in [
        ("Budi Contoh", "9971010101159001", "Budi C. (NIK …9001)"),
        ("Siti Contoh", "9971014101179002", "Siti C. (NIK …9002)"),
    ] {
        let form = format!(
            "Nama (sesuai KK): {name}\nNomor KK: 9971012304050607\nNIK: {nik}\n\
            Tanggal kedatangan: 2 Desember 2026"
        );
        let held = phone.say(&form).await;
        assert!(held[0].text.contains(who), "{}", held[0].text);
        assert!(held[0].text.contains("belum terkonfirmasi"), "{}", held[0].text);
        let confirmed = phone.tap("Konfirmasi").await;
        assert!(confirmed[0].text.contains(who), "{}", confirmed[0].text);
    }
    let two = phone.say("Budi Contoh\n9971012304050607\n9971010101159001").await;
    assert!(two[0].text.contains("Ada dua nomor 16 angka"), "{}", two[0].text);
    assert_eq!(app.assert_audit_agrees().await.live_bookings, 2);
}

#[tokio::test]
async fn children_whose_names_begin_alike_are_told_apart() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    for (name, nik) in [
        ("Muhammad Rizky Pratama Contoh Adi", "9971010101159001"),
        ("Muhammad Rizky Pratama Contoh Budi", "9971010101179002"),
    ] {
        phone.say(&format!("#{name}#{nik}#02-12-2026")).await;
        phone.tap("Konfirmasi").await;
    }
    let asked = phone.say("booking").await;
    assert_eq!(titles(&asked)[..2], ["Muhammad Rizky Pratama…"; 2]);
    phone.say("pindah").await;
    super::assert_chat("children", &phone);
}

#[tokio::test]
async fn the_form_that_reaches_somebody_later_names_nobody() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say(&WISH.replace("02-12-2026", "09-12-2026")).await;
    let confirmed = phone.tap("Konfirmasi").await;
    assert!(confirmed[0].text.contains("Budi C. (NIK …9001)"), "{}", confirmed[0].text);
    app.advance_to("2026-12-08T01:00:00Z");
    app.tick().await;
    let reminded = phone.read().await;
    assert!(reminded[0].template.is_some(), "{}", reminded[0].text);
    assert!(!reminded[0].text.contains("Budi") && !reminded[0].text.contains("9001"));
    assert_ne!(reminded[0].picture, confirmed[0].picture, "nor does its picture");
}

#[tokio::test]
async fn tomorrow_is_tomorrow_where_the_office_is() {
    let jayapura = || {
        let office = office(4);
        serde_json::to_value(&office).unwrap()
    };
    let in_zone = |id: &str, name: &str, zone: &str| {
        let mut office = jayapura();
        (office["id"], office["name"], office["city"]) = (id.into(), name.into(), name.into());
        office["timezone"] = zone.into();
        serde_json::from_value(office).unwrap()
    };
    let offices = vec![
        in_zone("jayapura", "Jayapura", "Asia/Jayapura"),
        in_zone("jakarta", "Jakarta", "Asia/Jakarta"),
    ];
    let app = TestApp::start_with(Setup { offices, ..Setup::default() }).await;
    // 01.30 WIT on Tuesday, 23.30 WIB on Monday.
    app.advance_to("2026-11-30T16:30:00Z");
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("#Budi Contoh#9971010101909001#besok").await;
    let held = phone.tap("Jayapura").await;
    assert!(held[0].text.contains("Rabu, 2 Desember 2026"), "{}", held[0].text);
    assert_eq!(DATE, "2026-12-02");
}
