//! The question in the chat.

use antrian::domain::person::Contacts;
use antrian_tests::app::DATE;
use antrian_tests::desk::Desk;
use antrian_tests::{Person, TestApp};
use serde_json::json;

use super::{DAY, Handset, account_of, asks, digits, me, rests_after_a_day};
use crate::steps::close;

/// Registered with both a number and an id, with the person of this number and a booking.
async fn owner<'a>(app: &'a TestApp, number: u32, id: &str) -> (Person, String, Handset<'a>) {
    let phone = format!("62800{number:07}");
    let mut handset = Handset::new(app, "owner", &phone, Some(id));
    let token = handset.signs_in().await.text("token");
    let person = Person { token, phone };
    assert_eq!(person.add(app, number).await.status, 201);
    let code = person.book(app, DATE, "09:00").await.text("code");
    app.drain().await;
    (person, code, handset)
}

#[tokio::test]
async fn an_account_is_asked_for_digits_after_ninety_days_and_not_after_eighty_nine() {
    for (days, is_asked) in [(89, false), (90, true)] {
        let app = TestApp::start().await;
        let person = Person::register(&app, 1).await;
        app.drain().await;
        app.advance(days * DAY);
        let mut phone = Handset::new(&app, "phone", &person.phone, None);
        let answer = phone.say("jadwal").await;
        assert_eq!(asks(&answer, 3), is_asked, "{days} days: {answer}");
        if is_asked {
            assert!(answer.contains("90 hari"), "the rule is said: {answer}");
            // Neither time nor other words are an answer.
            app.advance(3_600);
            for text in ["jadwal", "menu", "02-12-2026", "#Siti Contoh#9971014501909001#besok"] {
                assert!(asks(&phone.say(text).await, 3), "{text}");
            }
            let answer = phone.say(&digits(1)).await;
            assert!(answer.contains("terbuka lagi"), "{answer}");
            let answer = phone.say("jadwal").await;
            assert!(answer.contains("belum") && !asks(&answer, 3), "{answer}");
        }
    }
}

#[tokio::test]
async fn the_question_tells_nothing_of_the_account_and_says_its_rule() {
    let app = rests_after_a_day().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    app.drain().await;
    app.advance(DAY);
    let answer = Handset::new(&app, "phone", &person.phone, None).say(&code).await;
    insta::assert_snapshot!(answer, @r"
    Nomor ini sudah memiliki akun antrean, tetapi akun itu 1 hari tidak dipakai atau dulu terhubung dengan WhatsApp lain. Nomor bisa berpindah ke orang lain, jadi kami perlu tahu apakah akun itu milik Anda.

    Bila ya, ketik *8 angka terakhir NIK* salah satu pemohon di akun itu. Sisa kesempatan: 3.

    Bila nomor ini baru menjadi milik Anda, pilih *Nomor baru saya*: Anda mendapat akun baru, dan akun lama tidak dapat dibuka lagi dari nomor ini.
    ");
}

#[tokio::test]
async fn a_message_from_another_whatsapp_is_asked_and_the_owner_never() {
    let app = TestApp::start().await;
    let (person, code, mut owner) = owner(&app, 1, "ID.first").await;
    let mut other = Handset::new(&app, "other", &person.phone, Some("ID.second"));
    let answer = other.say("jadwal").await;
    assert!(asks(&answer, 3), "{answer}");
    let answer = owner.say("jadwal").await;
    assert!(answer.contains("Paspor baru") && !asks(&answer, 3), "the same id: {answer}");
    // A sign-in from there gets no further either.
    assert_eq!(other.signs_in().await.code(), "not_verified");
    assert!(asks(&other.say("00000001").await, 2));
    let answer = other.say(&digits(1)).await;
    assert!(answer.contains("terbuka lagi"), "{answer}");
    // The id is taken over: it opens the account by itself, and the earlier one does not any more.
    let account = account_of(&app, &person).await;
    let alone = Handset { from: json!({"from_user_id": "ID.second"}), ..other }.signs_in().await;
    assert_eq!(alone.text("account_id"), account);
    let earlier = Handset { from: json!({"from_user_id": "ID.first"}), ..owner }.signs_in().await;
    assert_ne!(earlier.text("account_id"), account);
    let kept = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!(kept.text("status"), "confirmed");
}

#[tokio::test]
async fn three_wrong_answers_begin_another_account_and_close_the_old_one_to_the_number() {
    let app = rests_after_a_day().await;
    let person = Person::register(&app, 1).await;
    let booked = person.book(&app, DATE, "09:00").await;
    let (code, old) = (booked.text("code"), account_of(&app, &person).await);
    app.drain().await;
    app.advance_to("2026-12-02T00:31:00Z");
    let mut phone = Handset::new(&app, "phone", &person.phone, None);
    assert!(asks(&phone.say("halo").await, 3));
    for left in [2, 1] {
        let answer = phone.say("00000001").await;
        assert!(asks(&answer, left) && answer.starts_with("Angka itu tidak cocok."), "{answer}");
    }
    let answer = phone.say("00000001").await;
    assert!(answer.contains("akun baru") && !answer.contains(&code), "{answer}");

    // The right digits are too late, and the old booking is nowhere to be seen.
    for text in [digits(1), "jadwal".to_owned(), format!("batal {code}"), code.clone()] {
        let answer = phone.say(&text).await;
        assert!(!answer.contains("Paspor baru") && !answer.contains("QR"), "{text}: {answer}");
    }
    let signed_in = phone.signs_in().await;
    assert_ne!(signed_in.text("account_id"), old);
    let token = signed_in.text("token");
    let anew = Person { token, phone: person.phone.clone() };
    assert_eq!(anew.get(&app, "/v1/me").await.body["applicants"], json!([]));
    assert_eq!(anew.get(&app, "/v1/me/bookings").await.body["bookings"], json!([]));
    assert_eq!(anew.get(&app, &format!("/v1/bookings/{code}")).await.status, 404);
    assert_eq!(me(&app, &person.token).await.status, 401, "its sessions have ended");

    // The ticket that was given out works.
    app.drain().await;
    let desk = Desk::sign_in(&app).await;
    let scanned = desk.scan(&app, &code).await;
    assert_eq!(scanned.status, 200, "{scanned:?}");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn no_message_of_the_old_account_goes_to_the_number() {
    let app = rests_after_a_day().await;
    let person = Person::register(&app, 1).await;
    person.book(&app, "2026-12-04", "09:00").await;
    app.drain().await;
    app.advance(DAY);
    let mut phone = Handset::new(&app, "phone", &person.phone, None);
    assert!(asks(&phone.say("halo").await, 3));
    assert!(phone.say("bukan saya").await.contains("akun baru"));
    let before = app.stack.graph.sent().len();
    close(&app, &["2026-12-04"]).await;
    for secs in [40, 60, 900, 2 * DAY] {
        app.advance(secs);
        app.tick().await;
        app.drain().await;
    }
    let sent = app.stack.graph.sent();
    assert_eq!(sent.len(), before, "{:?}", app.sent_ids());
}

#[tokio::test]
async fn my_new_number_begins_another_account_and_the_id_keeps_the_old_one() {
    let app = TestApp::start().await;
    let (person, code, owner) = owner(&app, 1, "ID.first").await;
    let old = account_of(&app, &person).await;
    let mut other = Handset::new(&app, "other", &person.phone, Some("ID.second"));
    // Also without waiting for the question.
    assert!(other.tap("new-account").await.contains("akun baru"));
    let signed_in = other.signs_in().await;
    assert_ne!(signed_in.text("account_id"), old);
    assert_eq!(me(&app, &person.token).await.status, 401);
    // The owner has another number by now, and is known by the id.
    let owner_moved = json!({"from": "6280000000777", "from_user_id": "ID.first"});
    let mut owner = Handset { from: owner_moved, ..owner };
    let answer = owner.say("jadwal").await;
    assert!(answer.contains("Paspor baru"), "{answer}");
    assert_eq!(owner.signs_in().await.text("account_id"), old);
    app.advance_to("2026-12-02T00:31:00Z");
    let desk = Desk::sign_in(&app).await;
    assert_eq!(desk.scan(&app, &code).await.status, 200);
}

#[tokio::test]
async fn who_cannot_be_asked_gets_an_account_of_their_own_without_a_word() {
    let app = rests_after_a_day().await;
    // Without a NIK: nothing to ask for.
    let mut phone = Handset::new(&app, "weak", "6280000000055", Some("ID.weak"));
    for text in ["menu", "1", "Siti Contoh / 01-02-1990", "2 desember", "jam 9", "ya"] {
        phone.say(text).await;
    }
    assert!(phone.say("jadwal").await.contains("Paspor baru"));
    let mut other = Handset::new(&app, "other", "6280000000055", Some("ID.other"));
    let answer = other.say("jadwal").await;
    assert!(!answer.contains("Paspor baru") && !asks(&answer, 3), "{answer}");
    // Without people: nothing to hide.
    let empty = Person::register_only(&app, 56).await;
    let account = account_of(&app, &empty).await;
    app.advance(400 * DAY);
    let mut phone = Handset::new(&app, "empty", &empty.phone, None);
    assert!(!asks(&phone.say("halo").await, 3));
    assert_eq!(phone.signs_in().await.text("account_id"), account);
}

#[tokio::test]
async fn an_account_does_not_follow_a_number_whose_owner_is_in_doubt() {
    let app = rests_after_a_day().await;
    let person = Person::register(&app, 1).await;
    let old = account_of(&app, &person).await;
    app.advance(DAY);
    let mut phone = Handset::new(&app, "phone", &person.phone, None);
    assert!(asks(&phone.say("halo").await, 3));
    let store = app.stack.app.ledger.store();
    let contacts = |phone: &str| Contacts { phone: Some(phone.parse().unwrap()), scoped: None };
    let (from, to) = (contacts(&person.phone), contacts("6280000000099"));
    store.move_contacts(&from, &to, app.now()).await.unwrap();
    let mut moved = Handset::new(&app, "moved", "6280000000099", None);
    assert!(!moved.say("jadwal").await.contains("Paspor baru"));
    assert_ne!(moved.signs_in().await.text("account_id"), old);
    assert!(asks(&phone.say("halo").await, 3), "it is still asked there");
}
