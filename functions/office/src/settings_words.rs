//! An office's description in sentences, part by part, and what another description of it changes.

use antrian::domain::document::{ApplicantKind, Document, DocumentRule};
use antrian::domain::language::{Locale, Text, clock, weekday};
use antrian::domain::office::{DomicileRule, Office, PoolRule, Season, Service, WeeklySession};
use antrian::domain::release::ReleasePolicy;
use antrian_pages::page::Page;
use antrian_pages::words::{channel_words, season_dates, service_name};
use chrono::Weekday;

use crate::settings_rules::{labelled, policy_lines};

/// A part of a description: its title and its sentences.
pub(crate) struct Part {
    pub(crate) title: &'static str,
    pub(crate) lines: Vec<String>,
}

/// A part that another description has otherwise.
pub(crate) struct ChangedPart {
    pub(crate) title: &'static str,
    pub(crate) gone: Vec<String>,
    pub(crate) new: Vec<String>,
}

/// The parts of a description that say something.
pub(crate) fn said(page: &Page, office: &Office) -> Vec<Part> {
    parts(page, office).into_iter().filter(|part| !part.lines.is_empty()).collect()
}

/// What is different, part by part.
pub(crate) fn changes(page: &Page, before: &Office, after: &Office) -> Vec<ChangedPart> {
    let only_in = |some: &Part, other: &Part| -> Vec<String> {
        some.lines.iter().filter(|line| !other.lines.contains(line)).cloned().collect()
    };
    let pairs = parts(page, before).into_iter().zip(parts(page, after));
    let changed = pairs.map(|(old, new)| ChangedPart {
        title: new.title,
        gone: only_in(&old, &new),
        new: only_in(&new, &old),
    });
    changed.filter(|part| !part.gone.is_empty() || !part.new.is_empty()).collect()
}

/// Everything that a description says but its closed days, which have a page of their own. Each part is there,
/// whether it has lines or none.
fn parts(page: &Page, office: &Office) -> Vec<Part> {
    // Without `..`: a new field is to be told here too.
    let Office { services, sessions, seasons, release, policy, documents, .. } = office;
    let service = |one: &Service| format!("{} · {} ({})", one.queue_group, both(&one.name), one.id);
    vec![
        Part { title: page.say("Kantor", "Office"), lines: office_lines(page, office) },
        Part {
            title: page.say("Layanan", "Services"),
            lines: services.iter().map(service).collect(),
        },
        Part {
            title: page.say("Jadwal mingguan", "Weekly hours"),
            lines: sessions.iter().map(|one| session_line(page, office, one)).collect(),
        },
        Part {
            title: page.say("Jadwal musiman", "Seasons"),
            lines: seasons.iter().flat_map(|season| season_lines(page, office, season)).collect(),
        },
        Part {
            title: page.say("Pembukaan untuk umum", "Release"),
            lines: vec![release_line(page, release)],
        },
        Part { title: page.say("Aturan", "Rules"), lines: policy_lines(page, policy) },
        Part {
            title: page.say("KTP dari luar daerah", "KTP from elsewhere"),
            lines: region(page, office),
        },
        Part {
            title: page.say("Dokumen", "Documents"),
            lines: documents.iter().flat_map(|rule| document_lines(page, office, rule)).collect(),
        },
    ]
}

fn both(text: &Text) -> String {
    if text.id == text.en { text.id.clone() } else { format!("{} / {}", text.id, text.en) }
}

fn yes(page: &Page, is_so: bool) -> String {
    if is_so { page.say("ya", "yes") } else { page.say("tidak", "no") }.to_owned()
}

fn office_lines(page: &Page, office: &Office) -> Vec<String> {
    let none = || page.say("tidak diisi", "not given").to_owned();
    let place = office.location.map(|at| format!("{}, {}", at.latitude, at.longitude));
    labelled(vec![
        (page.say("Nama", "Name"), office.name.clone()),
        (page.say("Alamat", "Address"), office.address.clone()),
        (page.say("Kota atau kabupaten", "City or regency"), office.city.clone()),
        (page.say("Provinsi", "Province"), office.province.clone()),
        (page.say("Letak di peta", "Place on the map"), place.unwrap_or_else(none)),
        (page.say("Zona waktu", "Time zone"), office.timezone.to_string()),
        (page.say("Data contoh", "Demonstration data"), yes(page, office.example)),
        (page.say("Janji temu daring", "Appointments online"), yes(page, office.online)),
        ("WhatsApp", office.whatsapp_number.clone().unwrap_or_else(none)),
        (page.say("Cara menghubungi", "How to reach it"), both(&office.contact)),
    ])
}

/// A day of the week, so many days after Monday.
pub(crate) fn day_name(page: &Page, day: usize) -> &'static str {
    let days = [
        Weekday::Mon,
        Weekday::Tue,
        Weekday::Wed,
        Weekday::Thu,
        Weekday::Fri,
        Weekday::Sat,
        Weekday::Sun,
    ];
    weekday(page.locale, days[day % days.len()])
}

fn session_line(page: &Page, office: &Office, session: &WeeklySession) -> String {
    let WeeklySession { service, days, from, until, every_minutes, quota, pools } = session;
    let days: Vec<_> = days.iter().map(|day| weekday(page.locale, *day)).collect();
    let time = |time| clock(page.locale, time);
    let seats = match page.locale {
        Locale::Id => format!("tiap {every_minutes} menit {quota} kursi"),
        Locale::En => format!("{quota} seats every {every_minutes} minutes"),
    };
    let service = service_name(page, office, service);
    let (days, pools) = (days.join(", "), pools_words(page, pools));
    format!("{service}: {days} {}–{}, {seats}{pools}", time(*from), time(*until))
}

fn season_lines(page: &Page, office: &Office, season: &Season) -> Vec<String> {
    let dates = season_dates(page, season);
    let line = |session| format!("{dates}: {}", session_line(page, office, session));
    let head = format!("{}: {dates}", both(&season.name));
    [head].into_iter().chain(season.sessions.iter().map(line)).collect()
}

fn pools_words(page: &Page, pools: &[PoolRule]) -> String {
    let pool = |pool: &PoolRule| {
        let PoolRule { channel, seats, opens_to_all_minutes_before: minutes } = pool;
        let channel = channel_words(page, *channel);
        match page.locale {
            Locale::Id => format!("{seats} {channel} sampai {minutes} menit sebelumnya"),
            Locale::En => format!("{seats} {channel} until {minutes} minutes before"),
        }
    };
    if pools.is_empty() {
        return String::new();
    }
    let pools: Vec<_> = pools.iter().map(pool).collect();
    format!("; {} {}", page.say("disisihkan:", "kept:"), pools.join(", "))
}

fn release_line(page: &Page, release: &ReleasePolicy) -> String {
    let time = |time| clock(page.locale, time);
    match (release, page.locale) {
        (ReleasePolicy::Rolling { days_ahead, at }, Locale::Id) => {
            format!("Setiap hari pukul {}: tanggal {days_ahead} hari kemudian", time(*at))
        }
        (ReleasePolicy::Rolling { days_ahead, at }, Locale::En) => {
            format!("Every day at {}: the date {days_ahead} days later", time(*at))
        }
        (ReleasePolicy::Weekly { weeks_ahead, weekday: day, at }, Locale::Id) => {
            let day = weekday(page.locale, *day);
            format!(
                "Setiap {day} pukul {}: seluruh minggu, {weeks_ahead} minggu kemudian",
                time(*at)
            )
        }
        (ReleasePolicy::Weekly { weeks_ahead, weekday: day, at }, Locale::En) => {
            let day = weekday(page.locale, *day);
            format!("Every {day} at {}: the whole week {weeks_ahead} weeks later", time(*at))
        }
        (ReleasePolicy::Monthly { months_ahead, day, at }, Locale::Id) => {
            format!(
                "Setiap tanggal {day} pukul {}: seluruh bulan, {months_ahead} bulan kemudian",
                time(*at)
            )
        }
        (ReleasePolicy::Monthly { months_ahead, day, at }, Locale::En) => {
            format!(
                "On day {day} of a month at {}: the whole month {months_ahead} months later",
                time(*at)
            )
        }
    }
}

fn region(page: &Page, office: &Office) -> Vec<String> {
    let rule = match office.domicile {
        DomicileRule::NotNeeded => page.say("tidak perlu", "not needed"),
        DomicileRule::Recommended => page.say("dianjurkan", "recommended"),
        DomicileRule::Required => page.say("wajib", "required"),
    };
    let regency = page.say("Daerah sendiri", "Own region");
    let letter =
        page.say("Surat domisili atau dari pemberi kerja", "A domicile or employer letter");
    let own = office.regencies.iter().map(|name| (regency, name.clone()));
    labelled([(letter, rule.to_owned())].into_iter().chain(own).collect())
}

fn document_lines(page: &Page, office: &Office, rule: &DocumentRule) -> Vec<String> {
    let DocumentRule { service, applicant, from, until, documents, source, as_of } = rule;
    let whom = match applicant {
        Some(ApplicantKind::Adult) => page.say("dewasa", "adults"),
        Some(ApplicantKind::Child) => page.say("anak", "children"),
        None => page.say("semua", "all"),
    };
    let from = from.map(|date| format!(", {} {date}", page.say("sejak", "from")));
    let until = until.map(|date| format!(", {} {date}", page.say("sampai", "until")));
    let service = service_name(page, office, service);
    let head =
        format!("{service}, {whom}{}{}", from.unwrap_or_default(), until.unwrap_or_default());
    let checked = page.say("diperiksa", "checked");
    let origin = format!("{head}: {} {source} ({checked} {as_of})", page.say("sumber", "source"));
    let lines =
        documents.iter().map(|document| format!("{head}: {}", document_words(page, document)));
    lines.chain([origin]).collect()
}

fn document_words(page: &Page, document: &Document) -> String {
    let Document { id, label, note, required } = document;
    let kind = match required {
        true => page.say("wajib", "required"),
        false => page.say("dianjurkan", "better brought"),
    };
    let note = note.as_ref().map(|note| format!(" — {}", both(note))).unwrap_or_default();
    format!("{} ({id}, {kind}){note}", both(label))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn page() -> Page {
        let (parts, ()) = axum::http::Request::builder().body(()).unwrap().into_parts();
        Page::of(&parts)
    }

    /// Every leaf of a description in turn, changed to something that it may also be.
    fn variants(at: &Value, path: &str) -> Vec<(String, Value)> {
        let inside = |step: String, value: &Value, with: &dyn Fn(Value) -> Value| -> Vec<_> {
            let inner = variants(value, &format!("{path}{step}"));
            inner.into_iter().map(|(path, other)| (path, with(other))).collect()
        };
        match at {
            Value::Object(fields) => {
                let of = |(name, value): (&String, &Value)| {
                    inside(format!(".{name}"), value, &|other| {
                        let mut all = fields.clone();
                        all.insert(name.clone(), other);
                        Value::Object(all)
                    })
                };
                fields.iter().flat_map(of).collect()
            }
            Value::Array(values) => {
                let of = |(nth, value): (usize, &Value)| {
                    inside(format!("[{nth}]"), value, &|other| {
                        let mut all = values.clone();
                        all[nth] = other;
                        Value::Array(all)
                    })
                };
                values.iter().enumerate().flat_map(of).collect()
            }
            leaf => others(leaf).into_iter().map(|other| (path.to_owned(), other)).collect(),
        }
    }

    /// Something else of every form that a leaf may have.
    fn others(leaf: &Value) -> Vec<Value> {
        let forms =
            ["sun", "07:05", "2031-01-01", "Asia/Jayapura", "required", "child", "web", "B"];
        match leaf {
            Value::String(text) => {
                forms.iter().map(|form| json!(form)).chain([json!(format!("{text}x"))]).collect()
            }
            Value::Number(number) => {
                vec![number.as_i64().map_or(json!(0.5), |number| json!(number + 1))]
            }
            Value::Bool(is_so) => vec![json!(!is_so)],
            _ => vec![json!("2031-01-01"), json!("child"), json!({"id": "a", "en": "b"})],
        }
    }

    #[test]
    fn whatever_is_different_is_shown() {
        let file: Value =
            serde_json::from_str(include_str!("../../../domain/data/offices.json")).unwrap();
        let (page, mut seen) = (page(), 0);
        let mut office: Office = serde_json::from_value(file["offices"][0].clone()).unwrap();
        let name = office.contact.clone();
        let (from, until) = ("2027-02-08".parse().unwrap(), "2027-03-09".parse().ok());
        office.seasons = vec![Season { name, from, until, sessions: office.sessions.clone() }];
        let all = serde_json::to_value(&office).unwrap();
        for (path, other) in variants(&all, "") {
            let Ok(other) = serde_json::from_value::<Office>(other) else { continue };
            let aside = path.starts_with(".exceptions") || path == ".id" || other == office;
            assert!(aside || !changes(&page, &office, &other).is_empty(), "{path}");
            seen += usize::from(!aside);
        }
        assert!(seen > 200, "{seen}");
        assert!(changes(&page, &office, &office).is_empty());
    }
}
