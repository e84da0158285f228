use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::account::{Applicant, PersonDetails};
use crate::code::BookingCode;
use crate::document::ApplicantKind;
use crate::ids::ApplicantId;
use crate::language::Locale;
use crate::office::Office;
use crate::person::Category;
use crate::time::SlotTime;

fn pick() -> impl Strategy<Value = Pick> {
    let date = (0u64..4_000).prop_map(|days| NaiveDate::default() + chrono::Days::new(days));
    let time = (0u16..1_440).prop_filter_map("a time", SlotTime::from_minutes);
    let code = (0u64..1 << 45).prop_map(BookingCode::from_bits);
    let office = "[a-z][a-z0-9-]{1,19}".prop_filter_map("an office", |id| id.parse().ok());
    let service = "[a-z][a-z0-9_]{1,39}".prop_filter_map("a service", |id| id.parse().ok());
    let person = (1u8..6).prop_map(|n| format!("p{n}").parse::<ApplicantId>().unwrap());
    prop_oneof![
        Just(Pick::Menu),
        Just(Pick::Book),
        Just(Pick::Show),
        Just(Pick::Help),
        Just(Pick::Keep),
        Just(Pick::NewPerson),
        Just(Pick::NewAccount),
        Just(Pick::Language(Locale::Id)),
        Just(Pick::Language(Locale::En)),
        office.clone().prop_map(Pick::Office),
        (0usize..1_000).prop_map(Pick::Offices),
        service.clone().prop_map(Pick::Service),
        (prop::option::of(service), prop::option::of(office.clone()), 0usize..3).prop_map(
            |(service, office, kind)| {
                let kind = [None, Some(ApplicantKind::Adult), Some(ApplicantKind::Child)][kind];
                Pick::Papers(PapersWish { service, kind, office })
            }
        ),
        person.clone().prop_map(Pick::Person),
        person.clone().prop_map(Pick::Claim),
        person.clone().prop_map(Pick::Correct),
        person.clone().prop_map(Pick::Remove),
        person.prop_map(Pick::RemoveSurely),
        date.clone().prop_map(Pick::Date),
        date.clone().prop_map(Pick::Dates),
        (date.clone(), time.clone()).prop_map(|(date, time)| Pick::Hours(date, time)),
        (date, time).prop_map(|(date, time)| Pick::Slot(date, time)),
        code.clone().prop_map(Pick::Confirm),
        code.clone().prop_map(Pick::Cancel),
        code.clone().prop_map(Pick::CancelSurely),
        code.clone().prop_map(Pick::Move),
        code.clone().prop_map(Pick::Ticket),
        code.clone().prop_map(Pick::GiveUp),
        code.clone().prop_map(Pick::Again),
        code.prop_map(Pick::KeepClaimed),
        ("[0-9a-f]{32}", 10u8..100).prop_filter_map("a registration", |(id, number)| {
            Some(Pick::SignIn(id.parse().ok()?, number))
        }),
        "[0-9a-f]{32}".prop_filter_map("a registration", |id| id.parse().ok().map(Pick::NotMe)),
    ]
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        pick().prop_map(Input::Pick),
        "\\PC{0,24}".prop_map(Input::Text),
        prop::sample::select(vec![
            "menu",
            "batal",
            "ya",
            "1",
            "2 desember",
            "jam 9",
            "pindah",
            "stop",
            "syarat",
            "ubah data",
            "hapus data",
        ])
        .prop_map(|text| Input::Text(text.to_owned())),
        Just(Input::Opened),
        Just(Input::Unreadable),
    ]
}

fn offices() -> Vec<Arc<Office>> {
    let offices: serde_json::Value =
        serde_json::from_str(include_str!("../../data/offices.json")).unwrap();
    let list = offices["offices"].as_array().unwrap();
    list.iter().map(|office| Arc::new(serde_json::from_value(office.clone()).unwrap())).collect()
}

fn person() -> Applicant {
    let details = PersonDetails {
        name: "Siti Contoh".parse().unwrap(),
        nik: None,
        birth_date: NaiveDate::default(),
        ktp_regency: None,
        category: Category::General,
    };
    Applicant { id: "p1".parse().unwrap(), person: "1.0".to_owned(), details }
}

#[test]
fn a_conversation_is_stored_under_the_names_that_it_always_had() {
    let code = BookingCode::from_bits(1);
    let chat = Chat { question: Question::Confirm(code), ..Chat::default() };
    let stored = serde_json::json!({
        "step": {"confirm": code.as_str()},
        "draft": {"office": null, "service": null, "person": null, "date": null, "time": null,
            "any_hour": false, "moving": null},
        "offered": [],
        "misread": 0,
    });
    assert_eq!(serde_json::to_value(&chat).unwrap(), stored);
    assert_eq!(serde_json::from_value::<Chat>(stored).unwrap(), chat);
}

#[test]
fn what_is_typed_instead_of_tapped_names_the_same_booking() {
    let (offices, code) = (offices(), BookingCode::from_bits(1));
    let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    let world =
        World { offices: &offices, offline: &[], people: &[], bookings: &[], named: None, now };
    let id = Pick::Move(code).to_string();
    let offer = Offer { id, title: "Rab, 2 Des 2026 09:00".into(), other_title: None };
    let chat = Chat { offered: vec![offer], ..Chat::default() };
    for typed in ["1", "no. 1", "rab, 2 des 2026 09:00"] {
        let needed = chat.bookings_needed(&Input::Text(typed.to_owned()), &world);
        assert_eq!(needed, BookingsNeeded::Named(code), "{typed}");
    }
}

proptest! {
    #[test]
    fn what_is_tapped_comes_back_as_it_was_offered(pick in pick()) {
        let id = pick.to_string();
        prop_assert!(id.len() <= 200, "{id}");
        prop_assert_eq!(id.parse::<Pick>(), Ok(pick));
    }

    #[test]
    fn no_id_panics(id in "\\PC{0,40}") {
        let _ = id.parse::<Pick>();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is said in whatever order: nothing panics, a seat is only asked for when all is
    /// known, and nobody is answered for ever who is not understood.
    #[test]
    fn any_conversation_keeps_its_head(said in prop::collection::vec(input(), 1..40)) {
        let (offices, people) = (offices(), [person()]);
        let now: DateTime<Utc> = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let world =
            World { offices: &offices, offline: &[], people: &people, bookings: &[], named: None, now };
        let mut chat = Chat::default();
        for heard in said {
            let act = chat.hear(&heard, &world);
            if act == Act::Hold {
                let draft = &chat.draft;
                prop_assert!(draft.office.is_some() && draft.service.is_some());
                prop_assert!(draft.person.is_some() && draft.date.is_some());
            }
            if chat.misread > 3 && chat.question == Question::Idle {
                prop_assert_eq!(act, Act::Nothing);
            }
            let json = serde_json::to_string(&chat).unwrap();
            let read: Chat = serde_json::from_str(&json).unwrap();
            let reminders_off = chat.reminders_off;
            prop_assert_eq!(Chat { reminders_off, ..read }, chat.clone());
        }
    }
}

#[test]
fn an_hour_that_is_said_before_the_date_is_kept() {
    let (offices, people) = (offices(), [person()]);
    let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    let world =
        World { offices: &offices, offline: &[], people: &people, bookings: &[], named: None, now };
    let draft = Draft {
        office: Some(offices[0].id.clone()),
        service: Some(offices[0].services[0].id.clone()),
        person: Some("p1".parse().unwrap()),
        ..Draft::default()
    };
    let mut chat = Chat { question: Question::Date, draft, ..Chat::default() };
    let asked = chat.hear(&Input::Text("jam 10".to_owned()), &world);
    assert!(matches!(asked, Act::AskDate(_)), "{asked:?}");
    let date = world.today(&chat.draft) + chrono::Days::new(3);
    assert_eq!(chat.hear(&Input::Pick(Pick::Date(date)), &world), Act::Hold);
    assert_eq!(chat.draft.time, "10:00".parse().ok());
    let other = chat.hear(&Input::Pick(Pick::Date(date + chrono::Days::new(1))), &world);
    assert!(matches!(other, Act::AskHour(..)), "of another date it is asked: {other:?}");
}

#[test]
fn a_name_alone_corrects_nobody_but_who_is_meant() {
    let (offices, people) = (offices(), [person()]);
    let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    let world =
        World { offices: &offices, offline: &[], people: &people, bookings: &[], named: None, now };
    let confirms = Question::Confirm(BookingCode::from_bits(1));
    for (question, said, corrects) in [
        (confirms, "Nama: Siti Contohwati", true),
        (confirms, "Nama: Sitti Contoh", true),
        (confirms, "Nama: Ani Contoh", false),
        (confirms, "Nama: Siti Contohwati\nNIK: 9971014501909001", false),
        (Question::Idle, "Nama: Siti Contohwati", false),
        (Question::Idle, "Nama: Ani Contoh", false),
    ] {
        let mut chat = Chat { question, ..Chat::default() };
        let act = chat.hear(&Input::Text(said.to_owned()), &world);
        assert_eq!(matches!(act, Act::CorrectPerson(..)), corrects, "{question:?} {said}: {act:?}");
    }
}

#[test]
fn what_was_offered_is_found_by_number_title_or_part() {
    let offer = |id: &str, title: &str| Offer {
        id: id.to_owned(),
        title: title.to_owned(),
        other_title: None,
    };
    let offered = vec![
        offer("1", "Makassar"),
        offer("2", "Medan"),
        offer("3", "Merauke"),
        offer("4", "Kantor Merauke"),
    ];
    let chat = Chat { offered, ..Chat::default() };
    let found = |text: &str, number| chat.offered_as(text, number).map(|offer| &*offer.id);
    for (text, number, id) in [
        ("", Some(1), Some("1")),
        ("", Some(4), Some("4")),
        ("", Some(5), None),
        ("", Some(0), None),
        ("", None, None),
        ("MEDAN!", None, Some("2")),
        ("merauke", None, Some("3")),
        ("mak", None, Some("1")),
        ("ma", None, None),
        ("me", None, None),
        ("kantor", None, Some("4")),
        ("medan raya", None, None),
        ("kassar", None, Some("1")),
        ("rauke", None, None),
    ] {
        assert_eq!(found(text, number), id, "{text} {number:?}");
    }
    let twins =
        Chat { offered: vec![offer("1", "Jam 9 A"), offer("2", "Jam 9 B")], ..Chat::default() };
    assert_eq!(twins.offered_as("jam 9", None), None, "it could be either");
}

#[test]
fn a_conversation_that_rested_for_half_an_hour_begins_anew() {
    let began: DateTime<Utc> = "2026-12-02T00:00:00Z".parse().unwrap();
    let chat = Chat {
        question: Question::Office,
        touched_at: Some(began),
        reminders_off: true,
        ..Chat::default()
    };
    let later = |secs| chat.clone().at(began + TimeDelta::seconds(secs));
    assert_eq!(later(1_799), chat);
    assert_eq!(later(1_800), Chat { reminders_off: true, ..Chat::default() });
    assert_eq!(Chat { touched_at: None, ..chat.clone() }.at(began).question, Question::Idle);
}
