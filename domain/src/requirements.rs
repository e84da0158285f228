//! Which documents an applicant brings: versioned data, selected by service, applicant, office, date.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::account::Applicant;
use super::booking::Booking;
use super::document::{ApplicantKind, Document, DocumentRule};
use super::ids::ServiceId;
use super::language::{Locale, Text, fill};
use super::office::{DomicileRule, Office};
use super::person::age_on;
use super::queue::QueueNumber;
use super::regency::{Whose, whose};

/// Something an applicant should know before booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Warning {
    /// Stable name, for example `domicile_required`.
    pub code: String,
    /// A sentence.
    pub message: Text,
}

/// The checklist made for one applicant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requirements {
    /// Documents, required ones first.
    pub documents: Vec<Document>,
    pub warnings: Vec<Warning>,
    /// When the oldest rule used was last checked.
    pub as_of: Option<NaiveDate>,
    /// Sources of the rules used.
    pub sources: Vec<String>,
}

/// `domain/data/documents.json`.
#[derive(Debug, Deserialize)]
struct Rules {
    child_below_years: u32,
    rules: Vec<DocumentRule>,
    domicile_letter: DomicileLetter,
    nik_birth_date_differs: Text,
    nik_missing: Text,
    nik_unlikely: Text,
    look_alike: Text,
}

#[derive(Debug, Deserialize)]
struct DomicileLetter {
    document: Document,
    required: Text,
    recommended: Text,
    depends: Text,
}

const FILE: &str = include_str!("../data/documents.json");

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is part of the program; a test parses it")]
    serde_json::from_str(FILE).expect("documents.json")
});

/// What the choice of documents depends on.
#[derive(Debug, Clone)]
pub struct Circumstances<'a> {
    pub service: &'a ServiceId,
    /// Of age or not.
    pub applicant: ApplicantKind,
    /// Regency on the KTP, if it is known.
    pub ktp_regency: Option<&'a str>,
    /// Date of the visit.
    pub date: NaiveDate,
}

/// The kind of applicant that a person born on `birth` is on `date`.
pub fn applicant_kind(birth: NaiveDate, date: NaiveDate) -> ApplicantKind {
    if i64::from(age_on(birth, date)) < i64::from(RULES.child_below_years) {
        ApplicantKind::Child
    } else {
        ApplicantKind::Adult
    }
}

/// The warning for a NIK whose digits tell another birth date than the applicant does.
pub fn birth_date_warning() -> Warning {
    Warning {
        code: "nik_birth_date_differs".to_owned(),
        message: RULES.nik_birth_date_differs.clone(),
    }
}

/// The warning for somebody who told no NIK.
pub fn nik_missing_warning() -> Warning {
    Warning { code: "nik_missing".to_owned(), message: RULES.nik_missing.clone() }
}

/// The warning for a NIK that cannot have been issued as it was told.
pub fn nik_unlikely_warning() -> Warning {
    Warning { code: "nik_unlikely".to_owned(), message: RULES.nik_unlikely.clone() }
}

/// The warning that somebody else in the line has the same name and birth date.
pub fn look_alike_warning(other: QueueNumber) -> Warning {
    let number = other.to_string();
    let said = |locale| fill(locale, &RULES.look_alike, &[("number", &number)]);
    let message = Text { id: said(Locale::Id), en: said(Locale::En) };
    Warning { code: "look_alike".to_owned(), message }
}

/// The checklist for these circumstances at this office.
pub fn requirements(office: &Office, about: &Circumstances<'_>) -> Requirements {
    let mut list =
        Requirements { documents: vec![], warnings: vec![], as_of: None, sources: vec![] };
    let national =
        RULES.rules.iter().filter(|rule| applies(rule, about)).max_by_key(|rule| rule.from);
    let own = office.documents.iter().filter(|rule| applies(rule, about));
    for rule in national.into_iter().chain(own) {
        add_rule(&mut list, rule);
    }
    add_domicile(&mut list, office, about.ktp_regency);
    list.documents.sort_by_key(|document| !document.required);
    list
}

/// The checklist for these circumstances where no office was named: what any may add is not in it.
pub fn national(about: &Circumstances<'_>) -> Requirements {
    let mut list = Requirements::default();
    let rules = RULES.rules.iter().filter(|rule| applies(rule, about));
    if let Some(rule) = rules.max_by_key(|rule| rule.from) {
        add_rule(&mut list, rule);
    }
    list.documents.sort_by_key(|document| !document.required);
    list
}

/// What a document is called, by its id: at this office, or in the whole country. Absent: no rule names it
/// any more.
pub fn document_label<'a>(office: &'a Office, id: &str) -> Option<&'a Text> {
    let rules = office.documents.iter().chain(&RULES.rules);
    let mut documents =
        rules.flat_map(|rule| &rule.documents).chain([&RULES.domicile_letter.document]);
    documents.find(|document| document.id == id).map(|document| &document.label)
}

/// Whoever is younger is a child.
pub fn child_below_years() -> u32 {
    RULES.child_below_years
}

/// What this person brings to this visit.
pub fn checklist(office: &Office, booking: &Booking, applicant: &Applicant) -> Requirements {
    let details = &applicant.details;
    let about = Circumstances {
        service: &booking.seat.service,
        applicant: applicant_kind(details.birth_date, booking.seat.date),
        ktp_regency: details.ktp_regency.as_deref(),
        date: booking.seat.date,
    };
    let mut list = requirements(office, &about);
    if details.nik.is_none() {
        list.warnings.push(nik_missing_warning());
    }
    list
}

/// What of the checklist was missing when the documents were looked at.
pub fn missing_documents(list: &Requirements, booking: &Booking) -> Vec<Document> {
    let missing = booking.documents.as_ref().map(|check| &*check.missing).unwrap_or_default();
    list.documents.iter().filter(|document| missing.contains(&document.id)).cloned().collect()
}

fn applies(rule: &DocumentRule, about: &Circumstances<'_>) -> bool {
    rule.service == *about.service
        && rule.applicant.is_none_or(|kind| kind == about.applicant)
        && rule.from.is_none_or(|from| from <= about.date)
        && rule.until.is_none_or(|until| about.date <= until)
}

/// Adds a rule's documents; one that is there already by id is replaced.
fn add_rule(list: &mut Requirements, rule: &DocumentRule) {
    for document in &rule.documents {
        list.documents.retain(|known| known.id != document.id);
        list.documents.push(document.clone());
    }
    list.as_of = Some(list.as_of.map_or(rule.as_of, |at| at.min(rule.as_of)));
    list.sources.push(rule.source.clone());
}

fn add_domicile(list: &mut Requirements, office: &Office, ktp_regency: Option<&str>) {
    let letter = &RULES.domicile_letter;
    let required = match office.domicile {
        DomicileRule::NotNeeded => return,
        DomicileRule::Recommended => false,
        DomicileRule::Required => true,
    };
    match ktp_regency.map_or(Whose::Unsure, |regency| whose(&office.regencies, regency)) {
        Whose::Own => return,
        Whose::Unsure => {
            list.warnings.push(warning("domicile_depends", &letter.depends));
            return;
        }
        Whose::Other => {}
    }
    list.documents.push(Document { required, ..letter.document.clone() });
    list.warnings.push(if required {
        warning("domicile_required", &letter.required)
    } else {
        warning("domicile_recommended", &letter.recommended)
    });
}

fn warning(code: &str, message: &Text) -> Warning {
    Warning { code: code.to_owned(), message: message.clone() }
}

/// Whether an office's documents depend on a regency that is not known, or not known well enough.
pub fn asks_for_regency(office: &Office, regency: Option<&str>) -> bool {
    let whose = regency.map_or(Whose::Unsure, |regency| whose(&office.regencies, regency));
    office.domicile != DomicileRule::NotNeeded && whose == Whose::Unsure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_file_is_read() {
        let mut json = serde_json::Deserializer::from_str(FILE);
        let read = serde_ignored::deserialize(&mut json, |path| panic!("{path} is not known"));
        let rules: Rules = read.unwrap();
        assert!(!rules.rules.is_empty());
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_child_is_of_age_on_the_seventeenth_birthday() {
        let kind = |day: &str| applicant_kind(date("2009-12-02"), date(day));
        assert_eq!(kind("2026-12-01"), ApplicantKind::Child);
        assert_eq!(kind("2026-12-02"), ApplicantKind::Adult);
    }

    #[test]
    fn a_rule_is_of_a_service_of_some_applicants_and_of_some_dates() {
        let rule: DocumentRule = serde_json::from_value(serde_json::json!({"service": "new",
            "applicant": "child", "from": "2026-12-02", "until": "2026-12-04", "documents": [],
            "source": "uji", "as_of": "2026-11-01"}))
        .unwrap();
        let applies_to = |service: &str, applicant, day: &str| {
            let service = service.parse().unwrap();
            let about =
                Circumstances { service: &service, applicant, ktp_regency: None, date: date(day) };
            applies(&rule, &about)
        };
        let child = ApplicantKind::Child;
        assert!(applies_to("new", child, "2026-12-02") && applies_to("new", child, "2026-12-04"));
        assert!(!applies_to("new", child, "2026-12-01") && !applies_to("new", child, "2026-12-05"));
        assert!(!applies_to("old", child, "2026-12-03"));
        assert!(!applies_to("new", ApplicantKind::Adult, "2026-12-03"));
    }

    fn office() -> Office {
        let offices: serde_json::Value =
            serde_json::from_str(include_str!("../data/offices.json")).unwrap();
        serde_json::from_value(offices["offices"][0].clone()).unwrap()
    }

    #[test]
    fn a_ktp_from_elsewhere_needs_what_the_office_says() {
        let mut office = office();
        office.regencies = ["Kota Uji".to_owned()].into();
        let mut codes = |rule: DomicileRule, regency: Option<&str>| {
            office.domicile = rule;
            let mut list =
                Requirements { documents: vec![], warnings: vec![], as_of: None, sources: vec![] };
            add_domicile(&mut list, &office, regency);
            let asked = list.documents.first().map(|document| document.required);
            (asked, list.warnings.into_iter().map(|warning| warning.code).collect::<Vec<_>>())
        };
        use DomicileRule::{NotNeeded, Recommended, Required};
        let warned = |asked: Option<bool>, code: &str| (asked, vec![code.to_owned()]);
        assert_eq!(codes(Required, Some("uji")), (None, vec![]));
        assert_eq!(codes(NotNeeded, Some("Kota Lain")), (None, vec![]));
        assert_eq!(codes(Required, Some("Kota Lain")), warned(Some(true), "domicile_required"));
        assert_eq!(
            codes(Recommended, Some("Kota Lain")),
            warned(Some(false), "domicile_recommended")
        );
        assert_eq!(codes(Required, None), warned(None, "domicile_depends"));
    }
}
