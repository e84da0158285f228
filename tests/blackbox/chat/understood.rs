//! The chat understands what it printed itself, and words are never met with silence while something
//! waits.

use antrian_tests::TestApp;
use antrian_tests::phone::Phone;
use antrian_tests::{Person, Setup};
use serde_json::{Value, json};

use super::{NUMBER, WISH, assert_chat, code_in, titles};
use crate::steps::office_with;

#[tokio::test]
async fn a_held_seat_is_confirmed_by_any_word_for_it() {
    let app = TestApp::with_quota(9).await;
    let words = [
        "Konfirmasi",
        "confirm",
        "lanjut",
        "boleh",
        "ya konfirmasi",
        "👍",
        "1",
        "oke kak",
        "Confirm!",
    ];
    for (at, word) in words.into_iter().enumerate() {
        let mut phone = Phone::new(&app, &format!("62800000003{at:02}"));
        phone.say(&WISH.replace("9001#", &format!("91{at:02}#"))).await;
        let confirmed = phone.say(word).await;
        assert!(confirmed[0].text.contains("sudah terkonfirmasi"), "{word}: {}", confirmed[0].text);
        let again = phone.say("konfirmasi").await;
        assert!(again[0].text.contains("terkonfirmasi"), "{word}: {}", again[0].text);
    }
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_message_of_ours_sent_back_means_its_booking() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let held = phone.say(WISH).await;
    let confirmed = phone.say(&held[0].text).await;
    assert!(confirmed[0].text.contains("sudah terkonfirmasi"), "{}", confirmed[0].text);
    let ticket = phone.say(&confirmed[0].text).await;
    assert!(ticket[0].picture.is_some(), "{}", ticket[0].text);
    let mut other = Phone::new(&app, "6280000000102");
    let answer = other.say(&held[0].text).await;
    assert!(!answer.iter().any(|kept| kept.text.contains("terkonfirmasi")), "not somebody else's");
}

#[tokio::test]
async fn what_waits_is_never_met_with_silence() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let code = code_in(&phone.say(WISH).await);
    phone.say(WISH).await;
    for text in ["gimana ini ya kok belum", "halo?", "apa itu", "hmm", "blabla", "tolong dong"] {
        assert!(!phone.say(text).await.is_empty(), "{text}");
    }
    let wrong = if code.ends_with('0') { "1" } else { "0" };
    let mistyped = phone.say(&format!("{}{wrong}", &code[..10])).await;
    assert!(mistyped[0].text.contains("salah ketik"), "{}", mistyped[0].text);
    phone.say(WISH).await;
    let confirmed = phone.say("oke").await;
    assert!(confirmed[0].text.contains("sudah terkonfirmasi"), "{}", confirmed[0].text);
    assert!(phone.say("oke").await.is_empty(), "nothing waits");
}

fn named(id: &str, city: &str, online: bool) -> antrian::domain::office::Office {
    office_with(4, |office| {
        (office["id"], office["city"]) = (json!(id), json!(city));
        office["name"] = json!(format!("Kantor {city}"));
        office["online"] = json!(online);
        let service = |id: &str, name: &str, en: &str| json!({"id": id, "name": {"id": name, "en": en}, "queue_group": "A"});
        office["services"] = Value::Array(vec![
            service("passport_new", "Paspor baru", "New passport"),
            service("passport_replacement", "Penggantian paspor", "Passport replacement"),
        ]);
    })
}

async fn cities() -> TestApp {
    let offices = vec![
        named("makassar", "Makassar", true),
        named("balikpapan", "Balikpapan", true),
        named("merauke", "Merauke", false),
    ];
    TestApp::start_with(Setup { offices, ..Setup::default() }).await
}

#[tokio::test]
async fn an_answer_that_is_none_gets_the_question_again_with_its_list() {
    let app = cities().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("booking").await;
    phone.say("Bandung").await;
    phone.say("merauke").await;
    phone.say("Balik papan").await;
    phone.say("paspor").await;
    phone.say("pasport baru").await;
    phone.say("Budi Contoh # 9971010101909001 # Kota Makassar").await;
    phone.say("hari ulang tahun saya").await;
    phone.say("2 desember").await;
    phone.say("jam 3").await;
    phone.say("setelah makan").await;
    assert_chat("asked_again", &phone);
}

#[tokio::test]
async fn the_first_or_any_is_an_answer_to_date_and_hour() {
    let app = cities().await;
    for (number, date, hour) in [
        ("6281200000011", "kapan saja boleh", "yang paling pagi"),
        ("6281200000012", "yang terdekat aja", "terserah"),
        ("6281200000013", "the earliest please", "first"),
    ] {
        let mut phone = Phone::new(&app, number);
        phone.say("booking").await;
        phone.say("makassar").await;
        phone.say("paspor baru").await;
        let nik = format!("99710101019{}", &number[8..]);
        phone.say(&format!("Budi Contoh # {nik} # Kota Makassar")).await;
        let asked = phone.say(date).await;
        assert!(asked[0].text.contains("Jam berapa?"), "{date}: {}", asked[0].text);
        let held = phone.say(hour).await;
        assert!(held[0].text.contains("belum terkonfirmasi"), "{hour}: {}", held[0].text);
    }
}

#[tokio::test]
async fn who_is_not_understood_three_times_gets_numbers_to_call_and_the_menu() {
    let app = cities().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("booking").await;
    for said in ["Bandung", "yang murah"] {
        let asked = phone.say(said).await;
        assert!(asked[0].text.contains(said), "{}", asked[0].text);
    }
    let told = phone.say("di dekat rumah saya").await;
    assert!(told[0].text.contains("*Kantor Makassar*: Telepon (0411) 000-0100, Senin–Jumat"));
    assert!(told[0].text.contains("*Kantor Balikpapan*: Telepon"), "{}", told[0].text);
    assert_eq!(titles(&told), ["Buat janji", "Jadwal saya", "Bantuan"]);
}

#[tokio::test]
async fn who_has_a_booking_is_told_whom_to_ask_at_its_office() {
    let app = cities().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("makassar besok").await;
    phone.say("makassar").await;
    phone.tap("Paspor baru").await;
    phone.say("Budi Contoh # 9971010101909001 # Kota Makassar").await;
    phone.say("terserah").await;
    let held = phone.say("terserah").await;
    assert!(held[0].text.contains("belum terkonfirmasi"), "{}", held[0].text);
    for said in ["hmm gimana", "kok begitu", "aduh bingung"] {
        let told = phone.say(said).await;
        assert!(!told[0].text.contains("Balikpapan"), "{said}: {}", told[0].text);
        assert!(told[0].text.contains("menunggu konfirmasi"), "{said}: {}", told[0].text);
        assert!(titles(&told).contains(&"Konfirmasi".to_owned()), "{said}");
    }
    let told = phone.say("kontak").await;
    assert!(told[0].text.contains("(0411) 000-0100"), "{}", told[0].text);
}

#[tokio::test]
async fn an_hour_that_could_be_several_is_asked_for() {
    let app = cities().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("booking").await;
    phone.say("makassar").await;
    phone.tap("Paspor baru").await;
    phone.say("Budi Contoh # 9971010101909001 # Kota Makassar").await;
    phone.say("2 desember").await;
    for said in ["jangan jam 9, jam 10", "siang", "jam 9 atau jam 10", "bukan jam 9", "pagi"] {
        let asked = phone.say(said).await;
        assert!(asked[0].text.contains("Jam berapa?"), "{said}: {}", asked[0].text);
    }
    let asked = phone.say("2 desember jam 9 atau jam 10").await;
    assert!(asked[0].text.contains("Jam berapa?"), "{}", asked[0].text);
    let asked = phone.say("minggu depan saja").await;
    assert_eq!(titles(&asked)[0], "Sen, 7 Des 2026");
    let held = phone.say("2 desember jam 10").await;
    assert!(held[0].text.contains("pukul 10.00"), "{}", held[0].text);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_wish_keeps_its_week_and_its_service_however_they_are_said() {
    let app = cities().await;
    let mut phone = Phone::new(&app, NUMBER);
    let asked = phone.say("minggu depan").await;
    assert!(asked[0].text.contains("Di kantor mana?"), "{}", asked[0].text);
    let asked = phone.say("siang").await;
    assert!(asked[0].text.contains("Di kantor mana?"), "{}", asked[0].text);
    phone.say("makassar").await;
    phone.tap("Paspor baru").await;
    let asked = phone.say("Budi Contoh # 9971010101909001 # Kota Makassar").await;
    assert_eq!(titles(&asked)[0], "Sen, 7 Des 2026");
    phone.say("ga jadi").await;
    let asked = phone.say("mau perpanjang paspor di makasar").await;
    assert!(asked[0].text.contains("Untuk siapa"), "office and service: {}", asked[0].text);
}

#[tokio::test]
async fn a_persons_details_do_not_hide_where_what_and_when() {
    let app = cities().await;
    let wishes = [
        "Halo kak saya Siti Contoh NIK 9971014501909NNN KTP Sleman mau bikin paspor baru di Makassar \
            tanggal 10 Desember jam 9",
        "#Siti Contoh#9971014501909NNN#10-12-2026 jam 9 di makassar paspor baru",
        "Nama: Siti Contoh\nNIK: 9971014501909NNN\nKantor: Makassar\nLayanan: Paspor baru\nTanggal: 10-12-2026\nJam: 09.00",
        "Nama: Siti Contoh\nNIK: 9971014501909NNN\nKantor Imigrasi: Makassar\nLayanan: Paspor baru\nTanggal: 10-12-2026\nJam: 09.00",
    ];
    for (at, wish) in wishes.into_iter().enumerate() {
        let mut phone = Phone::new(&app, &format!("62800000008{at:02}"));
        let held = phone.say(&wish.replace("NNN", &format!("4{at:02}"))).await;
        let told = &held[0].text;
        assert!(
            told.contains("belum terkonfirmasi") && told.contains("pukul 09.00"),
            "{wish}: {told}"
        );
    }
    let mut phone = Phone::new(&app, "6280000000850");
    let dates = phone.say("Siti Contoh 9971014501909428 paspor baru di Makassar").await;
    assert!(dates[0].text.contains("Tanggal berapa"), "{}", dates[0].text);
    phone.say("ga jadi").await;
    let asked = phone.say("#Budi Contoh#9971010101909429#11-12-2026").await;
    assert!(asked[0].text.contains("Di kantor mana?"), "{}", asked[0].text);
    let held = phone.say("di Makassar, paspor baru, jam 10").await;
    assert!(held[0].text.contains("pukul 10.00"), "{}", held[0].text);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_city_alone_begins_and_a_service_said_early_is_kept() {
    let app = cities().await;
    let mut phone = Phone::new(&app, NUMBER);
    let asked = phone.say("Makassar").await;
    assert!(asked[0].text.contains("Layanan apa di Kantor Makassar"), "{}", asked[0].text);
    phone.say("ga jadi").await;
    phone.say("buat janji").await;
    let asked = phone.say("perpanjang").await;
    assert!(!asked[0].text.contains("tidak ada di daftar"), "{}", asked[0].text);
    assert!(asked[0].text.contains("Di kantor mana?"), "{}", asked[0].text);
    let asked = phone.say("Balikpapan").await;
    assert!(asked[0].text.contains("NIK"), "the service is known: {}", asked[0].text);
    phone.say("ga jadi").await;
    phone.say("buat janji").await;
    let asked = phone.say("Makassar paspor baru").await;
    assert!(asked[0].text.contains("NIK"), "{}", asked[0].text);
}

#[tokio::test]
async fn a_part_of_an_answer_is_no_mistake_and_words_are_nobodys_name() {
    let app = cities().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("Makassar paspor baru").await;
    for said in ["sebentar", "nanti saya kirim ya"] {
        let asked = phone.say(said).await;
        assert!(!asked[0].text.contains("sudah kami catat"), "{said}: {}", asked[0].text);
    }
    let asked = phone.say("9971014501909405").await;
    assert!(asked[0].text.contains("Kirim nama lengkapnya"), "{}", asked[0].text);
    let dates = phone.say("Siti Contoh").await;
    assert!(dates[0].text.contains("Tanggal berapa"), "{}", dates[0].text);
    let noted = phone.say("Kab. Sleman").await;
    assert!(noted[0].text.contains("KTP Kabupaten Sleman"), "{}", noted[0].text);
    assert!(noted[0].text.contains("Tanggal berapa"), "{}", noted[0].text);
}

#[tokio::test]
async fn a_greeting_leaves_the_seat_that_waits_and_a_sentence_corrects_its_person() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let code = code_in(&phone.say("#Siti Contoh#9971014501909001#02-12-2026").await);
    for said in ["siang", "halo", "selamat siang kak"] {
        let told = phone.say(said).await;
        assert!(told[0].text.contains("konfirmasi"), "{said}: {}", told[0].text);
    }
    for (said, name) in [
        ("namanya salah kak, yang benar Siti Contohwati", "Siti Contohwati"),
        ("Nama: Siti Contohwati Dua", "Siti Contohwati Dua"),
        ("ubah nama jadi Siti Tiga Contoh", "Siti Tiga Contoh"),
    ] {
        let told = phone.say(said).await;
        let all = told.iter().map(|kept| &*kept.text).collect::<Vec<_>>().join("\n---\n");
        assert!(
            all.contains("Sudah diubah") && all.contains(&format!("*{name}*")),
            "{said}: {all}"
        );
    }
    let confirmed = phone.say("ya").await;
    assert!(confirmed[0].text.contains("terkonfirmasi"), "{}", confirmed[0].text);
    assert!(confirmed[0].text.contains(&code), "{}", confirmed[0].text);
    phone.say("batal").await;
    phone.say("ya").await;
    let untrue = phone.say("tidak jadi").await;
    assert!(!untrue.iter().any(|told| told.text.contains("tidak ada yang diubah")), "{untrue:?}");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_sentence_keeps_what_it_says() {
    let app = cities().await;
    let mut phone = Phone::new(&app, NUMBER);
    let asked = phone.say("mau bikin paspor di Makassar tanggal 10 Desember").await;
    assert!(asked[0].text.contains("Layanan apa di Kantor Makassar"), "{}", asked[0].text);
    phone.tap("Paspor baru").await;
    let hours = phone.say("Budi Contoh # 9971010101909001").await;
    assert!(hours[0].text.contains("10 Desember 2026"), "{}", hours[0].text);
    phone.say("ga jadi").await;
    let papers = phone.say("syarat paspor baru").await;
    assert!(papers[0].text.contains("dewasa, atau anak"), "{}", papers[0].text);
    let begun = phone.say("buat janji").await;
    assert!(begun[0].text.contains("Di kantor mana?"), "{}", begun[0].text);
}

#[tokio::test]
async fn a_wrong_nik_is_typed_again_alone() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let asked = phone.say("#Budi Contoh#997101010190900#02-12-2026").await;
    assert!(asked[0].text.contains("15 angka"), "{}", asked[0].text);
    assert!(asked[0].text.contains("NIK-nya saja"), "{}", asked[0].text);
    let held = phone.say("9971010101909001").await;
    assert!(held[0].text.contains("Budi C. (NIK …9001)"), "{}", held[0].text);
    assert!(held[0].text.contains("2 Desember 2026"), "{}", held[0].text);
}

#[tokio::test]
async fn a_date_beyond_what_is_open_is_answered_with_free_ones() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let told = phone.say(&WISH.replace("02-12-2026", "21-01-2027")).await;
    assert!(told[0].text.contains("baru dibuka"), "{}", told[0].text);
    assert!(!told[0].text.contains("tidak ada jadwal kosong"), "{}", told[0].text);
    assert!(titles(&told).len() > 5, "{:?}", titles(&told));
}

#[tokio::test]
async fn a_full_date_is_answered_with_earlier_dates_too() {
    let app = TestApp::with_quota(1).await;
    for (number, slot) in [(1, "09:00"), (2, "10:00")] {
        Person::register(&app, number).await.book(&app, "2026-12-04", slot).await;
    }
    let mut phone = Phone::new(&app, NUMBER);
    let full = phone.say(&WISH.replace("02-12-2026", "04-12-2026")).await;
    assert_eq!(titles(&full)[..3], ["Sel, 1 Des 2026", "Rab, 2 Des 2026", "Kam, 3 Des 2026"]);
    assert!(
        titles(&full).iter().any(|title| title.starts_with("Sab, 5 Des")),
        "{:?}",
        titles(&full)
    );
}

#[tokio::test]
async fn a_move_that_is_dropped_leaves_the_visit_as_it_is() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say(WISH).await;
    phone.say("konfirmasi").await;
    phone.say("PINDAH").await;
    let stays = phone.say("batal").await;
    assert!(stays[0].text.contains("tetap seperti semula"), "{}", stays[0].text);
    assert_eq!(app.assert_audit_agrees().await.live_bookings, 1);
}

#[tokio::test]
async fn a_question_which_visit_is_answered_by_no_too() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    for wish in [WISH, "#Siti Contoh#9971014501909001#03-12-2026"] {
        phone.say(wish).await;
        phone.say("konfirmasi").await;
    }
    for (asks, no, answer) in [
        ("PINDAH", "batal", "tetap seperti semula"),
        ("PINDAH", "tidak", "tidak ada yang diubah"),
        ("BATAL", "tidak", "tidak ada yang diubah"),
    ] {
        assert!(phone.say(asks).await[0].text.contains("Jadwal yang mana"), "{asks}");
        let said = phone.say(no).await;
        assert!(said[0].text.contains(answer), "{asks}, {no}: {}", said[0].text);
        assert!(phone.say("tidak").await.is_empty(), "nothing waits any more");
    }
    let shown = phone.say("saya tidak bisa datang").await;
    assert!(!shown.is_empty(), "the visits are shown, with what can be done");
    assert_eq!(app.assert_audit_agrees().await.live_bookings, 2);
}
