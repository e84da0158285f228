//! Words above and before what counts: greetings, and what is only said.

/// Whether a word is of a greeting or of speech. A line of nothing else is no name; beside other words
/// it may be one.
pub(in crate::chat::words) fn is_opening(word: &str) -> bool {
    OPENINGS.contains(&word) || is_spoken(word)
}

/// Whether a word is only said, and leads to a name.
pub(in crate::chat::words) fn is_spoken(word: &str) -> bool {
    SPOKEN.contains(&word)
}

/// What greets, and what a program writes above a message.
const OPENINGS: &[&str] = &[
    "morning",
    "afternon",
    "evening",
    "dear",
    "sir",
    "madam",
    "ma'am",
    "mr",
    "mrs",
    "ms",
    "mis",
    "shalom",
    "walaikumsalam",
    "wa'alaikumsalam",
    "wasalam",
    "sejahtera",
    "swastiastu",
    "enjing",
    "sonten",
    "dalu",
    "wilujeng",
    "kulonuwun",
    "nuwun",
    "sewu",
    "diteruskan",
    "forwarded",
    "fwd",
    "berkali",
    "kali",
    "many",
    "times",
];

/// What is only said, and leads to a name.
const SPOKEN: &[&str] = &[
    "god", "punten", "eh", "oh", "nah", "jadi", "gini", "begini", "gitu", "begitu", "terus", "lalu",
];

/// Words of headings and requests above a form; nobody is called so.
pub(in crate::chat::words) fn is_heading(word: &str) -> bool {
    matches!(
        word,
        "formulir"
            | "form"
            | "format"
            | "pendaftaran"
            | "pendaftar"
            | "permohonan"
            | "pengajuan"
            | "pembuatan"
            | "berikut"
            | "datanya"
            | "data"
            | "biodata"
            | "dibantu"
            | "bantuanya"
            | "mohon"
            | "tolong"
            | "izin"
            | "ijin"
            | "hormat"
            | "dengan"
            | "kepada"
            | "yth"
            | "perihal"
            | "terlampir"
            | "pemohon"
            | "identitas"
            | "wr"
            | "wb"
            | "warahmatulahi"
            | "wabarakatuh"
            | "sebagai"
            | "diproses"
    )
}
