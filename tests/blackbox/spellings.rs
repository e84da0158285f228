//! What people paste and what keyboards and scanners make of it: each parser of typed text takes it in any
//! spelling, by one normaliser.

use antrian_tests::app::DATE;
use antrian_tests::offices::{OFFICE, SERVICE};
use antrian_tests::person::nik;
use antrian_tests::phone::Phone;
use antrian_tests::{Person, TestApp};
use reqwest::Method;
use serde_json::json;

use crate::registration::{begin, path};
use crate::steps::reach;

#[tokio::test]
async fn a_number_as_people_write_it_gets_its_code_and_no_other_number_does() {
    let app = TestApp::start().await;
    for typed in [
        "81200007436",
        "+62 0812-0000-7436",
        "+62 (0)812 0000 7436",
        "+62+6281200007436",
        "0062812 0000 7436",
        "0812\u{a0}0000\u{2011}7436\n",
    ] {
        let begun = begin(&app).await;
        let asked = app.post(&path(&begun, "otp"), json!({"phone": typed})).await;
        assert_eq!(asked.status, 202, "{typed}: {asked:?}");
        app.drain().await;
        let sent = app.stack.graph.sent();
        assert_eq!(sent.last().unwrap().to.as_deref(), Some("6281200007436"), "{typed}");
        app.advance(24 * 3_600);
    }
}

#[tokio::test]
async fn what_cannot_be_a_one_time_code_costs_no_try() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    app.post(&path(&begun, "otp"), json!({"phone": "0812 0000 7436"})).await;
    app.drain().await;
    let text = app.stack.graph.sent().last().unwrap().text.clone();
    let mut digits = text.split(|c: char| !c.is_ascii_digit());
    let code = digits.find(|run| run.len() == 6).unwrap().to_owned();
    let verify = async |otp: &str| {
        app.post(&path(&begun, "verify"), json!({"secret": begun["secret"], "otp": otp})).await
    };
    for no_code in ["", "92104", "9210491", "92104a", "kode saya", "-"] {
        let wrong = verify(no_code).await;
        assert_eq!((wrong.status, wrong.code()), (422, "wrong_otp"), "{no_code}");
        assert!(wrong.body["tries_left"].is_null(), "{no_code}: {wrong:?}");
    }
    let other = if code == "000000" { "000001" } else { "000000" };
    assert_eq!(verify(other).await.body["tries_left"], 4, "the first that counts");
    let (first, last) = code.split_at(3);
    let signed_in = verify(&format!("\u{200e}{first}\u{a0}{last}\r\n")).await;
    assert_eq!(signed_in.status, 200, "{signed_in:?}");
}

#[tokio::test]
async fn a_person_is_the_same_however_the_nik_was_pasted() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let wide: String =
        nik(1).chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    let arabic: String =
        nik(1).chars().map(|c| char::from_u32(u32::from(c) - 0x30 + 0x660).unwrap()).collect();
    let dashed = format!("\u{200e}{}\u{2011}{}\n", &nik(1)[..6], &nik(1)[6..]);
    for typed in [wide, arabic, dashed] {
        let body = json!({"name": "Ｓｉｔｉ\u{a0}Contoh\n", "nik": typed, "birth_date": "1990-01-01\n",
            "ktp_regency": "Kota\u{a0}Uji\u{200b}"});
        let added = person.post(&app, "/v1/me/applicants", body).await;
        assert_eq!((added.status, added.text("id")), (201, "p1".to_owned()), "{typed} {added:?}");
    }
}

#[tokio::test]
async fn a_code_and_a_query_are_read_with_what_was_pasted_around_them() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    let (first, last) = code.split_at(5);
    let found = person.get(&app, &format!("/v1/bookings/{first}%E2%80%91{last}%0D%0A")).await;
    assert_eq!(found.status, 200, "{found:?}");
    let date = DATE.replace('-', "%E2%80%91");
    let query = format!("service=%E2%80%8E{SERVICE}%0A&from={date}&to={date}%20");
    let days = app.get(&format!("/v1/offices/{OFFICE}/availability?{query}")).await;
    assert_eq!(days.status, 200, "{days:?}");
    reach(&app, "2026-12-02T00:30:00Z");
    let staff = app.staff(OFFICE, &["desk"]).await;
    let scan = json!({"code": format!("{}\r\n", code.to_lowercase())});
    let scanned = app.call(Method::POST, "/v1/check-ins", Some(&staff), Some(scan)).await;
    assert_eq!(scanned.status, 200, "{scanned:?}");
}

#[tokio::test]
async fn the_chat_reads_any_script() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, "6280000000101");
    let held = phone.say("#Budi Contoh#٩٩٧١٠١٠١٠١٩٠٩٠٠١#٠٢\u{2011}١٢\u{2011}٢٠٢٦").await;
    assert!(held[0].text.contains("2 Desember 2026"), "{}", held[0].text);
}
