//! Every message as it is sent.

use super::*;

#[test]
fn hold_in_indonesian() {
    insta::assert_snapshot!(message(MessageKind::Hold, Locale::Id, held(Locale::Id)), @r#"
    Jadwal Anda kami simpan sementara, *belum terkonfirmasi*.

    Pemohon: *Siti C. (NIK …9001)*
    Paspor baru
    Senin, 7 Desember 2026 pukul 09.00 WIB
    Kantor Imigrasi Contoh Jakarta
    Jl. Contoh Raya No. 1, Jakarta Pusat

    Kode booking: *7KQ4M-M2XR9*

    *Konfirmasi sebelum pukul 10.15 WIB*: balas pesan ini dengan kode booking, atau buka https://antrian.example
    Setelah itu jadwal ini dilepas untuk pemohon lain. Untuk satu pemohon jadwal dapat disimpan paling banyak 3 kali sehari.

    Perhatian: KTP Anda dari luar daerah kantor ini. Sebaiknya bawa surat domisili.

    *Bawa asli dan fotokopi:*
    - KTP
    - Kartu Keluarga (KK)
    - Akta lahir, ijazah, buku nikah atau surat baptis: memuat nama, tempat dan tanggal lahir, serta nama orang tua
    - Surat keterangan domisili atau surat kerja (disarankan): karena KTP Anda dari daerah lain
    "#);
}

#[test]
fn hold_in_english() {
    insta::assert_snapshot!(message(MessageKind::Hold, Locale::En, held(Locale::En)), @r#"
    Your appointment is held for you and *not confirmed yet*.

    For: *Siti C. (NIK …9001)*
    New passport
    Monday, 7 December 2026 at 09:00 WIB
    Kantor Imigrasi Contoh Jakarta
    Jl. Contoh Raya No. 1, Jakarta Pusat

    Booking code: *7KQ4M-M2XR9*

    *Confirm before 10:15 WIB*: reply with the booking code, or open https://antrian.example
    After that, the appointment is released to other applicants. For one person appointments can be held 3 times a day at most.

    Please note: Your KTP is from outside this office's region. It is better to bring a domicile letter.

    *Bring originals and copies:*
    - KTP (identity card)
    - Family card (KK)
    - Birth certificate, diploma, marriage book or baptism letter: with your name, date and place of birth, and your parents' names
    - Domicile or employer letter (advised): because your KTP is from elsewhere
    "#);
}

#[test]
fn confirmed_in_indonesian() {
    insta::assert_snapshot!(message(MessageKind::Confirmed, Locale::Id, nothing), @r#"
    *Jadwal Anda sudah terkonfirmasi.*

    Pemohon: *Siti C. (NIK …9001)*
    Paspor baru
    Senin, 7 Desember 2026 pukul 09.00 WIB
    Kantor Imigrasi Contoh Jakarta
    Jl. Contoh Raya No. 1, Jakarta Pusat

    Kode booking: *7KQ4M-M2XR9*

    Datang mulai pukul 08.00 WIB; setelah pukul 09.30 WIB jadwal ini tidak berlaku lagi. Kode QR ini tiket Anda: tunjukkan kepada petugas. Tiket juga ada di https://antrian.example

    Perhatian: KTP Anda dari luar daerah kantor ini. Sebaiknya bawa surat domisili.

    *Bawa asli dan fotokopi:*
    - KTP
    - Kartu Keluarga (KK)
    - Akta lahir, ijazah, buku nikah atau surat baptis: memuat nama, tempat dan tanggal lahir, serta nama orang tua
    - Surat keterangan domisili atau surat kerja (disarankan): karena KTP Anda dari daerah lain

    Berhalangan? Balas PINDAH atau BATAL. Siapa yang pada 2 hari dalam 90 hari tidak datang tanpa membatalkan, tidak dapat memesan online selama 30 hari.
    "#);
}

#[test]
fn confirmed_for_two_who_come_together() {
    let message = |locale| message(MessageKind::Confirmed, locale, together(locale));
    let codes = |text: String| text.split("\n\n").nth(2).unwrap().to_owned();
    insta::assert_snapshot!(codes(message(Locale::Id)), @r"
    Kode booking:
    1. Siti C. pukul 09.00 WIB: *7KQ4M-M2XR9*
    2. Budi C. pukul 10.00 WIB: *9ABCD-EFGH2*
    ");
    insta::assert_snapshot!(codes(message(Locale::En)), @r"
    Booking codes:
    1. Siti C. 09:00 WIB: *7KQ4M-M2XR9*
    2. Budi C. 10:00 WIB: *9ABCD-EFGH2*
    ");
}

#[test]
fn confirmed_in_english() {
    insta::assert_snapshot!(message(MessageKind::Confirmed, Locale::En, nothing), @r#"
    *Your appointment is confirmed.*

    For: *Siti C. (NIK …9001)*
    New passport
    Monday, 7 December 2026 at 09:00 WIB
    Kantor Imigrasi Contoh Jakarta
    Jl. Contoh Raya No. 1, Jakarta Pusat

    Booking code: *7KQ4M-M2XR9*

    Come from 08:00 WIB on; after 09:30 WIB the appointment no longer counts. This QR code is your ticket: show it to the staff. It is also at https://antrian.example

    Please note: Your KTP is from outside this office's region. It is better to bring a domicile letter.

    *Bring originals and copies:*
    - KTP (identity card)
    - Family card (KK)
    - Birth certificate, diploma, marriage book or baptism letter: with your name, date and place of birth, and your parents' names
    - Domicile or employer letter (advised): because your KTP is from elsewhere

    Can't come? Reply PINDAH to move it, or BATAL to cancel. Who does not come, without cancelling, on 2 days within 90 days cannot book online for 30 days.
    "#);
}

#[test]
fn reminder_in_indonesian() {
    insta::assert_snapshot!(message(MessageKind::Reminder, Locale::Id, nothing), @r#"
    *Pengingat: jadwal Anda Senin, 7 Desember 2026 pukul 09.00 WIB.*

    Pemohon: *Siti C. (NIK …9001)*
    Paspor baru
    Kantor Imigrasi Contoh Jakarta
    Jl. Contoh Raya No. 1, Jakarta Pusat

    Kode booking: *7KQ4M-M2XR9*

    Datang mulai pukul 08.00 WIB; setelah pukul 09.30 WIB jadwal ini tidak berlaku lagi. Kode QR ini tiket Anda: tunjukkan kepada petugas.

    Perhatian: KTP Anda dari luar daerah kantor ini. Sebaiknya bawa surat domisili.

    *Bawa asli dan fotokopi:*
    - KTP
    - Kartu Keluarga (KK)
    - Akta lahir, ijazah, buku nikah atau surat baptis: memuat nama, tempat dan tanggal lahir, serta nama orang tua
    - Surat keterangan domisili atau surat kerja (disarankan): karena KTP Anda dari daerah lain

    Berhalangan? Balas BATAL, atau batalkan di https://antrian.example
    Pemohon lain dapat memakai jadwal ini.

    Balas STOP bila tidak ingin menerima pengingat.
    "#);
}

#[test]
fn reminder_in_english() {
    insta::assert_snapshot!(message(MessageKind::Reminder, Locale::En, nothing), @r#"
    *Reminder: your appointment on Monday, 7 December 2026 at 09:00 WIB.*

    For: *Siti C. (NIK …9001)*
    New passport
    Kantor Imigrasi Contoh Jakarta
    Jl. Contoh Raya No. 1, Jakarta Pusat

    Booking code: *7KQ4M-M2XR9*

    Come from 08:00 WIB on; after 09:30 WIB the appointment no longer counts. This QR code is your ticket: show it to the staff.

    Please note: Your KTP is from outside this office's region. It is better to bring a domicile letter.

    *Bring originals and copies:*
    - KTP (identity card)
    - Family card (KK)
    - Birth certificate, diploma, marriage book or baptism letter: with your name, date and place of birth, and your parents' names
    - Domicile or employer letter (advised): because your KTP is from elsewhere

    Can't come? Reply BATAL, or cancel at https://antrian.example
    Somebody else can have the appointment then.

    Reply STOP if you want no reminders.
    "#);
}

#[test]
fn cancelled_in_indonesian() {
    insta::assert_snapshot!(message(MessageKind::Cancelled, Locale::Id, nothing), @r#"
    *Jadwal Anda sudah dibatalkan.* Anda tidak perlu datang.

    Pemohon: *Siti C. (NIK …9001)*
    Paspor baru
    Senin, 7 Desember 2026 pukul 09.00 WIB
    Kantor Imigrasi Contoh Jakarta
    Jl. Contoh Raya No. 1, Jakarta Pusat

    Kode booking: *7KQ4M-M2XR9*

    Perlu jadwal lain? Balas MENU, atau buka https://antrian.example

    Bukan Anda yang membatalkan? Telepon (021) 000-0000 pada jam kerja.
    "#);
}

#[test]
fn cancelled_in_english() {
    insta::assert_snapshot!(message(MessageKind::Cancelled, Locale::En, nothing), @r#"
    *Your appointment is cancelled.* You need not come.

    For: *Siti C. (NIK …9001)*
    New passport
    Monday, 7 December 2026 at 09:00 WIB
    Kantor Imigrasi Contoh Jakarta
    Jl. Contoh Raya No. 1, Jakarta Pusat

    Booking code: *7KQ4M-M2XR9*

    Need another one? Reply MENU, or open https://antrian.example

    Was it not you who cancelled? Call (021) 000-0000 during office hours.
    "#);
}

#[test]
fn moved_in_indonesian() {
    insta::assert_snapshot!(message(MessageKind::Moved, Locale::Id, nothing), @r#"
    *Jadwal Anda sudah dipindahkan.* Jadwal baru:

    Pemohon: *Siti C. (NIK …9001)*
    Paspor baru
    Senin, 7 Desember 2026 pukul 09.00 WIB
    Kantor Imigrasi Contoh Jakarta
    Jl. Contoh Raya No. 1, Jakarta Pusat

    Kode booking: *7KQ4M-M2XR9*

    Datang mulai pukul 08.00 WIB; setelah pukul 09.30 WIB jadwal ini tidak berlaku lagi. Kode QR ini tiket Anda yang baru.

    Perhatian: KTP Anda dari luar daerah kantor ini. Sebaiknya bawa surat domisili.

    *Bawa asli dan fotokopi:*
    - KTP
    - Kartu Keluarga (KK)
    - Akta lahir, ijazah, buku nikah atau surat baptis: memuat nama, tempat dan tanggal lahir, serta nama orang tua
    - Surat keterangan domisili atau surat kerja (disarankan): karena KTP Anda dari daerah lain

    Bukan Anda yang memindahkan? Telepon (021) 000-0000 pada jam kerja.
    "#);
}

#[test]
fn moved_in_english() {
    insta::assert_snapshot!(message(MessageKind::Moved, Locale::En, nothing), @r#"
    *Your appointment is moved.* It is now:

    For: *Siti C. (NIK …9001)*
    New passport
    Monday, 7 December 2026 at 09:00 WIB
    Kantor Imigrasi Contoh Jakarta
    Jl. Contoh Raya No. 1, Jakarta Pusat

    Booking code: *7KQ4M-M2XR9*

    Come from 08:00 WIB on; after 09:30 WIB the appointment no longer counts. This QR code is your new ticket.

    Please note: Your KTP is from outside this office's region. It is better to bring a domicile letter.

    *Bring originals and copies:*
    - KTP (identity card)
    - Family card (KK)
    - Birth certificate, diploma, marriage book or baptism letter: with your name, date and place of birth, and your parents' names
    - Domicile or employer letter (advised): because your KTP is from elsewhere

    Was it not you who moved it? Call (021) 000-0000 during office hours.
    "#);
}

#[test]
fn office_closed_in_indonesian() {
    let closed = |text: &mut BookingText<'_>| text.closed_reason = Some("perbaikan gedung");
    insta::assert_snapshot!(message(MessageKind::OfficeClosed, Locale::Id, closed), @r#"
    *Mohon maaf, kantor tutup pada hari jadwal Anda.* Anda tidak perlu datang.
    Alasan: perbaikan gedung

    Pemohon: *Siti C. (NIK …9001)*
    Paspor baru
    Senin, 7 Desember 2026 pukul 09.00 WIB
    Kantor Imigrasi Contoh Jakarta
    Jl. Contoh Raya No. 1, Jakarta Pusat

    Kode booking: *7KQ4M-M2XR9*

    Kode booking Anda tetap sama. Pindahkan ke hari lain *tanpa biaya* di https://antrian.example

    Perlu bantuan? Telepon (021) 000-0000 pada jam kerja.
    "#);
}

#[test]
fn office_closed_in_english() {
    insta::assert_snapshot!(message(MessageKind::OfficeClosed, Locale::En, nothing), @r#"
    *We are sorry: the office is closed on the day of your appointment.* You need not come.

    For: *Siti C. (NIK …9001)*
    New passport
    Monday, 7 December 2026 at 09:00 WIB
    Kantor Imigrasi Contoh Jakarta
    Jl. Contoh Raya No. 1, Jakarta Pusat

    Booking code: *7KQ4M-M2XR9*

    Your booking code stays the same. Move it to another day *free of charge* at https://antrian.example

    Need help? Call (021) 000-0000 during office hours.
    "#);
}

fn fetching(locale: Locale) -> impl Fn(&mut BookingText<'_>) {
    move |text| {
        text.documents = &text.documents[1..2];
        text.documents_deadline = Some(date_time(locale, at("2026-12-07T08:00:00Z"), ZONE));
    }
}

#[test]
fn documents_missing_in_indonesian() {
    let text = message(MessageKind::DocumentsMissing, Locale::Id, fetching(Locale::Id));
    insta::assert_snapshot!(text, @r#"
    *Ada dokumen yang perlu Anda lengkapi.*

    Pemohon: *Siti C. (NIK …9001)*
    Paspor baru
    Kantor Imigrasi Contoh Jakarta
    Jl. Contoh Raya No. 1, Jakarta Pusat

    Kode booking: *7KQ4M-M2XR9*

    *Bawa asli dan fotokopi:*
    - Kartu Keluarga (KK)

    Kembali sebelum *Senin, 7 Desember 2026 pukul 15.00 WIB* dengan tiket yang sama; Anda tidak perlu memesan lagi. Setelah batas itu booking ini tidak berlaku lagi.

    Perlu bantuan? Telepon (021) 000-0000 pada jam kerja.
    "#);
}

#[test]
fn documents_missing_in_english() {
    let text = message(MessageKind::DocumentsMissing, Locale::En, fetching(Locale::En));
    insta::assert_snapshot!(text, @r#"
    *Something is missing from your papers.*

    For: *Siti C. (NIK …9001)*
    New passport
    Kantor Imigrasi Contoh Jakarta
    Jl. Contoh Raya No. 1, Jakarta Pusat

    Booking code: *7KQ4M-M2XR9*

    *Bring originals and copies:*
    - Family card (KK)

    Come back before *Monday, 7 December 2026 at 15:00 WIB* with the same ticket; you need not book again. After the deadline, this booking no longer counts.

    Need help? Call (021) 000-0000 during office hours.
    "#);
}

#[test]
fn a_hold_that_lapsed_in_both_languages() {
    insta::assert_snapshot!(message(MessageKind::HoldLapsed, Locale::Id, nothing), @"
    *Waktu konfirmasi sudah habis.* Jadwal ini dilepas untuk pemohon lain:

    Pemohon: *Siti C. (NIK …9001)*
    Paspor baru
    Senin, 7 Desember 2026 pukul 09.00 WIB
    Kantor Imigrasi Contoh Jakarta

    *Pilih lagi* menampilkan yang masih tersedia. Bisa juga di https://antrian.example
    ");
    let group = |text: &mut BookingText<'_>| {
        together(Locale::En)(text);
        text.who = String::new();
    };
    insta::assert_snapshot!(message(MessageKind::HoldLapsed, Locale::En, group), @"
    *The time to confirm is over.* This appointment was given back:

    New passport
    Monday, 7 December 2026 at 09:00 WIB
    Kantor Imigrasi Contoh Jakarta
    1. Siti C. 09:00 WIB
    2. Budi C. 10:00 WIB

    *Choose again* shows what is still free. Or go to https://antrian.example
    ");
}

#[test]
fn that_it_is_almost_ones_turn_in_both_languages() {
    let called = |text: &mut BookingText<'_>| text.queue_number = Some("A-014".to_owned());
    insta::assert_snapshot!(message(MessageKind::AlmostYourTurn, Locale::Id, called), @"
    *Giliran Anda sudah dekat: nomor A-014.* Paling banyak tiga orang lagi.

    Pemohon: *Siti C. (NIK …9001)*
    Paspor baru
    Kantor Imigrasi Contoh Jakarta

    Tunggu di dekat loket dan perhatikan papan panggilan.
    ");
    insta::assert_snapshot!(message(MessageKind::AlmostYourTurn, Locale::En, called), @"
    *It is almost your turn: number A-014.* At most three people are before you.

    For: *Siti C. (NIK …9001)*
    New passport
    Kantor Imigrasi Contoh Jakarta

    Wait near the counters and watch the display.
    ");
}
