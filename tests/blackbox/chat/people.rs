//! People of an account: the KTP's regency that a message asks for, corrections, removals.

use antrian_tests::phone::Phone;
use antrian_tests::{Setup, TestApp};
use serde_json::json;

use super::{NUMBER, WISH, assert_chat, titles};
use crate::steps::{office_with, reach};

/// An office that wants a letter of domicile from people from elsewhere than Makassar.
async fn strict() -> TestApp {
    let office = office_with(4, |office| {
        office["domicile"] = json!("required");
        office["regencies"] = json!(["Kota Makassar", "Kab. Maros"]);
    });
    TestApp::start_with(Setup { offices: vec![office], ..Setup::default() }).await
}

#[tokio::test]
async fn the_regency_that_a_hold_asks_for_is_taken_from_the_answer() {
    for (answer, told) in [
        ("Kota Makassar", "Surat domisili tidak diperlukan"),
        ("makassar", "Surat domisili tidak diperlukan"),
        ("makasar", "Surat domisili tidak diperlukan"),
        ("KTP saya kabupaten Sleman", "surat keterangan domisili"),
        ("kab. sleman", "surat keterangan domisili"),
        ("KTP: Sleman", "surat keterangan domisili"),
        ("sleman", "surat keterangan domisili"),
        ("KTP saya Solo", "surat keterangan domisili"),
    ] {
        let app = strict().await;
        let mut phone = Phone::new(&app, NUMBER);
        let held = phone.say(WISH).await;
        assert!(held[0].text.contains("Sebutkan kota atau kabupaten"), "{}", held[0].text);
        let noted = phone.say(answer).await;
        assert_eq!(noted.len(), 1, "{answer}");
        let text = &noted[0].text;
        assert!(text.contains("Dicatat untuk Budi C.") && text.contains(told), "{answer}: {text}");
        assert!(text.contains("menunggu konfirmasi"), "{answer}: {text}");
        let confirmed = phone.tap("Konfirmasi").await;
        assert!(!confirmed[0].text.contains("Sebutkan kota"), "{answer}: {}", confirmed[0].text);
    }
}

#[tokio::test]
async fn the_regency_is_taken_after_the_confirmation_too_and_words_that_are_none_are_not() {
    let app = strict().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say(WISH).await;
    for words in ["gimana ini", "hmm", "datang"] {
        let asked = phone.say(words).await;
        assert!(!asked[0].text.contains("Dicatat"), "{words}: {}", asked[0].text);
    }
    let confirmed = phone.say("konfirmasi").await;
    assert!(confirmed[0].text.contains("Sebutkan kota"), "{}", confirmed[0].text);
    let noted = phone.say("Kabupaten Maros").await;
    assert!(noted[0].text.contains("tidak diperlukan"), "{}", noted[0].text);
    assert!(!noted[0].text.contains("menunggu konfirmasi"), "{}", noted[0].text);
}

#[tokio::test]
async fn a_person_is_corrected_and_removed_in_words() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("hapus data").await;
    phone.say(WISH).await;
    phone.tap("Konfirmasi").await;
    phone.say("ubah data").await;
    phone.say("Nama: Budi Contoh Santoso").await;
    phone.say("nama salah").await;
    phone.say("aduh salah semua").await;
    phone.say("Lahir: 2-1-1990, Kota Makassar").await;
    phone.say("UBAH DATA").await;
    phone.say("NIK: 9971012209909555").await;
    phone.say("HAPUS DATA").await;
    phone.say("ya").await;
    phone.say("batal").await;
    phone.tap("Ya, batalkan").await;
    phone.say("HAPUS DATA").await;
    phone.say("tidak").await;
    phone.say("Hapus data").await;
    phone.tap("Ya, hapus").await;
    phone.say("ubah data").await;
    assert_chat("corrected", &phone);
    assert_eq!(app.assert_audit_agrees().await.live_bookings, 0);
}

#[tokio::test]
async fn among_several_people_it_is_asked_who_is_meant_in_english_too() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("english").await;
    phone.say(WISH).await;
    phone.say("cancel").await;
    phone.say("yes").await;
    phone.say("#Siti Contoh#9971014501909001#02-12-2026").await;
    phone.say("cancel").await;
    phone.say("yes").await;
    let asked = phone.say("change data").await;
    assert_eq!(titles(&asked), ["Budi Contoh", "Siti Contoh"]);
    let now = phone.say("2").await;
    assert!(now[0].text.contains("*Siti Contoh*") && now[0].text.contains("…9001"));
    let known = phone.say("NIK: 9971010101909001").await;
    assert!(known[0].text.contains("Another person of this account"), "{}", known[0].text);
    let asked = phone.say("remove person").await;
    assert_eq!(titles(&asked), ["Budi Contoh", "Siti Contoh"]);
    let surely = phone.say("Budi Contoh").await;
    assert!(surely[0].text.contains("Remove Budi C. (NIK …9001)"), "{}", surely[0].text);
    let removed = phone.say("Ya, hapus").await;
    assert!(removed[0].text.contains("was removed"), "{}", removed[0].text);
    let only = phone.say("remove person").await;
    assert!(only[0].text.contains("Remove Siti C."), "{}", only[0].text);
}

#[tokio::test]
async fn a_nik_and_a_city_sent_alone_are_those_of_who_lacks_them() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let held = phone.say("#Siti Contoh#5-1-1990#02-12-2026").await;
    assert!(held[0].text.contains("belum terkonfirmasi"), "{}", held[0].text);
    let noted = phone.say("9971014501909001").await;
    let all = noted.iter().map(|kept| &*kept.text).collect::<Vec<_>>().join("\n---\n");
    assert!(all.contains("Siti C. (NIK …9001)") && all.contains("Sudah diubah"), "{all}");
    let noted = phone.say("sleman").await;
    assert!(noted[0].text.contains("Sleman"), "{}", noted[0].text);
    let confirmed = phone.say("ya").await;
    assert!(confirmed[0].text.contains("Siti C. (NIK …9001)"), "{}", confirmed[0].text);
    phone.say("booking").await;
    assert_eq!(titles(&phone.say("2 desember").await)[0], "Siti Contoh", "nobody was added");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_city_is_nobodys_name_unless_it_is_said_to_be() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("booking").await;
    for said in ["9971010101909001", "bima"] {
        let asked = phone.say(said).await;
        assert!(asked[0].text.contains("nama lengkapnya"), "{said}: {}", asked[0].text);
    }
    let dates = phone.say("Nama: Bima").await;
    assert!(dates[0].text.contains("Tanggal berapa"), "{}", dates[0].text);
    phone.say("ubah data").await;
    phone.say("Nama: Bima Contoh").await;
    phone.say("ubah nama").await;
    let kept = phone.say("gimana caranya").await;
    assert!(kept[0].text.contains("Bima Contoh"), "{}", kept[0].text);
    let corrected = phone.say("Bima Sakti Contoh").await;
    assert!(corrected[0].text.contains("*Bima Sakti Contoh*"), "{}", corrected[0].text);
}

#[tokio::test]
async fn who_is_removed_may_be_named_at_once() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    for wish in [WISH, "#Siti Contoh#9971014501909001#02-12-2026"] {
        phone.say(wish).await;
        phone.say("batal").await;
        phone.say("ya").await;
    }
    assert_eq!(titles(&phone.say("HAPUS").await), ["Budi Contoh", "Siti Contoh"]);
    assert_eq!(titles(&phone.say("hapus contoh").await), ["Budi Contoh", "Siti Contoh"]);
    let surely = phone.say("hapus siti").await;
    assert!(surely[0].text.contains("Siti C."), "{}", surely[0].text);
    let kept = phone.say("tidak").await;
    assert!(!kept[0].text.contains("dihapus"), "{}", kept[0].text);
}

#[tokio::test]
async fn who_is_at_the_office_is_not_corrected() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let code = super::code_in(&phone.say(WISH).await);
    phone.tap("Konfirmasi").await;
    reach(&app, "2026-12-02T00:31:00Z");
    let desk = antrian_tests::desk::Desk::sign_in(&app).await;
    assert_eq!(desk.scan(&app, &code.replace('-', "")).await.status, 200);
    phone.read().await;
    phone.say("ubah data").await;
    let refused = phone.say("Nama: Budi Lain").await;
    assert!(refused[0].text.contains("sudah hadir di kantor"), "{}", refused[0].text);
    phone.say("hapus data").await;
    let refused = phone.say("ya").await;
    assert!(
        refused[0].text.contains("tidak bisa dihapus") || refused[0].text.contains("sudah hadir")
    );
}
