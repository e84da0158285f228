//! Every rule on both sides of its limit.

use serde_json::{Value, json};

use super::*;

fn document(id: &str, label: &str) -> Value {
    json!({"id": id, "label": {"id": label, "en": label}, "required": true})
}

fn rule(documents: Vec<Value>) -> Value {
    json!({"service": "new", "source": "uji", "as_of": "2026-01-01", "documents": documents})
}

fn session(service: &str, from: &str, until: &str, every_minutes: u16) -> Value {
    json!({"service": service, "days": ["mon"], "from": from, "until": until,
        "every_minutes": every_minutes, "quota": 10})
}

/// An office that nothing is wrong with.
fn office() -> Value {
    json!({
        "id": "uji", "name": "Kantor Uji", "address": "Jalan Contoh 1", "city": "Uji", "province": "Uji",
        "timezone": "Asia/Makassar", "online": true, "domicile": "not_needed",
        "contact": {"id": "Datang ke meja informasi.", "en": "Come to the desk."},
        "whatsapp_number": "6280000000000",
        "services": [
            {"id": "new", "name": {"id": "Baru", "en": "New"}, "queue_group": "A"},
            {"id": "old", "name": {"id": "Lama", "en": "Old"}, "queue_group": "Z"}
        ],
        "sessions": [session("new", "09:00", "12:00", 60), session("old", "09:00", "12:00", 60)],
        "release": {"kind": "rolling", "days_ahead": 7, "at": "00:00"},
        "documents": [rule(vec![document("ktp", "KTP")])],
        "policy": {"hold_minutes": 15, "cool_down_secs": [30, 300], "fair_use": {}}
    })
}

/// The fields that are wrong once `value` stands at `place`.
fn wrong(place: &str, value: Value) -> Vec<String> {
    let mut changed = office();
    let (parent, name) = place.rsplit_once('/').unwrap();
    let parent = changed.pointer_mut(parent).unwrap();
    match parent.as_array_mut() {
        Some(list) => list[name.parse::<usize>().unwrap()] = value,
        None => drop(parent.as_object_mut().unwrap().insert(name.to_owned(), value)),
    }
    let office: Office = serde_json::from_value(changed).unwrap();
    let found = violations(&office);
    assert!(found.iter().all(|one| one.detail != one.detail_en), "{found:?}");
    found.into_iter().map(|violation| violation.field).collect()
}

/// Asserts that each good value is taken, and that each bad one is named once.
fn check(field: &str, place: &str, good: Vec<Value>, bad: Vec<Value>) {
    for value in good {
        assert_eq!(wrong(place, value.clone()), [""; 0], "{place}: {value}");
    }
    for value in bad {
        assert_eq!(wrong(place, value.clone()), [field], "{place}: {value}");
    }
}

#[test]
fn numbers_of_the_policy_have_limits() {
    for (name, good, bad) in [
        ("hold_minutes", vec![1, 1440], vec![0, 1441]),
        ("late_minutes", vec![1, 720], vec![0, 721]),
        ("early_minutes", vec![0, 1440], vec![1441]),
        ("book_minutes_before", vec![0, 20_160], vec![20_161]),
        ("reschedule_days_before", vec![0, 60], vec![61]),
        ("missed_move_days", vec![0, 30], vec![31]),
        ("priority_one_in", vec![1, 20], vec![0, 21]),
        ("extend_minutes", vec![0, 60], vec![61]),
        ("max_extensions", vec![0, 100], vec![101, u32::MAX]),
        ("hold_max_minutes", vec![1, 1440], vec![0, 1441]),
        ("fair_use/holds_per_person", vec![0, 10_000], vec![10_001]),
        ("fair_use/holds_per_account", vec![0, 10_000], vec![10_001]),
        ("fair_use/missed_visits", vec![0, 10_000], vec![10_001]),
        ("fair_use/lookups_per_clerk", vec![0, 10_000], vec![10_001]),
        ("fair_use/missed_within_days", vec![1, 365], vec![0, 366]),
        ("fair_use/closed_days", vec![1, 365], vec![0, 366]),
    ] {
        let values = |numbers: Vec<u32>| numbers.into_iter().map(Value::from).collect();
        let field = format!("policy.{}", name.replace('/', "."));
        check(&field, &format!("/policy/{name}"), values(good), values(bad));
    }
    let good = vec![json!([0, 0]), json!([300, 300]), json!([0, 3600])];
    check(
        "policy.cool_down_secs",
        "/policy/cool_down_secs",
        good,
        vec![json!([2, 1]), json!([0, 3601])],
    );
}

#[test]
fn a_release_opens_no_date_more_than_a_year_before() {
    for (kind, name, good, bad) in [
        (json!({"kind": "rolling", "at": "00:00"}), "days_ahead", [0, 365], vec![366]),
        (
            json!({"kind": "weekly", "weekday": "fri", "at": "14:00"}),
            "weeks_ahead",
            [1, 51],
            vec![0, 52],
        ),
        (json!({"kind": "monthly", "day": 1, "at": "14:00"}), "months_ahead", [1, 11], vec![0, 12]),
        (json!({"kind": "monthly", "months_ahead": 1, "at": "14:00"}), "day", [1, 31], vec![0, 32]),
    ] {
        let with = |number: u16| {
            let mut release = kind.clone();
            release[name] = number.into();
            release
        };
        let good = good.into_iter().map(with).collect();
        check(&format!("release.{name}"), "/release", good, bad.into_iter().map(with).collect());
    }
}

#[test]
fn a_session_is_of_a_service_and_has_days_slots_and_seats() {
    let pool =
        |seats: u16| json!({"channel": "web", "seats": seats, "opens_to_all_minutes_before": 60});
    let early = |minutes: u32| json!({"channel": "web", "seats": 1, "opens_to_all_minutes_before": minutes});
    for (name, good, bad) in [
        ("service", vec![json!("new")], vec![json!("third")]),
        ("days", vec![json!(["sun"])], vec![json!([])]),
        ("until", vec![json!("09:01")], vec![json!("09:00"), json!("08:00")]),
        ("every_minutes", vec![json!(5), json!(720)], vec![json!(4), json!(721)]),
        ("quota", vec![json!(0), json!(999)], vec![json!(1000)]),
        ("pools", vec![json!([pool(4), pool(6)])], vec![json!([pool(4), pool(7)])]),
        ("pools", vec![json!([early(527_040)])], vec![json!([early(527_041)])]),
    ] {
        check(&format!("sessions[0].{name}"), &format!("/sessions/0/{name}"), good, bad);
    }
}

#[test]
fn a_day_has_ninety_nine_slots_and_none_of_a_service_twice() {
    let of = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    // The other service has three slots.
    let fits = session("new", "00:00", &of(96 * 5), 5);
    let too_many = session("new", "00:00", &of(97 * 5), 5);
    check("sessions", "/sessions/0", vec![fits], vec![too_many]);
    let next = vec![session("old", "12:00", "13:00", 60), session("new", "09:30", "10:00", 60)];
    check("sessions", "/sessions/0", next, vec![]);
    check("sessions[1].from", "/sessions/0", vec![], vec![session("old", "11:00", "12:00", 60)]);
}

#[test]
fn services_have_ids_of_their_own_and_a_letter() {
    let service = |id: &str, letter: &str| json!({"id": id, "name": {"id": "Baru", "en": "New"}, "queue_group": letter});
    check("services", "/services/1", vec![service("old", "A")], vec![]);
    assert_eq!(wrong("/services/1", service("new", "Z")), ["services", "sessions[1].service"]);
    assert_eq!(
        wrong("/services", json!([])),
        ["services", "sessions[0].service", "sessions[1].service"]
    );
    let bad = vec![service("old", "a"), service("old", "1")];
    check("services[1].queue_group", "/services/1", vec![], bad);
}

#[test]
fn documents_are_few_and_their_texts_short() {
    let wide = "é".repeat(120);
    let over = "é".repeat(121);
    let of = |id: &str, label: &str| json!([rule(vec![document(id, label)])]);
    let noted = |note: &str, source: &str| {
        let mut document = document("a", "A");
        document["note"] = json!({"id": note, "en": note});
        let mut rule = rule(vec![document]);
        rule["source"] = source.into();
        json!([rule])
    };
    let (long, longer) = ("é".repeat(500), "é".repeat(501));
    let many = |rules: usize, documents: usize| {
        json!(vec![rule(vec![document("a_1", "A"); documents]); rules])
    };
    let good = vec![
        of(&"a".repeat(40), &wide),
        of("a", "A"),
        many(50, 1),
        many(1, 12),
        noted(&long, &long),
        json!([]),
    ];
    check("", "/documents", good, vec![]);
    let document = "documents[0].documents[0]";
    for (field, bad) in [
        ("documents".to_owned(), vec![many(51, 1)]),
        ("documents[0].documents".to_owned(), vec![many(1, 13)]),
        ("documents[0].source".to_owned(), vec![noted("Asli", &longer), noted("Asli", "")]),
        (format!("{document}.id"), ["", "A", "a-b", &*"a".repeat(41)].map(|id| of(id, "A")).into()),
        (format!("{document}.label"), vec![of("a", &over), of("a", "")]),
        (format!("{document}.note"), vec![noted(&longer, "uji"), noted("", "uji")]),
    ] {
        check(&field, "/documents", vec![], bad);
    }
}

#[test]
fn texts_of_messages_and_numbers_are_bounded() {
    let (wide, over) = ("é".repeat(120), "é".repeat(121));
    let signs = ["Kota\nUji", "Kota\0", "Kota\u{202e}iju", "Kota\u{200b}Uji", " Kota", "Kota "];
    let bad = || {
        let signs = signs.iter().map(|text| json!(text));
        signs.chain([json!(over), json!(""), json!("  ")]).collect::<Vec<_>>()
    };
    for (field, place) in [
        ("name", "/name"),
        ("address", "/address"),
        ("city", "/city"),
        ("province", "/province"),
        ("contact", "/contact/id"),
        ("contact", "/contact/en"),
        ("services[1].name", "/services/1/name/id"),
        ("services[1].name", "/services/1/name/en"),
    ] {
        check(field, place, vec![json!(wide)], bad());
    }
    let regencies = |text: Value| json!(["Kota Uji", text]);
    let bad_ones = bad().into_iter().map(regencies).collect();
    check("regencies", "/regencies", vec![regencies(json!(wide))], bad_ones);
    let closed =
        |text: Value| json!({"2026-12-24": {"open": false, "reason": {"id": "Libur", "en": text}}});
    let bad_ones = bad().into_iter().map(closed).collect();
    check("exceptions.2026-12-24.reason", "/exceptions", vec![closed(json!(wide))], bad_ones);
    let good = vec![json!("62800000"), json!("628000000000000"), json!(null)];
    let bad =
        vec![json!("6280000"), json!("6280000000000000"), json!("+62800000"), json!("62 800000")];
    check("whatsapp_number", "/whatsapp_number", good, bad);
    let at = |latitude: f64, longitude: f64| json!({"latitude": latitude, "longitude": longitude});
    let good = vec![at(-90.0, 180.0), at(90.0, -180.0), at(0.0, 0.0), json!(null)];
    let bad = vec![at(-90.1, 0.0), at(90.1, 0.0), at(0.0, 180.1), at(0.0, -180.1)];
    check("location", "/location", good, bad);
}

#[test]
fn seasons_are_in_order_begin_alone_and_have_hours_that_fit() {
    let season = |from: &str, until: Value, sessions: Vec<Value>| {
        let name = json!({"id": "Ramadan", "en": "Ramadan"});
        json!({"name": name, "from": from, "until": until, "sessions": sessions})
    };
    let one = || vec![session("new", "08:00", "11:00", 60)];
    let ramadan = |until: Value| season("2027-02-08", until, one());
    let good = vec![
        json!([]),
        json!([ramadan(json!("2027-02-08"))]),
        json!([ramadan(Value::Null), season("2027-02-09", json!("2027-02-20"), one())]),
    ];
    check("seasons", "/seasons", good, vec![]);
    let with_name = |name: &str| {
        let mut all = ramadan(Value::Null);
        all["name"]["en"] = json!(name);
        json!([all])
    };
    let hours = |sessions: Vec<Value>| json!([season("2027-02-08", Value::Null, sessions)]);
    let many = (1..=21).map(|day| season(&format!("2027-03-{day:02}"), Value::Null, one()));
    for (field, value) in [
        ("seasons[0].until", json!([ramadan(json!("2027-02-07"))])),
        ("seasons[1].from", json!([ramadan(Value::Null), ramadan(json!("2027-03-09"))])),
        ("seasons[0].sessions", hours(vec![])),
        ("seasons[0].sessions[0].service", hours(vec![session("other", "08:00", "11:00", 60)])),
        ("seasons[0].sessions[1].from", hours([one(), one()].concat())),
        ("seasons[0].name", with_name("")),
        ("seasons", Value::Array(many.collect())),
    ] {
        check(field, "/seasons", vec![], vec![value]);
    }
}
