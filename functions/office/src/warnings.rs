//! What a clerk is to mind of a visit. The applicant is told the same in other words: it is about their own
//! KTP, and this is about somebody else's.

use antrian::domain::requirements::Warning;
use antrian_pages::page::Page;

/// A warning as a clerk is told it.
pub(crate) fn to_clerk(page: &Page, warning: &Warning) -> String {
    let (id, en) = match &*warning.code {
        "domicile_required" => (
            "KTP dari luar wilayah kantor ini: surat keterangan domisili atau kerja wajib ada.",
            "The KTP is from another region: a domicile or employer letter has to be there.",
        ),
        "domicile_recommended" => (
            "KTP dari luar wilayah kantor ini: surat keterangan domisili atau kerja boleh diminta.",
            "The KTP is from another region: a domicile or employer letter may be asked for.",
        ),
        "domicile_depends" => (
            "Wilayah KTP belum dicatat. Lihat KTP: dari luar wilayah kantor ini, surat keterangan \
             domisili atau kerja dapat diminta.",
            "The region of the KTP is not known. Look at it: from another region, a domicile or employer \
             letter may be asked for.",
        ),
        "nik_birth_date_differs" => (
            "Tanggal lahir yang ditulis berbeda dengan yang ada di NIK. Bandingkan dengan KTP.",
            "The date of birth that was told differs from the NIK's. Compare them with the KTP.",
        ),
        "nik_missing" => (
            "NIK belum dicatat. Cocokkan nama dan tanggal lahir dengan KTP atau KK asli.",
            "No NIK is known. Compare name and date of birth with the original KTP or family card.",
        ),
        // Those that only a clerk is told.
        _ => return page.text(&warning.message).to_owned(),
    };
    page.say(id, en).to_owned()
}

#[cfg(test)]
mod tests {
    use antrian::domain::requirements::{birth_date_warning, nik_missing_warning};

    /// The codes above are those of the domain: a code that changes there would bring the applicant's
    /// words back.
    #[test]
    fn codes_are_those_of_the_domain() {
        assert_eq!(birth_date_warning().code, "nik_birth_date_differs");
        assert_eq!(nik_missing_warning().code, "nik_missing");
    }
}
