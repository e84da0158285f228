//! Words of known meaning, small and with no letter twice in a row.

use super::said::Command;
use crate::time::SlotTime;

/// What a word or a phrase means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A command.
    Do(Command),
    /// Agreement.
    Yes,
    /// The opposite.
    No,
    /// Agreement to a booking.
    Confirm,
    /// What was begun is not wanted any more.
    NeverMind,
}

/// What may stand beside a word for it to have its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Only words that mean nothing.
    Alone,
    /// Any words, but it gives way to another command: `halo, batal`, `batal booking`.
    Weak,
    /// Any words of a short sentence.
    Strong,
}

use Command::{
    Again, Book, Contact, Correct, Extend, Help, Language, Menu, Papers, Remove, Resume, Show,
    Stop, TellTurn,
};
use Meaning::{Confirm, Do, NeverMind, No, Yes};
use Weight::{Alone, Strong, Weak};

use crate::language::Locale::{En, Id};

const CANCEL: Meaning = Do(Command::Cancel(None));
const MOVE: Meaning = Do(Command::Move(None));

/// Phrases before the words that they begin with.
const PHRASES: &[(&[&str], Meaning, Weight)] = &[
    (&["bahasa", "indonesia"], Do(Language(Some(Id))), Weak),
    (&["bahasa", "ingris"], Do(Language(Some(En))), Weak),
    (&["ganti", "bahasa"], Do(Language(None)), Weak),
    (&["ganti", "jadwal"], MOVE, Strong),
    (&["ganti", "tangal"], MOVE, Strong),
    (&["ganti", "hari"], MOVE, Strong),
    (&["ganti", "jam"], MOVE, Strong),
    (&["ubah", "tangal"], MOVE, Strong),
    (&["pindah", "tangal"], MOVE, Strong),
    (&["jadwal", "ulang"], MOVE, Strong),
    (&["tambah", "waktu"], Do(Extend), Strong),
    (&["perpanjang", "waktu"], Do(Extend), Strong),
    (&["more", "time"], Do(Extend), Strong),
    (&["extend"], Do(Extend), Weak),
    (&["selamat", "pagi"], Do(Menu), Weak),
    (&["selamat", "siang"], Do(Menu), Weak),
    (&["selamat", "sore"], Do(Menu), Weak),
    (&["selamat", "malam"], Do(Menu), Weak),
    (&["god", "morning"], Do(Menu), Weak),
    (&["god", "afternon"], Do(Menu), Weak),
    (&["god", "evening"], Do(Menu), Weak),
    (&["asalamu", "alaikum"], Do(Menu), Weak),
    (&["asalamu'alaikum"], Do(Menu), Weak),
    (&["tidak", "setuju"], No, Alone),
    (&["tidak", "jadi"], NeverMind, Strong),
    (&["tdk", "jadi"], NeverMind, Strong),
    (&["tak", "jadi"], NeverMind, Strong),
    (&["ga", "jadi"], NeverMind, Strong),
    (&["gak", "jadi"], NeverMind, Strong),
    (&["ngak", "jadi"], NeverMind, Strong),
    (&["enggak", "jadi"], NeverMind, Strong),
    (&["engak", "jadi"], NeverMind, Strong),
    (&["tidak", "bisa", "datang"], NeverMind, Strong),
    (&["tidak", "bisa", "hadir"], NeverMind, Strong),
    (&["tdk", "bisa", "datang"], NeverMind, Strong),
    (&["tdk", "bisa", "hadir"], NeverMind, Strong),
    (&["tak", "bisa", "datang"], NeverMind, Strong),
    (&["tak", "bisa", "hadir"], NeverMind, Strong),
    (&["ga", "bisa", "datang"], NeverMind, Strong),
    (&["ga", "bisa", "hadir"], NeverMind, Strong),
    (&["gak", "bisa", "datang"], NeverMind, Strong),
    (&["gak", "bisa", "hadir"], NeverMind, Strong),
    (&["ngak", "bisa", "datang"], NeverMind, Strong),
    (&["ngak", "bisa", "hadir"], NeverMind, Strong),
    (&["enggak", "bisa", "datang"], NeverMind, Strong),
    (&["enggak", "bisa", "hadir"], NeverMind, Strong),
    (&["engak", "bisa", "datang"], NeverMind, Strong),
    (&["engak", "bisa", "hadir"], NeverMind, Strong),
    (&["never", "mind"], NeverMind, Strong),
    (&["cannot", "come"], NeverMind, Strong),
    (&["can't", "come"], NeverMind, Strong),
    (&["ubah", "data"], Do(Correct), Strong),
    (&["ganti", "data"], Do(Correct), Strong),
    (&["perbaiki", "data"], Do(Correct), Strong),
    (&["koreksi", "data"], Do(Correct), Strong),
    (&["data", "salah"], Do(Correct), Strong),
    (&["ubah", "nama"], Do(Correct), Strong),
    (&["ganti", "nama"], Do(Correct), Strong),
    (&["nama", "salah"], Do(Correct), Strong),
    (&["salah", "nama"], Do(Correct), Strong),
    (&["salah", "nik"], Do(Correct), Strong),
    (&["salah", "data"], Do(Correct), Strong),
    (&["ganti", "namanya"], Do(Correct), Strong),
    (&["ubah", "namanya"], Do(Correct), Strong),
    (&["nama", "saya", "salah"], Do(Correct), Strong),
    (&["nama", "nya", "salah"], Do(Correct), Strong),
    (&["namanya", "salah"], Do(Correct), Strong),
    (&["nik", "saya", "salah"], Do(Correct), Strong),
    (&["nik", "nya", "salah"], Do(Correct), Strong),
    (&["niknya", "salah"], Do(Correct), Strong),
    (&["ubah", "nik"], Do(Correct), Strong),
    (&["ganti", "nik"], Do(Correct), Strong),
    (&["nik", "salah"], Do(Correct), Strong),
    (&["change", "data"], Do(Correct), Strong),
    (&["change", "details"], Do(Correct), Strong),
    (&["corect", "data"], Do(Correct), Strong),
    (&["corect", "details"], Do(Correct), Strong),
    (&["hapus", "jadwal"], CANCEL, Strong),
    (&["hapus", "janji"], CANCEL, Strong),
    (&["hapus", "antrian"], CANCEL, Strong),
    (&["hapus", "boking"], CANCEL, Strong),
    (&["hapus", "bokingan"], CANCEL, Strong),
    (&["hapus", "data"], Do(Remove), Strong),
    (&["hapus", "pemohon"], Do(Remove), Strong),
    (&["hapus", "orang"], Do(Remove), Strong),
    (&["delete", "data"], Do(Remove), Strong),
    (&["delete", "person"], Do(Remove), Strong),
    (&["remove", "data"], Do(Remove), Strong),
    (&["remove", "person"], Do(Remove), Strong),
    (&["pilih", "lagi"], Do(Again), Strong),
    (&["chose", "again"], Do(Again), Strong),
    (&["buat", "janji"], Do(Book), Weak),
    (&["buat", "jadwal"], Do(Book), Strong),
    (&["bikin", "jadwal"], Do(Book), Strong),
    (&["jadwal", "baru"], Do(Book), Strong),
    (&["bikin", "janji"], Do(Book), Weak),
    (&["janji", "temu"], Do(Book), Weak),
];

/// What a single word means.
fn meaning(word: &str) -> Option<(Meaning, Weight)> {
    Some(match word {
        "batal" | "batalkan" | "batalin" | "membatalkan" | "cancelin" | "btl" | "btal" | "batl"
        | "cancel" => (CANCEL, Strong),
        "pindah" | "pindahkan" | "pindh" | "pndah" | "ubah" | "reschedule" | "reskedul"
        | "move" => (MOVE, Strong),
        "jadwal" | "jadual" | "jadwl" | "jdwal" | "schedule" => (Do(Show), Weak),
        "status" | "cek" | "check" | "tiket" | "tiketnya" | "ticket" | "tickets" | "qr"
        | "qrnya" | "barcode" => (Do(Show), Strong),
        "bantuan" | "bantu" | "bntuan" | "help" => (Do(Help), Strong),
        "tolong" => (Do(Help), Weak),
        "menu" | "0" | "halo" | "hai" | "hi" | "helo" | "hey" | "hei" | "asalamualaikum"
        | "asalamualaikm" | "aslm" => (Do(Menu), Weak),
        word if is_part_of_day(word) => (Do(Menu), Alone),
        "daftar" | "mendaftar" | "daftarkan" | "dftar" | "booking" | "boking" | "bok" | "pesan" => {
            (Do(Book), Weak)
        }
        "antri" | "antrian" | "antre" | "antrean" | "paspor" | "pasport" => (Do(Book), Alone),
        "kabari" | "kabarin" | "kabarkan" | "notify" => (Do(TellTurn), Strong),
        "syarat" | "syaratnya" | "persyaratan" | "requirements" => (Do(Papers), Strong),
        "kontak" | "contact" | "telepon" | "telpon" | "hubungi" | "menghubungi" | "operator" => {
            (Do(Contact), Strong)
        }
        "berhalangan" => (NeverMind, Strong),
        "hapus" | "hapuskan" | "menghapus" | "delete" | "remove" => (Do(Remove), Strong),
        "konfirmasi" | "konfirmasikan" | "konfirm" | "confirm" | "konfrimasi" | "komfirmasi"
        | "konfirmasih" | "confrim" => (Confirm, Strong),
        "bahasa" | "language" => (Do(Language(None)), Alone),
        "english" | "ingris" => (Do(Language(Some(En))), Alone),
        "indonesia" | "indonesian" => (Do(Language(Some(Id))), Alone),
        "stop" | "berhenti" | "unsubscribe" => (Do(Stop), Strong),
        "mulai" | "start" => (Do(Resume), Alone),
        "ya" | "iya" | "y" | "yes" | "ok" | "oke" | "okay" | "okey" | "setuju" | "benar"
        | "boleh" | "lanjut" | "lanjutkan" | "gas" | "betul" | "yap" | "yup" | "sip" | "siap"
        | "baik" | "jadi" | "deal" | "fix" | "mantap" | "sesuai" | "cocok" => (Yes, Alone),
        "tidak" | "tdk" | "tak" | "no" | "n" | "ga" | "gak" | "ngak" | "enggak" | "engak"
        | "nga" | "jangan" | "bukan" => (No, Alone),
        _ => return None,
    })
}

/// What stands at the beginning of `words`, and how many it takes.
pub(super) fn meaning_at(words: &[String]) -> Option<(Meaning, Weight, usize)> {
    let phrase = PHRASES.iter().find(|(phrase, ..)| {
        phrase.len() <= words.len() && phrase.iter().zip(words).all(|(a, b)| a == b)
    });
    if let Some((phrase, meaning, weight)) = phrase {
        return Some((*meaning, *weight, phrase.len()));
    }
    let (meaning, weight) = meaning(words.first()?)?;
    Some((meaning, weight, 1))
}

/// Whether a word puts agreement off, doubts it or asks about it: `nanti saya konfirmasi`.
pub(super) fn is_hedge(word: &str) -> bool {
    matches!(
        word,
        "belum"
            | "blm"
            | "blom"
            | "nanti"
            | "nti"
            | "tar"
            | "ntar"
            | "besok"
            | "tungu"
            | "sebentar"
            | "kapan"
            | "gimana"
            | "gmn"
            | "bagaimana"
            | "cara"
            | "caranya"
            | "kalau"
            | "kalo"
            | "klo"
            | "jika"
            | "kenapa"
            | "mengapa"
            | "apa"
            | "berapa"
            | "dimana"
            | "mana"
            | "tapi"
            | "tp"
            | "jangan"
            | "tidak"
            | "tdk"
            | "ga"
            | "gak"
            | "ngak"
            | "engak"
            | "enggak"
            | "bukan"
            | "not"
            | "later"
            | "when"
            | "how"
            | "what"
            | "but"
            | "if"
            | "wait"
    )
}

/// Whether a word says which service is wanted, and is nobody's name.
pub(super) fn is_of_service(word: &str) -> bool {
    matches!(
        word,
        "baru"
            | "perpanjang"
            | "perpanjangan"
            | "ganti"
            | "penganti"
            | "pengantian"
            | "hilang"
            | "rusak"
    )
}

/// Whether a word is a part of the day, as in a greeting or after an hour.
pub(super) fn is_part_of_day(word: &str) -> bool {
    matches!(word, "pagi" | "siang" | "sore" | "malam")
}

/// When a part of the day begins in which an office may be open.
pub(super) fn begin_of_part(word: &str) -> Option<SlotTime> {
    let hour = match word {
        "pagi" | "morning" => 0,
        "siang" => 11,
        "afternon" => 12,
        "sore" => 15,
        _ => return None,
    };
    SlotTime::from_minutes(hour * 60)
}

/// Whether a word thanks.
pub(super) fn is_thanks(word: &str) -> bool {
    matches!(
        word,
        "terima"
            | "terimakasih"
            | "makasih"
            | "makasi"
            | "trims"
            | "tks"
            | "thx"
            | "thanks"
            | "thank"
            | "suwun"
            | "nuhun"
    )
}

/// Whether a word adds nothing to a short text.
pub(super) fn is_filler(word: &str) -> bool {
    is_thanks(word)
        || matches!(
            word,
            "saya"
                | "aku"
                | "sy"
                | "mau"
                | "mo"
                | "ingin"
                | "pengen"
                | "hendak"
                | "minta"
                | "mohon"
                | "silakan"
                | "silahkan"
                | "untuk"
                | "utk"
                | "pada"
                | "di"
                | "ke"
                | "yang"
                | "yg"
                | "ini"
                | "itu"
                | "dong"
                | "deh"
                | "kak"
                | "pak"
                | "bu"
                | "bapak"
                | "ibu"
                | "min"
                | "admin"
                | "mas"
                | "mba"
                | "mbak"
                | "gan"
                | "bos"
                | "sis"
                | "nya"
                | "nih"
                | "lagi"
                | "sekarang"
                | "bisa"
                | "boleh"
                | "apakah"
                | "ada"
                | "dan"
                | "kode"
                | "code"
                | "nomor"
                | "nomer"
                | "number"
                | "pilih"
                | "pilihan"
                | "hari"
                | "tangal"
                | "tgl"
                | "jam"
                | "pukul"
                | "pkl"
                | "wib"
                | "wita"
                | "wit"
                | "datang"
                | "lihat"
                | "liat"
                | "tampilkan"
                | "buat"
                | "bikin"
                | "membuat"
                | "urus"
                | "mengurus"
                | "sudah"
                | "sdh"
                | "udah"
                | "kasih"
                | "banyak"
                | "you"
                | "please"
                | "i"
                | "want"
                | "to"
                | "my"
                | "the"
                | "a"
                | "an"
                | "like"
                | "would"
                | "for"
                | "is"
                | "me"
                | "am"
                | "on"
                | "at"
                | "in"
                | "imigrasi"
                | "kantor"
                | "online"
                | "data"
                | "adalah"
                | "perkenalkan"
                | "nama"
                | "semua"
                | "permisi"
                | "maf"
                | "aja"
                | "saja"
                | "selamat"
                | "depan"
                | "berikut"
                | "booking"
                | "bokingan"
                | "reminder"
                | "pengingat"
        )
}
